"""Limits that run from a start of their own, end with another duty, or stay as they were first known; and how often a duty is met."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import at

HEAD = """
policy: shop
edition: "1"
title: {en: Shop}
timezone: Asia/Shanghai
parties: {desk: {en: desk}}
facts:
  category: {type: choice, values: [repair, sale], cite: s/1}
  visit_at: {type: instant, at: appointment_set, cite: s/1}
  limit: {type: limit, cite: s/2}
  in_time: {in_time: {do: closed, from: received, within: {latest: [limit, {from: reclassified, within: limit}]}}, cite: s/2}
tables:
  limit:
    rules:
      repair: {when: {category: repair}, then: 48 hours, cite: s/2}
      sale: {when: {category: sale}, then: 12 hours, cite: s/2}
clocks: {plain: {calendar: none, cite: s/2}}
events: {call_attempted: {en: attempt}}
duties:
"""
#: Monday 2026-03-02 09:00, a repair: 48 hours end on Wednesday 09:00.
MORNING = "2026-03-02 09:00"


@cache
def shop(duty: str) -> cl.Policy:
    """Return a policy whose duty `it` is as given, beside the duty `close`."""
    close = "  close: {do: closed, from: received, within: limit, cite: s/2}\n"
    return cl.Policy.from_text(f"{HEAD}{close}  it: {{{duty}, cite: s/3}}\n", name="shop.yaml")


def event(kind: str, when: str, **data: Any) -> cl.Event:
    """Return an event of that day and time."""
    return cl.Event(kind=kind, at=at(when), data=data)


def review(duty: str, when: str, *events: cl.Event, category: str | None = "repair") -> cl.Review:
    """Review the shop's case at an instant."""
    complaint = cl.Complaint(id="T-1", received_at=at(MORNING), category=category)
    case = cl.Case(complaint=complaint, decision=shop(duty).decide(complaint, history=[]), events=events)
    return shop(duty).review(case, at=at(when))


def test_a_limit_can_run_from_an_instant() -> None:
    """Two hours from the visit on Tuesday 14:00, whenever the duty began."""
    duty = "do: final_replied, within: {from: visit_at, within: 2 hours}"
    found = review(duty, "2026-03-02 12:00", event("appointment_set", "2026-03-02 11:00", visit_at=at("2026-03-03 14:00"))).duty("it")
    assert (found.start, found.due, found.limit) == (at(MORNING), at("2026-03-03 16:00"), cl.Limit(2, "hours"))


def test_until_its_start_is_known_such_a_limit_waits() -> None:
    found = review("do: final_replied, within: {from: visit_at, within: 2 hours}", "2026-03-02 12:00").duty("it")
    assert (found.state, found.due, found.awaiting) == ("waiting", None, ("appointment_set",))


def test_of_several_limits_one_that_has_not_begun_is_left_out() -> None:
    """Six hours from receipt end at 15:00; three hours from the forwarding at 11:00 end at 14:00."""
    duty = "do: final_replied, within: {earliest: [6 hours, {from: forwarded, within: 3 hours}]}"
    assert review(duty, "2026-03-02 10:00").duty("it").due == at("2026-03-02 15:00")
    found = review(duty, "2026-03-02 12:00", event("forwarded", "2026-03-02 11:00")).duty("it")
    assert (found.due, found.limit) == (at("2026-03-02 14:00"), cl.Limit(3, "hours"))


def test_a_duty_can_end_with_another() -> None:
    """Seventy-two hours, but no later than the closing after forty-eight."""
    found = review("do: final_replied, within: 72 hours, at_latest: close.due", "2026-03-02 10:00").duty("it")
    assert (found.state, found.due) == ("running", at("2026-03-04 09:00"))
    assert review("do: final_replied, at_latest: close.due", "2026-03-02 10:00").duty("it").due == at("2026-03-04 09:00")
    assert review("do: final_replied, within: close.due", "2026-03-02 10:00").duty("it").due == at("2026-03-04 09:00")


def test_a_duty_that_ends_with_one_whose_limit_is_not_known_asks_for_the_same_fact() -> None:
    found = review("do: final_replied, within: close.due", "2026-03-02 10:00", category=None)
    assert (found.duty("it").state, found.duty("it").due) == ("needs_fact", None)
    assert found.duty("it").reason.missing == ("category",)


def test_a_limit_as_it_was_first_known_is_not_moved_by_a_correction() -> None:
    """As a sale it would end at 21:00."""
    corrected = event("reclassified", "2026-03-02 11:00", category="sale")
    found = review("do: final_replied, within: {as_first_known: limit}", "2026-03-02 12:00", corrected)
    assert (found.duty("it").due, found.duty("it").rule) == (at("2026-03-04 09:00"), "repair")
    assert (found.duty("close").due, found.duty("close").rule) == (at("2026-03-02 21:00"), "sale")


