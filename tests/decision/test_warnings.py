"""Warnings that the time of a duty runs out, what is left of it, and that `wake_at` is exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import SHANGHAI, at

TEXT = """
policy: clocks
edition: "1"
title: {en: Clocks}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, head: {en: head}}
facts:
  owner: {type: choice, values: [desk_side, head_side], cite: c/1}
  reply_by: {type: instant, at: promised, cite: c/1}
  back_at: {type: instant, at: appointment_set, cite: c/1}
  given: {type: limit, cite: c/1}
  told_in_time: {in_time: {do: progress_told, from: received, within: 30 hours}, cite: c/1}
clocks:
  default: {calendar: none, cite: c/2}
  office: {calendar: cn_office, cite: c/2, pauses: {visit: {from: appointment_set, until: back_at}, query: {from: queried, until: explained}}}
events: {inspected: {en: inspection}}
tables:
  owner: {rules: {late: {when: {answer.state: [late, met_late]}, then: head_side, cite: c/1}}, otherwise: desk_side}
duties:
  answer:
    {do: final_replied, by: desk, from: received, within: 10 hours, extend: {extension_granted: 20 hours}, clock: office,
     warn: ["50%", "80%", 1 hour], cite: c/3}
  repair: {do: executed, by: desk, from: confirmed, within: 3 working days, clock: office, warn: [1 working day, "90%"], cite: c/3}
  keep: {do: executed, from: promised, within: reply_by, warn: ["50%", 2 hours, 1 day], cite: c/3}
  own: {do: analysed, from: received, within: given, clock: office, warn: [1 day], cite: c/3}
  watch: {do: queried, from: received, every: 2 days, clock: default, warn: [6 hours], cite: c/3}
  chase: {do: reminded, by: head, to: desk, from: answer.late, within: 4 hours, warn: "50%", cite: c/3}
  follow: {do: called_back, from: repair.due, within: 1 day, clock: default, cite: c/3}
  both: {do: inspected, from: received, within: {earliest: [50 hours, reply_by]}, clock: office, cite: c/3}
  either: {do: inspected, from: received, within: {latest: [40 hours, reply_by]}, clock: office, cite: c/3}
  along: {do: inspected, from: received, within: answer.due, cite: c/3}
  capped: {do: inspected, from: received, within: 60 hours, at_latest: answer.due, clock: office, cite: c/3}
  ask: {when: {told_in_time: no}, do: explained, from: received, within: 5 days, clock: default, cite: c/3}
gates:
  closed: {done: {met: [answer], not_after: {from: received, within: 6 days}, cite: c/4}}
  archived: {later: {not_before: {from: received, wait: 40 hours}, cite: c/4}}
