"""Clocks: from an arrival to the due instant, with every setting, and the five steps that say how."""

from __future__ import annotations

import pickle
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from closedloop.calendars import BusinessCalendar, Clock, DateOnly, Pause, Roll, named_calendar
from closedloop.values.limits import Limit

SHANGHAI = ZoneInfo("Asia/Shanghai")
CN = named_calendar("cn_office")
#: Document 000: a day ends at 16:30, a due instant on a day off moves to the first working day after.
DAY_BOUNDARY = Clock(calendar=CN, convention="cn_civil_code", cutoff=time(16, 30), day_ends=time(16, 30), roll="following")
DUE_TIME_ONLY = replace(DAY_BOUNDARY, cutoff=None)
INTAKE_ONLY = replace(DAY_BOUNDARY, day_ends="midnight")
OFFICE = BusinessCalendar(timezone="Asia/Shanghai", hours={"mon-thu": [("09:00", "18:00")], "fri": [("09:00", "15:00")]})


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def due(clock: Clock, start: str, limit: str) -> str:
    return clock.due(at(start), Limit.parse(limit)).at.isoformat(" ", "minutes")[:16]


# 2026-03-02 is a Monday; nothing is off that month but weekends.


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-03-02T16:30:00", "1 day", "2026-03-03 16:30"),
        ("2026-03-02T16:30:01", "1 day", "2026-03-04 16:30"),
        ("2026-03-02T09:00", "2 days", "2026-03-04 16:30"),
        # Friday + 2 is Sunday, which rolls to Monday; Thursday evening + 1 is Saturday.
        ("2026-03-06T10:00", "2 days", "2026-03-09 16:30"),
        ("2026-03-05T17:00", "1 day", "2026-03-09 16:30"),
        # Sunday evening counts as Monday.
        ("2026-03-08T17:00", "1 day", "2026-03-10 16:30"),
        # Saturday 2026-02-14 is worked; from 02-15 to 02-23 is the Spring Festival.
        ("2026-02-13T10:00", "1 day", "2026-02-14 16:30"),
        ("2026-02-13T10:00", "2 days", "2026-02-24 16:30"),
        ("2024-09-30T10:00", "1 day", "2024-10-08 16:30"),
        ("2024-10-11T10:00", "1 day", "2024-10-12 16:30"),
        ("2024-09-27T10:00", "2 days", "2024-09-29 16:30"),
        ("2024-02-08T17:00", "1 day", "2024-02-18 16:30"),
    ],
)
def test_the_16_30_day_of_document_000(start: str, limit: str, expected: str) -> None:
    assert due(DAY_BOUNDARY, start, limit) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-02T16:30:01", "2026-03-03 16:30"),
        ("2026-03-05T17:00", "2026-03-06 16:30"),
        ("2026-03-08T17:00", "2026-03-09 16:30"),
        ("2024-02-08T17:00", "2024-02-09 16:30"),
        ("2024-09-30T10:00", "2024-10-08 16:30"),
    ],
)
def test_without_the_cutoff_only_the_due_time_is_16_30(start: str, expected: str) -> None:
    assert due(DUE_TIME_ONLY, start, "1 day") == expected


def test_with_the_cutoff_at_intake_only_the_day_ends_at_midnight() -> None:
    """24:00 of a day is 00:00 of the next, which is not in time any more."""
    found = INTAKE_ONLY.due(at("2026-03-02T16:30:01"), Limit(1, "days"))
    assert (found.at, found.inclusive) == (at("2026-03-05T00:00"), False)


def test_without_a_roll_a_limit_may_end_on_a_day_off() -> None:
    assert due(replace(DAY_BOUNDARY, roll="none"), "2026-03-06T10:00", "2 days") == "2026-03-08 16:30"


@pytest.mark.parametrize(("roll", "expected"), [("following", "2026-06-01"), ("preceding", "2026-05-29"), ("modified_following", "2026-05-29")])
def test_each_roll_moves_the_last_day_its_way(roll: Roll, expected: str) -> None:
    """Thursday 2026-05-28 + 3 days is Sunday 05-31, the end of the month."""
    clock = Clock(calendar=CN, day_ends="same_time", roll=roll)
    assert due(clock, "2026-05-28T10:00", "3 days") == f"{expected} 10:00"


def test_a_roll_back_never_reaches_the_day_of_arrival() -> None:
    """Saturday + 1 day is Sunday; the working day before is Friday, before the arrival, so Monday stands in."""
    clock = Clock(calendar=CN, day_ends="same_time", roll="preceding")
    assert due(clock, "2026-03-07T10:00", "1 day") == "2026-03-09 10:00"


def test_working_days_exclude_the_day_of_arrival() -> None:
    clock = Clock(calendar=OFFICE, day_ends="closing")
    assert due(clock, "2026-03-05T10:00", "1 working day") == "2026-03-06 15:00"
    assert due(clock, "2026-03-05T10:00", "3 working days") == "2026-03-10 18:00"


