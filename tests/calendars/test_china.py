"""Working days of mainland China: every day that official notices settled, and honesty about those they did not."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from closedloop.calendars import BusinessCalendar, Clock, named_calendar
from closedloop.values.limits import Limit

TABLE = json.loads((Path(__file__).parent / "data" / "cn_working_days.json").read_text(encoding="utf-8"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = named_calendar("cn_office")


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(i) for i in range((last - first).days + 1)]


def test_every_day_from_2004_to_2026_agrees_with_the_notices() -> None:
    """8,401 days, by the table's own rule: Monday to Friday and no weekday holiday, or a make-up day."""
    off, worked = set(TABLE["weekday_holidays"]), set(TABLE["makeup_workdays"])
    every = days(date(2004, 1, 1), date(2026, 12, 31))
    assert len(every) == 8401
    wrong = [day for day in every if OFFICE.is_working_day(day) != ((day.weekday() < 5 and str(day) not in off) or str(day) in worked)]
    assert wrong == []


def test_counts_the_working_days_of_each_year() -> None:
    counted = {year: OFFICE.count_working_days(date(int(year) - 1, 12, 31), date(int(year), 12, 31)) for year in TABLE["working_days_per_year"]}
    assert counted == TABLE["working_days_per_year"]


def test_the_last_day_of_2005_was_a_working_saturday() -> None:
    """The one known error of chinesecalendar: notice 国办发明电〔2005〕35号 makes 2005-12-31 a working day."""
    assert OFFICE.is_working_day(date(2005, 12, 31))


def test_a_country_is_the_same_table_at_other_hours() -> None:
    cal = BusinessCalendar.country("CN", hours={"mon-fri": [("09:00", "17:30")]}, timezone="Asia/Shanghai")
    # Saturday 2026-02-14 is worked in exchange for a day of the Spring Festival, at the hours of a weekday.
    start = datetime(2026, 2, 14, 8, tzinfo=SHANGHAI)
    assert cal.add(start, timedelta(hours=8.5)) == datetime(2026, 2, 14, 17, 30, tzinfo=SHANGHAI)
    # The festival lasts from 02-15 to 02-23, so the next open hour is on Tuesday 02-24.
    assert cal.next_opening(start + timedelta(hours=10)) == datetime(2026, 2, 24, 9, tzinfo=SHANGHAI)


def test_a_year_without_a_notice_is_not_passed_off_as_known() -> None:
    assert (OFFICE.published_from, OFFICE.published_through) == (date(2004, 1, 1), date(2026, 12, 31))
    assert OFFICE.is_published(date(2026, 12, 31))
    assert not OFFICE.is_published(date(2027, 1, 1))
    assert not OFFICE.is_published(date(2003, 12, 31))


def test_a_due_instant_beyond_the_notices_is_provisional() -> None:
    """2 working days after 2026-12-30: 12-31, then 2027-01-04, for 01-01 is New Year and 01-02 and 01-03 a weekend."""
    clock = Clock(calendar=OFFICE)
    due = clock.due(datetime(2026, 12, 30, 10, tzinfo=SHANGHAI), Limit(2, "working days"))
    assert (due.at, due.provisional) == (datetime(2027, 1, 5, tzinfo=SHANGHAI), True)
    assert not clock.due(datetime(2026, 12, 30, 10, tzinfo=SHANGHAI), Limit(1, "working days")).provisional


def test_a_limit_that_looks_at_no_day_off_is_never_provisional() -> None:
    clock = Clock(calendar=OFFICE)
    late = datetime(2031, 5, 1, 10, tzinfo=SHANGHAI)
    assert not clock.due(late, Limit(24, "hours")).provisional
    assert not clock.due(late, Limit(3, "days")).provisional
    assert clock.due(late, Limit(1, "working hours")).provisional


def test_days_that_the_regulation_fixes_are_off_even_before_a_notice() -> None:
    assert not OFFICE.is_working_day(date(2027, 10, 1))
    assert OFFICE.is_working_day(date(2027, 10, 8))


def test_a_holiday_is_told_from_a_weekend() -> None:
    assert OFFICE.is_holiday(date(2026, 2, 15))
    assert OFFICE.is_holiday(date(2026, 2, 21))
    assert not OFFICE.is_holiday(date(2026, 3, 7))


def test_a_strict_reading_lets_no_weekend_day_be_worked() -> None:
    """Saturday 2024-10-12 is worked by notice; strictly, a due instant on it moves on to Monday."""
    strict = named_calendar("cn_office_strict")
    assert (OFFICE.roll(date(2024, 10, 12), "following"), strict.roll(date(2024, 10, 12), "following")) == (date(2024, 10, 12), date(2024, 10, 14))
    assert strict.is_holiday(date(2024, 10, 1))