def test_a_derived_fact_can_have_such_a_limit() -> None:
    """A sale from 08:00 on Tuesday has until 20:00; counted from receipt it would have been late on Monday."""
    events = (event("reclassified", "2026-03-03 08:00", category="sale"), event("closed", "2026-03-03 20:00"))
    review_of = review("when: {in_time: yes}, do: archived", "2026-03-03 21:00", *events)
    assert review_of.duty("it").state == "running"


@given(st.integers(2, 100), st.integers(2, 100))
def test_a_cap_only_ever_shortens(limit: int, cap: int) -> None:
    """Both run from receipt, so that the smaller one binds."""
    policy = cl.Policy.from_text(f"{HEAD}  it: {{do: closed, within: {limit} hours, at_latest: {cap} hours, cite: s/3}}\n", name="shop.yaml")
    decision = policy.decide(cl.Complaint(id="T-1", received_at=at(MORNING), category="repair"), history=[])
    assert decision.duty("it").due == at(MORNING) + timedelta(hours=min(limit, cap))


CALL = "do: [called_back, call_attempted], from: received, times: {called_back: 1, call_attempted: 3}"


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["call_attempted"] * 2, "running"),
        (["call_attempted"] * 3, "met"),
        (["called_back"], "met"),
        (["call_attempted", "call_attempted", "called_back"], "met"),
    ],
)
def test_each_event_can_have_a_number_of_its_own(kinds: list[str], state: str) -> None:
    """One contact will do, or three attempts without one."""
    events = [event(kind, f"2026-03-02 1{hour}:00") for hour, kind in enumerate(kinds)]
    assert review(CALL, "2026-03-02 18:00", *events).duty("it").state == state


def test_a_number_that_the_source_leaves_out_is_never_reached() -> None:
    duty = CALL.replace("call_attempted: 3", "call_attempted: unset")
    events = [event("call_attempted", f"2026-03-0{day} 10:00") for day in range(3, 9)]
    found = review(duty, "2026-03-09 18:00", *events)
    assert (found.duty("it").state, found.callbacks.owed) == ("running", 1)


def test_a_corrected_fact_whose_limit_had_passed_is_nobodys_delay() -> None:
    """On Tuesday a repair has time until Wednesday; as a sale its twelve hours ended on Monday 21:00."""
    corrected = event("reclassified", "2026-03-03 10:00", category="sale")
    found = review("do: acknowledged", "2026-03-03 10:30", corrected)
    assert (found.duty("close").state, found.breaches) == ("late", ())
    (remark,) = found.findings
    assert (remark.id, remark.severity, remark.place.path) == ("expired_on_reroute", "warning", "events.0")
    assert (remark.rules, remark.clauses) == (("duties.close",), ("s/2",))
    in_time = review("do: acknowledged", "2026-03-02 12:00", event("reclassified", "2026-03-02 11:00", category="sale"))
    assert in_time.findings == ()


def test_what_was_done_in_time_is_no_breach_once_a_correction_gives_it_less_time() -> None:
    """Closed on Tuesday 08:00 as a repair, in time until Wednesday; as a sale, which it is said to be at 10:00, its time ended on Monday 21:00."""
    closed, corrected = event("closed", "2026-03-03 08:00"), event("reclassified", "2026-03-03 10:00", category="sale")
    found = review("do: acknowledged", "2026-03-04 10:30", closed, corrected)
    assert (found.duty("close").state, found.breaches) == ("met_late", ())
    assert "expired_on_reroute" in [finding.id for finding in found.findings]


def test_what_was_done_late_stays_a_breach_when_a_correction_gives_it_less_time() -> None:
    """Closed on Wednesday 10:00, an hour late as a repair; that it was a sale makes it later, and no less of a breach."""
    closed, corrected = event("closed", "2026-03-04 10:00"), event("reclassified", "2026-03-04 11:00", category="sale")
    found = review("do: acknowledged", "2026-03-05 10:30", closed, corrected)
    assert [breach.duty for breach in found.breaches] == ["close"]


def test_what_was_late_already_is_no_matter_of_the_correction() -> None:
    """A repair that is late since Wednesday 09:00 was not made late by becoming a sale."""
    found = review("do: acknowledged", "2026-03-04 11:00", event("reclassified", "2026-03-04 10:00", category="sale"))
    assert (found.duty("close").state, found.findings) == ("late", ())
    assert [(breach.duty, breach.due) for breach in found.breaches] == [("close", at("2026-03-04 09:00"))]