def test_a_day_off_can_count_as_received_or_wait_for_the_next_working_day() -> None:
    """Received on Saturday: Monday is the first working day after, or the deemed day that is not counted."""
    clock = Clock(calendar=OFFICE, day_ends="closing")
    assert due(clock, "2026-03-07T10:00", "1 working day") == "2026-03-09 18:00"
    assert due(replace(clock, off_day_arrival="next_working_day"), "2026-03-07T10:00", "1 working day") == "2026-03-10 18:00"


def test_the_first_day_can_count() -> None:
    clock = Clock(calendar=OFFICE, first_day="counted")
    assert due(clock, "2026-03-02T10:00", "1 day") == "2026-03-03 00:00"
    assert due(clock, "2026-03-02T10:00", "3 working days") == "2026-03-05 00:00"
    assert due(clock, "2026-03-07T10:00", "1 working day") == "2026-03-10 00:00"


def test_the_last_day_can_be_out_of_time() -> None:
    """A month from 31 January ends on 28 February; where the last day does not count, on 27 February at 24:00."""
    clock = Clock(timezone="Asia/Shanghai", last_day="not_counted")
    found = clock.due(at("2026-01-31T10:00"), Limit(1, "months"))
    assert found.at.isoformat() == "2026-02-28T00:00:00+08:00"
    assert not found.met_by(at("2026-02-28T00:00"))
    assert "neither the first nor the last day counted" in found.explain("en")
    assert due(Clock(calendar=OFFICE, last_day="not_counted"), "2026-03-02T10:00", "3 working days") == "2026-03-05 00:00"
    assert due(Clock(calendar=OFFICE, first_day="counted", last_day="not_counted"), "2026-03-02T10:00", "3 days") == "2026-03-04 00:00"


def test_hours_that_end_on_a_day_off_can_move_and_keep_their_time() -> None:
    """24 hours from Friday 15:00 end on Saturday 15:00, which moves to Monday 15:00; those of Thursday end on Friday and stay."""
    clock = Clock(calendar=OFFICE, roll="following", hours_on_day_off="move")
    assert due(clock, "2026-03-06T15:00", "24 hours") == "2026-03-09 15:00"
    assert due(clock, "2026-03-05T15:00", "24 hours") == "2026-03-06 15:00"
    assert "2026-03-07 is a day off, moved to 2026-03-09" in clock.due(at("2026-03-06T15:00"), Limit(24, "hours")).explain("en")
    assert due(replace(clock, hours_on_day_off="stay"), "2026-03-06T15:00", "24 hours") == "2026-03-07 15:00"


def test_hours_are_elapsed_hours_whatever_the_clock_says() -> None:
    assert due(DAY_BOUNDARY, "2026-03-06T20:00", "24 hours") == "2026-03-07 20:00"
    assert due(DAY_BOUNDARY, "2026-03-06T20:00", "90 minutes") == "2026-03-06 21:30"


def test_elapsed_hours_do_not_stretch_where_clocks_change() -> None:
    """24 hours before Sunday 2026-03-29 10:00 in Berlin it was Saturday 09:00; a calendar day ends at the wall time."""
    clock = Clock(timezone="Europe/Berlin", day_ends="same_time")
    start = at("2026-03-28T10:00", "Europe/Berlin")
    assert clock.due(start, Limit(24, "hours")).at.isoformat() == "2026-03-29T11:00:00+02:00"
    assert clock.due(start, Limit(1, "days")).at.isoformat() == "2026-03-29T10:00:00+02:00"


def test_working_hours_run_in_open_time_from_the_deemed_day() -> None:
    """From Thursday 17:00: one hour to closing, and one on Friday; after a cutoff at 16:30 both are on Friday."""
    clock = Clock(calendar=OFFICE)
    assert due(clock, "2026-03-05T17:00", "2 working hours") == "2026-03-06 10:00"
    assert due(replace(clock, cutoff=time(16, 30)), "2026-03-05T17:00", "2 working hours") == "2026-03-06 11:00"


def test_months_end_on_the_same_day_or_the_last_there_is() -> None:
    """The window of one month from a closure on 2026-01-31 holds all of 02-28."""
    found = Clock(timezone="Asia/Shanghai").due(at("2026-01-31T10:00"), Limit(1, "months"))
    assert found.met_by(at("2026-02-28T23:59:59.999"))
    assert not found.met_by(at("2026-03-01T00:00"))
    assert due(Clock(timezone="Asia/Shanghai", day_ends="same_time"), "2024-02-29T10:00", "1 year") == "2025-02-28 10:00"
    assert due(Clock(timezone="Asia/Shanghai", day_ends="same_time"), "2026-03-31T10:00", "6 months") == "2026-09-30 10:00"


