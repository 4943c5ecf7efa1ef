"""Complaints with what happened to them, from wherever they are recorded."""

from __future__ import annotations

from dataclasses import dataclass, fields
from os import PathLike, fspath
from typing import TYPE_CHECKING

from closedloop.complaint_files import Rejected, csv_rows, json_line_rows, read_text
from closedloop.whatif.documents import documented
from closedloop.whatif.frames import Frame
from closedloop.whatif.gathering import Gathering, gathered, pair
from closedloop.whatif.instants import Instants
from closedloop.whatif.layout import Mappings
from closedloop.whatif.tables import tabulated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.complaint import Complaint, Event
    from closedloop.whatif.layout import EventMapping
    from closedloop.whatif.recorded import Cases, Recorded


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Caseload:
    """Complaints with what happened to them. Going through one gives `Recorded`; `len()` counts them.

    `rejected` are the rows that were set aside, with every reason. `events` are the kinds of event that are recorded, and
    `fields` the keys and facts of complaints and events. `first` and `last` are the first and the last instant; a bare date counts
    from its beginning to its end, in `timezone`, else in UTC. `ignored_columns` gave nothing.
    """

    cases: Cases
    rejected: tuple[Rejected, ...] = ()
    timezone: str | None = None
    events: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    ignored_columns: tuple[str, ...] = ()

    @classmethod
    def from_frame(
        cls,
        frame: object,
        *,
        columns: Mapping[str, str] | None = None,
        facts: Mapping[str, str] | None = None,
        events: EventMapping | None = None,
        timezone: str | None = None,
        ignore: Collection[str] = (),
    ) -> Caseload:
        """Read a data frame of pandas, Polars, PyArrow, DuckDB, or any other make that Narwhals knows; one row a complaint.

        `columns` maps keys of a complaint to columns, `facts` facts, and `events` kinds of event to the column of their
        instant, empty where it did not happen; `{"kind": {"at": COLUMN, "by": COLUMN, "data": {FACT: COLUMN}}}` says more.
        A column that is called like a key and not mapped is that key. `timezone` is the zone of instants without one.

        Raises `UnknownName` for a column or key that does not exist, `InvalidValue` where no column gives the id or the
        instant of receipt, `UnknownTimezone`, and `MissingExtra` without Narwhals. A row that is not acceptable is set aside.
        """
        table = Frame(frame)
        mappings = Mappings(columns=columns or {}, facts=facts or {}, events=events or {}, ignore=ignore)
        layout = mappings.layout(table.header)
        return cls._of(tabulated(layout, layout.columns, table.rows(layout.columns), timezone))

    @classmethod
    def from_csv(
        cls,
        path: str | PathLike[str],
        *,
        columns: Mapping[str, str] | None = None,
        facts: Mapping[str, str] | None = None,
        events: EventMapping | None = None,
        timezone: str | None = None,
        ignore: Collection[str] = (),
    ) -> Caseload:
        """Read a CSV file whose first line names the columns; see `from_frame`. An empty cell is a value that is not given.

        Raises what `from_frame` raises, and `UnreadableFile` for a file that is no CSV.
        """
        name = fspath(path)
        header, rows = csv_rows(read_text(name), name=name)
        layout = Mappings(columns=columns or {}, facts=facts or {}, events=events or {}, ignore=ignore).layout(header)
        cells = (row if isinstance(row, Rejected) else (row.number, row.place, tuple(map(row.data.get, layout.columns))) for row in rows)
        return cls._of(tabulated(layout, layout.columns, cells, timezone))

    @classmethod
    def from_jsonl(cls, path: str | PathLike[str], *, timezone: str | None = None) -> Caseload:
        """Read a file of JSON Lines: one object a line, with the keys that `Policy.complaint` takes, and `events` as `Policy.event` takes them.

        Raises `UnreadableFile` for a file that cannot be read, and `UnknownTimezone`. A line that is not acceptable is set aside.
        """
        name = fspath(path)
        return cls._of(gathered(documented(json_line_rows(read_text(name), name=name), Instants(timezone)), timezone))

    @classmethod
    def from_cases(cls, cases: Iterable[Case | tuple[Complaint, Iterable[Event]]]) -> Caseload:
        """Take cases as the library holds them, or pairs of a complaint and its events."""
        return cls._of(gathered((pair(number, each) for number, each in enumerate(cases, 1)), None))

    @classmethod
    def _of(cls, found: Gathering) -> Caseload:
        return cls(**{each.name: getattr(found, each.name) for each in fields(Gathering)})

    def __len__(self) -> int:
        """Count the complaints."""
        return len(self.cases)

    def __iter__(self) -> Iterator[Recorded]:
        """Go through the complaints, in an order that does not depend on that of the rows."""
        return iter(self.cases)

    def __repr__(self) -> str:
        """Count what was taken and what was set aside."""
        return f"<Caseload: {len(self)} complaints, {len(self.rejected)} set aside>"

    def partitions(self, together: tuple[str, ...] | None, size: int) -> Iterator[tuple[Recorded, ...]]:
        """Give the complaints in parts of at least `size`, the last one excepted; the parts and their order are always the same.

        Complaints that agree in all fields of `together` come in one part; one that lacks a field agrees with nothing.
        None: all in one part. `()`: any parts will do. Raises `InvalidValue` for a size below 1.
        """
        return self.cases.partitions(together, size)
