"""Counting a limit from a start, past pauses: in real time, in open time, in calendar days or in working days.

A counter knows two things: the instant at which an amount has been used up, and the amount used by an instant.
Time is in microseconds and days are whole; neither becomes the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from closedloop.calendars.spans import Span
    from closedloop.calendars.timeline import Timeline


@dataclass(frozen=True, slots=True)
class TimeCounter:
    """Counts time from an instant: open time on a timeline, or without one elapsed time."""

    start: int
    stops: Sequence[Span]
    line: Timeline | None

    def _add(self, at: int, amount: int) -> int:
        return at + amount if self.line is None else self.line.shift(at, amount)

    def _measure(self, start: int, end: int) -> int:
        return end - start if self.line is None else self.line.between(start, end)

    def expiry(self, amount: int) -> int:
        """Return the instant at which the amount has been used up; used up when a pause begins, it stays there."""
        cursor, left = self.start, amount
        for begins, ends in self.stops:
            if ends <= cursor:
                continue
            ran = self._measure(cursor, max(begins, cursor))
            if ran >= left:
                break
            left -= ran
            cursor = ends
        return self._add(cursor, left)

    def used(self, at: int) -> int:
        """Return the time that ran until the instant."""
        if at <= self.start:
            return 0
        paused = sum(self._measure(max(begins, self.start), min(ends, at)) for begins, ends in self.stops if ends > self.start and begins < at)
        return self._measure(self.start, at) - paused


@dataclass(frozen=True, slots=True)
class DayCounter:
    """Counts days after a day by their ends: a day counts when its end comes while the clock runs.

    So a pause within a day that does not touch its end changes nothing, and every day end that falls into a pause, or
    coincides with its end, moves the limit on by a day.
    """

    base: int
    stops: Sequence[Span]
    line: Timeline | None
    end_of: Callable[[int], int]
    day_of: Callable[[int], int]

    def after(self, day: int, count: int) -> int:
        """Return the day that lies so many days later, counted as the limit is."""
        if count == 0:
            return day
        return day + count if self.line is None else self.line.add_days(day, count)

    def _count(self, first: int, last: int) -> int:
        if last <= first:
            return 0
        return last - first if self.line is None else self.line.count_days(first, last)

    def ended(self, at: int) -> int:
        """Return the last day that has ended by the instant."""
        day = self.day_of(at)
        return day if self.end_of(day) <= at else day - 1

    def ended_between(self, begins: int, ends: int) -> int:
        """Return how many days end in a pause, and so do not count."""
        return self._count(self.ended(begins), self.ended(ends))

    def day(self, count: int) -> int:
        """Return the day with which `count` days have been used up."""
        cursor, left = self.base, count
        for begins, ends in self.stops:
            ran = self._count(cursor, self.ended(begins))
            if ran >= left:
                break
            left -= ran
            cursor = max(cursor, self.ended(ends))
        return self.after(cursor, left)

    def used(self, at: int) -> int:
        """Return how many days have been used up by the instant."""
        last = self.ended(at)
        paused = sum(self._count(max(self.base, self.ended(begins)), min(last, self.ended(ends))) for begins, ends in self.stops)
        return self._count(self.base, last) - paused
