"""How much of a limit is left, in whole units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.calendars.clock import TIME_UNITS
from closedloop.calendars.instants import micros
from closedloop.calendars.pauses import Pause, stops
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from closedloop.calendars.clock import Clock


def remaining(clock: Clock, start: datetime, limit: Limit, at: datetime, pauses: Iterable[Pause] = ()) -> Limit:
    """Return how much of a limit that started at `start` is left at an instant, on its clock; what is no whole unit is cut off.

    Of minutes and hours whole minutes are left, of working hours whole working hours, of working days working days, and of every
    longer limit days. A day is used up with its end. A limit that is moved off a day off is used up before it falls due.
    """
    run = clock.run(start, limit, stops(pauses, clock.paused_by))
    left = max(run.amount - run.counter.used(micros(at)), 0)
    if limit.unit == "working hours":
        return Limit(left // TIME_UNITS["working hours"], "working hours")
    if limit.unit in TIME_UNITS:
        return Limit(left // TIME_UNITS["minutes"], "minutes")
    return Limit(left, "working days" if limit.unit == "working days" else "days")


def until(end: datetime, at: datetime) -> Limit:
    """Return the whole minutes until an instant that was given and not counted."""
    return Limit(max(micros(end) - micros(at), 0) // TIME_UNITS["minutes"], "minutes")
