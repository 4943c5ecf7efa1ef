"""Business time on its own: calendars, clocks, and limits that run on them."""

from __future__ import annotations

from closedloop.calendars.business import BusinessCalendar
from closedloop.calendars.calendar import Calendar, CombinedCalendar, Roll
from closedloop.calendars.clock import Clock
from closedloop.calendars.conventions import Convention, DateOnly, DayEnds, FirstDay, OffDayArrival, convention, convention_names
from closedloop.calendars.due import Due, Step
from closedloop.calendars.instants import localise
from closedloop.calendars.named import calendar_names, named_calendar
from closedloop.calendars.pauses import Pause
from closedloop.calendars.remaining import remaining
from closedloop.calendars.running import ChangeRule, RunningClock
from closedloop.calendars.warning import Threshold, countable, warns_at, warns_before

__all__ = [
    "BusinessCalendar",
    "Calendar",
    "ChangeRule",
    "Clock",
    "CombinedCalendar",
    "Convention",
    "DateOnly",
    "DayEnds",
    "Due",
    "FirstDay",
    "OffDayArrival",
    "Pause",
    "Roll",
    "RunningClock",
    "Step",
    "Threshold",
    "calendar_names",
    "convention",
    "convention_names",
    "countable",
    "localise",
    "named_calendar",
    "remaining",
    "warns_at",
    "warns_before",
]