def test_weeks_are_seven_days() -> None:
    assert due(Clock(timezone="Asia/Shanghai"), "2026-03-02T10:00", "8 weeks") == due(Clock(timezone="Asia/Shanghai"), "2026-03-02T10:00", "56 days")


def test_an_act_at_a_stated_time_is_in_time_and_one_at_midnight_is_late() -> None:
    stated = DAY_BOUNDARY.due(at("2026-03-02T09:00"), Limit(1, "days"))
    midnight = Clock(timezone="Asia/Shanghai").due(at("2026-03-02T09:00"), Limit(1, "days"))
    assert (stated.met_by(stated.at), midnight.met_by(midnight.at)) == (True, False)
    assert stated.late_from.isoformat() == "2026-03-03T16:30:00.000001+08:00"
    assert midnight.late_from == midnight.at


def test_a_due_instant_that_is_replaced_is_compared_by_its_new_instant() -> None:
    found = DAY_BOUNDARY.due(at("2026-03-02T09:00"), Limit(1, "days"))
    later = replace(found, at=at("2026-03-09T16:30"))
    for due_instant in (later, pickle.loads(pickle.dumps(later))):
        assert (due_instant.met_by(at("2026-03-09T16:30")), due_instant.met_by(at("2026-03-09T16:31"))) == (True, False)
        assert due_instant.late_from.isoformat() == "2026-03-09T16:30:00.000001+08:00"
        assert due_instant.steps[-1].at == at("2026-03-09T16:30")


@pytest.mark.parametrize(("date_only", "expected"), [("start_of_day", "00:00:00"), ("cutoff", "16:30:00"), ("after_cutoff", "16:30:01")])
def test_a_bare_date_counts_as_the_clock_says(date_only: DateOnly, expected: str) -> None:
    clock = replace(DAY_BOUNDARY, date_only=date_only)
    assert clock.arrival(date(2026, 3, 2)).isoformat() == f"2026-03-02T{expected}+08:00"


def test_only_the_reasons_that_a_clock_names_stop_it() -> None:
    """A day end falls into each pause; a pause without a reason always counts."""
    clock = Clock(calendar=OFFICE, day_ends="closing", paused_by={"customer"})
    start, limit = at("2026-03-02T10:00"), Limit(1, "days")
    for reason, expected in (("customer", "04 18:00"), (None, "04 18:00"), ("holiday of a colleague", "03 18:00")):
        assert f"{clock.due(start, limit, [Pause(at('2026-03-03T17:00'), at('2026-03-03T19:00'), reason)]).at:%d %H:%M}" == expected


def test_no_days_end_with_the_day_itself() -> None:
    assert due(DAY_BOUNDARY, "2026-03-02T10:00", "0 days") == "2026-03-02 16:30"
    assert due(Clock(calendar=OFFICE, first_day="counted"), "2026-03-02T10:00", "0 working days") == "2026-03-03 00:00"


def test_the_five_steps_say_how_it_was_found() -> None:
    """Thursday 17:00 + 1 day: deemed Friday, counted to Saturday, expires there at 16:30, rolls to Monday."""
    found = DAY_BOUNDARY.due(at("2026-03-05T17:00"), Limit(1, "days"))
    assert [(step.name, step.code, f"{step.at:%d %H:%M}") for step in found.steps] == [
        ("start", "received", "05 17:00"),
        ("deemed_receipt", "after_cutoff", "06 00:00"),
        ("count", "days", "07 16:30"),
        ("expiry", "time", "07 16:30"),
        ("roll", "rolled", "09 16:30"),
    ]


def test_the_steps_are_told_in_chinese_and_english() -> None:
    found = Clock(calendar=CN, convention="cn_civil_code").due(at("2026-09-30T10:00"), Limit(1, "days"))
    assert found.explain("en").splitlines()[2:] == [
        "2026-10-02 00:00:00 1 day, the first day not counted, up to 2026-10-01 (by analogy with PRC Civil Code art. 201(1))",
        "2026-10-02 00:00:00 expires at the close of that day (by analogy with PRC Civil Code art. 203(2))",
        "2026-10-09 00:00:00 2026-10-01 is a day off, moved to 2026-10-08 (by analogy with PRC Civil Code art. 203(1))",
    ]
    assert found.explain("zh").splitlines()[4] == "2026-10-09 00:00:00 2026-10-01为休息日，改为2026-10-08（类推适用《民法典》第二百零三条第一款）"


def test_a_clock_survives_being_copied_as_pickle_does_it() -> None:
    copy = deepcopy(DAY_BOUNDARY)
    assert copy == DAY_BOUNDARY
    assert copy.due(at("2026-03-05T17:00"), Limit(1, "days")) == DAY_BOUNDARY.due(at("2026-03-05T17:00"), Limit(1, "days"))
