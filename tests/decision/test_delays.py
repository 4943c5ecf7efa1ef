"""A delay that a person found: what was due promptly is late, and stays a breach."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import at

COUNTER = """
policy: counter
edition: "1"
title: {en: Counter}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, head: {en: head}}
facts:
  urgent: {type: yes_no, cite: s/1}
  speed: {type: limit, cite: s/2}
  promised_by: {type: instant, at: promised, cite: s/3}
clocks: {default: {calendar: none, day_ends: same_time, cite: s/2}}
tables:
  speed:
    rules:
      fast: {when: {urgent: yes}, then: promptly, cite: s/2}
      slow: {when: {urgent: no}, then: 48 hours, cite: s/2}
rounds: {again: {on: customer_rejected, again: [final_replied, delay_found], cite: s/4}}
duties:
  answer: {do: final_replied, by: desk, from: received, within: speed, cite: s/2}
  approve: {do: plan_approved, times: each, by: head, from: plan_proposed, within: promptly, cite: s/5}
  review: {do: assessed, times: each, by: head, from: plan_proposed, within: 24 hours, cite: s/5}
  watch: {do: queried, every: 24 hours, by: desk, from: received, cite: s/6}
  keep_word: {do: explained, by: desk, from: received, within: {first_given: [promised_by, 24 hours]}, cite: s/3}
  note: {do: reported, by: desk, from: received, cite: s/7}
  advise: {when: {refused: missing}, do: analysed, by: desk, from: received, within: 24 hours, cite: s/8}