"""


@cache
def clocks() -> cl.Policy:
    """Return a policy with clocks of every kind."""
    return cl.Policy.from_text(TEXT, name="clocks.yaml")


def event(kind: str, when: str, by: str | None = None, **data: Any) -> cl.Event:
    """Return an event."""
    return cl.Event(kind=kind, at=at(when), by=cl.Actor(id="u", party=by) if by else None, data=data)


def review(when: str, *events: cl.Event, **facts: Any) -> cl.Review:
    """Review a case received on Monday 2026-03-02 09:00."""
    complaint = cl.Complaint(id="C-1", received_at=at("2026-03-02 09:00"), facts=facts)
    return clocks().review(clocks().open_case(complaint, history=()).with_events(*events), at=at(when))


def warned(found: cl.Review, duty: str) -> list[tuple[str, str]]:
    """Return what is warned of a duty: the threshold and since when."""
    return [(str(each.threshold), f"{each.since:%d %H:%M}") for each in found.warnings if each.duty == duty]


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        # 10 hours from 09:00: half of them at 14:00, 80% at 17:00, one hour left at 18:00, due at 19:00.
        ("2026-03-02 13:59", []),
        ("2026-03-02 14:00", [("0.5", "02 14:00")]),
        ("2026-03-02 17:30", [("0.5", "02 14:00"), ("0.8", "02 17:00")]),
        ("2026-03-02 19:00", [("0.5", "02 14:00"), ("0.8", "02 17:00"), ("1 hour", "02 18:00")]),
        ("2026-03-02 19:01", []),
    ],
)
def test_warnings_are_given_from_their_point_until_the_duty_is_late(when: str, expected: list[tuple[str, str]]) -> None:
    """Then lateness says it."""
    assert warned(review(when), "answer") == expected


def test_a_warning_says_to_whom_why_and_until_when() -> None:
    """To the party that must act."""
    (first,) = review("2026-03-02 14:30").warnings
    assert (first.duty, first.to, first.threshold, first.due) == ("answer", "desk", Decimal("0.5"), at("2026-03-02 19:00"))
    assert first.reason.clause.id == "c/3"


def test_what_is_done_is_not_warned_of() -> None:
    """Answered at 13:00; and a promise that is not made runs against nothing."""
    assert review("2026-03-02 18:30", event("final_replied", "2026-03-02 13:00", "desk")).warnings == ()


def test_a_warning_keeps_its_id_and_an_extension_gives_it_another() -> None:
    """So that each is sent once, and once more for the new limit: half of 20 hours is reached at 19:00."""
    first, again = review("2026-03-02 14:00").warnings[0], review("2026-03-02 16:00").warnings[0]
    assert first.id == again.id
    found = review("2026-03-02 19:00", event("extension_granted", "2026-03-02 15:00"))
    assert warned(found, "answer") == [("0.5", "02 19:00")]
    assert found.warnings[0].id != first.id


def test_the_clock_that_stands_still_moves_warnings_and_their_ids_stay() -> None:
    """Half used at 14:00; it stands still from 15:00 to 18:00, so that 80% are used at 20:00 and it is due at 22:00."""
    asked, told = event("queried", "2026-03-02 15:00"), event("explained", "2026-03-02 18:00")
    assert warned(review("2026-03-02 17:30", asked), "answer") == [("0.5", "02 14:00")]
    found = review("2026-03-02 20:00", asked, told)
    assert warned(found, "answer") == [("0.5", "02 14:00"), ("0.8", "02 20:00")]
    assert found.warnings[0].id == review("2026-03-02 14:00").warnings[0].id


def test_days_and_given_instants() -> None:
    """3 working days from Monday end with Thursday: a day is left at the end of Wednesday; and a promise for Friday 17:00."""
    confirmed = event("confirmed", "2026-03-02 10:00")
    promised = event("promised", "2026-03-02 17:00", reply_by=at("2026-03-06 17:00"))
    assert warned(review("2026-03-05 00:00", confirmed), "repair") == [("1 working day", "05 00:00")]
    # 96 hours: half of them until Wednesday 17:00.
    assert warned(review("2026-03-06 16:00", promised), "keep") == [("0.5", "04 17:00"), ("2 hours", "06 15:00"), ("1 day", "05 17:00")]


def test_a_warning_that_does_not_fit_the_limit_given_is_a_finding() -> None:
    """A day left of a limit in hours, which a host gave: no warning, and no error either."""
    found = review("2026-03-02 10:00", given=cl.Limit(30, "hours"))
    assert [(each.id, each.rules, each.place.path) for each in found.findings] == [("unfit_warning", ("duties.own",), "duties.own.warn")]
    assert review("2026-03-02 10:00", given=cl.Limit(3, "days")).findings == ()


@pytest.mark.parametrize(
    ("duty", "when", "left"),
    [
        ("answer", "2026-03-02 09:00", "600 minutes"),
        ("answer", "2026-03-02 18:30:30", "29 minutes"),
        ("repair", "2026-03-02 11:00", "3 working days"),
        ("repair", "2026-03-05 12:00", "1 working day"),
        ("watch", "2026-03-02 23:00", "2 days"),
        ("watch", "2026-03-04 00:00", "1 day"),
        ("keep", "2026-03-06 15:59:30", "60 minutes"),
    ],
)
def test_what_is_left_is_counted_in_whole_units(duty: str, when: str, left: str) -> None:
    """A day is used up with its end; what is no whole unit is cut off."""
    events = [event("confirmed", "2026-03-02 10:00"), event("promised", "2026-03-02 08:59:00", reply_by=at("2026-03-06 17:00"))]
    assert str(review(when, *events).duty(duty).remaining) == left


def test_a_limit_that_ends_with_another_duty_has_the_time_until_then() -> None:
    """24 hours from Wednesday 10:00, but no longer than the case: 2 days from Monday, to Wednesday 24:00. At 22:30 90 minutes are left."""
    text = """
