"""Instants and zones: wall times become instants here, and inside the calendars an instant is a number.

That number is whole microseconds of real time since 1970-01-01 00:00 UTC, so no rounding and no wall clock is left in
the arithmetic. Days are proleptic Gregorian ordinals, as `date.toordinal` gives them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Final, Literal, cast
from zoneinfo import ZoneInfo, available_timezones

from closedloop.errors import InvalidValue, NaiveDatetime, OutOfRange, UnknownTimezone, closest

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY: Final = EPOCH.toordinal()
SECOND: Final = 1_000_000
#: Microseconds of a day of 24 hours.
DAY: Final = 86_400 * SECOND
FIRST_DAY: Final = date.min.toordinal()
LAST_DAY: Final = date.max.toordinal()

_MICROSECOND: Final = timedelta(microseconds=1)

Ambiguous = Literal["first", "second", "error"]
Nonexistent = Literal["forward", "error"]


def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name such as `Asia/Shanghai`.

    Raises
    ------
    UnknownTimezone
        If the zone database has no such zone; the message suggests the nearest name.

    """
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError, TypeError):
        found = str(name)[:60]
        near = closest(found, available_timezones())
        hint = f"did you mean `{near}`?" if near else "write an IANA name such as `Asia/Shanghai`"
        message = f"there is no time zone `{found}`; {hint}"
        raise UnknownTimezone(message, found=found, suggestion=near) from None


def micros(at: datetime) -> int:
    """Return the instant as microseconds since 1970 UTC.

    Raises
    ------
    NaiveDatetime
        If it has no zone, or is no datetime at all.

    """
    try:
        passed = at - EPOCH
    except TypeError:
        raise NaiveDatetime(_naive(at), found=type(at).__name__) from None
    return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds


def elapsed(start: datetime, end: datetime) -> timedelta:
    """Return the time that passes between two instants, whatever their clocks do meanwhile.

    Python itself takes two instants of one zone by their wall times, and is an hour off over a change to summer time.
    """
    return timedelta(microseconds=micros(end) - micros(start))


def _naive(value: object) -> str:
    if isinstance(value, datetime):
        return f"`{value.isoformat()}` has no time zone; give it one with `localise(value, ZONE)`, such as 'Europe/London'"
    return f"an instant is a datetime with a time zone, found {type(value).__name__}"


def instant(at: int, where: ZoneInfo) -> datetime:
    """Return the number as an instant on the clocks of the zone.

    Raises
    ------
    OutOfRange
        If it lies outside the years 1 to 9999 there.

    """
    try:
        return where.fromutc(_epoch(where) + at * _MICROSECOND)
    except OverflowError:
        raise OutOfRange("the answer lies outside the years 1 to 9999, which is all that a date can say", found=str(at)) from None


@cache
def _epoch(where: ZoneInfo) -> datetime:
    """Return the wall of UTC at the epoch, labelled with the zone, as `fromutc` wants it."""
    return EPOCH.replace(tzinfo=where)


def wall_to_micros(wall: int, where: ZoneInfo) -> int:
    """Return the instant of a wall time, given as microseconds since the ordinal 0 on the wall.

    A wall time that a clock change skips moves forward by what is skipped; one that happens twice is the first.
    That is what RFC 5545 and PEP 495 (fold 0) say too.
    """
    day, rest = divmod(wall, DAY)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise OutOfRange("the answer lies outside the years 1 to 9999, which is all that a date can say", found=str(day))
    naive = datetime.fromordinal(day) + timedelta(microseconds=rest)
    return wall - EPOCH_DAY * DAY - _offset(naive, where)


def skipped_days(first: int, last: int, where: ZoneInfo) -> frozenset[int]:
    """Return the days from `first` to before `last` that never happened there, because the date line moved across.

    Samoa had no 2011-12-30. Such a stretch is a day shorter than its days; only then is it looked at day by day.
    """
    edges = [wall_to_micros(day * DAY, where) for day in (first, last)]
    if edges[1] - edges[0] > (last - first) * DAY - DAY // 2:
        return frozenset()
    starts = [wall_to_micros(day * DAY, where) for day in range(first, last + 1)]
    return frozenset(first + i for i, (start, end) in enumerate(pairwise(starts)) if start >= end)


def _offset(naive: datetime, where: ZoneInfo) -> int:
    offset = cast("timedelta", where.utcoffset(naive))
    return (offset.days * 86_400 + offset.seconds) * SECOND + offset.microseconds


def local_day(at: datetime, where: ZoneInfo) -> int:
    """Return the day that the calendar on the wall of the zone shows at the instant."""
    if at.tzinfo is where:
        return at.toordinal()
    return instant(micros(at), where).toordinal()


def day_number(day: date, where: ZoneInfo) -> int:
    """Return the ordinal of a date, or of the local date of an instant."""
    if isinstance(day, datetime):
        return local_day(day, where)
    given: object = day
    if not isinstance(given, date):
        raise InvalidValue(f"a day is a date, found {type(day).__name__}", found=type(day).__name__)
    return day.toordinal()


def to_date(day: int) -> date:
    """Return the date of an ordinal.

    Raises
    ------
    OutOfRange
        If there is no such date in the years 1 to 9999.

    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise OutOfRange("the answer lies outside the years 1 to 9999, which is all that a date can say", found=str(day))
    return date.fromordinal(day)


def localise(value: datetime, timezone: str, *, ambiguous: Ambiguous = "error", nonexistent: Nonexistent = "error") -> datetime:
    """Give a wall time without a zone its zone.

    A wall time that happens twice (clocks go back) is `ambiguous`: take the `first`, the `second`, or an error.
    One that is skipped (clocks go forward) is `nonexistent`: `forward` moves it on by what is skipped (02:30 becomes 03:30).

    Raises
    ------
    InvalidValue
        If the value has a zone already, or happens twice or never and nothing says what to take.
    UnknownTimezone
        If the zone database has no such zone; the message suggests the nearest name.

    """
    where = zone(timezone)
    given: object = value
    if not isinstance(given, datetime) or given.tzinfo is not None:
        raise InvalidValue(f"`{value}` is not a wall time without a zone; an instant that has its zone needs no other", found=str(value))
    earlier, later = _offset(value.replace(fold=0), where), _offset(value.replace(fold=1), where)
    if earlier == later:
        return value.replace(tzinfo=where, fold=0)
    if earlier > later:
        return _twice(value, where, ambiguous)
    return _never(value, where, nonexistent)


def _twice(value: datetime, where: ZoneInfo, ambiguous: Ambiguous) -> datetime:
    if ambiguous not in {"first", "second"}:
        message = f"`{value.isoformat()}` happens twice in {where.key}; say which with ambiguous='first' or ambiguous='second'"
        raise InvalidValue(message, found=value.isoformat())
    return value.replace(tzinfo=where, fold=0 if ambiguous == "first" else 1)


def _never(value: datetime, where: ZoneInfo, nonexistent: Nonexistent) -> datetime:
    if nonexistent != "forward":
        message = f"`{value.isoformat()}` never happens in {where.key}, the clocks skip it; nonexistent='forward' moves it on by what they skip"
        raise InvalidValue(message, found=value.isoformat())
    return value.replace(tzinfo=where, fold=0).astimezone(UTC).astimezone(where)