"""


@cache
def counter() -> cl.Policy:
    """Return a small policy in which urgent complaints are answered promptly, and others within 48 hours."""
    return cl.Policy.from_text(COUNTER, name="counter.yaml")


def event(kind: str, when: datetime | str, *, id: str | None = None, **data: Any) -> cl.Event:
    """Return an event."""
    return cl.Event(kind=kind, at=at(when) if isinstance(when, str) else when, id=id, data=data)


def case(*events: cl.Event, urgent: bool = True) -> cl.Case:
    """Return a case that was received on Monday 2026-03-02 09:00."""
    complaint = cl.Complaint(id="C-1", received_at=at("2026-03-02 09:00"), facts={"urgent": urgent})
    return counter().open_case(complaint, history=()).with_events(*events)


def review(when: str, *events: cl.Event, urgent: bool = True) -> cl.Review:
    """Review it."""
    return counter().review(case(*events, urgent=urgent), at=at(when))


def found(duty: str, when: str, id: str | None = None) -> cl.Event:
    """Return the finding that a duty is late."""
    return event("delay_found", when, id=id, duty=duty)


def breach(review: cl.Review, duty: str = "answer") -> cl.Breach | None:
    """Return the breach of a duty, if there is one."""
    return next((each for each in review.breaches if each.duty == duty), None)


SAID = found("answer", "2026-03-02 12:00", id="said")
BREACH = cl.Breach(duty="answer", due=None, seen_at=at("2026-03-02 12:00"))


def test_what_somebody_found_late_is_a_breach_without_a_due_instant() -> None:
    """Until it was found nothing is late; the text gives no instant that could have been missed."""
    assert breach(review("2026-03-02 11:59", SAID)) is None
    now = review("2026-03-04 09:00", SAID)
    assert (now.duty("answer").state, now.duty("answer").late_by, breach(now)) == ("late", None, BREACH)


def test_it_stays_one_when_the_duty_is_done() -> None:
    now = review("2026-03-04 09:00", SAID, event("final_replied", "2026-03-02 13:00"))
    assert (now.duty("answer").state, now.duty("answer").late_by, breach(now)) == ("met_late", None, BREACH)


def test_it_stays_one_when_a_new_round_begins() -> None:
    """The round asks for another answer, and for another finding if that is slow too."""
    rejected = event("customer_rejected", "2026-03-02 14:00")
    now = review("2026-03-04 09:00", SAID, event("final_replied", "2026-03-02 13:00"), rejected)
    assert (now.duty("answer").state, breach(now)) == ("running", BREACH)


def test_it_stays_one_when_the_limit_is_given_anew() -> None:
    """As a complaint that is not urgent it has 48 hours, until Wednesday 09:00; that it was slow as an urgent one happened."""
    moved = event("registered", "2026-03-02 13:00", urgent=False)
    now = review("2026-03-03 09:00", SAID, moved)
    assert (now.duty("answer").state, now.duty("answer").due, breach(now)) == ("running", at("2026-03-04 09:00"), BREACH)


@pytest.mark.parametrize("later", [(), (event("customer_rejected", "2026-03-02 14:00"),), (event("registered", "2026-03-02 14:00", urgent=False),)])
def test_a_finding_that_is_taken_back_is_no_breach(later: tuple[cl.Event, ...]) -> None:
    """Until it is taken back it is one."""
    log = (SAID, *later, event("voided", "2026-03-02 15:00", event="said"))
    assert breach(review("2026-03-02 14:59", *log)) == BREACH
    assert breach(review("2026-03-02 15:00", *log)) is None


def test_two_findings_are_one_breach_from_the_first() -> None:
    again = found("answer", "2026-03-02 16:00", id="again")
    assert breach(review("2026-03-03 09:00", again, SAID)) == BREACH
    back = event("voided", "2026-03-02 17:00", event="said")
    assert breach(review("2026-03-03 09:00", again, SAID, back)) == cl.Breach(duty="answer", due=None, seen_at=at("2026-03-02 16:00"))


def test_what_is_owed_for_each_plan_can_be_found_late_for_one() -> None:
    """The first plan waits when the delay is found; the second is approved at once."""
    plans = event("plan_proposed", "2026-03-02 10:00"), event("plan_proposed", "2026-03-03 10:00")
    approvals = event("plan_approved", "2026-03-02 18:00"), event("plan_approved", "2026-03-03 11:00")
    said = found("approve", "2026-03-02 17:00")
    late = cl.Breach(duty="approve", due=None, seen_at=at("2026-03-02 17:00"))
    between = review("2026-03-03 10:30", *plans, approvals[0], said)
    assert (between.duty("approve").state, breach(between, "approve")) == ("running", late)
    assert breach(review("2026-03-03 12:00", *plans, *approvals, said), "approve") == late


def test_what_was_done_late_for_one_plan_stays_a_breach_while_the_next_is_in_time() -> None:
    """24 hours each: the first until Tuesday 10:00, done at noon; the second until Wednesday 09:00."""
    plans = event("plan_proposed", "2026-03-02 10:00"), event("plan_proposed", "2026-03-03 09:00")
    now = review("2026-03-03 13:00", *plans, event("assessed", "2026-03-03 12:00"))
    assert (now.duty("review").state, now.duty("review").due) == ("running", at("2026-03-04 09:00"))
    assert breach(now, "review") == cl.Breach(duty="review", due=at("2026-03-03 10:00"), seen_at=at("2026-03-03 12:00"))


def test_a_limit_given_after_it_ran_out_leaves_the_breach() -> None:
    """Due on Tuesday 09:00 without a promise; the promise at noon puts it off until Friday."""
    now = review("2026-03-03 13:00", event("promised", "2026-03-03 12:00", promised_by=at("2026-03-06 09:00")))
    assert now.duty("keep_word").state == "running"
    assert breach(now, "keep_word") == cl.Breach(duty="keep_word", due=at("2026-03-03 09:00"), seen_at=at("2026-03-03 12:00"))


@pytest.mark.parametrize(
    ("log", "urgent", "message", "rules"),
    [
        ([found("answer", "2026-03-02 12:00")], False, "`answer` was not due promptly when a delay was found", ("duties.answer",)),
        ([found("note", "2026-03-02 12:00")], True, "`note` was not due promptly", ("duties.note",)),
        ([found("approve", "2026-03-02 12:00")], True, "`approve` was waiting when a delay was found", ("duties.approve",)),
        ([event("final_replied", "2026-03-02 10:00"), SAID], True, "`answer` was met when a delay was found", ("duties.answer",)),
        ([event("delay_found", "2026-03-02 12:00")], True, "`delay_found` names no duty", ()),
    ],
)
def test_a_finding_that_does_not_count_is_remarked_on(log: list[cl.Event], urgent: bool, message: str, rules: tuple[str, ...]) -> None:
    """Its limit says whether a duty with a number is late, and what is not owed, or done, is not late."""
    now = review("2026-03-02 13:00", *log, urgent=urgent)
    (remark,) = now.findings
    assert (remark.id, remark.severity, remark.rules, remark.place.line) == ("delay_not_counted", "warning", rules, len(log))
    assert remark.message.startswith(message)
    assert now.breaches == ()
    done = [event(duty.event, "2026-03-02 12:30") for duty in now.duties if duty.state == "running" and duty.id in {"answer", "note"}]
    assert {each.state for each in review("2026-03-02 13:00", *log, *done, urgent=urgent).duties} <= {"met", "running", "waiting"}


def test_a_finding_that_counts_is_not_remarked_on() -> None:
    assert review("2026-03-02 13:00", SAID, found("answer", "2026-03-02 12:30")).findings == ()


def test_a_duty_that_the_policy_does_not_know_is_refused_with_a_suggestion() -> None:
    with pytest.raises(cl.InvalidEvent) as caught:
        review("2026-03-02 13:00", found("anwser", "2026-03-02 12:00"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.path, problem.suggestion) == ("unknown_choice", ("data", "duty"), "answer")
    assert "a duty that the policy `counter` declares" in str(problem)


KINDS = ("final_replied", "plan_proposed", "plan_approved", "assessed", "queried", "customer_rejected", "refused")


@st.composite
def logs(draw: st.DrawFn) -> list[cl.Event]:
    """Draw what happens within four days: what is owed is done, found late, given another limit, or owed anew."""
    events: list[cl.Event] = []
    for _ in range(draw(st.integers(2, 9))):
        when = at("2026-03-02 09:00") + timedelta(hours=8 * draw(st.integers(0, 12)))
        kind = draw(st.sampled_from((*KINDS, "delay_found", "registered", "promised")))
        data: dict[str, Any] = {}
        if kind == "delay_found":
            data = {"duty": draw(st.sampled_from(("answer", "approve")))}
        elif kind == "registered":
            data = {"urgent": draw(st.booleans())}
        elif kind == "promised":
            data = {"promised_by": when + timedelta(hours=8)}
        events.append(event(kind, when, **data))
    return events


@given(log=logs(), urgent=st.booleans())
def test_breaches_only_grow(log: list[cl.Event], urgent: bool) -> None:
    """Whatever happens later, what was late remains so: the same duty, by the same instant missed, or found by the same person's word."""
    told: set[tuple[str, datetime | None, datetime | None]] = set()
    for hours in range(4, 104, 8):
        when = at("2026-03-02 09:00") + timedelta(hours=hours)
        now = counter().review(case(*log, urgent=urgent), at=when)
        missed = {(each.duty, each.due, each.seen_at if each.due is None else None) for each in now.breaches}
        assert told <= missed
        told = missed
