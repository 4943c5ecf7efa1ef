"""The policy tests of the packaged policies name every rule, every duty, every gate and every reading at least once."""

from __future__ import annotations

import pytest

import closedloop as cl
from closedloop.rules.states import Unset
from closedloop.testing import PolicyTests, load_tests

pytestmark = pytest.mark.untraced


@pytest.fixture(scope="module", params=cl.packaged_policies(), ids=lambda info: info.id)
def tests(request: pytest.FixtureRequest) -> PolicyTests:
    return load_tests(request.param.path.with_suffix(".tests.yaml"))


def test_every_row_of_every_table_decides_a_test(tests: PolicyTests) -> None:
    parts = {"routing": "route"}
    tables = tests.policy.book.model.tables.items()
    # Of a `hit: all` table every row that applies decides something, and none of them alone.
    sets = {name for name, table in tables if table.hit == "all"}
    # A row whose outcome the source leaves out decides nothing.
    rows = {(parts.get(name, name), rule.id) for name, table in tables for rule in table.rules if not isinstance(rule.then, Unset)}
    deciding = [each for test in tests.tests for each in test.expected if each.aspect == "rule" or (each.aspect == "rules" and each.part in sets)]
    named = {(each.part, row.removeprefix(f"tables.{each.part}.rules.")) for each in deciding for row in each.wanted}
    assert rows - named == set()


def test_every_duty_is_expected_somewhere(tests: PolicyTests) -> None:
    named = {each.part.removeprefix("duties.") for test in tests.tests for each in test.expected if each.part.startswith("duties.")}
    assert set(tests.policy.book.model.duties) - named == set()


def test_every_gate_is_seen_to_apply(tests: PolicyTests) -> None:
    named = {rule for test in tests.tests for each in test.expected if each.aspect in {"rules", "unmet"} for rule in each.wanted}
    assert {gate.id for gate in tests.policy.book.model.gates.values()} - named == set()


def test_every_other_choice_of_a_reading_is_tried(tests: PolicyTests) -> None:
    # What changes targets and routines alone is an answer over many cases, which a test of one cannot show: tests/reporting tries those.
    every = tests.policy.book.model.readings.items()
    readings = {name: reading for name, reading in every if not all(path.startswith(("targets.", "routines.")) for path in reading.touches)}
    others = {(name, choice) for name, reading in readings.items() for choice in reading.choices if choice != reading.take}
    tried = {(path.split(".")[1], choice) for test in tests.tests for path, choice in test.change.items() if path.endswith(".take")}
    assert others - tried == set()


def test_document_000_is_tried_on_both_sides_of_its_cutoff() -> None:
    """For each category that has a limit a test arrives at 16:30:00, and one a second later."""
    (packaged,) = (info for info in cl.packaged_policies() if info.id == "chery_nev")
    tests = load_tests(packaged.path.with_suffix(".tests.yaml"))
    arrivals = {(test.complaint.category, f"{test.complaint.received_at:%H:%M:%S}") for test in tests.tests}
    categories = set(tests.policy.vocabulary.categories) - {"finance"}
    assert {(category, at) for category in categories for at in ("16:30:00", "16:30:01")} - arrivals == set()
