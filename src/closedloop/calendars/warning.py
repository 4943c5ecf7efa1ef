"""When to warn that a limit runs out: found on the clock of the limit, at a share used or with an amount left."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from closedloop.calendars.clock import TIME_UNITS, Clock, Run, days_of
from closedloop.calendars.counting import DayCounter, TimeCounter
from closedloop.calendars.instants import instant, micros
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
    if not isinstance(run.counter, DayCounter) or (left.unit == "working days") != (run.limit.unit == "working days"):
        message = f"`{left}` left cannot be counted on a limit of `{run.limit}`; write the warning in the unit of the limit, or in hours"
        raise InvalidValue(message, found=str(left))
    days = run.amount - days_of(run.counter.base, left)
    return run.counter.end_of(run.counter.day(days)) if days > 0 else run.deemed
