"""A clock: how a limit runs from an arrival to the instant at which it is due, in five steps."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dateutil.relativedelta import relativedelta

from closedloop.calendars.calendar import Calendar
from closedloop.calendars.counting import DayCounter, TimeCounter
from closedloop.calendars.due import Path, due_at
from closedloop.calendars.hours import wall_of
from closedloop.calendars.instants import DAY, SECOND, day_number, instant, local_day, micros, to_date, wall_to_micros, zone
from closedloop.calendars.pauses import Pause, stops
from closedloop.calendars.settings import settled
from closedloop.errors import InvalidValue, NoOpenTime, OutOfRange
from closedloop.values.construction import constructor
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from zoneinfo import ZoneInfo

    from closedloop.calendars.calendar import Roll
    from closedloop.calendars.conventions import Convention, DateOnly, DayEnds, FirstDay, HoursOnDayOff, LastDay, OffDayArrival
    from closedloop.calendars.due import Due
    from closedloop.calendars.spans import Span
    from closedloop.calendars.timeline import Timeline
    from closedloop.values.limits import Unit

#: Microseconds in a unit of time; days and longer are not amounts of time.
TIME_UNITS: Final[dict[Unit, int]] = {"minutes": 60 * SECOND, "hours": 3600 * SECOND, "working hours": 3600 * SECOND}
_MONTHS: Final[dict[Unit, int]] = {"months": 1, "years": 12}
#: No run of holidays is longer; a calendar that has one has no days left to move a limit to.
_LONGEST_HOLIDAY: Final = 1000
#: Last days that a clock remembers at most.
_MOST_LAST_DAYS: Final = 10_000
#: Due instants that a clock remembers at most.
_MOST_DUES: Final = 10_000


_time_counter, _day_counter = constructor(TimeCounter), constructor(DayCounter)


class Run(NamedTuple):
    """A limit on its way: its start, as of when it counts, by which counter, and how much in all (microseconds, or days)."""

    start: int
    limit: Limit
    deemed: int
    deemed_code: str
    deemed_day: int
    counter: TimeCounter | DayCounter
    amount: int


class _LastDay(NamedTuple):
    """The last three steps of a limit in days: the day it is used up and when, the day it is moved to, why, and when that ends."""

    counted: int
    expiry: int
    final: int
    code: str
    moment: int
    at: datetime
    provisional: bool
    inclusive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How limits run: on which calendar, until when an arrival counts as today's, when a day ends, where a day off leads.

    A setting left out is the convention's; a setting given goes before it. The cutoff instant itself still counts. Limits in
    minutes and hours are elapsed time: no cutoff, and no roll unless `hours_on_day_off` says `move`. Limits in working hours
    start on the deemed day and do not roll.
    `paused_by` names the reasons that stop the clock; left out, every pause does. Without a calendar a zone is needed.
    Raises `InvalidValue` for settings that do not go together, and `UnknownTimezone`.
    """

    calendar: Calendar | None = None
    timezone: str | None = None
    convention: str = "literal"
    cutoff: time | None = None
    off_day_arrival: OffDayArrival | None = None
    date_only: DateOnly = "refused"
    first_day: FirstDay | None = None
    last_day: LastDay | None = None
    day_ends: DayEnds | None = None
    roll: Roll | None = None
    hours_on_day_off: HoursOnDayOff | None = None
    paused_by: Collection[str] | None = None
    #: The settings in force, the convention's among them.
    rules: Convention = field(init=False, repr=False, compare=False)
    where: ZoneInfo = field(init=False, repr=False, compare=False)
    #: Last days worked out before, by what they depend on; many cases share one.
    _last_days: dict[tuple[int, int, bool], _LastDay] = field(init=False, repr=False, compare=False)
    #: Due instants worked out before: one case is asked about the same ones again and again.
    _dues: dict[tuple[int, Limit], Due] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Settle every setting; what does not go together is an error here."""
        calendar: object = self.calendar
        if calendar is not None and not isinstance(calendar, Calendar):
            kind = type(calendar).__name__
            raise InvalidValue(f"the calendar of a clock is a BusinessCalendar, found {kind}; named_calendar(name) gives a shipped one", found=kind)
        if self.calendar is None and self.timezone is None:
            raise InvalidValue("a clock without a calendar needs a zone; give `timezone`")
        if self.calendar is not None and self.timezone not in {None, self.calendar.timezone}:
            message = f"the clock is in `{self.timezone}` and its calendar in `{self.calendar.timezone}`; leave the clock's zone out"
            raise InvalidValue(message, found=str(self.timezone))
        where = zone(str(self.timezone)) if self.calendar is None else self.calendar.zone
        object.__setattr__(self, "where", where)
        object.__setattr__(self, "timezone", where.key)
        object.__setattr__(self, "paused_by", None if self.paused_by is None else frozenset(self.paused_by))
        object.__setattr__(self, "rules", settled(self))
        object.__setattr__(self, "_last_days", {})
        object.__setattr__(self, "_dues", {})

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle what was given; what was worked out from it is not part of the value."""
        return _restore, ({item.name: getattr(self, item.name) for item in fields(self) if item.init},)

    # --- what users ask ---

    def due(self, start: datetime, limit: Limit, pauses: Iterable[Pause] = ()) -> Due:
        """Return when a limit that starts at `start` is due, and the five steps to it.

        Raises
        ------
        InvalidValue
            If a pause still lasts, or the limit needs a calendar and the clock has none.
        NoOpenTime, OutOfRange
            If the calendar does not open often enough, or the answer lies outside the years 1 to 9999.

        """
        if pauses or not isinstance(limit, Limit):
            return self.finish(self.run(start, limit, stops(pauses, self.paused_by)))
        key = (micros(start), limit)
        found = self._dues.get(key)
        if found is None:
            if len(self._dues) >= _MOST_DUES:
                self._dues.clear()
            found = self._dues[key] = self.finish(self.run(start, limit))
        return found

    def arrival(self, day: date) -> datetime:
        """Return the instant that stands for an arrival of which only the date is known.

        Raises
        ------
        InvalidValue
            If the clock does not say what such an arrival counts as.

        """
        if isinstance(day, datetime) or self.date_only == "refused":
            message = f"`{day}` has no time of day; give the instant, or say with `date_only` what a bare date counts as"
            raise InvalidValue(message, found=str(day))
        wall = 0 if self.date_only == "start_of_day" or self.cutoff is None else wall_of(self.cutoff)
        # "After 16:30" is 16:30:01.
        late = SECOND if self.date_only == "after_cutoff" else 0
        return instant(wall_to_micros(day_number(day, self.where) * DAY + wall, self.where) + late, self.where)

    # --- the five steps ---

    def run(self, start: datetime, limit: Limit, stopped: Sequence[Span] = ()) -> Run:
        """Take the first two steps, start and deemed receipt, and make the counter for the third."""
        at = micros(start)
        if not isinstance(limit, Limit):
            raise InvalidValue(f"a limit is a `Limit`, found {type(limit).__name__}; read one with `Limit.parse('2 days')`", found=str(limit))
        if limit.unit in TIME_UNITS:
            return self._time_run(at, start, limit, stopped)
        day, deemed, code = self._deemed(at, start)
        base = day - 1 if self.rules.first_day == "counted" and limit.amount else day
        return Run(at, limit, deemed, code, day, self.day_counter(at, base, limit, stopped), self.days(base, limit))

    def days(self, base: int, limit: Limit) -> int:
        """Return how many days after `base` the limit holds: all of them, or all but the last where that does not count."""
        found = days_of(base, limit)
        return found - 1 if found and self.rules.last_day == "not_counted" else found

    def _time_run(self, at: int, start: datetime, limit: Limit, stopped: Sequence[Span]) -> Run:
        line, day, deemed, code = None, 0, at, "that_instant"
        if limit.unit == "working hours":
            line = self.line(limit)
            day, deemed, code = self._deemed(at, start)
        return Run(at, limit, deemed, code, day, _time_counter(deemed, stopped, line), limit.amount * TIME_UNITS[limit.unit])

    def day_counter(self, at: int, base: int, limit: Limit, stopped: Sequence[Span]) -> DayCounter:
        """Make the counter of the days after `base`, for a limit that started at the instant."""
        wall = wall_of(instant(at, self.where).time()) if self.rules.day_ends == "same_time" else 0
        line = self.line(limit) if limit.unit == "working days" else None
        return _day_counter(base, stopped, line, lambda day: self._end(day, wall), self._day_of)

    def _day_of(self, at: int) -> int:
        return instant(at, self.where).toordinal()

    def finish(self, run: Run) -> Due:
        """Take the last three steps: count, expiry, roll."""
        return self._finish_time(run, run.counter) if isinstance(run.counter, TimeCounter) else self._finish_days(run, run.counter)

    def _finish_time(self, run: Run, counter: TimeCounter) -> Due:
        moment = expiry = counter.expiry(run.amount)
        at = instant(expiry, self.where)
        final, code, provisional = at.toordinal(), "no_roll", False
        if counter.line is not None or self.rules.hours_on_day_off == "move":
            first, day = self._day_of(run.start), final
            if counter.line is None:
                final, code = self._rolled(day, first, 0)
            if final != day:
                moment = wall_to_micros(final * DAY + wall_of(at.time()), self.where)
                at = instant(moment, self.where)
            looked = counter.line is not None or code != "no_roll"
            provisional = looked and not self._known(first, max(day, final))
        path = Path(run.limit, self.rules, self.cutoff, run.start, run.deemed, run.deemed_code, run.deemed_day, 0, final, expiry, code)
        return due_at(at=at, provisional=provisional, path=path, _moment=moment)

    def _finish_days(self, run: Run, counter: DayCounter) -> Due:
        key = (counter.base, run.amount, counter.line is not None)
        last = None if counter.stops or self.rules.day_ends == "same_time" else self._last_days.get(key)
        if last is None:
            last = self._last_day(run, counter)
            if not counter.stops and len(self._last_days) < _MOST_LAST_DAYS:
                self._last_days[key] = last
        start, limit, deemed, code, day, _, _ = run
        path = Path(limit, self.rules, self.cutoff, start, deemed, code, day, last.counted, last.final, last.expiry, last.code)
        return due_at(at=last.at, provisional=last.provisional, inclusive=last.inclusive, path=path, _moment=last.moment)

    def _last_day(self, run: Run, counter: DayCounter) -> _LastDay:
        counted = counter.day(run.amount)
        final, code = self._rolled(counted, counter.base, run.amount)
        expiry = counter.end_of(counted)
        at = expiry if final == counted else counter.end_of(final)
        first = counter.base if counter.line else min(counted, final)
        provisional = self._looks_at_days(run.limit) and not self._known(first, max(counted, final))
        return _LastDay(counted, expiry, final, code, at, instant(at, self.where), provisional, not self._at_midnight(final, at))

    def _deemed(self, at: int, start: datetime) -> tuple[int, int, str]:
        """Return the day as of which an arrival counts, since when, and why."""
        arrived = day = local_day(start, self.where)
        code = "that_day"
        if self.cutoff is not None and at > wall_to_micros(day * DAY + wall_of(self.cutoff), self.where):
            day, code = day + 1, "after_cutoff"
        if self.rules.off_day_arrival == "next_working_day" and self.calendar is not None and not self.calendar.timeline.is_working(day):
            day, code = self.calendar.timeline.add_days(day, 1), "day_off"
        return day, at if day == arrived else wall_to_micros(day * DAY, self.where), code

    def _end(self, day: int, wall: int) -> int:
        """Return the instant at which a day ends, for a limit that started at the time `wall`."""
        ends = self.rules.day_ends
        if ends not in {"midnight", "closing"}:
            return wall_to_micros(day * DAY + (wall_of(ends) if isinstance(ends, time) else wall), self.where)
        midnight = wall_to_micros((day + 1) * DAY, self.where)
        if ends == "midnight" or self.calendar is None or not self.calendar.timeline.is_working(day):
            return midnight
        return self.calendar.timeline.closing_within(wall_to_micros(day * DAY, self.where), midnight)

    def _at_midnight(self, day: int, at: int) -> bool:
        ends = self.rules.day_ends
        return ends == "midnight" or (ends == "closing" and at == wall_to_micros((day + 1) * DAY, self.where))

    def _rolled(self, day: int, base: int, count: int) -> tuple[int, str]:
        """Return the day that stands in for the last day, and why."""
        if self.rules.roll == "none" or self.calendar is None:
            return day, "no_roll"
        final = self._moved(day, base) if self._is_rest(day) else day
        least, line = self.rules.least_working_days, self.calendar.timeline
        if least and count >= least and line.count_days(base, final) < least:
            return line.add_days(base, least), "least_working_days"
        return final, "stays" if final == day else "rolled"

    def _moved(self, day: int, base: int) -> int:
        later = self._next_day(day, 1)
        back = self.rules.roll == "preceding" or (self.rules.roll == "modified_following" and to_date(later).month != to_date(day).month)
        # Nothing falls due on the day it came in, or before, for being moved.
        earlier = self._next_day(day, -1) if back else base
        return earlier if earlier > base else later

    def _next_day(self, day: int, step: int) -> int:
        for moved in range(day + step, day + step * _LONGEST_HOLIDAY, step):
            if not self._is_rest(moved):
                return moved
        raise NoOpenTime(f"the calendar has no day near {to_date(day)} to which a limit could be moved", found=str(to_date(day)))

    def _is_rest(self, day: int) -> bool:
        line = None if self.calendar is None else self.calendar.timeline
        return line is not None and (line.is_holiday(day) if self.rules.rest_days == "holidays" else not line.is_working(day))

    def line(self, limit: Limit) -> Timeline:
        """Return the open time of the calendar, which the limit is counted on."""
        if self.calendar is None:
            raise InvalidValue(f"`{limit}` is counted on a calendar, and the clock has none; give it one", found=str(limit))
        return self.calendar.timeline

    def _looks_at_days(self, limit: Limit) -> bool:
        rules = self.rules
        return limit.unit == "working days" or rules.roll != "none" or rules.day_ends == "closing" or rules.off_day_arrival != "counts"

    def _known(self, first: int, last: int) -> bool:
        return self.calendar is None or self.calendar.covers(first, last)


def _restore(given: dict[str, Any]) -> Clock:
    return Clock(**given)


def days_of(base: int, limit: Limit) -> int:
    """Return how many days the limit is; months end on the same day of the month, or on the last there is."""
    if limit.unit not in _MONTHS:
        return limit.amount * (7 if limit.unit == "weeks" else 1)
    start = to_date(base)
    try:
        return (start + relativedelta(months=limit.amount * _MONTHS[limit.unit]) - start).days
    except (OverflowError, ValueError):
        raise OutOfRange(f"`{limit}` from {start} ends after the year 9999, the last that a date can say", found=str(limit)) from None
