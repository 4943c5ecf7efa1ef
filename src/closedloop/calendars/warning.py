"""When to warn that a limit runs out: found on the clock of the limit, at a share used or with an amount left."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from closedloop.calendars.clock import TIME_UNITS, Clock, Run, days_of
from closedloop.calendars.counting import DayCounter, TimeCounter
from closedloop.calendars.instants import instant, micros, to_date
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
    counts back from the due instant, in its own unit. A warning is never before the start nor after the due instant.

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
    if isinstance(when, Limit):
        return min(max(_left(clock, run, when, due), run.start), due)
    share = Fraction(when)
    if not 0 <= share <= 1:
        raise InvalidValue(f"a warning is at a share from 0 to 1, found {when}; write 80% as 0.8", found=str(when))
    counter = _time_counter(run)
    total = run.amount if isinstance(run.counter, TimeCounter) else counter.used(due)
    return min(counter.expiry(ceil(total * share)), due)


def _time_counter(run: Run) -> TimeCounter:
    """Return the counter of the time in which the limit runs."""
    if isinstance(run.counter, TimeCounter):
        return run.counter
    return TimeCounter(run.deemed, run.counter.stops, run.counter.line)


def _left(clock: Clock, run: Run, left: Limit, due: int) -> int:
    if left.unit in TIME_UNITS:
        line = clock.line(left) if left.unit == "working hours" else None
        counter = TimeCounter(run.deemed, run.counter.stops, line)
        return counter.expiry(max(counter.used(due) - left.amount * TIME_UNITS[left.unit], 0))
    if not isinstance(run.counter, DayCounter) or not countable(run.limit, left):
        message = f"`{left}` left cannot be counted on a limit of `{run.limit}`; write the warning in the unit of the limit, or in hours"
        raise InvalidValue(message, found=str(left))
    days = run.amount - days_of(run.counter.base, left)
    return run.counter.end_of(run.counter.day(days)) if days > 0 else run.deemed
