"""What a review says beside duties and gates: notices, ways up, callbacks, breaches, irregular events, and when to look again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import SHANGHAI, at

SHOP = """
policy: shop
edition: "1"
title: {en: Shop}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, workshop: {en: workshop}, manager: {en: manager}, owner: {en: owner}}
facts:
  urgent: {type: yes_no, cite: s/1}
  category: {type: choice, values: [repair, sale], cite: s/1}
  answer: {type: text, at: final_replied, cite: s/3}
  finding: {type: yes_no, at: investigated, judged_by: workshop, cite: s/3}
  limit: {type: limit, cite: s/2}
  answered: {in_time: {do: final_replied, from: received, within: limit, clock: plain}, cite: s/2}
records: {letter: {fields: [answer], cite: s/3}}
clocks: {plain: {calendar: none, day_ends: same_time, cite: s/2}}
tables:
  limit:
    rules:
      repair: {when: {category: repair}, then: 48 hours, cite: s/2}
      sale: {when: {category: sale}, then: 96 hours, cite: s/2}
  routing: {rules: {all: {then: {accountable: workshop}, cite: s/1}}}
rounds: {not_satisfied: {on: customer_rejected, again: [final_replied], cite: s/4}}
duties:
  answer_it: {do: final_replied, by: accountable, from: received, within: limit, clock: plain, leaving: [letter], cite: s/2}
  remind: {do: reminded, by: desk, to: [accountable, manager], from: answer_it.late, cite: s/5}
  up: {do: escalated, by: desk, to: manager, from: customer_rejected, within: 24 hours, cite: s/6}
  further: {when: {urgent: yes}, do: escalated, by: manager, to: owner, from: escalated, cite: s/6}
  call: {do: called_back, times: ">= 2", by: desk, from: final_replied, within: 7 days, clock: plain, cite: s/7}
gates:
  closed: {called: {after: [final_replied], met: [call], records: [letter], cite: s/8}}
  destroyed: {kept: {not_before: {from: closed, wait: 30 days, clock: plain}, cite: s/9}}
