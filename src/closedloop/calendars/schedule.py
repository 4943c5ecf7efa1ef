"""When a place is open, day by day: what a calendar says, in numbers, before any counting.

A schedule lists working days and open spans over a stretch; everything else is counted from these lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from closedloop.calendars.instants import DAY, EPOCH_DAY, FIRST_DAY, LAST_DAY, skipped_days, wall_to_micros
from closedloop.calendars.spans import Span, clipped, common, merged, without

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from closedloop.calendars.hours import DaySpans

#: The last day whose end, 24:00, is still an instant that can be written.
_LAST_FULL_DAY = LAST_DAY - 1


class Schedule(Protocol):
    """What a timeline counts: days as ordinals, instants as microseconds since 1970 UTC."""

    def open_days(self, first: int, last: int) -> list[int]:
        """Return the days from `first` to before `last` on which there is open time."""

    def is_holiday(self, day: int) -> bool:
        """Whether the day is a named holiday, other than an ordinary day off."""

    def spans(self, first: int, last: int) -> list[Span]:
        """Return the open spans within the instants [first, last), merged."""

    def extent(self) -> Span | None:
        """Return the first and last day that can ever be open; None when the week repeats without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklySchedule:
    """A week that repeats, with days that differ.

    On a date the first of these that applies holds: a holiday closes it (unless the hours of the date are said to go
    first), hours of the single date, a day worked instead of another, the hours of the weekday. Breaks then close.
    """

    where: ZoneInfo
    week: tuple[DaySpans, ...]
    holidays: frozenset[int]
    annual_holidays: frozenset[tuple[int, int]]
    date_hours: Mapping[int, DaySpans]
    date_hours_first: bool
    breaks: Mapping[int, DaySpans]
    working_days: frozenset[int]
    working_day_hours: DaySpans

    def is_holiday(self, day: int) -> bool:
        """Whether the day is one of the holidays, or falls on a yearly one."""
        if day in self.holidays:
            return True
        if not self.annual_holidays or not FIRST_DAY <= day <= LAST_DAY:
            return False
        named = date.fromordinal(day)
        return (named.month, named.day) in self.annual_holidays

    def _hours(self, day: int) -> DaySpans:
        own = self.date_hours.get(day)
        if own is not None and self.date_hours_first:
            return own
        if self.is_holiday(day):
            return ()
        if own is not None:
            return own
        return self.working_day_hours if day in self.working_days else self.week[(day - 1) % 7]

    def open_days(self, first: int, last: int) -> list[int]:
        """Return the days on which hours open, with something left of them after the breaks of the day."""
        skipped = skipped_days(first, min(last, LAST_DAY), self.where)
        return [day for day in range(first, last) if self._hours(day) and day not in skipped and self._stays_open(day)]

    def _stays_open(self, day: int) -> bool:
        return day not in self.breaks or bool(without(merged(self._hours(day)), merged(self.breaks[day])))

    def spans(self, first: int, last: int) -> list[Span]:
        """Return the open spans within [first, last): walls are merged first, then become instants."""
        # Two days about: a zone is up to a day from UTC, and hours may run on until 48:00.
        start, end = max(first // DAY + EPOCH_DAY - 3, FIRST_DAY), min(last // DAY + EPOCH_DAY + 2, _LAST_FULL_DAY)
        open_walls: list[Span] = []
        closed_walls: list[Span] = []
        skipped = skipped_days(start, end + 1, self.where)
        for day in range(start, end + 1):
            if day in skipped:
                continue
            midnight = day * DAY
            open_walls.extend((midnight + opens, midnight + closes) for opens, closes in self._hours(day))
            closed_walls.extend((midnight + begins, midnight + ends) for begins, ends in self.breaks.get(day, ()))
        walls = without(merged(open_walls), merged(closed_walls))
        final = (_LAST_FULL_DAY + 1) * DAY
        return clipped(((self._instant(opens), self._instant(min(closes, final))) for opens, closes in walls), first, last)

    def _instant(self, wall: int) -> int:
        return wall_to_micros(wall, self.where)

    def extent(self) -> Span | None:
        """Return the first and last date with hours of its own, where no weekday has any."""
        if any(self.week):
            return None
        days = [day for day, hours in self.date_hours.items() if hours] + list(self.working_days)
        return (min(days), max(days) + 1) if days else (LAST_DAY, FIRST_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedSchedule:
    """Several schedules as one: open when `any` of them is, or when `all` are."""

    rule: Literal["any", "all"]
    where: ZoneInfo
    members: tuple[Schedule, ...]

    def is_holiday(self, day: int) -> bool:
        """Whether the day is a holiday in all members, or for `all` in any: a holiday closes."""
        found = (member.is_holiday(day) for member in self.members)
        return all(found) if self.rule == "any" else any(found)

    def open_days(self, first: int, last: int) -> list[int]:
        """Return the days on which a member works; for `all`, those on which all work at some time in common."""
        found = [set(member.open_days(first, last)) for member in self.members]
        if self.rule == "any":
            return sorted(set().union(*found))
        return [day for day in sorted(found[0].intersection(*found[1:])) if day <= _LAST_FULL_DAY and self._in_common(day)]

    def _in_common(self, day: int) -> bool:
        return bool(self.spans(wall_to_micros(day * DAY, self.where), wall_to_micros((day + 1) * DAY, self.where)))

    def spans(self, first: int, last: int) -> list[Span]:
        """Return the union or the intersection of the members' spans."""
        found = [member.spans(first, last) for member in self.members]
        if self.rule == "any":
            return merged(span for spans in found for span in spans)
        spans = found[0]
        for other in found[1:]:
            spans = common(spans, other)
        return spans

    def extent(self) -> Span | None:
        """Return what bounds the members: all of them for `any`, one of them for `all`."""
        extents = [member.extent() for member in self.members]
        bounded = [extent for extent in extents if extent is not None]
        if not bounded or (self.rule == "any" and len(bounded) < len(extents)):
            return None
        firsts, lasts = [first for first, _ in bounded], [last for _, last in bounded]
        return (min(firsts), max(lasts)) if self.rule == "any" else (max(firsts), min(lasts))
