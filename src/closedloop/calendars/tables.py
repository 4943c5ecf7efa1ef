"""Tables behind arrays of instants: open spans, working days and offsets over the stretch that is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from closedloop.calendars.instants import DAY, FIRST_DAY, LAST_DAY, SECOND, instant
from closedloop.calendars.timeline import PIECE_BITS
from closedloop.errors import NoOpenTime

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from closedloop.calendars.calendar import Calendar

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

#: Days that a table spans at most: some 1,000 years.
_MOST_DAYS: Final = 1 << 19


class Spans(NamedTuple):
    """Open spans of some pieces, one behind the other, with a last one that never begins."""

    low: int
    high: int
    starts: Ints
    ends: Ints
    before: Ints
    upto: Ints
    #: What leads from an amount of open time to an instant, counted from the end or from the start of its span.
    from_end: Ints
    from_start: Ints
    total: int

    @classmethod
    def of(cls, calendar: Calendar, low: int, high: int) -> Spans:
        """Make the table of the pieces from `low` to `high`."""
        pieces = [calendar.timeline.piece(number) for number in range(low, high + 1)]
        starts = np.array([start for opens, _ in pieces for start in opens], dtype=np.int64)
        ends = np.array([end for _, closes in pieces for end in closes], dtype=np.int64)
        upto = np.cumsum(ends - starts)
        before = np.concatenate([[0], upto]).astype(np.int64)
        total = int(before[-1])
        beyond = (high + 1) << PIECE_BITS
        return cls(low, high, np.append(starts, beyond), ends, before, upto, ends - upto, starts - before[:-1], total)

    def passed(self, at: Ints) -> Ints:
        """Return the open time of the table before each instant."""
        i = np.searchsorted(self.ends, at, "right")
        open_now = at - self.starts[i]
        np.maximum(open_now, 0, out=open_now)
        open_now += self.before[i]
        return open_now

    def passed_one(self, at: int) -> int:
        """Return the open time of the table before one instant."""
        return int(self.passed(np.array([at], dtype=np.int64))[0])

    def forward(self, target: Ints) -> Ints:
        """Return the instants by which so much of the table's open time has passed, at a closing where it just has."""
        found: Ints = target + self.from_end[np.minimum(np.searchsorted(self.upto, target, "left"), len(self.upto) - 1)]
        return found

    def backward(self, target: Ints) -> Ints:
        """Return the same going back: at an opening where it just has."""
        found: Ints = target + self.from_start[np.maximum(np.searchsorted(self.before[:-1], target, "right") - 1, 0)]
        return found


class Days(NamedTuple):
    """Working days of a stretch: for each day how many there are up to it, and the days themselves."""

    first: int
    last: int
    open_days: Ints
    ranks: Ints

    @classmethod
    def of(cls, calendar: Calendar, low: int, high: int, least: int, most: int) -> Days:
        """Make a table of the days from `low` to `high`, with so many working days before (negative) and after them."""
        step = 512
        while True:
            first, last = max(low - step, FIRST_DAY), min(high + step, LAST_DAY)
            days = np.array(calendar.timeline.open_days(first, last + 1), dtype=np.int64)
            counts = np.zeros(last - first + 1, dtype=np.int64)
            counts[days - first] = 1
            table = cls(first, last, days, np.cumsum(counts))
            if table.holds(low, high, least, most):
                return table
            if step > _MOST_DAYS or (first == FIRST_DAY and last == LAST_DAY):
                raise NoOpenTime("the calendar has not so many working days within the range that is searched; give it hours, or dates further on")
            step *= 2

    def holds(self, low: int, high: int, least: int, most: int) -> bool:
        """Whether the table answers for these days, and so many working days away from them."""
        if low < self.first or high > self.last:
            return False
        enough_before = least >= 0 or self.ranks[low - self.first] + least >= 1
        enough_after = most <= 0 or self.ranks[high - self.first] + most < len(self.open_days)
        return bool(enough_before and enough_after)

    def rank(self, days: Ints) -> Ints:
        """Return how many working days of the table there are up to and including each day."""
        found: Ints = self.ranks[days - self.first]
        return found

    def working(self, days: Ints) -> Bools:
        """Whether each day is one of the working days."""
        rank = self.rank(days)
        found: Bools = (rank > 0) & (self.open_days[np.maximum(rank - 1, 0)] == days) if len(self.open_days) else rank > 0
        return found


def offsets(low: int, high: int, where: ZoneInfo) -> tuple[Ints, Ints]:
    """Return the instants from `low` to `high` at which the offset of the zone changes, and the offsets between them."""
    changes: list[int] = []
    known = [_offset(low, where)]
    # No zone of the database changes its clocks twice within two days, so a look a day misses none.
    for end in range(low + DAY, high + DAY, DAY):
        if _offset(end, where) != known[-1]:
            changes.append(_change(end - DAY, end, where))
            known.append(_offset(end, where))
    return np.array(changes, dtype=np.int64), np.array(known, dtype=np.int64)


def _change(before: int, after: int, where: ZoneInfo) -> int:
    """Return the instant at which the offset becomes what it is `after`, found by halving."""
    new = _offset(after, where)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _offset(middle, where) == new else (middle, after)
    return after


def _offset(at: int, where: ZoneInfo) -> int:
    offset = instant(at, where).utcoffset()
    return 0 if offset is None else (offset.days * 86_400 + offset.seconds) * SECOND + offset.microseconds
