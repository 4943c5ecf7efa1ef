"""Logs that are out of the ordinary: several pauses, events of one instant, doubles, events taken back, parties that nobody knows, withdrawals."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from itertools import permutations
from typing import Any

import pytest

import closedloop as cl
from tests.decision.chery import at

TEXT = """
policy: workshop
edition: "1"
title: {en: Workshop}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, sales: {en: sales}, repairs: {en: repairs}, manager: {en: manager}, boss: {en: boss}}
facts:
  category: {type: choice, values: [repair, sale], cite: w/1}
  content: {type: text, at: noted, cite: w/4}
  visit_at: {type: instant, at: appointment_set, cite: w/2}
events: {stopped: {en: stopped}, went_on: {en: went on}, noted: {en: noted}, inspected: {en: inspected}, passed_on: {en: passed on}}
clocks:
  plain: {calendar: none, day_ends: same_time, cite: w/2,
          pauses: {parts: {from: stopped, until: went_on}, visit: {from: appointment_set, until: visit_at}}}
tables:
  routing:
    rules:
      repair: {when: {category: repair}, then: {accountable: repairs}, cite: w/1}
      sale: {when: {category: sale}, then: {accountable: sales}, cite: w/1}
records: {note: {fields: [content], cite: w/4}}
duties:
  answer: {when: {withdrawn: missing}, do: final_replied, by: accountable, from: received, within: 10 hours, clock: plain, cite: w/2}
  remind: {do: reminded, by: desk, to: [manager, boss], from: answer.late, cite: w/3}
  trace: {do: queried, by: desk, from: answer.late, cite: w/3}
  inspect: {do: inspected, by: boss, from: final_replied, cite: w/4}
  note_it: {do: noted, by: desk, to: manager, from: stopped, leaving: [note], cite: w/4}
  pass_on: {do: passed_on, by: desk, from: closed, cite: w/4}
gates:
  closed: {done: {when: {withdrawn: missing}, after: [final_replied], cite: w/5}}
  plan_approved: {both: {approval: [manager, boss], cite: w/6}}
