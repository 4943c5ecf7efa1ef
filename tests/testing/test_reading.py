"""What a file of policy tests may say, and what it is told when it says something else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import closedloop as cl
from closedloop.testing import InvalidTests, load_tests, run
from tests.cli.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHANGHAI = ZoneInfo("Asia/Shanghai")


def findings(path: Path) -> list[str]:
    """Return what is wrong with a file, each without the folder that it is in."""
    with pytest.raises(InvalidTests) as caught:
        load_tests(path)
    return [str(finding).replace(f"{path.parent}/", "") for finding in caught.value.findings]


# --- what a test may say ---


def test_a_test_takes_from_base_what_it_does_not_give_itself(tests_file: Callable[..., Path]) -> None:
    path = tests_file("tests:\n  - {name: a, complaint: {category: manners, ill: missing}, expect: {complete: no}}\n")
    complaint = load_tests(path).tests[0].complaint
    assert (complaint.customer, complaint.category, dict(complaint.facts)) == ("C-1", "manners", {})


def test_facts_may_stand_beside_the_keys_or_under_facts(tests_file: Callable[..., Path]) -> None:
    path = tests_file("tests:\n  - {name: a, complaint: {facts: {ill: yes}}, expect: {level: major}}\n")
    assert dict(load_tests(path).tests[0].complaint.facts) == {"ill": True}


def test_a_wall_time_is_one_in_the_zone_of_the_policy(tests_file: Callable[..., Path]) -> None:
    path = tests_file("tests:\n  - {name: a, expect: {complete: no}}\n")
    assert load_tests(path).tests[0].complaint.received_at == datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("history", "cases"), [("", None), ("history: unknown, ", None), ("history: none, ", ())])
def test_no_history_is_not_an_empty_one(history: str, cases: object, tests_file: Callable[..., Path]) -> None:
    path = tests_file(f"tests:\n  - {{name: a, {history}expect: {{complete: no}}}}\n")
    assert load_tests(path).tests[0].history == cases


def test_an_earlier_case_has_the_key_of_the_complaint_but_for_what_it_says_itself(tests_file: Callable[..., Path]) -> None:
    past = "[{received_at: 2026-02-02 09:00:00}, {id: other, category: manners, received_at: 2026-02-02 09:00:00}]"
    history = load_tests(tests_file(f"tests:\n  - {{name: a, history: {past}, expect: {{repeat: merged}}}}\n")).tests[0].history
    assert history is not None
    assert [dict(case.key) for case in history] == [{"customer": "C-1", "category": "food"}, {"customer": "C-1", "category": "manners"}]


def test_a_packaged_policy_is_named_by_its_id(tests_file: Callable[..., Path]) -> None:
    head = "policy: chery_nev\nbase: {customer: C-1, category: finance, received_at: 2026-03-02 10:00:00}\n"
    tests = load_tests(tests_file("tests:\n  - {name: a, history: none, expect: {route: finance}}\n", head=head))
    assert (tests.policy.id, [result.passed for result in run(tests)]) == ("chery_nev", [True])


def test_a_change_makes_a_variant_for_that_test_only(tests_file: Callable[..., Path]) -> None:
    text = """\
tests:
  - {name: as written, history: none, expect: {duties.answer.due: 2026-03-02 14:00:00}}
  - name: changed
    change: {tables.answer_limit.rules.food.then: 5 hours}
    history: none
    expect: {duties.answer.due: 2026-03-02 15:00:00}
