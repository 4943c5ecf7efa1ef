"""Arrays of instants give, element by element, what the calendar and the clock give for one."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from closedloop.calendars import BusinessCalendar, Clock, Roll, named_calendar
from closedloop.calendars.arrays import CalendarArrays, due
from closedloop.errors import InvalidValue, NaiveDatetime, NoOpenTime, OutOfRange
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

#: Zones whose clocks change by an hour, by half an hour, at midnight, back over midnight, by a day, and not at all.
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Pacific/Apia", "Asia/Shanghai")
HOURS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "office": {"mon-fri": [("09:00", "12:00"), ("13:00", "17:30")]},
    "night": {"sat-sun": [("22:15", "30:10")], "wed": [("01:30", "02:15"), ("02:20", "03:00")]},
    "always": {"mon-sun": [("00:00", "24:00")]},
}
CALENDARS = [BusinessCalendar(timezone=zone, hours=hours, holidays={date(2011, 12, 26)}) for zone in ZONES for hours in HOURS.values()]
START, END = datetime(2010, 7, 1, tzinfo=UTC), datetime(2012, 7, 1, tzinfo=UTC)
SECONDS = int((END - START) / timedelta(seconds=1))

calendars = st.sampled_from(CALENDARS)
instants = st.lists(st.integers(0, SECONDS).map(lambda seconds: START + timedelta(seconds=seconds)), min_size=1, max_size=30)
amounts = st.integers(-3_000_000, 3_000_000).map(lambda seconds: timedelta(seconds=seconds))
days = st.lists(st.dates(date(2010, 7, 1), date(2012, 7, 1)), min_size=1, max_size=30)


def array(values: list[datetime]) -> NDArray[np.datetime64]:
    return np.array([value.astimezone(UTC).replace(tzinfo=None) for value in values], dtype="datetime64[us]")


@given(calendars, instants, st.data())
def test_adding_is_the_same_for_each(cal: BusinessCalendar, starts: list[datetime], data: st.DataObject) -> None:
    wanted = data.draw(st.lists(amounts, min_size=len(starts), max_size=len(starts)))
    found = CalendarArrays(cal).add(array(starts), np.array(wanted, dtype="timedelta64[us]"))
    assert found.tolist() == array([cal.add(start, amount) for start, amount in zip(starts, wanted, strict=True)]).tolist()


@given(calendars, instants)
def test_measuring_and_being_open_are_the_same_for_each(cal: BusinessCalendar, starts: list[datetime]) -> None:
    arrays, ends = CalendarArrays(cal), starts[::-1]
    assert arrays.between(array(starts), array(ends)).tolist() == [cal.between(start, end) for start, end in zip(starts, ends, strict=True)]
    assert arrays.is_open(array(starts)).tolist() == [cal.is_open(start) for start in starts]


@given(calendars, instants)
def test_the_local_day_is_the_same_for_each(cal: BusinessCalendar, starts: list[datetime]) -> None:
    assert CalendarArrays(cal).local_days(array(starts)).tolist() == [cal.today(start) for start in starts]


@given(calendars, days, st.integers(-60, 60))
def test_working_days_are_the_same_for_each(cal: BusinessCalendar, some: list[date], count: int) -> None:
    arrays, given_days = CalendarArrays(cal), np.array(some, dtype="datetime64[D]")
    assert arrays.is_working_day(given_days).tolist() == [cal.is_working_day(day) for day in some]
    assert arrays.add_working_days(given_days, count).tolist() == [cal.add_working_days(day, count) for day in some]
    assert arrays.count_working_days(given_days, given_days[::-1]).tolist() == [
        cal.count_working_days(first, last) for first, last in zip(some, reversed(some), strict=True)
    ]


@given(calendars, days, st.sampled_from(("none", "following", "preceding", "modified_following")))
def test_rolling_is_the_same_for_each(cal: BusinessCalendar, some: list[date], how: Roll) -> None:
    assert CalendarArrays(cal).roll(np.array(some, dtype="datetime64[D]"), how).tolist() == [cal.roll(day, how) for day in some]


@given(
    calendars,
    instants,
    st.sampled_from(("midnight", "closing", "same_time", time(16, 30))),
    st.sampled_from(("counts", "next_working_day")),
    st.builds(Limit, st.integers(1, 20), st.sampled_from(("hours", "working hours", "days", "working days", "months"))),
)
def test_due_instants_are_the_same_for_each(cal: BusinessCalendar, starts: list[datetime], ends: Any, off_day: Any, limit: Limit) -> None:
    clock = Clock(calendar=cal, cutoff=time(16, 30), day_ends=ends, off_day_arrival=off_day, roll="following")
    found = due(clock, array(starts), limit)
    one_by_one = [clock.due(start, limit) for start in starts]
    assert found.at.tolist() == array([one.at for one in one_by_one]).tolist()
    assert found.inclusive.tolist() == [one.inclusive for one in one_by_one]


def test_due_instants_beyond_the_notices_are_provisional() -> None:
    clock = Clock(calendar=named_calendar("cn_office"), roll="following")
    found = due(clock, np.array(["2026-03-02T02:00", "2027-03-02T02:00"], dtype="datetime64[us]"), Limit(1, "days"))
    assert found.provisional.tolist() == [False, True]


def test_one_table_serves_questions_that_reach_ever_further() -> None:
    """The same object, asked about later, earlier and far-reaching instants, answers as a fresh one."""
    cal = CALENDARS[0]
    arrays = CalendarArrays(cal)
    for year, hours in ((2012, 10), (2030, 9000), (1990, -9000), (2012, -40_000), (2012, 40_000)):
        start = datetime(year, 5, 1, 10, tzinfo=UTC)
        assert arrays.add(array([start]), timedelta(hours=hours)).tolist() == array([cal.add(start, timedelta(hours=hours))]).tolist()


def test_one_instant_and_one_amount_serve_for_all() -> None:
    arrays, start = CalendarArrays(CALENDARS[0]), datetime(2026, 5, 1, 10, tzinfo=UTC)
    three = arrays.add(start, np.array([1, 2, 3], dtype="timedelta64[h]"))
    assert three.shape == (3,)
    assert arrays.add(np.array([[start, start]]), timedelta(hours=1)).shape == (1, 2)


def test_nothing_asked_is_nothing_answered() -> None:
    arrays, none, no_day = CalendarArrays(CALENDARS[0]), np.array([], dtype="datetime64[us]"), np.array([], dtype="datetime64[D]")
    assert arrays.add(none, timedelta(hours=1)).tolist() == arrays.between(none, none).tolist() == arrays.is_open(none).tolist() == []
    assert arrays.local_days(none).tolist() == arrays.is_working_day(no_day).tolist() == arrays.add_working_days(no_day, 1).tolist() == []
    assert arrays.count_working_days(no_day, no_day).tolist() == arrays.roll(no_day, "following").tolist() == []
    assert due(Clock(calendar=CALENDARS[0]), none, Limit(1, "days")).at.tolist() == []


ARRAYS = CalendarArrays(CALENDARS[0])
NEVER = CalendarArrays(BusinessCalendar(timezone="UTC", hours={}))
NOW = np.array(["2026-05-01T10:00"], dtype="datetime64[us]")
TODAY = NOW.astype("datetime64[D]")
HOUR = np.timedelta64(1, "h")


@pytest.mark.parametrize(
    ("kind", "words", "ask"),
    [
        (InvalidValue, "NaT is no instant", lambda: ARRAYS.is_open(np.array(["NaT"], dtype="datetime64[us]"))),
        (InvalidValue, "NaT is no instant", lambda: ARRAYS.add(NOW, np.timedelta64("NaT", "h"))),
        (InvalidValue, "finer than a microsecond", lambda: ARRAYS.is_open(np.array(["2026-05-01T10:00:00.000000001"], dtype="datetime64[ns]"))),
        (NaiveDatetime, "found int64", lambda: ARRAYS.is_open(np.array([1, 2]))),
        (NaiveDatetime, "has no time zone", lambda: ARRAYS.is_open(np.array([datetime.fromisoformat("2026-05-01")], dtype=object))),
        (InvalidValue, "amounts of time are `timedelta64`", lambda: ARRAYS.add(NOW, np.array([8]))),
        (InvalidValue, "amounts of time are `timedelta64`", lambda: ARRAYS.add(NOW, np.timedelta64(1, "M"))),
        (InvalidValue, "amounts of time are `timedelta64`", lambda: ARRAYS.add(NOW, cast("Any", [None]))),
        (InvalidValue, "found object", lambda: ARRAYS.is_working_day(cast("Any", [None]))),
        (InvalidValue, "of instants `local_days` gives the days", lambda: ARRAYS.is_working_day(NOW)),
        (InvalidValue, "there is no roll `folowing`", lambda: ARRAYS.roll(TODAY, cast("Any", "folowing"))),
        (OutOfRange, "lie within", lambda: ARRAYS.is_open(np.array(["20000-01-01"], dtype="datetime64[D]"))),
        (OutOfRange, "at most 1,000 years", lambda: ARRAYS.between(np.array(["0500-01-01"], "datetime64[D]"), NOW)),
        (NoOpenTime, "not so much open time", lambda: NEVER.add(NOW, HOUR)),
        (NoOpenTime, "not so much open time", lambda: NEVER.add(NOW, -HOUR)),
        (NoOpenTime, "not so many working days", lambda: NEVER.add_working_days(TODAY, 1)),
    ],
)
def test_is_refused(kind: type[Exception], words: str, ask: Callable[[], object]) -> None:
    with pytest.raises(kind, match=words):
        ask()


def test_days_can_be_given_as_dates() -> None:
    assert ARRAYS.is_working_day([date(2026, 5, 1), date(2026, 5, 2)]).tolist() == [True, False]


WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None
try:
    import closedloop.calendars.arrays
except ImportError as error:
    print(type(error).__name__, error)
"""


def test_without_numpy_the_message_names_the_extra() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT_NUMPY], check=True, capture_output=True, text=True)
    assert run.stdout == "MissingExtra arrays of instants need numpy; install `closedloop[batch]`\n"
