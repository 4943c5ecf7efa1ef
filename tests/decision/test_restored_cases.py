"""A case comes back from the stored line of its decision, with its events."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closedloop as cl
from closedloop import whatif
from tests.decision.chery import at, complaint, past, policy

END = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def cases(name: str) -> tuple[cl.Case, ...]:
    """Return made-up cases of a packaged policy, with what happened to them; some of them repeat an earlier one."""
    packaged, found = cl.load_policy(name), []
    for made in whatif.generate(packaged, complaints=40, seed=3, start=date(2025, 1, 1), end=date(2025, 12, 1)):
        assert isinstance(made.complaint, cl.Complaint)
        events = [event for event in made.events if isinstance(event, cl.Event)]
        query = packaged.repeat_query(made.complaint)
        before = made.complaint.received_at.replace(year=2024)
        history = [] if query is None else [cl.PastCase(id="before", key=query.key, received_at=before)]
        found.append(packaged.open_case(made.complaint, history=history).with_events(*events))
    return tuple(found)


@settings(max_examples=60)
@given(st.sampled_from(["chery_nev", "hotel", "infant_food", "uk_fca_disp"]), st.integers(0, 39), st.integers(0, 400))
def test_a_case_that_comes_back_is_the_same_and_is_reviewed_the_same(name: str, number: int, hours: int) -> None:
    """Whatever happened to it, and at whatever instant it is looked at."""
    case, packaged = cases(name)[number], cl.load_policy(name)
    events = [replace(event) for event in case.events]
    again = cl.Case.from_record(case.decision.record().model_dump_json(), events, policy=packaged)
    assert again == case
    moment = datetime.fromtimestamp(case.complaint.received_at.timestamp() + 3600 * hours, UTC)
    assert packaged.review(again, at=moment) == packaged.review(case, at=moment)


@pytest.mark.parametrize("history", [None, (), (past("2026-03-01 09:00"),)])
def test_what_was_looked_up_comes_back_with_it(history: tuple[cl.PastCase, ...] | None) -> None:
    """Nobody looked, nothing was found, or an earlier case was."""
    case = policy().open_case(complaint("2026-03-10 09:00"), history=history)
    again = cl.Case.from_record(case.decision.record(), [], policy=policy())
    assert (again.decision, again.decision.repeat.state) == (case.decision, case.decision.repeat.state)


def refused(record: str, under: cl.Policy | None = None) -> list[tuple[str, str]]:
    """Return the codes and paths of what is wrong with a record."""
    with pytest.raises(cl.InvalidRecord) as caught:
        cl.Case.from_record(record, [], policy=under or policy())
    return [(each.code, ".".join(map(str, each.path))) for each in caught.value.problems]


def test_what_is_no_whole_record_is_refused_with_its_place() -> None:
    """No JSON, a key too few or too many, another type, something hidden."""
    line = policy().decide(complaint("2026-03-10 09:00"), history=()).record().model_dump_json()
    data = json.loads(line)
    assert refused("{") == [("not_json", "")]
    assert refused(json.dumps({name: value for name, value in data.items() if name != "repeat"})) == [("missing_key", "repeat")]
    assert refused(json.dumps(data | {"extra": 1})) == [("unknown_key", "extra")]
    assert refused(json.dumps(data | {"scope": 5, "semantics": "x"})) == [("wrong_type", "semantics"), ("wrong_type", "scope")]
    hidden = policy().decide(complaint("2026-03-10 09:00"), history=()).record(redact=lambda _: "*")
    assert refused(hidden.model_dump_json()) == [("redacted", "redacted")]


def test_a_record_that_comes_out_otherwise_is_refused_by_its_parts() -> None:
    """Somebody moved a due instant and a level."""
    data = json.loads(policy().decide(complaint("2026-03-10 09:00"), history=()).record().model_dump_json())
    data["duties"][0]["due"] = "2026-12-31T00:00:00+08:00"
    data["parts"]["level"]["value"] = "strong"
    assert refused(json.dumps(data)) == [("decided_otherwise", "parts.level"), ("decided_otherwise", "duties")]


def test_another_text_of_the_policy_is_refused() -> None:
    """What another text decided is not decided by this one."""
    line = policy().decide(complaint("2026-03-10 09:00"), history=()).record().model_dump_json()
    with pytest.raises(cl.PolicyMismatch, match="another text than this policy"):
        cl.Case.from_record(line, [], policy=cl.load_policy("hotel"))


def test_events_must_be_events() -> None:
    """The first that is none is named by its place."""
    line = policy().decide(complaint("2026-03-10 09:00"), history=()).record().model_dump_json()
    good = cl.Event(kind="confirmed", at=at("2026-03-10 10:00"))
    wrong: Any = {"kind": "closed"}
    with pytest.raises(cl.InvalidEvent, match=r"events\.1"):
        cl.Case.from_record(line, [good, wrong], policy=policy())