"""
    assert [result.passed for result in run(load_tests(tests_file(text)))] == [True, True]


# --- what it is told ---


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("test: []\n", "shop.tests.yaml:3:1: error: there is no key `test` here; did you mean `tests`?"),
        ("always: []\ntests: []\n", "shop.tests.yaml:3:1: error: there is no key `always` here; known are policy, base, tests"),
        (
            "tests:\n  - name: a\n    expct: {}\n",
            "shop.tests.yaml:5:5: error: there is no key `expct` here; did you mean `expect`?",
        ),
        (
            "tests:\n  - name: a\n    expect: {levl: minor}\n",
            "shop.tests.yaml:5:14: error: there is nothing named `levl` to expect; did you mean `level`?",
        ),
        (
            "tests:\n  - name: a\n    expect: {duties.anser: running}\n",
            "shop.tests.yaml:5:14: error: there is nothing named `duties.anser` to expect; did you mean `duties.answer`?",
        ),
        (
            "tests:\n  - name: a\n    expect:\n      duties.answer: {deu: 2026-03-02 14:00:00}\n",
            "shop.tests.yaml:6:23: error: `duties.answer` has no `deu`; did you mean `due`?",
        ),
        (
            "tests:\n  - name: a\n    expect: {level: majr}\n",
            "shop.tests.yaml:5:14: error: `majr` is not one of minor, major; did you mean `major`?",
        ),
        (
            "tests:\n  - name: a\n    expect: {duties.answer: runing}\n",
            "shop.tests.yaml:5:14: error: `runing` is none of running, waiting, needs_fact, unspecified_by_source, not_owed; did you mean `running`?",
        ),
        (
            "tests:\n  - name: a\n    expect: {not_rules: [mannrs]}\n",
            "did you mean `manners`?",
        ),
        (
            "tests:\n  - name: a\n    expect: {questions: [il]}\n",
            "did you mean `ill`?",
        ),
        (
            "tests:\n  - name: a\n    expect: {duties.answer.due: tomorrow}\n",
            "shop.tests.yaml:5:14: error: `tomorrow` is not an instant; write one such as `2026-03-02 16:30:00`",
        ),
        (
            "tests:\n  - name: a\n    complaint: {categry: food}\n    expect: {complete: no}\n",
            "shop.tests.yaml:5:17: error: categry: found the key `categry`",
        ),
        (
            "tests:\n  - name: a\n    complaint: {facts: {ill: perhaps}}\n    expect: {complete: no}\n",
            "shop.tests.yaml:5:25: error: ill: found perhaps, expected `yes` or `no`",
        ),
        (
            "tests:\n  - name: a\n    history: [{id: x, closd_at: 2026-03-01 10:00:00}]\n    expect: {complete: no}\n",
            "shop.tests.yaml:5:23: error: there is no key `closd_at` here; did you mean `closed_at`?",
        ),
        (
            "tests:\n  - name: a\n    events: [{kind: final_replid, at: 2026-03-02 11:00:00}]\n    at: 2026-03-02 12:00:00\n    expect: {late: []}\n",
            "did you mean `final_replied`?",
        ),
        (
            "tests:\n  - name: a\n    events: [{kind: final_replied, at: 2026-03-02 11:00:00}]\n    expect: {complete: no}\n",
            "shop.tests.yaml:5:5: error: events are looked at only at an instant; name the instant of the review with `at`",
        ),
        (
            "tests:\n  - name: a\n    expect: {late: []}\n",
            "shop.tests.yaml:5:14: error: `late` is known only at an instant; name the instant of the review with `at`",
        ),
        (
            "tests:\n  - name: a\n    change: {tables.answer_limt.rules.food.then: 5 hours}\n    expect: {complete: no}\n",
            "shop.tests.yaml:5:5: error: ",
        ),
        ("tests:\n  - name: a\n", "shop.tests.yaml:4:5: error: the test has no `expect`"),
        ("tests: 7\n", "shop.tests.yaml:3:1: error: `tests` is a list"),
        ("base: {}\n", "`base` is given twice"),
    ],
)
def test_a_slip_is_named_with_its_place_and_the_nearest_known_word(text: str, message: str, tests_file: Callable[..., Path]) -> None:
    assert message in findings(tests_file(text))[0]


def test_all_slips_are_reported_at_once_in_the_order_of_the_file(tests_file: Callable[..., Path]) -> None:
    text = """\
tests:
  - {name: a, expect: {levl: minor, duties.answer: {deu: 1}}}
  - {name: b, complaint: {ill: maybe}, expect: {complete: no}}
  - {name: c, expect: {repeat: gain}}
"""
    assert [message.split(":")[1] for message in findings(tests_file(text))] == ["4", "4", "5", "6"]


def test_a_table_has_no_clause_at_an_instant(tests_file: Callable[..., Path]) -> None:
    """A review says what a table gives by then; its reasons are those of the decision, and might be other ones."""
    text = "tests:\n  - {name: a, at: 2026-03-02 12:00:00, expect: {level: {value: minor, cite: shop/1}}}\n"
    assert "`level` has no `cite`" in findings(tests_file(text))[0]


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("tests: []\n", "the policy is not named; add `policy: acme.yaml`"),
        ("policy: shopp.yaml\ntests: []\n", "there is no policy file"),
        ("policy: chery_nv\ntests: []\n", "did you mean `chery_nev`?"),
        ("policy: shop.yaml\n", "there are no tests"),
    ],
)
def test_a_file_without_policy_or_tests_says_so(head: str, message: str, tests_file: Callable[..., Path]) -> None:
    assert message in findings(tests_file("", head=head))[0]


def test_a_faulty_policy_is_reported_as_such(tests_file: Callable[..., Path]) -> None:
    path = tests_file("tests: []\n", policy=POLICY.replace("by: accountable", "by: nobody"))
    with pytest.raises(cl.InvalidPolicy, match=r"shop\.yaml"):
        load_tests(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(cl.ClosedloopError, match=r"none\.tests\.yaml: cannot be read: no such file"):
        load_tests(tmp_path / "none.tests.yaml")


KEYS = st.sampled_from(["name", "complaint", "history", "events", "at", "change", "expect", "ill", "level", "duties.answer", "id", "kind", "x"])
LEAVES = st.sampled_from(["none", "unknown", "yes", "2026-03-02 10:00:00", "food", "{", "7"]) | st.text(max_size=5)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tree=st.dictionaries(KEYS, TREES, max_size=4))
def test_no_tree_gives_an_error_of_another_kind(tree: dict[str, object], tests_file: Callable[..., Path]) -> None:
    """JSON is YAML: any tree in the place of a test is either a test, or refused with a place in the file."""
    import json

    path = tests_file(f"tests: [{json.dumps(tree)}]\n")
    try:
        outcome = [result.test.place.file for result in run(load_tests(path))]
    except InvalidTests as error:
        outcome = [finding.place.file for finding in error.findings]
    assert set(outcome) == {str(path)}
