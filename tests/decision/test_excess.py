"""More than the policy allows: rounds over their limit, and what is done more often than a duty asks for."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import at

TEXT = """
policy: shop
edition: "1"
title: {en: Shop}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, other: {en: other}}
facts: {minor: {type: yes_no, cite: s/1}}
rounds:
  not_satisfied: {on: customer_rejected, again: [executed], limit: 2, cite: s/1}
  reclassed: {on: reclassified, again: [confirmed], limit: unset, cite: s/2}
duties: {call: {when: {minor: yes}, do: called_back, times: "1..2", by: desk, from: executed, cite: s/3}}
"""


@cache
def shop() -> cl.Policy:
    """Return a policy that allows two rounds and asks for one or two callbacks about minor complaints."""
    return cl.Policy.from_text(TEXT, name="shop.yaml")


def event(kind: str, when: str, by: str = "desk", id: str | None = None) -> cl.Event:
    """Return an event."""
    return cl.Event(kind=kind, at=at(when), by=cl.Actor(id="u", party=by), id=id)


def findings(*events: cl.Event, when: str = "2026-03-31 09:00", minor: bool = True) -> list[tuple[object, ...]]:
    """Review a case and return what is remarked on."""
    complaint = cl.Complaint(id="S-1", received_at=at("2026-03-02 09:00"), facts={"minor": minor})
    found = shop().review(shop().open_case(complaint, history=()).with_events(*events), at=at(when)).findings
    return [(each.id, each.severity, each.rules, each.clauses, each.place.path) for each in found]


REJECTED = [event("customer_rejected", f"2026-03-{day:02d} 09:00") for day in (3, 4, 5)]
TOO_MANY = ("too_many_rounds", "warning", ("rounds.not_satisfied",), ("s/1",))


def test_a_round_beyond_the_limit_is_a_finding_on_the_event_that_begins_it() -> None:
    """Two rounds are allowed: the first rejection begins the second, the next ones the third and the fourth."""
    assert findings(*REJECTED[:1]) == []
    assert findings(*REJECTED) == [(*TOO_MANY, "events.1"), (*TOO_MANY, "events.2")]


def test_a_limit_of_rounds_that_the_source_leaves_out_is_held_against_nobody() -> None:
    """However often it is classed anew; and each rule of rounds counts its own."""
    again = [event("reclassified", f"2026-03-{day:02d} 10:00") for day in (3, 4, 5)]
    assert findings(*again, *REJECTED[:1]) == []


def test_a_rejection_that_was_taken_back_or_is_to_come_begins_no_round() -> None:
    """The second one is voided; or the review is before it."""
    second = event("customer_rejected", "2026-03-04 09:00", id="r")
    voided = cl.Event(kind="voided", at=at("2026-03-04 10:00"), data={"event": "r"})
    assert findings(REJECTED[0], second, voided) == []
    assert [each[0] for each in findings(*REJECTED[:2], when="2026-03-03 10:00")] == ["future_event"]


CALLS = [event("called_back", f"2026-03-{day:02d} 09:00") for day in (4, 5, 6)]
DONE = event("executed", "2026-03-03 09:00")
ADVICE = ("more_than_asked", "note", ("duties.call",), ("s/3",))


def test_a_third_callback_is_advice() -> None:
    """One or two are asked for; the third is noted, and the duty is met all the same."""
    assert findings(DONE, *CALLS[:2]) == []
    assert findings(DONE, *CALLS) == [(*ADVICE, "events.3")]


@pytest.mark.parametrize(
    "events",
    [
        [*CALLS],
        [DONE, CALLS[0], CALLS[1], event("called_back", "2026-03-06 09:00", "other")],
        [event("executed", "2026-03-04 10:00"), *CALLS],
    ],
    ids=["before the start", "by another party", "one of them before the start"],
)
def test_only_what_serves_the_duty_counts(events: list[cl.Event]) -> None:
    """As for meeting it."""
    assert findings(*events) == []


def test_a_duty_that_is_not_owed_advises_nothing() -> None:
    """The bound is for minor complaints."""
    assert findings(DONE, *CALLS, minor=False) == []


@given(st.integers(0, 9), st.integers(1, 9))
def test_there_is_one_finding_for_each_round_too_many(rejections: int, limit: int) -> None:
    """Rounds are 1 plus the rejections; those beyond the limit are found, each once."""
    policy = shop().replace({"rounds.not_satisfied.limit": str(limit)}, name="limited")
    case = policy.open_case(cl.Complaint(id="S-1", received_at=at("2026-03-02 09:00"), facts={"minor": True}), history=())
    case = case.with_events(*(event("customer_rejected", f"2026-03-{day + 3:02d} 09:00") for day in range(rejections)))
    found = policy.review(case, at=at("2026-03-31 09:00"))
    assert len(found.findings) == max(0, found.round - limit)
