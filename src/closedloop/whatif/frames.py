"""Reads data frames of any make through Narwhals, and gives plain Python values whatever the make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import isnan
from typing import TYPE_CHECKING, Any, Final

from closedloop.errors import InvalidValue, MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import narwhals as nw

    from closedloop.whatif.tables import Cells

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Frame:
    """A data frame of pandas, Polars, PyArrow, DuckDB, or any other make that Narwhals knows."""

    def __init__(self, frame: object) -> None:
        """Take the frame.

        Raises
        ------
        MissingExtra
            If Narwhals is not installed.
        InvalidValue
            If it is no frame, or two of its columns have one name.

        """
        try:
            import narwhals as nw
        except ModuleNotFoundError:
            raise MissingExtra("data frames need Narwhals; install `closedloop[frames]`", extra="frames") from None
        try:
            self._frame: nw.DataFrame[Any] | nw.LazyFrame[Any] = nw.from_native(frame)
            self.header: tuple[str, ...] = tuple(self._frame.collect_schema().names())
        except TypeError:
            kind = type(frame).__name__
            raise InvalidValue(f"a caseload is read from a data frame, such as of pandas, Polars or PyArrow; found {kind}", found=kind) from None
        except nw.exceptions.DuplicateError as error:
            raise InvalidValue(f"the frame has two columns of one name: {error}", found="frame") from None

    def rows(self, columns: Sequence[str]) -> Iterator[Cells]:
        """Give the rows: number, place, and the values of the columns; None where there is none."""
        import narwhals as nw

        chosen = self._frame.select(*columns)
        whole = chosen.collect() if isinstance(chosen, nw.LazyFrame) else chosen
        for number, cells in enumerate(zip(*(_plain(whole[name]) for name in columns), strict=True), 1):
            yield number, f"row {number}", cells


def _plain(series: nw.Series[Any]) -> list[object]:
    """Return a column as plain values. Instants are rounded down to the microsecond, and given in UTC where they have a zone."""
    import narwhals as nw

    missing = series.is_null().to_list()
    if isinstance(series.dtype, nw.Datetime):
        epoch = _EPOCH if series.dtype.time_zone else _EPOCH.replace(tzinfo=None)
        present = iter(series.drop_nulls().dt.timestamp("us").to_list())
        return [None if gone else epoch + timedelta(microseconds=next(present)) for gone in missing]
    return [None if gone else _value(value) for gone, value in zip(missing, series.to_list(), strict=True)]


def _value(value: object) -> object:
    """Return one value as plain Python has it; blank text and what is no number are no value."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float):
        return None if isnan(value) else float(value)
    if isinstance(value, datetime):
        at = value.astimezone(UTC) if value.utcoffset() is not None else value
        return datetime.combine(date(at.year, at.month, at.day), at.time(), tzinfo=UTC if at.tzinfo else None)
    item = getattr(value, "item", None)
    return item() if callable(item) else value
