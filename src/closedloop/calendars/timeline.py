"""Open time along the line of instants, counted by prefix sums over pieces that are built when first needed.

Each piece covers 2**45 microseconds (about 407 days) or 512 days, holds sorted bounds and running totals, and answers by
binary search. So a sum costs the same whatever lies between, and nothing is ever searched minute by minute.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from closedloop.calendars.instants import DAY, EPOCH_DAY, FIRST_DAY, LAST_DAY
from closedloop.errors import NoOpenTime, OutOfRange

if TYPE_CHECKING:
    from closedloop.calendars.schedule import Schedule
    from closedloop.calendars.spans import Span

#: A piece covers 2 to this power microseconds.
PIECE_BITS: Final = 45
_DAY_PIECE: Final = 9
#: Pieces looked through before giving up: some 500 years, more than any limit in working hours.
_MOST: Final = 512


class _Piece(NamedTuple):
    """Open spans of a stretch: bounds, and the open time before and up to the end of each."""

    starts: list[int]
    ends: list[int]
    before: list[int]
    upto: list[int]
    total: int

    def passed(self, at: int) -> int:
        """Return the open time of this piece before the instant."""
        i = bisect_right(self.ends, at)
        if i == len(self.ends):
            return self.total
        start = self.starts[i]
        return self.before[i] + (at - start if at > start else 0)


class Timeline:
    """The open time of one schedule. What it remembers are pieces worked out before; answers never depend on them."""

    __slots__ = ("_day_range", "_days", "_pieces", "_range", "_schedule")

    def __init__(self, schedule: Schedule) -> None:
        """Take the schedule; nothing is worked out yet."""
        self._schedule = schedule
        self._pieces: dict[int, _Piece] = {}
        self._days: dict[int, list[int]] = {}
        extent = schedule.extent()
        first, last = (FIRST_DAY, LAST_DAY) if extent is None else extent
        self._day_range = (first >> _DAY_PIECE, last >> _DAY_PIECE)
        # Two days about: a zone is up to a day from UTC, and hours may run on until 48:00.
        self._range = (((first - 2 - EPOCH_DAY) * DAY) >> PIECE_BITS, ((last + 2 - EPOCH_DAY) * DAY) >> PIECE_BITS)

    @property
    def schedule(self) -> Schedule:
        """The schedule that is counted."""
        return self._schedule

    def is_holiday(self, day: int) -> bool:
        """Whether the day is a named holiday."""
        return self._schedule.is_holiday(day)

    def piece(self, number: int) -> tuple[list[int], list[int]]:
        """Return the bounds of the open spans of a piece, for arrays."""
        starts, ends, _, _, _ = self._piece(number)
        return starts, ends

    @property
    def pieces(self) -> range:
        """The pieces in which there can be open time."""
        return range(self._range[0], self._range[1] + 1)

    def _build(self, number: int) -> _Piece:
        spans = self._schedule.spans(number << PIECE_BITS, (number + 1) << PIECE_BITS)
        starts, ends = [start for start, _ in spans], [end for _, end in spans]
        upto = list(accumulate(end - start for start, end in spans))
        piece = _Piece(starts, ends, [0, *upto[:-1]] if upto else [], upto, upto[-1] if upto else 0)
        if len(self._pieces) >= 2 * _MOST:
            self._pieces.clear()
        self._pieces[number] = piece
        return piece

    def _piece(self, number: int) -> _Piece:
        return self._pieces.get(number) or self._build(number)

    def shift(self, at: int, amount: int) -> int:
        """Return the instant at which `amount` of open time has passed since `at`; a negative amount goes back.

        What is used up exactly at a closing (going back: at an opening) ends there, not at the next opening.

        Raises
        ------
        NoOpenTime
            If there is not so much open time.

        """
        if amount <= 0:
            return self._backward(at, -amount) if amount else at
        number = at >> PIECE_BITS
        starts, ends, before, upto, total = self._pieces.get(number) or self._build(number)
        i = bisect_right(ends, at)
        target = amount + (total if i == len(ends) else before[i] + max(at - starts[i], 0))
        if target > total:
            last = number + _MOST
            while target > total:
                target -= total
                number += 1
                _, ends, _, upto, total = self._pieces.get(number) or self._build_up_to(number, last)
        i = bisect_left(upto, target)
        return ends[i] - upto[i] + target

    def _build_up_to(self, number: int, last: int) -> _Piece:
        if number > min(last, self._range[1]):
            raise _no_time("more open time", "after")
        return self._build(number)

    def _backward(self, at: int, amount: int) -> int:
        number = at >> PIECE_BITS
        target = self._piece(number).passed(at) - amount
        first = max(self._range[0], number - _MOST)
        number = min(number, self._range[1] + 1)
        while target < 0:
            number -= 1
            if number < first:
                raise _no_time("more open time", "before")
            target += self._piece(number).total
        starts, _, before, _, _ = self._piece(number)
        i = bisect_right(before, target) - 1
        return starts[i] + target - before[i]

    def between(self, start: int, end: int) -> int:
        """Return the open time from start to end, negative when end is earlier.

        Raises
        ------
        OutOfRange
            If they are more than some 500 years apart.

        """
        if end < start:
            return -self.between(end, start)
        first, last = start >> PIECE_BITS, end >> PIECE_BITS
        if last - first > _MOST:
            raise OutOfRange("open time is measured over at most 500 years; these instants are further apart", found=str(end - start))
        head = self._piece(first).passed(start)
        if first == last:
            return self._piece(first).passed(end) - head
        return sum(self._piece(number).total for number in range(first, last)) - head + self._piece(last).passed(end)

    def is_open(self, at: int) -> bool:
        """Whether the instant lies in an open span."""
        piece = self._piece(at >> PIECE_BITS)
        i = bisect_right(piece.starts, at) - 1
        return i >= 0 and at < piece.ends[i]

    def spans(self, start: int, end: int) -> list[Span]:
        """Return the open spans within [start, end)."""
        return self._schedule.spans(start, end)

    def opening_from(self, at: int) -> int:
        """Return the first opening at or after the instant."""
        for number in self._pieces_after(at):
            starts = self._piece(number).starts
            for start in starts[bisect_left(starts, at) :]:
                # A piece may begin in the middle of open time.
                if not self.is_open(start - 1):
                    return start
        raise _no_time("opening", "after")

    def closing_from(self, at: int) -> int:
        """Return the first closing at or after the instant."""
        for number in self._pieces_after(at - 1):
            ends = self._piece(number).ends
            for end in ends[bisect_left(ends, at) :]:
                if not self.is_open(end):
                    return end
        raise _no_time("closing", "after")

    def opening_until(self, at: int) -> int:
        """Return the last opening at or before the instant."""
        for number in self._pieces_before(at):
            starts = self._piece(number).starts
            for start in reversed(starts[: bisect_right(starts, at)]):
                if not self.is_open(start - 1):
                    return start
        raise _no_time("opening", "before")

    def closing_until(self, at: int) -> int:
        """Return the last closing at or before the instant."""
        for number in self._pieces_before(at):
            ends = self._piece(number).ends
            for end in reversed(ends[: bisect_right(ends, at)]):
                if not self.is_open(end):
                    return end
        raise _no_time("closing", "before")

    def closing_within(self, start: int, end: int) -> int:
        """Return the last closing within a day from start to end; the end itself where it is open then, or not at all."""
        if self.is_open(end - 1):
            return end
        number = end >> PIECE_BITS
        for ends in (self._piece(number).ends, self._piece(number - 1).ends):
            i = bisect_right(ends, end) - 1
            if i >= 0:
                return ends[i] if ends[i] > start else end
        return end

    def _pieces_after(self, at: int) -> range:
        number = at >> PIECE_BITS
        return range(max(number, self._range[0]), min(number + _MOST, self._range[1]) + 1)

    def _pieces_before(self, at: int) -> range:
        number = at >> PIECE_BITS
        return range(min(number, self._range[1]), max(number - _MOST, self._range[0]) - 1, -1)

    def is_working(self, day: int) -> bool:
        """Whether there is open time on the day."""
        days = self._working(day >> _DAY_PIECE)
        i = bisect_left(days, day)
        return i < len(days) and days[i] == day

    def _working(self, number: int) -> list[int]:
        days = self._days.get(number)
        if days is None:
            first = max(number << _DAY_PIECE, FIRST_DAY)
            last = min((number + 1) << _DAY_PIECE, LAST_DAY + 1)
            days = self._schedule.open_days(first, last)
            self._days[number] = days
        return days

    def open_days(self, first: int, last: int) -> list[int]:
        """Return the working days from `first` to before `last`."""
        return self._schedule.open_days(first, last)

    def add_days(self, day: int, count: int) -> int:
        """Return the `count`th working day after the day (before it, for a negative count); the day itself is not counted.

        Raises
        ------
        NoOpenTime
            If there are not so many working days in the years 1 to 9999.

        """
        number = day >> _DAY_PIECE
        days = self._working(number)
        index = bisect_right(days, day) + count - 1 if count > 0 else bisect_left(days, day) + count
        while index >= len(days):
            index -= len(days)
            number = max(number + 1, self._day_range[0])
            if number > self._day_range[1]:
                raise _no_time("working day", "after")
            days = self._working(number)
        while index < 0:
            number = min(number - 1, self._day_range[1])
            if number < self._day_range[0]:
                raise _no_time("working day", "before")
            days = self._working(number)
            index += len(days)
        return days[index]

    def count_days(self, first: int, last: int) -> int:
        """Count the working days after `first` up to and including `last`; negative when last is earlier."""
        if last < first:
            return -self.count_days(last, first)
        low, high = first >> _DAY_PIECE, last >> _DAY_PIECE
        between = sum(len(self._working(number)) for number in range(low, high))
        return between - bisect_right(self._working(low), first) + bisect_right(self._working(high), last)


def _no_time(what: str, side: str) -> NoOpenTime:
    message = f"the calendar has no {what} {side} that instant within the range that is searched; give it hours, or dates further on"
    return NoOpenTime(message, side=side)