policy: capped
edition: "1"
title: {en: Capped}
timezone: Asia/Shanghai
clocks: {default: {calendar: none, cite: c/1}}
duties:
  close: {do: closed, from: received, within: 2 days, cite: c/1}
  contact: {do: customer_contacted, from: handed_over, within: 24 hours, at_latest: close.due, warn: [2 hours], cite: c/2}
"""
    policy = cl.Policy.from_text(text, name="capped.yaml")
    opened = policy.open_case(cl.Complaint(id="C-1", received_at=at("2026-03-02 09:00")), history=())
    found = policy.review(opened.with_events(event("handed_over", "2026-03-04 10:00")), at=at("2026-03-04 22:30"))
    assert (found.duty("contact").due, str(found.duty("contact").remaining)) == (at("2026-03-05 00:00"), "90 minutes")
    assert warned(found, "contact") == [("2 hours", "04 22:00")]


def test_nothing_is_left_where_nothing_runs() -> None:
    """Of a duty that waits, is late, or was done."""
    assert review("2026-03-02 10:00").duty("repair").remaining is None
    assert review("2026-03-03 10:00").duty("answer").remaining is None
    assert review("2026-03-02 12:00", event("final_replied", "2026-03-02 11:00", "desk")).duty("answer").remaining is None
    still = review("2026-03-02 17:00", event("queried", "2026-03-02 15:00")).duty("answer")
    assert (still.state, str(still.remaining)) == ("paused", "240 minutes")


def test_a_pause_moves_a_warning_on_a_limit_in_days_by_whole_days() -> None:
    """3 working days from Monday 09:00 are 87 hours up to Thursday 24:00; 90% of them are 78.3, up to Thursday 15:18."""
    log = (event("confirmed", "2026-03-02 09:00"), event("queried", "2026-03-05 09:00"))
    one_left = ("1 working day", "05 00:00")
    for when in ("2026-03-05 14:00", "2026-03-05 17:00", "2026-03-06 16:00"):
        assert warned(review(when, *log), "repair") == [one_left]
    within_the_day, a_day_later = event("explained", "2026-03-05 16:00"), event("explained", "2026-03-06 10:00")
    assert warned(review("2026-03-05 16:30", *log, within_the_day), "repair") == [one_left, ("0.9", "05 16:00")]
    assert warned(review("2026-03-06 15:00", *log, a_day_later), "repair") == [one_left]
    assert warned(review("2026-03-06 16:00", *log, a_day_later), "repair") == [one_left, ("0.9", "06 15:18")]


def test_what_stops_a_clock_after_a_duty_was_done_leaves_its_limit_as_it_was() -> None:
    """Promised for Wednesday 01:30, half an hour after 40 hours are over; done at once, and an appointment of an hour begins then."""
    promised = event("promised", "2026-03-02 09:00", reply_by=at("2026-03-04 01:30"))
    log = (event("inspected", "2026-03-02 09:00"), promised, event("appointment_set", "2026-03-02 09:00", back_at=at("2026-03-02 10:00")))
    for when in ("2026-03-02 09:00", "2026-03-02 12:00"):
        duty = review(when, *log).duty("either")
        assert (duty.state, duty.limit, duty.due) == ("met", None, at("2026-03-04 01:30"))


def test_wake_at_is_the_next_warning() -> None:
    """At receipt half of the ten hours comes first."""
    assert review("2026-03-02 09:00").wake_at == at("2026-03-02 14:00")
    assert review("2026-03-02 14:00").wake_at == at("2026-03-02 17:00")


WATCHED = """
policy: watched
edition: "1"
title: {en: Watched}
timezone: Asia/Shanghai
parties: {desk: {en: desk}}
facts:
  told_in_time: {in_time: {do: progress_told, from: received, within: 30 hours}, cite: w/1}
  untold: {count: remedy_offered, where: {told_in_time: no}, cite: w/1}
