"""Business time against its named peers, in one run on one machine: `python benchmarks/calendar/measure.py`.

Every peer gets the same office: Monday to Friday, 09:00 to 17:00, without the bank holidays of England. All first have to
give the same answers; then they take turns, and the best of several turns counts. Amounts that are used up exactly at a
closing are left out, for pandas then answers the next opening. Printed are answers a second, and how many times the peer's.
Needs the extras `batch` and `bench`.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

import businesstimedelta
import numpy as np
import pandas as pd
from bizdays import Calendar as BizdaysCalendar
from workalendar.core import Calendar as WorkalendarCalendar

from closedloop.calendars import BusinessCalendar, Clock
from closedloop.calendars.arrays import CalendarArrays, due
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Callable

OFFICE = BusinessCalendar.country("GB", subdivision="ENG", hours={"mon-fri": [("09:00", "17:00")]}, timezone="Europe/London")
HOLIDAYS = sorted(day for day in OFFICE.holidays if date(2015, 1, 1) <= day <= date(2035, 12, 31))
#: The first arrival; in winter, when London shows UTC.
WALL = datetime.fromisoformat("2024-01-03T10:20")
ROWS = 1_000_000
TURNS = 7


class Workalendar(WorkalendarCalendar):
    """Monday to Friday without the same holidays."""

    def holidays(self, year: int | None = None) -> list[tuple[date, str]]:
        """Return the holidays of a year."""
        return [(day, "off") for day in HOLIDAYS if day.year == year]

    def get_weekend_days(self) -> tuple[int, int]:
        """Return Saturday and Sunday."""
        return (5, 6)


@dataclass(frozen=True, kw_only=True)
class Contest:
    """One question: how this library answers it, and how each peer does; a peer slow on arrays answers for fewer rows."""

    title: str
    ours: Callable[[], Any]
    peers: dict[str, tuple[Callable[[], Any], int]]
    rows: int = 1


def rate(ask: Callable[[], Any], rows: int) -> float:
    """Return answers a second in one turn of about 50 ms."""
    begun = perf_counter()
    ask()
    calls = max(1, int(0.05 / max(perf_counter() - begun, 1e-7)))
    begun = perf_counter()
    for _ in range(calls):
        ask()
    return rows * calls / (perf_counter() - begun)


def written(answer: Any, rows: int) -> list[str]:
    """Return the first answers as text, so that answers of several libraries compare."""
    if rows == 1:
        return [str(answer)[:19].removesuffix(" 00:00:00")]
    some = answer if isinstance(answer, list) else pd.DatetimeIndex(np.asarray(answer)[:1000])
    return [str(one)[:19].removesuffix(" 00:00:00") for one in some[:1000]]


def measure(contest: Contest) -> None:
    """Check that all agree, let them take turns, and print what came of it."""
    askers = {"closedloop": (contest.ours, contest.rows), **contest.peers}
    answers = {name: written(ask(), rows) for name, (ask, rows) in askers.items()}
    for name, answer in answers.items():
        if answer != answers["closedloop"][: len(answer)]:
            raise SystemExit(f"{contest.title}: {name} gives {answer[:3]}, closedloop {answers['closedloop'][:3]}")
    best = dict.fromkeys(askers, 0.0)
    for _ in range(TURNS):
        for name, (ask, rows) in askers.items():
            best[name] = max(best[name], rate(ask, rows))
    print(f"\n{contest.title}")
    for name, found in best.items():
        print(f"  {name:28} {found:14,.0f} /s" + ("" if name == "closedloop" else f"   closedloop {best['closedloop'] / found:8,.1f} x"))


def arrivals_plus(hours: int, title: str) -> Contest:
    """Add working hours to arrivals around the clock, one after the other."""
    offset = pd.offsets.CustomBusinessHour(n=hours, start="09:00", end="17:00", holidays=HOLIDAYS)
    work = businesstimedelta.WorkDayRule(start_time=time(9), end_time=time(17), working_days=[0, 1, 2, 3, 4])
    rules = businesstimedelta.Rules([work, businesstimedelta.HolidayRule(dict.fromkeys(HOLIDAYS, "off"))])
    amount, business = timedelta(hours=hours), businesstimedelta.BusinessTimeDelta(rules, hours=hours)
    walls = arrivals()
    starts, stamps, few = [wall.replace(tzinfo=OFFICE.zone) for wall in walls], [pd.Timestamp(wall, tz=OFFICE.zone) for wall in walls], walls[:10]
    return Contest(
        title=f"{title}, one after the other",
        ours=lambda: [OFFICE.add(start, amount) for start in starts],
        peers={
            "pandas CustomBusinessHour": (lambda: [stamp + offset for stamp in stamps], len(stamps)),
            "businesstimedelta": (lambda: [wall + business for wall in few], len(few)),
        },
        rows=len(starts),
    )


def arrivals() -> list[datetime]:
    """Return a thousand wall times of a winter, by day and night, on working days and days off."""
    seconds = np.random.default_rng(2024).integers(0, 80 * 86_400, 1000)
    return [WALL + timedelta(seconds=int(second)) for second in seconds]


def date_plus(days: int) -> Contest:
    """Add working days to one date."""
    day = WALL.date()
    offset, stamp = pd.offsets.CustomBusinessDay(n=days, holidays=HOLIDAYS), pd.Timestamp(day)
    numbers, number = np.busdaycalendar(holidays=HOLIDAYS), np.datetime64(day)
    bizdays = BizdaysCalendar(HOLIDAYS, ["Saturday", "Sunday"], startdate="2015-01-01", enddate="2035-12-31")
    worker = Workalendar()
    return Contest(
        title=f"one date + {days} working days",
        ours=lambda: OFFICE.add_working_days(day, days),
        peers={
            "numpy busday_offset": (lambda: np.busday_offset(number, days, busdaycal=numbers), 1),
            "bizdays": (lambda: bizdays.offset(day, days), 1),
            "workalendar": (lambda: worker.add_working_days(day, days), 1),
            "pandas CustomBusinessDay": (lambda: stamp + offset, 1),
        },
    )


def instants(*, in_order: bool) -> np.ndarray:
    """Return a million instants of three winters, in open time so that all count alike from them."""
    draw = np.random.default_rng(2024)
    working = np.array([day for day in pd.date_range("2022-01-03", "2024-12-31") if OFFICE.is_working_day(day.date()) and day.month in {1, 2, 12}])
    seconds = draw.integers(9 * 3600 + 1, 17 * 3600 - 1, ROWS)
    found = draw.choice(working.astype("datetime64[us]"), ROWS) + seconds.astype("timedelta64[s]")
    return np.sort(found) if in_order else found


def rows_plus(hours: int, *, in_order: bool) -> Contest:
    """Add working hours to a million instants; eight hours and winter days, so that walls and instants agree."""
    starts, arrays = instants(in_order=in_order), CalendarArrays(OFFICE)
    offset = pd.offsets.CustomBusinessHour(n=hours, start="09:00", end="17:00", holidays=HOLIDAYS)
    few = pd.DatetimeIndex(starts[:1000])
    amount = timedelta(hours=hours)
    return Contest(
        title=f"{ROWS:,} instants{' in order' if in_order else ''} + {hours:,} working hours",
        ours=lambda: arrays.add(starts, amount),
        peers={"pandas CustomBusinessHour": (lambda: few + offset, len(few))},
        rows=ROWS,
    )


def dates_plus(days: int) -> Contest:
    """Add working days to a million dates."""
    arrays = CalendarArrays(OFFICE)
    dates = instants(in_order=False).astype("datetime64[D]")
    numbers = np.busdaycalendar(holidays=HOLIDAYS)
    bizdays = BizdaysCalendar(HOLIDAYS, ["Saturday", "Sunday"], startdate="2015-01-01", enddate="2035-12-31")
    few = dates[:1000].tolist()
    offset, stamps = pd.offsets.CustomBusinessDay(n=days, holidays=HOLIDAYS), pd.DatetimeIndex(dates[:1000])
    return Contest(
        title=f"{ROWS:,} dates + {days} working days",
        ours=lambda: arrays.add_working_days(dates, days),
        peers={
            "numpy busday_offset": (lambda: np.busday_offset(dates, days, busdaycal=numbers), ROWS),
            "bizdays": (lambda: [bizdays.offset(day, days) for day in few], len(few)),
            "pandas CustomBusinessDay": (lambda: stamps + offset, len(few)),
        },
        rows=ROWS,
    )


def clock_rows() -> Contest:
    """Work out a million due instants of the 16:30 day; no peer knows a cutoff, a roll, or both."""
    clock = Clock(calendar=OFFICE, cutoff=time(16, 30), day_ends=time(16, 30), roll="following")
    starts, limit = instants(in_order=False), Limit(2, "days")
    return Contest(title=f"{ROWS:,} due instants, 2 days, cutoff and roll at 16:30", ours=lambda: due(clock, starts, limit).at, peers={}, rows=ROWS)


def main() -> None:
    """Run every contest."""
    # pandas says on every array that it goes through it one by one.
    warnings.simplefilter("ignore", pd.errors.PerformanceWarning)
    for contest in (
        arrivals_plus(7, "7 working hours"),
        arrivals_plus(3999, "3,999 working hours (500 working days less one hour)"),
        date_plus(5),
        date_plus(500),
        rows_plus(8, in_order=False),
        rows_plus(8, in_order=True),
        dates_plus(500),
        clock_rows(),
    ):
        measure(contest)


if __name__ == "__main__":
    main()