"""


@cache
def shop() -> cl.Policy:
    """Return a small policy with reminders, a way up, callbacks and retention."""
    return cl.Policy.from_text(SHOP, name="shop.yaml")


def event(kind: str, when: str, by: str | None = None, to: str | None = None, **data: Any) -> cl.Event:
    """Return an event."""
    return cl.Event(kind=kind, at=at(when), by=cl.Actor(id="u", party=by) if by else None, to=to, data=data)


def case(*events: cl.Event, **facts: Any) -> cl.Case:
    """Return a case about a repair, received on Monday 2026-03-02 09:00."""
    given_facts = {"urgent": False} | facts
    complaint = cl.Complaint(id="S-1", received_at=at("2026-03-02 09:00"), customer="c", category="repair", facts=given_facts)
    return shop().open_case(complaint, history=()).with_events(*events)


def review(when: str, *events: cl.Event, **facts: Any) -> cl.Review:
    """Review it."""
    return shop().review(case(*events, **facts), at=at(when))


REPLY = event("final_replied", "2026-03-03 09:00", "workshop", answer="done")


def test_a_late_duty_owes_its_reminders_once_each() -> None:
    """48 hours end on Wednesday 09:00; a second later the workshop and the manager are to be reminded."""
    assert review("2026-03-04 09:00:00").notices == ()
    found = review("2026-03-04 09:00:01").notices
    assert [(notice.kind, notice.to, notice.reason.clause.id) for notice in found] == [
        ("reminded", "workshop", "s/5"),
        ("reminded", "manager", "s/5"),
    ]
    again = review("2026-03-09 09:00").notices
    assert [notice.id for notice in again] == [notice.id for notice in found]
    assert len({notice.id for notice in found}) == 2


def test_a_reminder_that_was_sent_is_no_longer_owed() -> None:
    """Both parties are reached by one event without a receiver."""
    assert review("2026-03-05 09:00", event("reminded", "2026-03-04 10:00", "desk")).notices == ()


def test_the_way_up() -> None:
    """Rejected: to the manager within a day; urgent ones further to the owner."""
    rejected = event("customer_rejected", "2026-03-03 10:00")
    escalated = event("escalated", "2026-03-03 11:00", "desk", "manager")
    first = review("2026-03-03 10:30", REPLY, rejected).escalation
    assert first is not None
    assert (first.reached, [duty.id for duty in first.next]) == ((), ["up"])
    second = review("2026-03-03 12:00", REPLY, rejected, escalated, urgent=True).escalation
    assert second is not None
    assert (second.reached, second.since, [duty.id for duty in second.next]) == (("manager",), at("2026-03-03 11:00"), ["further"])


def test_a_new_round_asks_again_for_what_it_names() -> None:
    """The first answer no longer counts, its record neither; the limit still runs from receipt."""
    found = review("2026-03-03 11:00", REPLY, event("customer_rejected", "2026-03-03 10:00"))
    assert (found.round, found.duty("answer_it").state, found.duty("answer_it").due) == (2, "running", at("2026-03-04 09:00"))
    assert [(each.record, each.fields) for each in found.missing] == [("letter", ("answer",))]


def test_callbacks_are_counted_against_what_is_owed() -> None:
    """Two are owed, the first within seven days of the answer."""
    call = event("called_back", "2026-03-04 09:00", "desk")
    found = review("2026-03-05 09:00", REPLY, call)
    assert (found.callbacks.made, found.callbacks.owed, found.callbacks.due) == (1, 2, at("2026-03-10 09:00"))
    assert not found.closing.allowed
    both = review("2026-03-06 09:00", REPLY, call, event("called_back", "2026-03-05 09:00", "desk"))
    assert both.closing.allowed


def test_a_breach_stays_a_fact_when_the_category_changes() -> None:
    """Late under 48 hours; as a sale it would have 96, and it is running again, but it was late."""
    moved = event("reclassified", "2026-03-05 09:00", category="sale")
    found = review("2026-03-05 10:00", moved)
    assert found.duty("answer_it").state == "running"
    assert [(breach.duty, breach.due, breach.seen_at) for breach in found.breaches] == [("answer_it", at("2026-03-04 09:00"), at("2026-03-05 09:00"))]


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([event("final_replied", "2026-03-01 09:00", answer="x")], ["before_receipt"]),
        ([event("final_replied", "2026-03-30 09:00", answer="x")], ["future_event"]),
        ([event("investigated", "2026-03-03 09:00", "desk", finding=True)], ["not_the_judge"]),
        ([event("closed", "2026-03-03 09:00")], ["shut_gate"]),
        ([event("voided", "2026-03-03 09:00", event="nothing")], ["unknown_event"]),
        ([cl.Event(kind="progress_told", at=at("2026-03-03 09:00"), recorded_at=at("2026-03-04 09:00"))], ["recorded_later"]),
        (
            [cl.Event(kind="progress_told", at=at("2026-03-03 09:00"), id="e"), cl.Event(kind="queried", at=at("2026-03-03 09:00"), id="e")],
            ["conflicting_double"],
        ),
    ],
)
def test_irregular_events_are_remarked_and_stop_nothing(events: list[cl.Event], found: list[str]) -> None:
    """Each kind of irregularity is a finding with its place in the log."""
    remarks = review("2026-03-10 09:00", *events).findings
    assert [finding.id for finding in remarks] == found
    assert remarks[0].place.path.startswith("events.")


def test_what_happens_after_closing_is_remarked_unless_reopened() -> None:
    """Progress told on a closed case; none on a reopened one."""
    calls = [event("called_back", "2026-03-03 10:00"), event("called_back", "2026-03-03 11:00")]
    closed = event("closed", "2026-03-03 12:00")
    late = event("progress_told", "2026-03-04 09:00")
    assert [each.id for each in review("2026-03-05 09:00", REPLY, *calls, closed, late).findings] == ["after_closure"]
    reopened = event("reopened", "2026-03-03 13:00")
    assert review("2026-03-05 09:00", REPLY, *calls, closed, reopened, late).findings == ()


def test_wake_at_is_the_next_instant_that_matters() -> None:
    """First the answer is late; of a closed case the record may be destroyed after 30 days."""
    assert review("2026-03-02 10:00").wake_at == at("2026-03-04 09:00") + timedelta(microseconds=1)
    calls = [event("called_back", "2026-03-03 10:00"), event("called_back", "2026-03-03 11:00")]
    done = review("2026-03-04 09:00", REPLY, *calls, event("closed", "2026-03-03 12:00"))
    assert done.wake_at == at("2026-04-02 12:00") + timedelta(microseconds=1)
    assert review("2026-04-03 09:00", REPLY, *calls, event("closed", "2026-03-03 12:00")).gates["destroyed"].state == "open"


STATES = ("state", "due", "met_at")
hours = st.integers(0, 30 * 24 * 2).map(lambda half: datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI) + timedelta(minutes=30 * half))


@st.composite
def logs(draw: st.DrawFn, when: st.SearchStrategy[datetime] = hours) -> list[cl.Event]:
    """Draw a log of events in any order."""
    kinds = ["final_replied", "customer_rejected", "escalated", "called_back", "reminded", "reclassified", "closed", "progress_told"]
    drawn: list[cl.Event] = []
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(kinds))
        data: dict[str, Any] = (
            {"answer": "x"} if kind == "final_replied" else {"category": draw(st.sampled_from(["repair", "sale"]))} if kind == "reclassified" else {}
        )
        drawn.append(cl.Event(kind=kind, at=draw(when), id=f"e{number}", data=data))
    return drawn


def seen(found: cl.Review) -> Any:
    """Return what a review says, without what only counts the time."""
    duties = [tuple(getattr(duty, name) for name in STATES) for duty in found.duties]
    return duties, {name: each.state for name, each in found.gates.items()}, [notice.id for notice in found.notices], found.round


@given(logs(), hours, st.floats(0, 1))
def test_nothing_changes_before_wake_at_without_an_event(events: list[cl.Event], when: datetime, share: float) -> None:
    """Between the review and `wake_at` (or the next event) the answer is the same."""
    log = [each for each in events if each.at <= when]
    now = shop().review(case(*log), at=when)
    limit = now.wake_at or when + timedelta(days=400)
    assert limit > when
    later = shop().review(case(*log), at=when + (limit - when) * share * 0.999)
    assert seen(later) == seen(now)


@given(logs(), hours, hours)
def test_late_never_becomes_met_without_an_event(events: list[cl.Event], one: datetime, other: datetime) -> None:
    """A later look at the same events never turns late into met in time."""
    first, second = sorted((one, other))
    log = [each for each in events if each.at <= first]
    before = {duty.id: duty.state for duty in shop().review(case(*log), at=first).duties}
    after = {duty.id: duty.state for duty in shop().review(case(*log), at=second).duties}
    assert not [name for name, state in before.items() if state in {"late", "met_late"} and after[name] in {"met", "running"}]


few = st.sampled_from([at("2026-03-03 09:00"), at("2026-03-05 09:00")])


@given(logs(few).flatmap(lambda events: st.tuples(st.just(events), st.permutations(events))), few)
def test_the_order_in_which_events_are_given_does_not_matter(pair: tuple[list[cl.Event], list[cl.Event]], when: datetime) -> None:
    """A log is a set of events with instants; also events of one instant may come in any order."""
    given_events, shuffled = pair
    assert seen(shop().review(case(*given_events), at=when)) == seen(shop().review(case(*shuffled), at=when))


def test_a_case_is_reviewed_by_the_complaint_that_it_holds() -> None:
    """Decided as a repair: 48 hours from Monday 09:00. The host corrects the complaint itself to a sale: 96 hours, to Friday 09:00."""
    complaint = cl.Complaint(id="C-1", received_at=at("2026-03-02 09:00"), category="repair")
    decided = shop().open_case(complaint, history=())
    corrected = cl.Case(complaint=replace(complaint, category="sale"), decision=decided.decision)
    dues = [shop().review(case, at=at("2026-03-03 09:00")).duty("answer_it").due for case in (decided, corrected)]
    assert dues == [at("2026-03-04 09:00"), at("2026-03-06 09:00")]
