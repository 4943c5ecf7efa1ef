"""When to warn that a limit runs out: found on the clock of the limit, at a share used or with an amount left."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from closedloop.calendars.clock import TIME_UNITS, Clock, Run, days_of
from closedloop.calendars.counting import DayCounter, TimeCounter
from closedloop.calendars.hours import wall_of
from closedloop.calendars.instants import DAY, instant, micros, to_date, wall_to_micros
from closedloop.calendars.pauses import Pause, stops
from closedloop.errors import InvalidValue
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

#: A share used, such as `Decimal("0.8")`, or an amount left, such as `Limit(4, "hours")`.
Threshold = Limit | Decimal | Fraction


def warns_at(clock: Clock, start: datetime, limit: Limit, when: Threshold, pauses: Iterable[Pause] = ()) -> datetime:
    """Return the instant of a warning: `when` is a share used, such as `Decimal("0.8")`, or a limit that is left.

    A share of a limit in hours is a share of its hours. A share of a limit in days is one of the time that runs from the
    deemed receipt to the due instant, around the clock for calendar days and in open time for working days. An amount left
    counts back from the due instant, in its own unit. A warning is never before the start nor after the due instant. A pause
    moves one that was not reached: on a limit in days by whole days, as it moves the limit, and to its end at least.

    Raises
    ------
    InvalidValue
        If the share is not within 0 to 1, or the amount left cannot be counted on this limit.

    """
    run = clock.run(start, limit, stops(pauses, clock.paused_by))
    return instant(warning_instant(clock, run, when), clock.where)


def warns_before(clock: Clock, start: datetime, end: datetime, when: Threshold) -> datetime:
    """Return the instant of a warning before an instant that was given and not counted: a promised date, say.

    A share is one of the time from the start, around the clock. Hours left are elapsed, working hours open time of the clock;
    days left lead to the same time of an earlier day. A warning is never before the start nor after the end.

    Raises
    ------
    InvalidValue
        If the amount left is counted on a calendar, and the clock has none.

    """
    first, last = micros(start), micros(end)
    if not isinstance(when, Limit):
        at = first + ceil((last - first) * Fraction(when))
    elif when.unit in TIME_UNITS:
        line = clock.line(when) if when.unit == "working hours" else None
        counter = TimeCounter(first, (), line)
        at = counter.expiry(max(counter.used(last) - when.amount * TIME_UNITS[when.unit], 0))
    else:
        at = micros(_days_before(clock, end.astimezone(clock.where), when))
    return instant(min(max(at, first), last), clock.where)


def _days_before(clock: Clock, end: datetime, left: Limit) -> datetime:
    if left.unit == "working days":
        day = to_date(clock.line(left).add_days(end.toordinal(), -left.amount))
        return end.replace(year=day.year, month=day.month, day=day.day)
    months = left.amount * {"months": 1, "years": 12}.get(left.unit, 0)
    days = left.amount * {"days": 1, "weeks": 7}.get(left.unit, 0)
    return end - relativedelta(months=months, days=days)


def countable(limit: Limit, left: Limit) -> bool:
    """Whether an amount left can be counted on a limit: an amount in time on any, one in days on a limit in the same kind of days."""
    return left.unit in TIME_UNITS or (limit.unit not in TIME_UNITS and (left.unit == "working days") == (limit.unit == "working days"))


def warning_instant(clock: Clock, run: Run, when: Threshold) -> int:
    """Return the instant of a warning in microseconds."""
    due = micros(clock.finish(run).at)
    if isinstance(run.counter, DayCounter):
        return min(max(_in_days(clock, run, run.counter, when), run.start), due)
    if isinstance(when, Limit):
        return min(max(_left(clock, run, run.counter, when, due), run.start), due)
    return min(run.counter.expiry(ceil(run.amount * _share(when))), due)


def _share(when: Decimal | Fraction) -> Fraction:
    share = Fraction(when)
    if not 0 <= share <= 1:
        raise InvalidValue(f"a warning is at a share from 0 to 1, found {when}; write 80% as 0.8", found=str(when))
    return share


def _left(clock: Clock, run: Run, counter: TimeCounter, left: Limit, due: int) -> int:
    """Count an amount of time back from the due instant, past pauses."""
    if left.unit not in TIME_UNITS:
        message = f"`{left}` left cannot be counted on a limit of `{run.limit}`; write the warning in the unit of the limit, or in hours"
        raise InvalidValue(message, found=str(left))
    line = clock.line(left) if left.unit == "working hours" else None
    counted = TimeCounter(run.deemed, counter.stops, line)
    return counted.expiry(max(counted.used(due) - left.amount * TIME_UNITS[left.unit], 0))


def _in_days(clock: Clock, run: Run, counter: DayCounter, when: Threshold) -> int:
    """Find the warning on a limit in days. A pause moves it by as many days as it moves the limit: what it is within a day plays no part."""
    if isinstance(when, Limit) and when.unit not in TIME_UNITS:
        if not countable(run.limit, when):
            message = f"`{when}` left cannot be counted on a limit of `{run.limit}`; write the warning in the unit of the limit, or in hours"
            raise InvalidValue(message, found=str(when))
        days = run.amount - days_of(counter.base, when)
        return counter.end_of(counter.day(days)) if days > 0 else run.deemed
    whole = run._replace(counter=replace(counter, stops=()))
    due, time = micros(clock.finish(whole).at), TimeCounter(run.deemed, (), counter.line)
    at = _left(clock, whole, time, when, due) if isinstance(when, Limit) else time.expiry(ceil(time.used(due) * _share(when)))
    for begins, ends in counter.stops:
        if at <= begins:
            break
        # What is reached while the clock stands still is reached when it runs again.
        at = max(_days_on(clock, counter, at, counter.ended_between(begins, ends)), ends + 1)
    return at


def _days_on(clock: Clock, counter: DayCounter, at: int, days: int) -> int:
    """Return the same time of a later day, of as many days as the limit is counted in."""
    if not days:
        return at
    local = instant(at, clock.where)
    return wall_to_micros(counter.after(local.toordinal(), days) * DAY + wall_of(local.time()), clock.where)
