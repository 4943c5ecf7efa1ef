"""Periods of whole days, and the recurrence rules by which routines come round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, MONTHLY, SU, WEEKLY, rrule

from closedloop.calendars.instants import DAY, day_number, instant, wall_to_micros
from closedloop.errors import InvalidValue, UnknownName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

_ONE_DAY: Final = timedelta(days=1)


class _Kind(NamedTuple):
    """A kind of period: the months that end one (None: it is counted in weeks or days), and how long it is."""

    length: relativedelta
    months: tuple[int, ...] | None = None


_KINDS: Final[Mapping[str, _Kind]] = {
    "day": _Kind(relativedelta(days=1)),
    "week": _Kind(relativedelta(weeks=1)),
    "month": _Kind(relativedelta(months=1), tuple(range(1, 13))),
    "quarter": _Kind(relativedelta(months=3), (3, 6, 9, 12)),
    "half_year": _Kind(relativedelta(months=6), (6, 12)),
    "year": _Kind(relativedelta(years=1), (12,)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Whole days from `first` to `last`, both included, in the zone of the policy that is asked.

    Raises `InvalidValue` for what is no date, for a last day before the first, and beyond the year 9998.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse what is no stretch of days."""
        for name in ("first", "last"):
            given = getattr(self, name)
            if not isinstance(given, date) or isinstance(given, datetime):
                raise InvalidValue(f"the `{name}` day of a period is a date, found {type(given).__name__}", found=type(given).__name__)
        if self.last < self.first:
            raise InvalidValue(f"a period ends on {self.last}, before it begins on {self.first}; swap the two", found=str(self.last))
        if self.last.year == date.max.year:
            raise InvalidValue(f"a period ends at the latest in the year {date.max.year - 1}, found {self.last}", found=str(self.last))

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """Return a calendar month. Raises `InvalidValue` where there is no such month."""
        try:
            first = date(year, month, 1)
            return cls(first=first, last=first + relativedelta(months=1) - _ONE_DAY)
        except (ValueError, OverflowError, TypeError):
            message = f"there is no month {month} of the year {year}; write a year up to {date.max.year - 1} and a month from 1 to 12"
            raise InvalidValue(message, found=f"{year}-{month}") from None

    def start(self, zone: ZoneInfo) -> datetime:
        """Return the first instant of the period."""
        return midnight(self.first, zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """Return the instant at which the period is over; it no longer belongs to it."""
        return midnight(self.last + _ONE_DAY, zone)

    def __str__(self) -> str:
        """Give the first and the last day."""
        return f"{self.first} to {self.last}"


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a zone."""
    return instant(wall_to_micros(day_number(day, zone) * DAY, zone), zone)


def is_period(every: str) -> bool:
    """Whether the word is a period, and not an event."""
    return every in _KINDS


def recurrence(every: str, within: Period) -> rrule:
    """Return the last days of each `day`, `week`, `month`, `quarter`, `half_year` or `year` as a rule; weeks end on Sunday.

    Raises `UnknownName` for any other word.
    """
    if every not in _KINDS:
        raise UnknownName.among("period", every, _KINDS)
    first, last = datetime.combine(within.first, time()), datetime.combine(within.last, time())
    months = _KINDS[every].months
    if months is not None:
        return rrule(MONTHLY, dtstart=first, until=last, bymonth=months, bymonthday=-1)
    return rrule(WEEKLY, dtstart=first, until=last, byweekday=SU) if every == "week" else rrule(DAILY, dtstart=first, until=last)


def periods(every: str, within: Period) -> tuple[Period, ...]:
    """Return the periods of a kind whose last day lies in the given one, first to last."""
    lasts = [at.date() for at in recurrence(every, within)]
    return tuple(Period(first=last + _ONE_DAY - _KINDS[every].length, last=last) for last in lasts)


def must_be_period(given: object) -> None:
    """Refuse what is no period. Raises `InvalidValue`."""
    if not isinstance(given, Period):
        message = f"a period is a `Period`, such as `Period.month(2026, 3)`, found {type(given).__name__}"
        raise InvalidValue(message, found=type(given).__name__)
