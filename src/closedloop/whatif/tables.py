"""Reads rows of a table as complaints with their events, and keeps them small until they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, overload

from closedloop.complaint_files import Rejected
from closedloop.errors import Problem
from closedloop.whatif.gathering import Gathering, Span, apart, in_order, named
from closedloop.whatif.instants import Instants
from closedloop.whatif.recorded import Gathered, Recorded, shown, sorting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from closedloop.whatif.layout import EventColumns, Layout

#: A row as a table gives it: its number, its place, and the value of each column; None where there is none.
Cells = tuple[int, str, Sequence[object]]

_INSTANTS: Final = frozenset({"received_at", "incident_at"})
#: Keys whose values are not text.
_AS_GIVEN: Final = frozenset({"claim"})


@dataclass(frozen=True, slots=True)
class Stored:
    """An acceptable row: what it gives to the keys, the facts and the events of the layout, one after the other."""

    number: int
    place: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table(Sequence[Recorded]):
    """The rows of a table, each made into a complaint with its events when it is asked for."""

    layout: Layout
    rows: Sequence[Stored]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Recorded: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Recorded]: ...
    def __getitem__(self, place: int | slice) -> Recorded | Sequence[Recorded]:
        """Return the complaint of a row, with its events."""
        return Table(self.layout, self.rows[place]) if isinstance(place, slice) else self._recorded(self.rows[place])

    def _recorded(self, row: Stored) -> Recorded:
        values = iter(row.values)
        complaint = {name: value for name, _ in self.layout.keys if (value := next(values)) is not None}
        facts = {name: value for name, _ in self.layout.facts if (value := next(values)) is not None}
        if facts:
            complaint["facts"] = facts
        events = []
        for columns in self.layout.events:
            at = next(values)
            keys = {name: value for name, _ in columns.keys if (value := next(values)) is not None}
            data = {name: value for name, _ in columns.data if (value := next(values)) is not None}
            if at is not None:
                events.append({"kind": columns.kind, "at": at} | keys | ({"data": data} if data else {}))
        return Recorded(complaint=complaint, events=tuple(events), place=row.place)


@dataclass(slots=True)
class RowReader:
    """Reads rows under a layout, noting what is wrong. Equal texts of different rows are kept once."""

    layout: Layout
    instants: Instants
    places: Mapping[str, int]
    span: Span
    problems: list[Problem] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def read(self, row: Cells) -> Stored | Rejected:
        """Return what a row gives, or the row set aside with every problem."""
        number, place, cells = row
        self.problems = []
        values: list[Any] = [self._key(name, column, cells[self.places[column]]) for name, column in self.layout.keys]
        values += [self._fact(cells[self.places[column]]) for _, column in self.layout.facts]
        seen = [values[index] for index, (name, _) in enumerate(self.layout.keys) if name == "received_at"]
        for event in self.layout.events:
            found = self._event(event, cells)
            seen.append(found[0])
            values += found
        if self.problems:
            return Rejected(number=number, place=place, id=self._id(cells), problems=tuple(self.problems))
        for at in seen:
            if at is not None:
                self.span.see(at)
        return Stored(number, place, tuple(values))

    def _id(self, cells: Sequence[object]) -> str | None:
        column = dict(self.layout.keys)["id"]
        found = _text(cells[self.places[column]], column)
        return found if isinstance(found, str) else None

    def _kept(self, value: Any | Problem) -> Any:
        if isinstance(value, Problem):
            self.problems.append(value)
            return None
        return self.texts.setdefault(value, value) if isinstance(value, str) else value

    def _key(self, name: str, column: str, cell: object) -> Any:
        if cell is None:
            if name in {"id", "received_at"}:
                self.problems.append(Problem(code="missing_key", path=(column,), found="nothing", expected=f"`{name}`; every complaint has one"))
            return None
        if name in _INSTANTS:
            return self._kept(self.instants.read(cell, (column,), dates=name == "received_at"))
        return _number(cell) if name in _AS_GIVEN else self._kept(_text(cell, column))

    def _fact(self, cell: object) -> Any:
        return self._kept(_number(cell))

    def _event(self, event: EventColumns, cells: Sequence[object]) -> list[Any]:
        cell = cells[self.places[event.at]]
        at = None if cell is None else self._kept(self.instants.read(cell, (event.at,), dates=False))
        keys = [None if (given := cells[self.places[column]]) is None else self._kept(_text(given, column)) for _, column in event.keys]
        data = [self._fact(cells[self.places[column]]) for _, column in event.data]
        for (_, column), value in zip(event.data, data, strict=True):
            if cell is None and value is not None:
                expected = f"nothing, as `{event.at}` gives no instant for the event `{event.kind}`"
                self.problems.append(Problem(code="data_without_event", path=(column,), found="a value", expected=expected))
        return [at, *keys, *data]


def _text(cell: object, column: str) -> str | Problem:
    """Return a key as text. Whole numbers are written as such, also where a gap in their column has made them floats."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, (float, Decimal)) and cell == cell // 1:
        return str(int(cell))
    return Problem(code="wrong_type", path=(column,), found=type(cell).__name__, expected="text, or a whole number")


def _number(cell: object) -> object:
    """Return a float as the number that it is written as, since no rule compares floats; and everything else as it is."""
    if not isinstance(cell, float):
        return cell
    return int(cell) if cell.is_integer() else Decimal(repr(cell))


def tabulated(layout: Layout, header: Sequence[str], rows: Iterable[Cells | Rejected], timezone: str | None) -> Gathering:
    """Gather the rows of a table; each gives its cells in the order of the header."""
    span = Span(timezone)
    reader = RowReader(layout, Instants(timezone), {name: place for place, name in enumerate(header)}, span)
    rejected: list[Rejected] = []
    stored: list[Stored] = []
    for row in rows:
        read = row if isinstance(row, Rejected) else reader.read(row)
        if isinstance(read, Rejected):
            rejected.append(read)
        else:
            stored.append(read)
    names = [name for name, _ in layout.keys]
    case, received = names.index("id"), names.index("received_at")
    kept, twice = apart([(row.number, row.place, row.values[case]) for row in stored])
    ordered = sorted((stored[place] for place in kept), key=lambda row: sorting(row.values[received], row.values[case], timezone))
    return Gathering(
        cases=Gathered(Table(layout, ordered)),
        rejected=in_order([*rejected, *twice]),
        timezone=timezone,
        events=tuple(sorted(event.kind for event in layout.events)),
        fields=named([*names, *(name for name, _ in layout.facts), *(name for event in layout.events for name, _ in event.data)]),
        first=shown(span.first, timezone),
        last=shown(span.last, timezone),
        ignored_columns=layout.unused,
    )