duties: {answer: {do: final_replied, by: desk, from: received, within: 50 hours, cite: w/2}DUTY}
targets: {told: {en: told in time, among: {received: present}, share: {told_in_time: yes}, goal: 90%, cite: w/3}}
"""


@pytest.mark.parametrize(
    ("duty", "wakes"),
    [
        ("", "2026-03-04 11:00"),
        (", ask: {when: {told_in_time: no}, do: explained, from: received, cite: w/4}", "2026-03-03 15:00"),
        (", ask: {when: {untold: '> 0'}, do: explained, from: received, cite: w/4}", "2026-03-03 15:00"),
    ],
    ids=["a target alone", "a duty", "a duty, through a count"],
)
def test_wake_at_names_a_fact_that_time_decides_where_a_review_reads_it(duty: str, wakes: str) -> None:
    """The 30 hours from Monday 09:00 end on Tuesday 15:00, the 50 of the answer on Wednesday 11:00; a target is looked at by a report."""
    policy = cl.Policy.from_text(WATCHED.replace("DUTY", duty), name="watched.yaml")
    case = policy.open_case(cl.Complaint(id="C-1", received_at=at("2026-03-02 09:00")), history=())
    assert policy.review(case, at=at("2026-03-02 10:00")).wake_at == at(wakes) + timedelta(microseconds=1)


def test_wake_at_is_the_next_event_that_is_dated_later() -> None:
    """It is in the log already."""
    assert review("2026-03-02 09:00", event("final_replied", "2026-03-02 09:30", "desk")).wake_at == at("2026-03-02 09:30")


def test_wake_at_is_the_instant_at_which_a_clock_is_known_to_run_again() -> None:
    """A visit until noon; the answer has used an hour of its ten by then, and half of them by 16:00."""
    visit = event("appointment_set", "2026-03-02 10:00", back_at=at("2026-03-02 12:00"))
    assert review("2026-03-02 11:00", visit).wake_at == at("2026-03-02 12:00")
    assert (review("2026-03-02 11:00", visit).duty("answer").state, review("2026-03-02 12:00", visit).duty("answer").state) == ("paused", "running")
    assert review("2026-03-02 12:00", visit).wake_at == at("2026-03-02 16:00")


MINUTES = 10 * 24 * 60
instants = st.integers(0, MINUTES // 30).map(lambda half: datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI) + timedelta(minutes=30 * half))
KINDS = [
    "final_replied",
    "executed",
    "confirmed",
    "promised",
    "appointment_set",
    "queried",
    "explained",
    "extension_granted",
    "reminded",
    "called_back",
    "inspected",
]


@st.composite
def logs(draw: st.DrawFn) -> list[cl.Event]:
    """Draw a log, with promises, appointments and queries that stop clocks; some of it later than the review."""
    found: list[cl.Event] = []
    for number in range(draw(st.integers(0, 7))):
        kind, when = draw(st.sampled_from(KINDS)), draw(instants)
        later = when + timedelta(minutes=30 * draw(st.integers(0, 200)))
        data: dict[str, Any] = {"promised": {"reply_by": later}, "appointment_set": {"back_at": later}}.get(kind, {})
        found.append(cl.Event(kind=kind, at=when, id=f"e{number}", data=data))
    return found


def seen(found: cl.Review) -> tuple[Any, ...]:
    """Return everything that a review says, but for what measures time."""
    breaches = [replace(each, seen_at=each.due or each.seen_at) if found.duty(each.duty).met_at is None else each for each in found.breaches]
    shown = {name: part for name, part in found.parts().items() if name not in {"at", "wake_at", "duties", "late", "breaches"}}
    return shown, [replace(duty, late_by=None) for duty in found.duties], breaches


@settings(max_examples=400)
@given(logs(), instants, st.sampled_from([None, cl.Limit(30, "hours"), cl.Limit(2, "working days")]), st.floats(0, 1))
def test_nothing_changes_before_wake_at(events: list[cl.Event], when: datetime, given_limit: cl.Limit | None, share: float) -> None:
    """Whatever is looked at in between: at any instant, and at the last one before."""
    facts = {} if given_limit is None else {"given": given_limit}
    opened = clocks().open_case(cl.Complaint(id="C-1", received_at=at("2026-03-02 09:00"), facts=facts), history=())
    case = opened.with_events(*events)
    now = clocks().review(case, at=when)
    limit = now.wake_at or when + timedelta(days=400)
    assert limit > when
    last = (limit.astimezone(UTC) - timedelta(microseconds=1)).astimezone(SHANGHAI)
    for later in (when + (last - when) * share, last):
        assume(later >= when)
        assert seen(clocks().review(case, at=later)) == seen(now)
