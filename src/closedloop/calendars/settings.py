"""Settling a clock: its own settings, the convention's for the rest, and errors for what does not go together."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any, Final, get_args

from closedloop.calendars.calendar import ROLLS
from closedloop.calendars.conventions import Convention, DateOnly, FirstDay, HoursOnDayOff, LastDay, OffDayArrival, StepName, convention
from closedloop.errors import InvalidValue, closest
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.calendars.clock import Clock

_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "off_day_arrival": get_args(OffDayArrival),
    "first_day": get_args(FirstDay),
    "last_day": get_args(LastDay),
    "day_ends": ("midnight", "closing", "same_time"),
    "roll": ROLLS,
    "hours_on_day_off": get_args(HoursOnDayOff),
    "date_only": get_args(DateOnly),
}
#: Choices that look at days off or hours, and so need a calendar.
_NEED_CALENDAR: Final = {
    ("off_day_arrival", "next_working_day"),
    ("day_ends", "closing"),
    ("hours_on_day_off", "move"),
    *(("roll", roll) for roll in ROLLS if roll != "none"),
}
#: The step whose article no longer stands behind it once the clock states the setting itself.
_STATED: Final[Mapping[str, StepName]] = {"first_day": "count", "last_day": "count", "day_ends": "expiry", "roll": "roll"}


def settled(clock: Clock) -> Convention:
    """Return the clock's convention with the clock's own settings in it.

    Raises
    ------
    InvalidValue
        If a setting is unknown, or needs a calendar, a zone or a cutoff that the clock does not have.

    """
    base = convention(clock.convention)
    names = ("off_day_arrival", "first_day", "last_day", "day_ends", "roll", "hours_on_day_off")
    given: dict[str, Any] = {name: getattr(clock, name) for name in names if getattr(clock, name) is not None}
    for name, value in (*given.items(), ("date_only", clock.date_only)):
        _check(name, value, clock)
    for name, wall in (("cutoff", clock.cutoff), ("day_ends", clock.day_ends)):
        _check_wall(name, wall)
    if "roll" in given:
        given["rest_days"] = "days_off"
        given["least_working_days"] = 0 if given["roll"] == "none" else base.least_working_days
    stated = {_STATED[name] for name in given if name in _STATED}
    return replace(base, **given, articles=FrozenMap({step: article for step, article in base.articles.items() if step not in stated}))


def _check_wall(name: str, given: object) -> None:
    written = given is None or (name == "day_ends" and isinstance(given, str))
    if not written and (not isinstance(given, time) or given.tzinfo is not None):
        raise InvalidValue(f"{name}: `{given}` is not a time of day without a zone, such as `time(16, 30)`", found=str(given))


def _check(name: str, value: object, clock: Clock) -> None:
    if not (isinstance(value, time) and name == "day_ends") and value not in _CHOICES[name]:
        near = closest(str(value), _CHOICES[name])
        message = f"{name}: `{value}` is unknown; write one of {', '.join(_CHOICES[name])}"
        raise InvalidValue(message, found=str(value), suggestion=near)
    if value == time(0):
        raise InvalidValue("day_ends: `00:00` is the beginning of a day; write `midnight` for its end", found="00:00")
    if clock.calendar is None and (name, value) in _NEED_CALENDAR:
        raise InvalidValue(f"{name}: `{value}` needs a calendar, and the clock has none", found=str(value))
    if clock.cutoff is None and name == "date_only" and value in {"cutoff", "after_cutoff"}:
        raise InvalidValue(f"date_only: `{value}` needs a `cutoff`, and the clock has none", found=str(value))
