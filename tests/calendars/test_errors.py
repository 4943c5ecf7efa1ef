"""What a calendar and a clock refuse, and that they say why in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from closedloop.calendars import BusinessCalendar, Clock, Pause, localise, named_calendar, warns_at
from closedloop.errors import ClosedloopError, InvalidValue, NaiveDatetime, NoOpenTime, OutOfRange, UnknownCalendar, UnknownTimezone
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICE = BusinessCalendar(timezone="UTC", hours={"mon-fri": [("09:00", "17:00")]})
NEVER = BusinessCalendar(timezone="UTC", hours={})
ALWAYS = BusinessCalendar(timezone="UTC", hours={"mon-sun": [("00:00", "24:00")]})
NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
NAIVE = datetime.fromisoformat("2026-05-01T10:00")
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
HOUR = timedelta(hours=1)
WRONG = cast("Any", "wrong")


def made(**changes: object) -> BusinessCalendar:
    return replace(OFFICE, **cast("dict[str, Any]", changes))


def clock(**settings: object) -> Clock:
    return Clock(**cast("dict[str, Any]", {"calendar": OFFICE, **settings}))


REFUSED: list[tuple[type[ClosedloopError], str, Callable[[], object]]] = [
    # calendars
    (UnknownTimezone, "did you mean `Asia/Shanghai`", lambda: made(timezone="Asia/Shangai")),
    (UnknownTimezone, "no time zone `../../etc/passwd`", lambda: made(timezone="../../etc/passwd")),
    (InvalidValue, "hours past midnight end at `30:00`", lambda: made(hours={"mon": [("22:00", "06:00")]})),
    (InvalidValue, "closes at `09:00`, which is not after `09:00`", lambda: made(hours={"mon": [("09:00", "09:00")]})),
    (InvalidValue, "overlap", lambda: made(hours={"mon": [("09:00", "12:00"), ("11:00", "13:00")]})),
    (InvalidValue, "`9am` is not a time of day", lambda: made(hours={"mon": [("9am", "17:00")]})),
    (InvalidValue, "`09:60` is not a time of day", lambda: made(hours={"mon": [("09:60", "17:00")]})),
    (InvalidValue, "past `48:00`", lambda: made(hours={"mon": [("09:00", "50:00")]})),
    (InvalidValue, "last at most 24 hours", lambda: made(hours={"mon": [("09:00", "40:00")]})),
    (InvalidValue, "hours are pairs", lambda: made(hours={"mon": ["09:00"]})),
    (InvalidValue, "did you mean `mon`", lambda: made(hours={"monday": []})),
    (InvalidValue, "`mon` is given twice", lambda: made(hours={"mon": [], "mon-fri": []})),
    (InvalidValue, "not a range of weekdays", lambda: made(hours={"fri-mon": []})),
    (InvalidValue, "holidays: a day is a date, found str", lambda: made(holidays=["2026-05-01"])),
    (InvalidValue, "holidays: a day is a date, found datetime", lambda: made(holidays=[NOW])),
    (InvalidValue, "breaks of 2026-05-01: closes at", lambda: made(breaks={date(2026, 5, 1): [("12:00", "11:00")]})),
    (InvalidValue, "`25-12` is not a month and day", lambda: made(annual_holidays={"25-12"})),
    (InvalidValue, "both a holiday and a day that is worked", lambda: made(holidays={NOW.date()}, working_days={NOW.date()})),
    (
        InvalidValue,
        "say with `working_day_hours`",
        lambda: made(hours={"mon": [("09:00", "17:00")], "tue": [("09:00", "12:00")]}, working_days={date(2026, 5, 2)}),
    ),
    (UnknownCalendar, "did you mean `cn_office`", lambda: named_calendar("cn_offce")),
    (UnknownCalendar, "no country `XX`", lambda: BusinessCalendar.country("XX", hours={}, timezone="UTC")),
    (InvalidValue, "did you mean `ENG`", lambda: BusinessCalendar.country("GB", hours={}, timezone="UTC", subdivision="ENGL")),
    (InvalidValue, "know no subdivision", lambda: BusinessCalendar.country("CN", hours={}, timezone="UTC", subdivision="BJ")),
    (InvalidValue, "hours are given by weekday", lambda: made(hours=[("09:00", "17:00")])),
    (InvalidValue, "hours of a day are a list of pairs, found int", lambda: made(hours={"mon": 9})),
    (InvalidValue, "holidays: days are a collection of dates, found NoneType", lambda: made(holidays=None)),
    (InvalidValue, "breaks: hours are given by date, found list", lambda: made(breaks=[])),
    # instants and days
    (NaiveDatetime, "has no time zone", lambda: OFFICE.add(NAIVE, HOUR)),
    (NaiveDatetime, "has no time zone", lambda: OFFICE.between(NOW, NAIVE)),
    (NaiveDatetime, "has no time zone", lambda: OFFICE.is_working_day(NAIVE)),
    (NaiveDatetime, "found str", lambda: OFFICE.is_open(WRONG)),
    (InvalidValue, "a day is a date, found str", lambda: OFFICE.is_working_day(WRONG)),
    (InvalidValue, "an amount of time is a timedelta", lambda: OFFICE.add(NOW, WRONG)),
    (InvalidValue, "there is no roll `folowing`; ways to roll", lambda: OFFICE.roll(NOW.date(), cast("Any", "folowing"))),
    # ends of the world
    (NoOpenTime, "no more open time after", lambda: NEVER.add(NOW, HOUR)),
    (NoOpenTime, "no more open time before", lambda: NEVER.add(NOW, -HOUR)),
    (NoOpenTime, "no opening after", lambda: NEVER.next_opening(NOW)),
    (NoOpenTime, "no closing before", lambda: NEVER.previous_closing(NOW)),
    (NoOpenTime, "no closing after", lambda: ALWAYS.next_closing(NOW)),
    (NoOpenTime, "no opening before", lambda: ALWAYS.previous_opening(NOW)),
    (NoOpenTime, "no working day after", lambda: NEVER.add_working_days(NOW.date(), 1)),
    (NoOpenTime, "no working day before", lambda: NEVER.add_working_days(NOW.date(), -1)),
    (NoOpenTime, "no more open time", lambda: (OFFICE & NEVER).add(NOW, HOUR)),
    (NoOpenTime, "no more open time", lambda: OFFICE.add(NOW, timedelta.max)),
    (NoOpenTime, "no more open time", lambda: OFFICE.add(LAST, HOUR)),
    (NoOpenTime, "no more open time", lambda: OFFICE.add(FIRST, -HOUR)),
    (NoOpenTime, "no working day after", lambda: OFFICE.add_working_days(date.max, 1)),
    (NoOpenTime, "no day near 2026-05-02", lambda: Clock(calendar=NEVER, roll="following").due(NOW, Limit(1, "days"))),
    (OutOfRange, "at most 500 years", lambda: OFFICE.between(FIRST, LAST)),
    (OutOfRange, "outside the years 1 to 9999", lambda: OFFICE.intervals(date.max)),
    (OutOfRange, "outside the years 1 to 9999", lambda: Clock(timezone="UTC").due(LAST, Limit(1, "hours"))),
    (OutOfRange, "outside the years 1 to 9999", lambda: Clock(timezone="UTC").due(LAST, Limit(1, "days"))),
    (OutOfRange, "outside the years 1 to 9999", lambda: Clock(timezone="UTC", first_day="counted").due(FIRST, Limit(1, "months"))),
    (OutOfRange, "ends after the year 9999", lambda: Clock(timezone="UTC").due(NOW, Limit(9000, "years"))),
    # clocks
    (InvalidValue, "needs a zone", Clock),
    (InvalidValue, "leave the clock's zone out", lambda: clock(timezone="Asia/Shanghai")),
    (InvalidValue, "did you mean `cn_civil_code`", lambda: clock(convention="cn_civil_cod")),
    (InvalidValue, "roll: `folowing` is unknown", lambda: clock(roll="folowing")),
    (InvalidValue, "date_only: `noon` is unknown", lambda: clock(date_only="noon")),
    (InvalidValue, "write `midnight`", lambda: clock(day_ends=time(0))),
    (InvalidValue, "cutoff: `16:30` is not a time of day", lambda: clock(cutoff="16:30")),
    (InvalidValue, "day_ends: `16:30:00+00:00` is not a time of day", lambda: clock(day_ends=time(16, 30, tzinfo=UTC))),
    (InvalidValue, "needs a `cutoff`", lambda: clock(date_only="cutoff")),
    (InvalidValue, "roll: `following` needs a calendar", lambda: Clock(timezone="UTC", roll="following")),
    (InvalidValue, "day_ends: `closing` needs a calendar", lambda: Clock(timezone="UTC", day_ends="closing")),
    (InvalidValue, "`2 working days` is counted on a calendar", lambda: Clock(timezone="UTC").due(NOW, Limit(2, "working days"))),
    (InvalidValue, "`1 working hour` is counted on a calendar", lambda: Clock(timezone="UTC").due(NOW, Limit(1, "working hours"))),
    (InvalidValue, "a limit is a `Limit`, found str", lambda: clock().due(NOW, WRONG)),
    (NaiveDatetime, "has no time zone", lambda: clock().due(NAIVE, Limit(1, "days"))),
    (InvalidValue, "say with `date_only`", lambda: clock().arrival(date(2026, 5, 1))),
    (InvalidValue, "give the instant", lambda: clock(date_only="start_of_day").arrival(NOW)),
    (InvalidValue, "before it starts", lambda: Pause(NOW, NOW - HOUR)),
    (InvalidValue, "has stood still since", lambda: clock().due(NOW, Limit(1, "days"), [Pause(NOW)])),
    (InvalidValue, "a share from 0 to 1", lambda: warns_at(clock(), NOW, Limit(1, "hours"), cast("Any", 80))),
    (InvalidValue, "cannot be counted on a limit of `4 hours`", lambda: warns_at(clock(), NOW, Limit(4, "hours"), Limit(1, "days"))),
    # wall times
    (InvalidValue, "happens twice in Europe/Berlin", lambda: localise(datetime.fromisoformat("2026-10-25T02:30"), "Europe/Berlin")),
    (InvalidValue, "never happens in Europe/Berlin", lambda: localise(datetime.fromisoformat("2026-03-29T02:30"), "Europe/Berlin")),
    (InvalidValue, "not a wall time without a zone", lambda: localise(NOW, "Europe/Berlin")),
    (UnknownTimezone, "no time zone `Nowhere`", lambda: localise(NAIVE, "Nowhere")),
]


@pytest.mark.parametrize(("kind", "words", "ask"), REFUSED, ids=[f"{words}-{i}" for i, (_, words, _) in enumerate(REFUSED)])
def test_is_refused_in_one_line(kind: type[ClosedloopError], words: str, ask: Callable[[], object]) -> None:
    with pytest.raises(kind) as caught:
        ask()
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_last_dates_of_the_range_still_answer() -> None:
    assert OFFICE.is_working_day(date.max)
    assert OFFICE.add(LAST, -HOUR) == datetime(9999, 12, 30, 16, tzinfo=UTC)
    assert OFFICE.add(FIRST, HOUR) == datetime(1, 1, 1, 10, tzinfo=UTC)
