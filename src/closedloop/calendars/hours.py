"""Opening hours as people write them: `{"mon-fri": [("09:00", "17:00")]}`.

A span is half-open: open at 09:00:00, closed at 17:00:00. `24:00` is the end of the day and exact; hours past midnight go
on counting, so a night shift is `("22:00", "30:00")` and a reversed span is always a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from closedloop.calendars.instants import DAY, SECOND
from closedloop.errors import InvalidValue, closest

if TYPE_CHECKING:
    from collections.abc import Collection

    from closedloop.calendars.spans import Span

#: When something opens and when it closes, as `"09:00"` or a `datetime.time`.
Interval = tuple[str | time, str | time]
#: Spans of one day, in microseconds since its midnight.
DaySpans = tuple[tuple[int, int], ...]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME: Final = re.compile(r"([0-9]{2}):([0-5][0-9])(?::([0-5][0-9])(?:\.([0-9]{1,6}))?)?")


def parse_time(written: str | time, where: str) -> int:
    """Read a time of day as microseconds since midnight, up to `48:00`.

    Raises
    ------
    InvalidValue
        If it is not a time of day, with the place that `where` names.

    """
    text = written.isoformat() if isinstance(written, time) else str(written)
    match = _TIME.fullmatch(text)
    if match is None:
        raise InvalidValue(f"{where}: `{text[:40]}` is not a time of day; write it as `09:00`", found=text[:40])
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3] or 0)
    total = seconds * SECOND + int((match[4] or "0").ljust(6, "0"))
    if total > 2 * DAY:
        raise InvalidValue(f"{where}: `{text}` is past `48:00`, the end of the next day", found=text)
    return total


def format_time(at: int) -> str:
    """Write microseconds since midnight as a time of day, without seconds where there are none."""
    seconds, rest = divmod(at, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    if seconds % 60 or rest:
        text += f":{seconds % 60:02}"
    return text + (f".{rest:06}" if rest else "")


def wall_of(at: time) -> int:
    """Return a time of day as microseconds since midnight."""
    return (at.hour * 3600 + at.minute * 60 + at.second) * SECOND + at.microsecond


def read_day(intervals: Collection[Interval], where: str) -> DaySpans:
    """Read the intervals of one day, in order.

    Raises
    ------
    InvalidValue
        If one closes before it opens, opens after the day has ended, or overlaps another.

    """
    given: object = intervals
    if not isinstance(given, Iterable):
        raise InvalidValue(f"{where}: hours of a day are a list of pairs, found {type(given).__name__}")
    spans = sorted(_read_interval(interval, where) for interval in intervals)
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise InvalidValue(f"{where}: the hours from `{format_time(start)}` overlap those until `{format_time(end)}`", found=format_time(start))
    return tuple(spans)


def _read_interval(interval: Interval, where: str) -> Span:
    try:
        opens, closes = interval
    except (TypeError, ValueError):
        raise InvalidValue(f"{where}: hours are pairs such as `('09:00', '17:00')`, found `{interval!r}`", found=repr(interval)) from None
    start, end = parse_time(opens, where), parse_time(closes, where)
    first, last = format_time(start), format_time(end)
    if start >= end:
        hint = f"hours past midnight end at `{format_time(end + DAY)}`"
        raise InvalidValue(f"{where}: closes at `{last}`, which is not after `{first}`; {hint}", found=last)
    if start >= DAY or end > start + DAY:
        raise InvalidValue(f"{where}: `{first}` to `{last}` must open on its day and last at most 24 hours", found=last)
    return start, end


def write_day(spans: DaySpans) -> tuple[tuple[str, str], ...]:
    """Write the spans of one day as pairs of times."""
    return tuple((format_time(start), format_time(end)) for start, end in spans)


def read_week(hours: Mapping[str, Collection[Interval]]) -> tuple[DaySpans, ...]:
    """Read hours by weekday (`mon`) or range of weekdays (`mon-fri`) into seven days, Monday first.

    Raises
    ------
    InvalidValue
        If a weekday is unknown or named twice, or hours are not in order.

    """
    given: object = hours
    if not isinstance(given, Mapping):
        raise InvalidValue(f"hours are given by weekday, as `{{'mon-fri': [('09:00', '17:00')]}}`; found {type(given).__name__}")
    week: dict[int, DaySpans] = {}
    for name, intervals in hours.items():
        for weekday in _weekdays(name):
            if weekday in week:
                raise InvalidValue(f"hours: `{WEEKDAYS[weekday]}` is given twice", found=name)
            week[weekday] = read_day(intervals, f"hours of `{name}`")
    return tuple(week.get(weekday, ()) for weekday in range(7))


def _weekdays(name: str) -> range:
    parts = str(name).split("-")
    for part in parts:
        if part not in WEEKDAYS:
            near = closest(part[:3], WEEKDAYS)
            hint = f"did you mean `{near}`?" if near else f"weekdays are {', '.join(WEEKDAYS)}"
            raise InvalidValue(f"hours: there is no weekday `{part[:20]}`; {hint}", found=part[:20], suggestion=near)
    first, last = WEEKDAYS.index(parts[0]), WEEKDAYS.index(parts[-1])
    if first > last or parts not in ([parts[0]], [parts[0], parts[-1]]):
        raise InvalidValue(f"hours: `{name}` is not a range of weekdays such as `mon-fri`; the week begins with `mon`", found=str(name))
    return range(first, last + 1)
