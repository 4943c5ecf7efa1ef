"""The calendar against a second-by-second reference, over clock changes of every kind.

The reference knows no spans and no sums: it turns the walls of each interval into instants with the standard library
(a skipped wall moves forward, a repeated one is the first), marks every open second, and counts marked seconds.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from itertools import compress, count, pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from closedloop.calendars import BusinessCalendar

if TYPE_CHECKING:
    from collections.abc import Iterator

SECOND = timedelta(seconds=1)
#: Zone and date of a change: an hour in spring and autumn, north and south, half an hour, at midnight, and a skipped day.
CHANGES = {
    "Berlin, forward": ("Europe/Berlin", date(2026, 3, 29)),
    "Berlin, back": ("Europe/Berlin", date(2026, 10, 25)),
    "Sydney, forward": ("Australia/Sydney", date(2026, 10, 4)),
    "Sydney, back": ("Australia/Sydney", date(2026, 4, 5)),
    "Lord Howe, half an hour forward": ("Australia/Lord_Howe", date(2026, 10, 4)),
    "Lord Howe, half an hour back": ("Australia/Lord_Howe", date(2026, 4, 5)),
    "Sao Paulo, forward at midnight": ("America/Sao_Paulo", date(2018, 11, 4)),
    "Sao Paulo, back at midnight": ("America/Sao_Paulo", date(2018, 2, 18)),
    "Havana, forward at midnight": ("America/Havana", date(2026, 3, 8)),
    "Havana, back to midnight": ("America/Havana", date(2026, 11, 1)),
    "Saint John's, back at one minute past midnight": ("America/St_Johns", date(2010, 11, 7)),
    "Samoa, a day that never was": ("Pacific/Apia", date(2011, 12, 30)),
    "Shanghai, no change": ("Asia/Shanghai", date(2026, 3, 29)),
}
WEEKS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "office": {"mon-sun": [("09:00", "12:00"), ("13:00", "17:30")]},
    "night": {"mon-sun": [("22:15", "30:10")]},
    "all day": {"mon-sun": [("00:00", "24:00")]},
    "about the change": {"mon-sun": [("00:00", "00:20"), ("01:45", "02:10"), ("02:40", "05:00"), ("23:10", "24:00")]},
    "alternate days": {"sun": [("00:30", "24:00")], "tue": [("00:00", "03:00")], "thu-fri": [("12:00", "12:00:01")]},
}


def instant(day: date, wall: str, zone: ZoneInfo) -> datetime:
    hours, minutes, *seconds = map(int, wall.split(":"))
    naive = datetime.combine(day, time(0)) + timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return naive.replace(tzinfo=zone).astimezone(UTC)


class Reference:
    """Four days about a change, second by second."""

    def __init__(self, week: str, change: str) -> None:
        """Mark the open seconds."""
        name, about = CHANGES[change]
        self.zone = ZoneInfo(name)
        self.start = datetime.combine(about - timedelta(days=2), time(0), UTC)
        self.open = bytearray(4 * 86_400)
        for day in (about + timedelta(days=i) for i in range(-5, 5)):
            self._mark(day, WEEKS[week])
        self.seconds = list(compress(range(len(self.open)), self.open))

    def _mark(self, day: date, hours: dict[str, list[tuple[str, str]]]) -> None:
        if instant(day, "00:00", self.zone) == instant(day, "24:00", self.zone):
            return
        weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
        names = {"mon-sun": True, "thu-fri": weekday in {"thu", "fri"}}
        for key, intervals in hours.items():
            for opens, closes in intervals if names.get(key, key == weekday) else ():
                first, last = (int((instant(day, wall, self.zone) - self.start) / SECOND) for wall in (opens, closes))
                first, last = (min(max(second, 0), len(self.open)) for second in (first, last))
                if first < last:
                    self.open[first:last] = b"\1" * (last - first)

    def at(self, second: int) -> datetime:
        return self.start + second * SECOND

    def measure(self, first: int, last: int) -> int:
        return self.open.count(1, first, last) if first <= last else -self.open.count(1, last, first)

    def forward(self, start: int, amount: int) -> int:
        """Return the end of the `amount`th open second from the start on."""
        return self.seconds[bisect_left(self.seconds, start) + amount - 1] + 1

    def backward(self, start: int, amount: int) -> int:
        """Return the beginning of the `amount`th open second before the start."""
        return self.seconds[bisect_left(self.seconds, start) - amount]


def draws(*words: str) -> Iterator[int]:
    """Give whole numbers that depend on the words only."""
    return (int.from_bytes(sha256(f"{words} {i}".encode()).digest()[:6]) for i in count())


def utc(at: datetime) -> datetime:
    """Put an instant into UTC: across zones Python calls an instant that happens twice unequal even to itself."""
    return at.astimezone(UTC)


@cache
def reference(week: str, change: str) -> Reference:
    return Reference(week, change)


def calendar(week: str, change: str) -> BusinessCalendar:
    return BusinessCalendar(timezone=CHANGES[change][0], hours=WEEKS[week])


each = pytest.mark.parametrize(("week", "change"), [(week, change) for week in WEEKS for change in CHANGES])


@each
def test_is_open_at_exactly_the_open_seconds(week: str, change: str) -> None:
    """Every second at which the reference opens or closes, the seconds about it, and every seventh minute."""
    ref, cal = reference(week, change), calendar(week, change)
    edges = [i for i in range(1, len(ref.open)) if ref.open[i] != ref.open[i - 1]]
    looked_at = {i + j for i in edges for j in (-1, 0, 1)} | set(range(0, len(ref.open), 420))
    wrong = [ref.at(i) for i in looked_at if i < len(ref.open) and cal.is_open(ref.at(i)) != bool(ref.open[i])]
    assert wrong == []


@each
def test_measures_as_many_seconds_as_are_open(week: str, change: str) -> None:
    ref, cal = reference(week, change), calendar(week, change)
    draw = draws(week, change)
    for _ in range(40):
        first, last = next(draw) % len(ref.open), next(draw) % len(ref.open)
        assert cal.between(ref.at(first), ref.at(last)) == ref.measure(first, last) * SECOND


@each
def test_adds_as_many_seconds_as_are_open(week: str, change: str) -> None:
    ref, cal = reference(week, change), calendar(week, change)
    draw = draws(change, week)
    for _ in range(8):
        start = next(draw) % len(ref.open)
        ahead, behind = ref.measure(start, len(ref.open)), ref.measure(0, start)
        if ahead:
            amount = 1 + next(draw) % ahead
            assert utc(cal.add(ref.at(start), amount * SECOND)) == ref.at(ref.forward(start, amount))
        if behind:
            amount = 1 + next(draw) % behind
            assert utc(cal.add(ref.at(start), -amount * SECOND)) == ref.at(ref.backward(start, amount))


@each
def test_finds_the_openings_and_closings(week: str, change: str) -> None:
    ref, cal = reference(week, change), calendar(week, change)
    edges = [i for i in range(1, len(ref.open)) if ref.open[i] != ref.open[i - 1]]
    for i, after in pairwise(edges):
        found = cal.next_opening(ref.at(i)) if ref.open[after] else cal.next_closing(ref.at(i))
        back = cal.previous_opening(ref.at(after)) if ref.open[i] else cal.previous_closing(ref.at(after))
        assert (utc(found), utc(back)) == (ref.at(after), ref.at(i))


def test_the_reference_opens_and_closes() -> None:
    """The comparison has something to compare: an office of 7.5 hours is open 4 x 27,000 seconds in four days."""
    assert sum(reference("office", "Shanghai, no change").open) == 4 * 27_000
