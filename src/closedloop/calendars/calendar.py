"""What every calendar answers: working time, working days, openings. How it says when it is open is in `business`."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, cast, get_args, overload

from closedloop.calendars.hours import wall_of
from closedloop.calendars.instants import DAY, SECOND, day_number, instant, local_day, micros, to_date, wall_to_micros
from closedloop.calendars.schedule import CombinedSchedule
from closedloop.calendars.timeline import Timeline
from closedloop.errors import InvalidValue, closest

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

#: Where a day goes that is no working day: nowhere, to the next, to the one before, to the next unless that is in another month.
Roll = Literal["none", "following", "preceding", "modified_following"]
ROLLS: tuple[Roll, ...] = get_args(Roll)


class Calendar(ABC):
    """Open time and working days in one zone. `BusinessCalendar` makes one; `|` and `&` make one of two.

    Instants come back on the clocks of the zone. A day is a `date`, or the local date of an instant.
    All amounts are real time: the day on which clocks go back has 25 hours.
    """

    __slots__ = ("_timeline", "_where")

    timezone: str
    name: str
    version: str
    published_from: date | None
    published_through: date | None
    _timeline: Timeline
    _where: ZoneInfo

    # --- working time ---

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the instant at which `amount` of open time has passed since `start`; a negative amount goes back.

        An amount used up exactly at a closing ends there (going back: at the opening). Nothing added is `start` itself.

        Raises
        ------
        NoOpenTime
            If the calendar has not so much open time in 500 years.

        """
        try:
            wanted = (amount.days * 86_400 + amount.seconds) * SECOND + amount.microseconds
        except AttributeError:
            raise InvalidValue(f"an amount of time is a timedelta, found {type(amount).__name__}", found=str(amount)) from None
        return instant(self._timeline.shift(micros(start), wanted), self._where)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from `start` to `end`; negative when `end` is earlier."""
        return timedelta(microseconds=self._timeline.between(micros(start), micros(end)))

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at the instant: from the opening on, and no longer at the closing."""
        return self._timeline.is_open(micros(at))

    # --- openings ---

    def next_opening(self, after: datetime) -> datetime:
        """Return the first opening later than the instant."""
        return instant(self._timeline.opening_from(micros(after) + 1), self._where)

    def next_closing(self, after: datetime) -> datetime:
        """Return the first closing later than the instant."""
        return instant(self._timeline.closing_from(micros(after) + 1), self._where)

    def previous_opening(self, before: datetime) -> datetime:
        """Return the last opening earlier than the instant."""
        return instant(self._timeline.opening_until(micros(before) - 1), self._where)

    def previous_closing(self, before: datetime) -> datetime:
        """Return the last closing earlier than the instant."""
        return instant(self._timeline.closing_until(micros(before) - 1), self._where)

    def snap(self, at: datetime, direction: Literal["forward", "backward"] = "forward") -> datetime:
        """Return the instant itself while it is open, else the next opening; backwards, the closing before.

        Backwards an opening is not yet in open time, and a closing still is.
        """
        there, line = micros(at), self._timeline
        if direction == "backward":
            there = there if line.is_open(there - 1) else line.closing_until(there)
        elif not line.is_open(there):
            there = line.opening_from(there)
        return instant(there, self._where)

    def intervals(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return when it opens and closes within the local day, from 00:00 to 24:00, in order."""
        number = day_number(day, self._where)
        start, end = (wall_to_micros(midnight * DAY, self._where) for midnight in (number, number + 1))
        return tuple((instant(opens, self._where), instant(closes, self._where)) for opens, closes in self._timeline.spans(start, end))

    # --- working days ---

    def is_working_day(self, day: date) -> bool:
        """Whether there is open time on the day; hours past midnight belong to the day on which they open."""
        return self._timeline.is_working(day_number(day, self._where))

    def is_holiday(self, day: date) -> bool:
        """Whether the day is one of the holidays, as opposed to an ordinary weekend."""
        return self._timeline.is_holiday(day_number(day, self._where))

    @overload
    def add_working_days(self, day: datetime, count: int) -> datetime: ...
    @overload
    def add_working_days(self, day: date, count: int) -> date: ...
    def add_working_days(self, day: date, count: int) -> date:
        """Return the `count`th working day after the day, which is not counted; before it, for a negative count.

        A day off first becomes the next working day (going back: the one before). An instant keeps its wall time.
        No days added are the day itself.
        """
        whole: object = count
        if isinstance(whole, bool) or not isinstance(whole, int):
            raise InvalidValue(f"working days are a whole number, found {type(whole).__name__}", found=type(whole).__name__)
        line, number = self._timeline, day_number(day, self._where)
        if count and not line.is_working(number):
            number = line.add_days(number, 1 if count > 0 else -1)
        found = line.add_days(number, count) if count else number
        if not isinstance(day, datetime):
            return to_date(found)
        local = instant(micros(day), self._where)
        return instant(wall_to_micros(found * DAY + wall_of(local.time()), self._where), self._where)

    def count_working_days(self, first: date, last: date) -> int:
        """Count the working days after `first`, up to and including `last`; negative when `last` is earlier."""
        return self._timeline.count_days(day_number(first, self._where), day_number(last, self._where))

    def roll(self, day: date, how: Roll) -> date:
        """Return the day, or the working day that stands in for it when it is none.

        Raises
        ------
        InvalidValue
            If `how` is no way to roll.

        """
        if how not in ROLLS:
            near = closest(str(how), ROLLS)
            raise InvalidValue(f"there is no roll `{how}`; ways to roll are {', '.join(ROLLS)}", found=str(how), suggestion=near)
        number = day_number(day, self._where)
        if how == "none" or self._timeline.is_working(number):
            return to_date(number)
        rolled = to_date(self._timeline.add_days(number, -1 if how == "preceding" else 1))
        if how == "modified_following" and rolled.month != to_date(number).month:
            return to_date(self._timeline.add_days(number, -1))
        return rolled

    # --- what stands behind the answers ---

    def is_published(self, day: date) -> bool:
        """Whether the days off of that day are known; an answer that rests on any other day is provisional."""
        return self.covers(day_number(day, self._where), day_number(day, self._where))

    def covers(self, first: int, last: int) -> bool:
        """Whether all days from one ordinal to another are published."""
        start, end = self.published_from, self.published_through
        return (start is None or start.toordinal() <= first) and (end is None or last <= end.toordinal())

    @abstractmethod
    def description(self) -> dict[str, Any]:
        """Return everything that its answers depend on, as data for JSON."""

    @property
    def fingerprint(self) -> str:
        """A hash of everything that the answers depend on; the name is not part of it."""
        text = json.dumps(self.description(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return sha256(text.encode()).hexdigest()

    @property
    def timeline(self) -> Timeline:
        """The open time in numbers, for clocks and arrays."""
        return self._timeline

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin and end."""
        return self._where

    def today(self, at: datetime) -> date:
        """Return the local date of an instant."""
        return to_date(local_day(at, self._where))

    def __or__(self, other: Calendar) -> CombinedCalendar:
        """Return the calendar that is open when either is."""
        return CombinedCalendar(members=(self, other), rule="any")

    def __and__(self, other: Calendar) -> CombinedCalendar:
        """Return the calendar that is open when both are."""
        return CombinedCalendar(members=(self, other), rule="all")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what was given; what was worked out from it is not part of the value."""
        given = {item.name: getattr(self, item.name) for item in fields(cast("Any", self)) if item.init}
        return _restore, (type(self), given)


def _restore(kind: type[Calendar], given: dict[str, Any]) -> Calendar:
    return kind(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class CombinedCalendar(Calendar):
    """Several calendars as one, in the zone of the first: open when `any` of them is, or only when `all` are."""

    members: tuple[Calendar, ...]
    rule: Literal["any", "all"]
    name: str = field(default="", compare=False)
    version: str = ""
    timezone: str = field(init=False)
    published_from: date | None = field(init=False)
    published_through: date | None = field(init=False)

    def __post_init__(self) -> None:
        """Take zone and published range from the members."""
        first = self.members[0]
        schedules = tuple(member.timeline.schedule for member in self.members)
        froms = [member.published_from for member in self.members if member.published_from]
        throughs = [member.published_through for member in self.members if member.published_through]
        derived = {
            "timezone": first.timezone,
            "published_from": max(froms, default=None),
            "published_through": min(throughs, default=None),
            "_where": first.zone,
            "_timeline": Timeline(CombinedSchedule(rule=self.rule, where=first.zone, members=schedules)),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def description(self) -> dict[str, Any]:
        """Return everything that its answers depend on, as data for JSON."""
        return {self.rule: [member.description() for member in self.members], "timezone": self.timezone}
