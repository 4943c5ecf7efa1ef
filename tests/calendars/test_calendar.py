"""A calendar written by hand: hours of every shape, what goes before what, and days that move."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from closedloop.calendars import BusinessCalendar, Roll, calendar_names, named_calendar

OFFICE = BusinessCalendar(timezone="Europe/London", hours={"mon-fri": [("09:00", "12:00"), ("13:00", "17:00")]}, holidays={date(2026, 5, 4)})
LONDON = ZoneInfo("Europe/London")


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


# 2026-05-01 is a Friday, Monday 05-04 a bank holiday.


def test_counts_only_open_time_across_lunch_weekend_and_holiday() -> None:
    """From Friday 11:00: one hour to lunch, four in the afternoon, three on Tuesday morning make eight."""
    assert OFFICE.add(at("2026-05-01T11:00"), hours(8)) == at("2026-05-05T12:00")


def test_what_is_used_up_at_closing_ends_there() -> None:
    assert OFFICE.add(at("2026-05-01T13:00"), hours(4)) == at("2026-05-01T17:00")
    assert OFFICE.add(at("2026-05-01T17:00"), hours(-4)) == at("2026-05-01T13:00")


def test_nothing_added_is_the_start_itself() -> None:
    assert OFFICE.add(at("2026-05-02T03:00"), hours(0)) == at("2026-05-02T03:00")


def test_measures_backwards_as_a_negative_amount() -> None:
    assert OFFICE.between(at("2026-05-05T10:00"), at("2026-05-01T16:00")) == hours(-2)


def test_is_open_from_the_opening_to_just_before_the_closing() -> None:
    opening, closing = at("2026-05-01T09:00"), at("2026-05-01T12:00")
    assert [OFFICE.is_open(opening - timedelta(microseconds=1)), OFFICE.is_open(opening)] == [False, True]
    assert [OFFICE.is_open(closing - timedelta(microseconds=1)), OFFICE.is_open(closing)] == [True, False]


def test_answers_are_on_the_clocks_of_the_calendar() -> None:
    assert OFFICE.add(datetime(2026, 5, 1, 8, tzinfo=UTC), hours(1)).isoformat() == "2026-05-01T10:00:00+01:00"


def test_a_day_of_24_hours_closes_at_24_00_and_not_a_minute_before() -> None:
    cal = BusinessCalendar(timezone="UTC", hours={"mon": [("00:00", "24:00")]})
    assert cal.add(at("2026-05-04T00:00", ZoneInfo("UTC")), hours(24)) == datetime(2026, 5, 5, tzinfo=UTC)


def test_the_day_clocks_go_back_has_25_hours() -> None:
    cal = BusinessCalendar(timezone="Europe/London", hours={"sun": [("00:00", "24:00")]})
    assert cal.between(at("2026-10-25T00:00"), at("2026-10-26T00:00")) == hours(25)


def test_hours_past_midnight_belong_to_the_day_on_which_they_open() -> None:
    """A shift from Friday 22:00 to Saturday 06:00: Saturday is open for six hours and still no working day."""
    cal = BusinessCalendar(timezone="Europe/London", hours={"fri": [("22:00", "30:00")]})
    assert cal.is_open(at("2026-05-02T05:59:59"))
    assert not cal.is_working_day(date(2026, 5, 2))
    assert cal.intervals(date(2026, 5, 2)) == ((at("2026-05-02T00:00"), at("2026-05-02T06:00")),)
    assert cal.next_closing(at("2026-05-01T23:00")) == at("2026-05-02T06:00")


def test_a_holiday_closes_a_date_with_hours_of_its_own_unless_said_otherwise() -> None:
    day = date(2026, 5, 4)
    closed = replace(OFFICE, date_hours={day: [("10:00", "11:00")]})
    opened = replace(closed, date_hours_override_holidays=True)
    assert (closed.is_working_day(day), opened.is_working_day(day)) == (False, True)
    assert opened.intervals(day) == ((at("2026-05-04T10:00"), at("2026-05-04T11:00")),)


def test_hours_of_a_date_replace_those_of_its_weekday() -> None:
    short = replace(OFFICE, date_hours={date(2026, 5, 1): [("09:00", "10:00")], date(2026, 5, 2): [("10:00", "11:00")], date(2026, 5, 5): []})
    assert short.between(at("2026-05-01T00:00"), at("2026-05-06T00:00")) == hours(2)


def test_overrides_are_matched_by_the_local_date() -> None:
    """2026-05-01 begins in Shanghai at 16:00 UTC of the day before; only the local date counts."""
    cal = BusinessCalendar(timezone="Asia/Shanghai", hours={"mon-sun": [("00:00", "24:00")]}, date_hours={date(2026, 5, 1): [("10:00", "11:00")]})
    assert cal.between(datetime(2026, 4, 30, 16, tzinfo=UTC), datetime(2026, 5, 1, 16, tzinfo=UTC)) == hours(1)


def test_a_break_closes_part_of_a_day_and_of_a_shift_that_came_over_midnight() -> None:
    cal = BusinessCalendar(timezone="UTC", hours={"thu": [("22:00", "30:00")]}, breaks={date(2026, 5, 1): [("02:00", "02:30")]})
    assert cal.between(datetime(2026, 4, 30, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)) == hours(7.5)


def test_a_break_over_all_its_hours_makes_a_day_off() -> None:
    assert not replace(OFFICE, breaks={date(2026, 5, 1): [("08:00", "18:00")]}).is_working_day(date(2026, 5, 1))


def test_yearly_holidays_close_every_year() -> None:
    cal = replace(OFFICE, annual_holidays={"12-25"})
    assert [cal.is_working_day(date(year, 12, 25)) for year in (2025, 2026)] == [False, False]
    assert cal.is_holiday(date(2026, 12, 25))


def test_a_day_worked_instead_of_another_has_the_hours_of_a_weekday() -> None:
    cal = replace(OFFICE, working_days={date(2026, 5, 2)})
    assert cal.between(at("2026-05-02T00:00"), at("2026-05-03T00:00")) == hours(7)
    assert replace(cal, working_day_hours=[("09:00", "10:00")]).between(at("2026-05-02T00:00"), at("2026-05-03T00:00")) == hours(1)


@pytest.mark.parametrize(
    ("day", "how", "expected"),
    [
        ("2026-05-01", "following", "2026-05-01"),
        ("2026-05-02", "none", "2026-05-02"),
        ("2026-05-02", "following", "2026-05-05"),
        ("2026-05-02", "preceding", "2026-05-01"),
        ("2026-05-02", "modified_following", "2026-05-05"),
        # Sunday 2026-05-31: the next working day is in June, so the one before stands in.
        ("2026-05-31", "modified_following", "2026-05-29"),
    ],
)
def test_rolls_a_day_off(day: str, how: Roll, expected: str) -> None:
    assert OFFICE.roll(date.fromisoformat(day), how) == date.fromisoformat(expected)


def test_adds_and_counts_working_days_both_ways() -> None:
    """From Friday 05-01: Tuesday 05-05 is the first, for Monday is a holiday. From Saturday the first day counts from Tuesday."""
    assert OFFICE.add_working_days(date(2026, 5, 1), 2) == date(2026, 5, 6)
    assert OFFICE.add_working_days(date(2026, 5, 6), -2) == date(2026, 5, 1)
    assert OFFICE.add_working_days(date(2026, 5, 2), 1) == date(2026, 5, 6)
    assert OFFICE.count_working_days(date(2026, 5, 1), date(2026, 5, 6)) == 2
    assert OFFICE.count_working_days(date(2026, 5, 6), date(2026, 5, 1)) == -2


def test_an_instant_keeps_its_wall_time_over_working_days() -> None:
    """From Friday 2026-03-27 to Monday 03-30 the clocks go forward: 10:00 GMT becomes 10:00 BST."""
    moved = OFFICE.add_working_days(at("2026-03-27T10:00"), 1)
    assert moved.isoformat() == "2026-03-30T10:00:00+01:00"


def test_a_union_is_open_when_either_is_and_an_intersection_when_both_are() -> None:
    """London 09-12 and 13-17, Shanghai 09-17 (01:00-09:00 GMT, 02:00-10:00 BST): in summer one hour in common, 09:00 to 10:00."""
    shanghai = BusinessCalendar(timezone="Asia/Shanghai", hours={"mon-fri": [("09:00", "17:00")]}, published_through=date(2026, 12, 31))
    day, end = at("2026-05-01T00:00"), at("2026-05-02T00:00")
    assert (OFFICE & shanghai).between(day, end) == hours(1)
    assert (OFFICE | shanghai).between(day, end) == hours(7 + 8 - 1)
    assert (OFFICE & shanghai).is_working_day(day.date())
    # In winter there is nothing in common, so no day is a working day of both.
    assert not (OFFICE & shanghai).is_working_day(date(2026, 1, 5))
    assert (OFFICE | shanghai).is_working_day(date(2026, 5, 4))
    assert (OFFICE & shanghai).published_through == date(2026, 12, 31)


def test_a_day_is_a_holiday_of_both_when_it_is_of_either_and_of_either_when_it_is_of_both() -> None:
    other = replace(OFFICE, holidays=())
    assert [(OFFICE & other).is_holiday(date(2026, 5, 4)), (OFFICE | other).is_holiday(date(2026, 5, 4))] == [True, False]


def test_equal_calendars_have_one_fingerprint_and_others_another() -> None:
    same = BusinessCalendar(timezone="Europe/London", hours={"mon-fri": [(time(9), time(12)), (time(13), "17:00:00")]}, holidays=[date(2026, 5, 4)])
    assert (same, hash(same), same.fingerprint) == (OFFICE, hash(OFFICE), OFFICE.fingerprint)
    assert replace(OFFICE, name="head office").fingerprint == OFFICE.fingerprint
    assert replace(OFFICE, holidays=()).fingerprint != OFFICE.fingerprint
    assert (OFFICE | OFFICE).fingerprint != (OFFICE & OFFICE).fingerprint


def test_a_calendar_survives_being_copied_as_pickle_does_it() -> None:
    for cal in (OFFICE, OFFICE & replace(OFFICE, holidays=())):
        copy = deepcopy(cal)
        assert copy == cal
        assert copy.add(at("2026-05-01T11:00"), hours(8)) == cal.add(at("2026-05-01T11:00"), hours(8))


def test_shipped_calendars_are_listed_and_made_once() -> None:
    assert calendar_names() == ("cn_office", "cn_office_strict", "uk_business")
    assert named_calendar("uk_business") is named_calendar("uk_business")
    # Friday 2026-12-25 is Christmas Day, and Monday stands in for Boxing Day on Saturday.
    assert named_calendar("uk_business").add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 29)


def test_a_country_with_days_by_the_moon_is_known_only_while_they_are() -> None:
    """python-holidays marks dates of Turkey as estimated from 2033 on."""
    turkey = BusinessCalendar.country("TR", hours={"mon-fri": [("09:00", "17:00")]}, timezone="Europe/Istanbul")
    assert turkey.published_through is not None
    assert turkey.published_through < date(2034, 1, 1)


def test_a_country_whose_dates_are_all_estimated_is_never_known() -> None:
    morocco = BusinessCalendar.country("MA", hours={"mon-fri": [("09:00", "17:00")]}, timezone="Africa/Casablanca")
    assert not any(morocco.is_published(date(year, 6, 1)) for year in range(1990, 2050, 10))


def test_a_country_that_moves_days_by_notice_is_known_only_as_far_as_notices_go() -> None:
    hungary = BusinessCalendar.country("HU", hours={"mon-fri": [("09:00", "17:00")]}, timezone="Europe/Budapest")
    assert hungary.published_through is not None
    assert date(2026, 1, 1) < hungary.published_through < date(2035, 1, 1)
    # Saturday 2026-08-08 is worked for Friday 08-21.
    assert (hungary.is_working_day(date(2026, 8, 8)), hungary.is_working_day(date(2026, 8, 21))) == (True, False)
