"""The same calendars and clocks for arrays of instants, with numpy (extra `batch`).

Instants are `datetime64` in UTC, amounts `timedelta64`, days `datetime64[D]`. Answers are exact to the microsecond and
equal, element by element, to what the calendar answers for one. NaT is refused: nothing stands for a missing answer.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from closedloop.calendars.calendar import ROLLS, Roll
from closedloop.calendars.clock import TIME_UNITS
from closedloop.calendars.hours import wall_of
from closedloop.calendars.instants import DAY, EPOCH_DAY, instant, micros, wall_to_micros
from closedloop.calendars.timeline import PIECE_BITS
from closedloop.errors import InvalidValue, MissingExtra, NaiveDatetime, NoOpenTime, OutOfRange

try:
    import numpy as np

    from closedloop.calendars.tables import Days, Spans, offsets
except ImportError:
    raise MissingExtra("arrays of instants need numpy; install `closedloop[batch]`", extra="batch") from None

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from numpy.typing import ArrayLike, NDArray

    from closedloop.calendars.calendar import Calendar
    from closedloop.calendars.clock import Clock
    from closedloop.values.limits import Limit

    Ints = NDArray[np.int64]
    Instants = NDArray[np.datetime64]
    Bools = NDArray[np.bool_]
    GivenInstants = ArrayLike | datetime | Sequence[datetime]
    GivenAmounts = ArrayLike | timedelta | Sequence[timedelta]
    GivenDays = ArrayLike | date | Sequence[date]

#: Pieces that an array may span with its answers: some 1,000 years.
_MOST_PIECES: Final = 1024
_FIRST: Final = np.datetime64("0001-01-02")
_LAST: Final = np.datetime64("9999-12-30")
_FINER: Final = {"ns", "ps", "fs", "as"}


class CalendarArrays:
    """One calendar, asked about arrays. Arguments broadcast; a single instant or amount serves for all."""

    __slots__ = ("_calendar", "_days", "_spans")

    def __init__(self, calendar: Calendar) -> None:
        """Take the calendar; tables are made for the years that are asked about."""
        self._calendar = calendar
        self._spans: Spans | None = None
        self._days: Days | None = None

    def add(self, starts: GivenInstants, amounts: GivenAmounts) -> Instants:
        """Return the instants at which the amounts of open time have passed; negative amounts go back."""
        at, wanted = np.broadcast_arrays(_instants(starts), _amounts(amounts))
        if not wanted.any():
            return at.astype("datetime64[us]")
        spans = self._cover(at)
        target = spans.passed(at)
        target += wanted
        spans, below = self._reach(spans, int(np.min(target)), int(np.max(target)))
        if below:
            target += below
        found = spans.forward(target)
        if int(np.min(wanted)) <= 0:
            found = np.where(wanted < 0, spans.backward(target), np.where(wanted == 0, at, found))
        return found.view("datetime64[us]")

    def between(self, starts: GivenInstants, ends: GivenInstants) -> NDArray[np.timedelta64]:
        """Return the open time from each start to its end; negative when the end is earlier."""
        first, last = np.broadcast_arrays(_instants(starts), _instants(ends))
        if not first.size:
            return first.astype("timedelta64[us]")
        spans = self._cover(first, last)
        return (spans.passed(last) - spans.passed(first)).view("timedelta64[us]")

    def is_open(self, at: GivenInstants) -> Bools:
        """Whether it is open at each instant."""
        there = _instants(at)
        if not there.size:
            return there.astype(bool)
        spans = self._cover(there)
        found: Bools = there >= spans.starts[np.searchsorted(spans.ends, there, "right")]
        return found

    def local_days(self, at: GivenInstants) -> Instants:
        """Return the local date of each instant."""
        return _dates(_local_days(_instants(at), self._calendar.zone))

    def is_working_day(self, days: GivenDays) -> Bools:
        """Whether there is open time on each day."""
        wanted = _day_numbers(days)
        return self._day_table(wanted).working(wanted) if wanted.size else wanted.astype(bool)

    def add_working_days(self, days: GivenDays, counts: ArrayLike) -> Instants:
        """Return the working day that is so many after each day; a day off becomes a working day first, as for one."""
        wanted, count = np.broadcast_arrays(_day_numbers(days), np.asarray(counts, dtype=np.int64))
        if not wanted.size:
            return _dates(wanted)
        table = self._day_table(wanted, int(np.min(count)), int(np.max(count)))
        index = table.rank(wanted) + count - 1
        index += (count > 0) & ~table.working(wanted)
        return _dates(np.where(count == 0, wanted, table.open_days[np.clip(index, 0, None)]))

    def count_working_days(self, first: GivenDays, last: GivenDays) -> Ints:
        """Count the working days after each first day, up to and including the last; negative when that is earlier."""
        start, end = np.broadcast_arrays(_day_numbers(first), _day_numbers(last))
        if not start.size:
            return start.astype(np.int64)
        table = self._day_table(np.concatenate([start.ravel(), end.ravel()]))
        return table.rank(end) - table.rank(start)

    def roll(self, days: GivenDays, how: Roll) -> Instants:
        """Return each day, or the working day that stands in for it when it is none."""
        if how not in ROLLS:
            raise InvalidValue(f"there is no roll `{how}`; ways to roll are {', '.join(ROLLS)}", found=str(how))
        wanted = _day_numbers(days)
        if how == "none" or not wanted.size:
            return _dates(wanted)
        table = self._day_table(wanted, -1, 1)
        rank, working = table.rank(wanted), table.working(wanted)
        before, after = table.open_days[rank - 1], table.open_days[np.minimum(rank, len(table.open_days) - 1)]
        moved = before if how == "preceding" else after
        if how == "modified_following":
            moved = np.where(_dates(after).astype("datetime64[M]") == _dates(wanted).astype("datetime64[M]"), after, before)
        return _dates(np.where(working, wanted, moved))

    # --- tables ---

    def _cover(self, *arrays: Ints) -> Spans:
        """Return a table of open spans that holds all the instants."""
        low = min(int(np.min(array)) for array in arrays) >> PIECE_BITS
        high = max(int(np.max(array)) for array in arrays) >> PIECE_BITS
        return self._table(low, high)

    def _table(self, low: int, high: int) -> Spans:
        known = self._spans
        if known is None or low < known.low or high > known.high:
            low, high = (low, high) if known is None else (min(low, known.low), max(high, known.high))
            if high - low > _MOST_PIECES:
                raise OutOfRange("the instants of an array and its answers lie within at most 1,000 years; these are further apart")
            self._spans = known = Spans.of(self._calendar, low, high)
        return known

    def _reach(self, spans: Spans, least: int, most: int) -> tuple[Spans, int]:
        """Return a table that goes far enough for all amounts, and the open time that it has before the other one."""
        low, high, below = spans.low, spans.high, 0
        step = 1
        while spans.total - below < most or below + least < 0:
            low, high = low - (step if below + least < 0 else 0), high + (step if spans.total - below < most else 0)
            pieces = self._calendar.timeline.pieces
            if step > _MOST_PIECES or (low < pieces.start and below + least < 0) or (high >= pieces.stop and spans.total - below < most):
                raise NoOpenTime("the calendar has not so much open time within the range that is searched; give it hours, or dates further on")
            wider = self._table(low, high)
            below += wider.passed_one(spans.low << PIECE_BITS)
            spans, step = wider, step * 2
        return spans, below

    def _day_table(self, days: Ints, least: int = 0, most: int = 0) -> Days:
        """Return a table of days that holds the days, and so many working days before and after them."""
        known = self._days
        low, high = int(np.min(days)), int(np.max(days))
        if known is None or not known.holds(low, high, least, most):
            self._days = known = Days.of(self._calendar, low, high, least, most)
        return known


class Dues(NamedTuple):
    """Due instants of an array of arrivals; the rest as in `Due`."""

    at: Instants
    provisional: Bools
    inclusive: Bools


def due(clock: Clock, starts: GivenInstants, limit: Limit) -> Dues:
    """Return when a limit is due for each arrival, as `clock.due` does for one without pauses.

    Arrivals that count as of the same day are due at the same instant, so one answer of the clock serves them all.
    """
    at = _instants(starts)
    if not at.size:
        return Dues(at.astype("datetime64[us]"), at.astype(bool), at.astype(bool))
    elapsed = limit.unit in TIME_UNITS and limit.unit != "working hours"
    if elapsed and clock.rules.hours_on_day_off == "stay":
        found = at + limit.amount * TIME_UNITS[limit.unit]
        return Dues(found.view("datetime64[us]"), np.zeros(at.shape, bool), np.ones(at.shape, bool))
    if limit.unit in TIME_UNITS or clock.rules.day_ends == "same_time":
        return _one_by_one(clock, at, limit)
    key = _arrival_keys(clock, at)
    low = int(np.min(key))
    key -= low
    sample = np.full(int(np.max(key)) + 1, -1, dtype=np.int64)
    sample[key.ravel()] = np.arange(key.size)
    times = np.zeros(len(sample), dtype=np.int64)
    flags = np.zeros((2, len(sample)), dtype=bool)
    for index in np.flatnonzero(sample >= 0).tolist():
        one = clock.due(instant(int(at.flat[sample[index]]), clock.where), limit)
        times[index], flags[:, index] = micros(one.at), (one.provisional, one.inclusive)
    return Dues(times[key].view("datetime64[us]"), flags[0][key], flags[1][key])


def _one_by_one(clock: Clock, at: Ints, limit: Limit) -> Dues:
    found = [clock.due(instant(start, clock.where), limit) for start in at.ravel().tolist()]
    times = np.array([micros(one.at) for one in found], dtype=np.int64)
    flags = [np.array([getattr(one, name) for one in found], dtype=bool).reshape(at.shape) for name in ("provisional", "inclusive")]
    return Dues(times.reshape(at.shape).view("datetime64[us]"), flags[0], flags[1])


def _arrival_keys(clock: Clock, at: Ints) -> Ints:
    """Return for each arrival a number of its local day and of whether it came after the cutoff."""
    days = _local_days(at, clock.where)
    key = 2 * days
    if clock.cutoff is not None:
        low, high = int(np.min(days)), int(np.max(days))
        wall = wall_of(clock.cutoff)
        cutoffs = np.array([wall_to_micros(day * DAY + wall, clock.where) for day in range(low, high + 1)], dtype=np.int64)
        key += at > cutoffs[days - low]
    return key


def _local_days(at: Ints, where: ZoneInfo) -> Ints:
    if not at.size:
        return at
    changes, known = offsets(int(np.min(at)), int(np.max(at)), where)
    offset = known[np.searchsorted(changes, at, "right")] if len(changes) else known[0]
    days: Ints = (at + offset) // DAY + EPOCH_DAY
    return days


def _dates(days: Ints) -> Instants:
    return (days - EPOCH_DAY).astype("datetime64[D]")


def _instants(given: GivenInstants) -> Ints:
    """Return instants as whole microseconds."""
    found = np.asarray(given)
    if found.dtype.kind == "O":
        return np.array([micros(at) for at in found.ravel().tolist()], dtype=np.int64).reshape(found.shape)
    if found.dtype.kind != "M":
        raise NaiveDatetime(f"instants are `datetime64` in UTC, or datetimes with a zone; found {found.dtype}", found=str(found.dtype))
    return _exact(found, "datetime64[us]")


def _amounts(given: GivenAmounts) -> Ints:
    """Return amounts of time as whole microseconds."""
    found = np.asarray(given)
    if found.dtype.kind == "O" and all(isinstance(amount, timedelta) for amount in found.flat):
        found = found.astype("timedelta64[us]")
    if found.dtype.kind != "m" or np.datetime_data(found.dtype)[0] in {"Y", "M", "generic"}:
        raise InvalidValue(f"amounts of time are `timedelta64` in weeks or less, or timedeltas; found {found.dtype}", found=str(found.dtype))
    return _exact(found, "timedelta64[us]")


def _day_numbers(given: GivenDays) -> Ints:
    """Return days as ordinals."""
    found = np.asarray(given)
    if found.dtype.kind == "O" and all(isinstance(day, date) and not isinstance(day, datetime) for day in found.flat):
        found = found.astype("datetime64[D]")
    if found.dtype != np.dtype("datetime64[D]"):
        raise InvalidValue(f"days are `datetime64[D]`; of instants `local_days` gives the days; found {found.dtype}", found=str(found.dtype))
    return _exact(found, "datetime64[D]") + EPOCH_DAY


def _exact(found: NDArray[Any], unit: str) -> Ints:
    """Return the values in the unit, as numbers; a missing value, or one that is lost by it, is an error."""
    if np.isnat(found).any():
        raise InvalidValue("NaT is no instant, day or amount; leave out what is missing, or fill it", found="NaT")
    there = found.astype(unit)
    if np.datetime_data(found.dtype)[0] in _FINER:
        if (there != found).any():
            raise InvalidValue(f"an array in {found.dtype} has values finer than a microsecond; round them first", found=str(found.dtype))
    elif found.dtype.kind == "M" and found.size and (found.min() < _FIRST or found.max() > _LAST):
        raise OutOfRange("the instants of an array lie within 0001-01-02 and 9999-12-30", found=str(found.min()))
    return there.view(np.int64)