"""


@cache
def workshop() -> cl.Policy:
    return cl.Policy.from_text(TEXT, name="workshop.yaml")


def event(kind: str, when: str, by: str | None = None, to: str | None = None, name: str | None = None, **data: Any) -> cl.Event:
    return cl.Event(kind=kind, at=at(f"2026-03-{when}"), by=cl.Actor(id=by, party=by) if by else None, to=to, id=name, data=data)


def review(when: str, *events: cl.Event, category: str = "repair") -> cl.Review:
    """Review a case received on Monday 2026-03-02 09:00."""
    complaint = cl.Complaint(id="W-1", received_at=at("2026-03-02 09:00"), category=category)
    return workshop().review(workshop().open_case(complaint, history=()).with_events(*events), at=at(f"2026-03-{when}"))


def findings(*events: cl.Event) -> list[tuple[str, str]]:
    return [(finding.id, finding.place.path) for finding in review("20 09:00", *events).findings]


# --- pauses ---


def test_every_pause_counts() -> None:
    """10 hours from 09:00 end at 19:00; stopped 10-12 and 14-17 it is 5 hours more, midnight."""
    stops = [event("stopped", "02 10:00"), event("went_on", "02 12:00"), event("stopped", "02 14:00"), event("went_on", "02 17:00")]
    assert review("02 18:00", *stops).duty("answer").due == at("2026-03-03 00:00")


def test_while_a_clock_stands_still_it_is_not_stopped_again() -> None:
    """Stopped at 10 and at 11, it goes on at 12: 2 hours, 21:00."""
    stops = [event("stopped", "02 10:00"), event("stopped", "02 11:00"), event("went_on", "02 12:00")]
    assert review("02 18:00", *stops).duty("answer").due == at("2026-03-02 21:00")


def test_what_lets_a_clock_run_does_not_count_before_it_was_stopped() -> None:
    """It went on at 10, before it was stopped at 11, and stands still since."""
    assert review("02 18:00", event("went_on", "02 10:00"), event("stopped", "02 11:00")).duty("answer").state == "paused"


def test_while_a_clock_stands_still_there_is_no_due_instant_that_could_be_provisional() -> None:
    """400 days from March 2026 end in a year whose holidays are not known; while the clock stands still the day moves on, and is none yet."""
    days = TEXT.replace("calendar: none, day_ends: same_time", "calendar: cn_office, roll: following").replace("within: 10 hours", "within: 400 days")
    log = (event("stopped", "02 10:00"), event("went_on", "04 10:00"))
    policy = cl.Policy.from_text(days)
    case = policy.open_case(cl.Complaint(id="T", received_at=at("2026-03-02 09:00"), category="repair"), history=()).with_events(*log)
    for when, state, told in (("2026-03-03 09:00", "paused", (False, 0)), ("2026-03-05 09:00", "running", (True, 5))):
        duty = policy.review(case, at=at(when)).duty("answer")
        assert (duty.state, (duty.provisional, len(duty.steps))) == (state, told)


def test_what_falls_due_with_a_duty_stands_still_with_its_clock() -> None:
    """The inspection is due with the answer: not before that runs again, 12 hours later, and no review until then has anything new to say."""
    follow = "  follow: {do: inspected, by: desk, from: received, within: answer.due, cite: w/3}\n"
    capped = "  capped: {do: inspected, by: desk, from: received, within: 72 hours, at_latest: answer.due, cite: w/3}\n"
    policy = cl.Policy.from_text(TEXT.replace("  trace:", f"{follow}{capped}  trace:"))
    case = policy.open_case(cl.Complaint(id="T", received_at=at("2026-03-02 09:00"), category="repair"), history=())
    log = (event("stopped", "02 11:00"), event("went_on", "02 23:00"))
    for when, due, wake in (("02 12:00", None, "02 23:00"), ("02 22:00", None, "02 23:00"), ("02 23:30", at("2026-03-03 07:00"), None)):
        found = policy.review(case.with_events(*log), at=at(f"2026-03-{when}"))
        state = "paused" if due is None else "running"
        assert [(found.duty(name).state, found.duty(name).due) for name in ("answer", "follow")] == [(state, due)] * 2
        # 72 hours from 2 March 09:00 have their end whatever the answer waits for.
        assert (found.duty("capped").state, found.duty("capped").due) == ("running", due or at("2026-03-05 09:00"))
        assert wake is None or found.wake_at == at(f"2026-03-{wake}")


def promised(within: str, *events: cl.Event, when: str) -> tuple[str, object, object]:
    """Review the answer with another limit, promised for 3 March 12:00, while its clock stands still since 11:00."""
    text = TEXT.replace("within: 10 hours", f"within: {within}").replace(
        "  content:", "  reply_by: {type: instant, at: promised, cite: w/2}\n  content:"
    )
    policy = cl.Policy.from_text(text)
    case = policy.open_case(cl.Complaint(id="T", received_at=at("2026-03-02 09:00"), category="repair"), history=())
    log = (event("promised", "02 10:00", reply_by=at("2026-03-03 12:00")), event("stopped", "02 11:00"), *events)
    found = policy.review(case.with_events(*log), at=at(f"2026-03-{when}"))
    return found.duty("answer").state, found.duty("answer").due, found.wake_at


def test_an_instant_that_was_promised_does_not_move_while_a_clock_stands_still() -> None:
    """Of the earliest of it and an amount of time, it is what binds as long as the clock of that stands still; the latest of the two moves."""
    noon, late_from = at("2026-03-03 12:00"), at("2026-03-03 12:00") + timedelta(microseconds=1)
    for within in ("reply_by", "{earliest: [10 hours, reply_by]}", "{earliest: [30 hours, reply_by]}"):
        for when in ("02 12:00", "02 18:00", "03 12:00"):
            assert promised(within, when=when) == ("running", noon, late_from)
        assert promised(within, when="03 12:01")[0] == "late"
    assert promised("{latest: [10 hours, reply_by]}", when="03 18:00") == ("paused", None, None)


def test_when_the_clock_goes_on_the_amount_that_is_counted_on_it_binds_again() -> None:
    """Of 10 hours 2 were used by 11:00; from 13:00 on 8 are left, up to 21:00, before the promised noon of the next day."""
    went_on = event("went_on", "02 13:00")
    assert promised("{earliest: [10 hours, reply_by]}", went_on, when="02 14:00")[:2] == ("running", at("2026-03-02 21:00"))


def test_what_had_run_out_before_the_clock_stopped_does_not_move() -> None:
    """One hour from 09:00 had run out when the clock stopped at 11:00: the latest of it and the promise is the promise."""
    noon, late_from = at("2026-03-03 12:00"), at("2026-03-03 12:00") + timedelta(microseconds=1)
    assert promised("{latest: [1 hour, reply_by]}", when="02 18:00") == ("running", noon, late_from)
    assert promised("{latest: [1 hour, reply_by]}", when="03 12:01")[0] == "late"


def test_what_was_done_has_no_due_instant_while_the_duty_that_it_falls_due_with_has_none() -> None:
    policy = cl.Policy.from_text(
        TEXT.replace("  trace:", "  follow: {do: inspected, by: desk, from: received, within: answer.due, cite: w/3}\n  trace:")
    )
    case = policy.open_case(cl.Complaint(id="T", received_at=at("2026-03-02 09:00"), category="repair"), history=())
    log = (event("stopped", "02 11:00"), event("inspected", "02 12:00", "desk"), event("went_on", "02 23:00"))
    for when, due in (("02 12:00", None), ("02 22:00", None), ("02 23:30", at("2026-03-03 07:00"))):
        duty = policy.review(case.with_events(*log), at=at(f"2026-03-{when}")).duty("follow")
        assert (duty.state, duty.due) == ("met", due)


def test_what_the_complaint_says_of_an_appointment_is_later_than_an_event_dated_before_receipt() -> None:
    """Noted at 08:00 for 11:00, stated at receipt for 12:00: the clock stands still from 10:00 to 12:00, and 10 hours end at 21:00."""
    policy = cl.Policy.from_text(TEXT.replace("visit_at: {type: instant, at: appointment_set", "visit_at: {type: instant"))
    stated = {"visit_at": at("2026-03-02 12:00")}
    case = policy.open_case(cl.Complaint(id="T", received_at=at("2026-03-02 09:00"), category="repair", facts=stated), history=())
    log = (event("noted", "02 08:00", visit_at=at("2026-03-02 11:00")), event("appointment_set", "02 10:00"))
    assert policy.review(case.with_events(*log), at=at("2026-03-02 13:00")).duty("answer").due == at("2026-03-02 21:00")


def test_a_second_appointment_is_a_pause_of_its_own() -> None:
    """10-12 for the first visit and 14-15 for the second: 3 hours, 22:00; in between the clock ran."""
    first = event("appointment_set", "02 10:00", visit_at=at("2026-03-02 12:00"))
    second = event("appointment_set", "02 14:00", visit_at=at("2026-03-02 15:00"))
    assert review("02 16:00", first, second).duty("answer").due == at("2026-03-02 22:00")
    assert review("02 23:00", first, second).duty("answer").state == "late"
    assert review("02 13:00", first).duty("answer").state == "running"


def test_an_appointment_that_is_put_off_in_time_is_one_pause() -> None:
    """Set at 10 for noon, at 11 put off to 15: 5 hours, midnight."""
    first = event("appointment_set", "02 10:00", visit_at=at("2026-03-02 12:00"))
    put_off = event("appointment_set", "02 11:00", visit_at=at("2026-03-02 15:00"))
    assert review("02 16:00", first, put_off).duty("answer").due == at("2026-03-03 00:00")


def test_an_appointment_whose_instant_is_told_later_does_not_end_with_the_one_before() -> None:
    """10-12 for the first visit; the second is arranged at 14, and at 16 it is said that it will be at 17: 2 + 3 hours, midnight."""
    first = event("appointment_set", "02 10:00", visit_at=at("2026-03-02 12:00"))
    arranged, told = event("appointment_set", "02 14:00"), event("noted", "02 16:00", visit_at=at("2026-03-02 17:00"))
    assert review("02 13:00", first, arranged, told).duty("answer").due == at("2026-03-02 21:00")
    assert review("02 15:00", first, arranged, told).duty("answer").state == "paused"
    assert review("02 18:00", first, arranged, told).duty("answer").due == at("2026-03-03 00:00")


@pytest.mark.parametrize("within", ["{from: noted, within: 10 hours}", "{earliest: [{from: noted, within: 10 hours}, 20 hours]}"])
def test_what_stops_a_clock_after_the_duty_was_done_does_not_move_a_limit_with_a_start_of_its_own(within: str) -> None:
    """10 hours from noon end at 22:00, whatever stopped the clock once the answer was given at 20:00."""
    policy = cl.Policy.from_text(TEXT.replace("within: 10 hours", f"within: {within}"))
    case = policy.open_case(cl.Complaint(id="T", received_at=at("2026-03-02 09:00"), category="repair"), history=())
    log = (event("noted", "02 12:00"), event("final_replied", "02 20:00", "repairs"), event("stopped", "02 21:00"))
    found = policy.review(case.with_events(*log), at=at("2026-03-02 23:30"))
    assert (found.duty("answer").state, found.duty("answer").due, found.breaches) == ("met", at("2026-03-02 22:00"), ())


def test_an_instant_before_the_pause_does_not_end_it() -> None:
    """Set at 10 for noon, and at 11 said to be at 9: it stands still until noon, and ends at 21:00. Set at 10 for 9 it never stood still."""
    moved = event("noted", "02 11:00", visit_at=at("2026-03-02 09:00"))
    assert review("02 13:00", event("appointment_set", "02 10:00", visit_at=at("2026-03-02 12:00")), moved).duty("answer").due == at(
        "2026-03-02 21:00"
    )
    assert review("02 13:00", event("appointment_set", "02 10:00", visit_at=at("2026-03-02 09:00"))).duty("answer").due == at("2026-03-02 19:00")


# --- events of one instant, doubles, and what is taken back ---


def test_the_order_in_which_events_of_one_instant_are_given_plays_no_part() -> None:
    """Two approvals and the events around them, in every order; of one instant, neither approval is before the other."""
    log = [
        event("approved", "03 09:00", "manager", of="plan_approved"),
        event("approved", "03 09:00", "boss", of="plan_approved"),
        event("noted", "03 09:00", "desk"),
        event("noted", "03 09:00", "sales"),
    ]
    found = {str((review("04 09:00", *order).gates, review("04 09:00", *order).duties)) for order in permutations(log)}
    assert len(found) == 1
    assert review("04 09:00", *log).gates["plan_approved"].state == "open"


def test_an_approval_before_the_one_that_it_follows_does_not_count() -> None:
    boss_first = [event("approved", "03 09:00", "boss", of="plan_approved"), event("approved", "03 09:01", "manager", of="plan_approved")]
    assert review("04 09:00", *boss_first).gates["plan_approved"].state == "shut"


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_events_with_one_id_the_earlier_counts_whatever_the_order(turned: bool) -> None:
    earlier, later = event("final_replied", "02 11:00", "repairs", name="e"), event("final_replied", "02 23:00", "repairs", name="e")
    log = [later, earlier] if turned else [earlier, later]
    found = review("20 09:00", *log)
    assert found.duty("answer").state == "met"
    assert [(each.id, each.place.path) for each in found.findings] == [("conflicting_double", f"events.{log.index(later)}")]


def test_a_closing_that_was_taken_back_closed_nothing() -> None:
    log = [event("final_replied", "02 11:00", "repairs"), event("closed", "02 12:00", name="c"), event("noted", "02 14:00")]
    assert findings(*log) == [("after_closure", "events.2")]
    assert findings(*log, event("voided", "02 13:00", event="c")) == []


def test_a_reopening_that_was_taken_back_reopened_nothing() -> None:
    log = [
        event("final_replied", "02 11:00", "repairs"),
        event("closed", "02 12:00"),
        event("reopened", "02 13:00", name="r"),
        event("noted", "02 14:00"),
    ]
    assert findings(*log) == []
    assert findings(*log, event("voided", "02 15:00", event="r")) == [("after_closure", "events.3")]


def test_what_the_policy_still_asks_for_may_follow_a_closing() -> None:
    """An inspection is owed since the reply, and passing on since the closing."""
    log = [event("final_replied", "02 11:00", "repairs"), event("closed", "02 12:00")]
    assert findings(*log, event("inspected", "03 09:00", "boss"), event("passed_on", "03 10:00", "desk")) == []
    once_more = [event("inspected", "03 09:00", "boss"), event("inspected", "04 09:00", "boss")]
    assert findings(*log, *once_more) == [("after_closure", "events.3")]


@pytest.mark.parametrize(
    ("data", "path"), [({}, ("data", "event")), ({"evnt": "e"}, ("data", "evnt")), ({"event": "e", "category": "x"}, ("data", "category"))]
)
def test_an_event_of_json_that_takes_another_back_names_it(data: dict[str, str], path: tuple[str, ...]) -> None:
    given = {"kind": "voided", "at": "2026-03-03 09:00", "data": data}
    with pytest.raises(cl.InvalidEvent) as error:
        workshop().event(given, assume_timezone="Asia/Shanghai")
    assert path in [problem.path for problem in error.value.problems]


def test_an_event_of_json_takes_another_back() -> None:
    back = workshop().event({"kind": "voided", "at": "2026-03-02 12:00", "data": {"event": "e"}}, assume_timezone="Asia/Shanghai")
    log = [event("final_replied", "02 11:00", "repairs", name="e"), back]
    assert review("02 13:00", *log).duty("answer").state == "running"
    assert "voided" in workshop().vocabulary.event_kinds


def test_no_rule_can_name_what_takes_events_back() -> None:
    for text in (TEXT.replace("from: closed", "from: voided"), TEXT.replace("events: {", "events: {voided: {en: x}, ")):
        with pytest.raises(cl.InvalidPolicy, match="voided"):
            cl.Policy.from_text(text, name="workshop.yaml")


@pytest.mark.parametrize(
    ("odd", "found"),
    [
        (event("voided", "02 12:00"), "unknown_event"),
        (event("voided", "02 12:00", event="v"), "unknown_event"),
        (event("noted", "02 12:00", "mangaer"), "unknown_party"),
        (event("noted", "02 12:00", to="nobody"), "unknown_party"),
        (cl.Event(kind="noted", at=at("2026-03-03 09:00"), recorded_at=at("2026-03-02 09:00")), "recorded_before"),
    ],
)
def test_what_cannot_be_right_is_remarked_on(odd: cl.Event, found: str) -> None:
    taken_back = [event("noted", "02 10:00", name="n"), event("voided", "02 11:00", name="v", event="n")]
    assert findings(*taken_back, odd) == [(found, "events.2")]


def test_a_receiver_that_the_policy_does_not_know_is_refused() -> None:
    with pytest.raises(cl.InvalidEvent, match="did you mean `manager`"):
        workshop().event({"kind": "noted", "at": "2026-03-02 12:00", "to": "mangaer"}, assume_timezone="Asia/Shanghai")


def test_an_approval_of_what_the_policy_does_not_know_is_refused() -> None:
    with pytest.raises(cl.InvalidEvent, match="did you mean `plan_approved`"):
        workshop().event(
            {"kind": "approved", "at": "2026-03-02 12:00", "by": "boss", "data": {"of": "plan_aproved"}}, assume_timezone="Asia/Shanghai"
        )


def test_all_that_is_wrong_with_an_event_is_said_at_once() -> None:
    given = {"kind": "notd", "at": "x", "by": "mangaer", "data": {"foo": 1}, "category": "sale"}
    with pytest.raises(cl.InvalidEvent) as error:
        workshop().event(given, assume_timezone="Asia/Shanghai")
    assert {problem.path for problem in error.value.problems} == {("kind",), ("at",), ("by",), ("data", "foo"), ("category",)}


@pytest.mark.parametrize(
    ("kind", "given", "meant"),
    [
        ("noted", "contens", "content"),
        ("final_replied", "contens", "contents"),
        ("delay_found", "dutty", "duty"),
        ("customer_accepted", "ofer", "offer"),
    ],
)
def test_of_facts_that_may_be_meant_those_that_come_with_the_event_are_suggested_first(kind: str, given: str, meant: str) -> None:
    policy = cl.Policy.from_text(TEXT.replace("  content:", "  contents: {type: text, cite: w/4}\n  content:"))
    with pytest.raises(cl.InvalidEvent) as error:
        policy.event({"kind": kind, "at": "2026-03-02 12:00", "data": {given: "x"}}, assume_timezone="Asia/Shanghai")
    assert [(problem.path, problem.suggestion) for problem in error.value.problems] == [(("data", given), meant)]


@pytest.mark.parametrize("named", [{}, {"offer": "O-1"}, {"offer": "O-2"}])
def test_another_offer_is_no_correction_of_what_was_known(named: dict[str, str]) -> None:
    """The second round makes the answer late, since its clock runs on; which offer was rejected has no part in that."""
    policy = cl.Policy.from_text(TEXT + "rounds: {again: {on: customer_rejected, again: [final_replied], cite: w/7}}\n")
    case = policy.open_case(cl.Complaint(id="T", received_at=at("2026-03-02 09:00"), category="repair"), history=())
    log = (
        event("remedy_offered", "02 10:00", offer="O-1"),
        event("final_replied", "02 15:00", "repairs"),
        event("customer_rejected", "02 21:00", **named),
    )
    found = policy.review(case.with_events(*log), at=at("2026-03-03 12:00"))
    assert ([breach.duty for breach in found.breaches], [finding.id for finding in found.findings]) == (["answer"], [])


# --- who, and what is no longer owed ---


def test_a_duty_is_that_of_the_department_that_answers_now() -> None:
    """Corrected into a sale at 10, it is for sales, whose reply meets it; that of repairs does not."""
    moved = event("reclassified", "02 10:00", "desk", category="sale")
    found = review("02 11:00", moved)
    assert (found.duty("answer").party, found.next_due and found.next_due.party) == ("sales", "sales")
    assert review("02 12:00", moved, event("final_replied", "02 11:00", "sales")).duty("answer").state == "met"
    assert review("02 12:00", moved, event("final_replied", "02 11:00", "repairs")).duty("answer").state == "running"


def test_who_was_reminded_is_not_to_be_reminded_again() -> None:
    """Late at 19:00: the manager and the boss are to be told, and whom the query goes to the text does not say."""
    assert [(each.kind, each.to) for each in review("03 09:00").notices] == [("reminded", "manager"), ("reminded", "boss"), ("queried", "anyone")]
    told = review("03 10:00", event("reminded", "03 09:30", "desk", "manager"))
    assert [(each.kind, each.to) for each in told.notices] == [("reminded", "boss"), ("queried", "anyone")]


def test_what_was_withdrawn_is_owed_no_more_and_may_be_closed() -> None:
    """A policy says what a withdrawal does: conditions read the event."""
    withdrawn = event("withdrawn", "02 10:00", "desk")
    assert review("03 09:00").duty("answer").state == "late"
    found = review("03 09:00", withdrawn)
    assert (found.duty("answer").state, found.notices, found.closing.allowed) == ("not_owed", (), True)
    assert review("02 12:00").closing.allowed is False


def test_a_record_that_is_written_lacks_nothing_although_its_duty_is_open() -> None:
    """The note is to go to the manager; it was written for the boss, so the duty is not done and no field is missing."""
    stopped = event("stopped", "02 10:00")
    assert [(each.record, each.fields) for each in review("02 11:00", stopped).missing] == [("note", ("content",))]
    found = review("02 12:00", stopped, event("noted", "02 11:00", "desk", "boss", content="parts"))
    assert (found.duty("note_it").state, found.missing) == ("running", ())
