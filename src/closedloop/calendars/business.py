"""The calendar of a business, written by hand or taken from a country."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from closedloop.calendars.calendar import Calendar
from closedloop.calendars.countries import days_off
from closedloop.calendars.hours import WEEKDAYS, DaySpans, Interval, read_day, read_week, write_day
from closedloop.calendars.instants import zone
from closedloop.calendars.schedule import WeeklySchedule
from closedloop.calendars.timeline import Timeline
from closedloop.errors import InvalidValue
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_YEARLY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_NO_HOURS: Mapping[date, Collection[Interval]] = FrozenMap()


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCalendar(Calendar):
    """When a place is open: a week in a zone, and the dates that differ.

    `hours` by weekday (`mon`, `mon-fri`) are half-open spans, `24:00` is exact, and `("22:00", "30:00")` runs past midnight.
    `holidays` and `annual_holidays` (`"12-25"`) close; `date_hours` replace the hours of a date; `breaks` close part of one;
    `working_days` are days off that are worked (调休), at `working_day_hours`. A holiday closes even a date that has hours
    of its own, unless `date_hours_override_holidays`. Outside `published_from` to `published_through` answers are provisional.
    Raises `InvalidValue` for what is not of its form, and `UnknownTimezone`.
    """

    timezone: str
    hours: Mapping[str, Collection[Interval]]
    holidays: Collection[date] = frozenset()
    annual_holidays: Collection[str] = frozenset()
    date_hours: Mapping[date, Collection[Interval]] = _NO_HOURS
    date_hours_override_holidays: bool = False
    breaks: Mapping[date, Collection[Interval]] = _NO_HOURS
    working_days: Collection[date] = frozenset()
    working_day_hours: Collection[Interval] | None = None
    published_from: date | None = None
    published_through: date | None = None
    name: str = field(default="", compare=False)
    version: str = ""

    def __post_init__(self) -> None:
        """Read what was given; anything that is not of its form is an error here."""
        week = read_week(self.hours)
        dates = {key: _dates(getattr(self, key), key) for key in ("holidays", "working_days")}
        by_date = {key: _hours_by_date(getattr(self, key), key) for key in ("date_hours", "breaks")}
        both = dates["holidays"] & dates["working_days"]
        if both:
            raise InvalidValue(f"`{min(both)}` is both a holiday and a day that is worked; it can be one of them", found=str(min(both)))
        schedule = WeeklySchedule(
            where=zone(self.timezone),
            week=week,
            holidays=frozenset(map(date.toordinal, dates["holidays"])),
            annual_holidays=frozenset(map(_yearly, self.annual_holidays)),
            date_hours={day.toordinal(): spans for day, spans in by_date["date_hours"].items()},
            date_hours_first=self.date_hours_override_holidays,
            breaks={day.toordinal(): spans for day, spans in by_date["breaks"].items()},
            working_days=frozenset(map(date.toordinal, dates["working_days"])),
            working_day_hours=self._hours_of_worked_days(week),
        )
        self._keep(
            hours=FrozenMap({WEEKDAYS[i]: write_day(spans) for i, spans in enumerate(week) if spans}),
            annual_holidays=frozenset(self.annual_holidays),
            working_day_hours=None if self.working_day_hours is None else write_day(schedule.working_day_hours),
            _timeline=Timeline(schedule),
            _where=schedule.where,
            **dates,
            **{key: FrozenMap({day: write_day(spans) for day, spans in days.items()}) for key, days in by_date.items()},
        )

    def _keep(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _hours_of_worked_days(self, week: tuple[DaySpans, ...]) -> DaySpans:
        if self.working_day_hours is not None:
            return read_day(self.working_day_hours, "working_day_hours")
        usual = {spans for spans in week if spans}
        if len(usual) > 1 and self.working_days:
            raise InvalidValue("the weekdays have different hours; say with `working_day_hours` which of them the `working_days` have")
        return next(iter(usual), ())

    def description(self) -> dict[str, Any]:
        """Return everything that its answers depend on, as data for JSON."""
        return {
            "timezone": self.timezone,
            "hours": dict(self.hours),
            "holidays": sorted(map(str, self.holidays)),
            "annual_holidays": sorted(self.annual_holidays),
            "date_hours": {str(day): hours for day, hours in self.date_hours.items()},
            "date_hours_override_holidays": self.date_hours_override_holidays,
            "breaks": {str(day): hours for day, hours in self.breaks.items()},
            "working_days": sorted(map(str, self.working_days)),
            "working_day_hours": write_day(self._hours_of_worked_days(read_week(self.hours))) if self.working_days else None,
            "published": [str(self.published_from or ""), str(self.published_through or "")],
        }

    @classmethod
    def country(
        cls,
        code: str,
        *,
        hours: Mapping[str, Collection[Interval]],
        timezone: str,
        subdivision: str | None = None,
        name: str = "",
    ) -> Self:
        """Return the calendar of a country by ISO 3166 code: its holidays and moved working days, at the given hours.

        China is the State Council's notices; the others come from python-holidays. A year whose notice, or whose dates by
        the moon, are not known lies outside the published range.

        Raises
        ------
        UnknownCalendar
            If there is no such country.
        UnknownTimezone
            If the zone database has no such zone.

        """
        found = days_off(code, subdivision)
        return cls(
            timezone=timezone,
            hours=hours,
            holidays=found.holidays,
            working_days=found.working_days,
            published_from=found.published_from,
            published_through=found.published_through,
            name=name or "-".join(filter(None, (code, subdivision))),
        )


def _dates(days: Iterable[date], where: str) -> frozenset[date]:
    given: object = days
    if not isinstance(given, Iterable):
        raise InvalidValue(f"{where}: days are a collection of dates, found {type(given).__name__}")
    found = tuple(days)
    listed: tuple[object, ...] = found
    for day in listed:
        if not isinstance(day, date) or isinstance(day, datetime):
            raise InvalidValue(f"{where}: a day is a date, found {type(day).__name__}", found=type(day).__name__)
    return frozenset(found)


def _hours_by_date(given: Mapping[date, Collection[Interval]], where: str) -> dict[date, DaySpans]:
    if not hasattr(given, "keys"):
        raise InvalidValue(f"{where}: hours are given by date, found {type(given).__name__}")
    days = sorted(_dates(given, where))
    return {day: read_day(given[day], f"{where} of {day}") for day in days}


def _yearly(written: str) -> tuple[int, int]:
    match = _YEARLY.fullmatch(str(written))
    if match is None:
        raise InvalidValue(f"annual_holidays: `{str(written)[:20]}` is not a month and day; write it as `12-25`", found=str(written)[:20])
    return int(match[1]), int(match[2])
