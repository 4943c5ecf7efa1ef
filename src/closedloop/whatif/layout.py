"""Which column of a table gives what: checked against the header before a row is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from closedloop.errors import InvalidValue, UnknownName
from closedloop.whatif.recorded import KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Of an event: the column of its instant, or a mapping with the columns of `at`, `by`, `to`, `id`, and of the facts in its `data`.
EventMapping: TypeAlias = Mapping[str, str | Mapping[str, object]]

#: Keys that every complaint has.
REQUIRED: Final = ("id", "received_at")
_EVENT_KEYS: Final = ("at", "by", "to", "id", "data")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventColumns:
    """The columns of one kind of event: its instant, the keys beside it, and the facts that come with it."""

    kind: str
    at: str
    keys: tuple[tuple[str, str], ...] = ()
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Pairs of a key of a complaint, or a fact, and its column; the events; and the columns that give nothing."""

    keys: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    events: tuple[EventColumns, ...]
    unused: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        events = (column for event in self.events for column in (event.at, *(name for _, name in (*event.keys, *event.data))))
        return tuple(dict.fromkeys((*(column for _, column in (*self.keys, *self.facts)), *events)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mappings:
    """What the host says of the columns: which gives a key of a complaint, a fact, an event, and which are left out."""

    columns: Mapping[str, str]
    facts: Mapping[str, str]
    events: EventMapping
    ignore: Collection[str]

    def layout(self, header: Sequence[str]) -> Layout:
        """Lay the mappings over the header of a table.

        A column that nobody maps is taken where it is called like a key of a complaint that nobody maps either.

        Raises
        ------
        UnknownName
            For a column that is not in the header, or a key that does not exist, with the nearest.
        InvalidValue
            If nothing gives the id or the instant of receipt, or a mapping is not of its form.

        """
        events = tuple(_event(kind, given) for kind, given in self.events.items())
        self._check_names()
        mapped = Layout(keys=tuple(self.columns.items()), facts=tuple(self.facts.items()), events=events, unused=())
        for column in (*mapped.columns, *sorted(self.ignore)):
            if column not in header:
                raise UnknownName.among("column", str(column), header)
        taken = {*mapped.columns, *self.ignore}
        named = tuple((name, name) for name in header if name in KEYS and name not in taken and name not in self.columns)
        keys = (*mapped.keys, *named)
        for name in REQUIRED:
            if name not in dict(keys):
                raise InvalidValue(f"no column gives `{name}`; map one with columns={{'{name}': ...}}, there are {', '.join(header)}", found=name)
        used = {*taken, *(name for name, _ in named)}
        return Layout(keys=keys, facts=mapped.facts, events=events, unused=tuple(name for name in header if name not in used))

    def _check_names(self) -> None:
        for key in self.columns:
            if key in self.facts:
                raise InvalidValue(f"`{key}` is mapped twice, by `columns` and by `facts`", found=key)
            if key not in KEYS:
                raise UnknownName(f"{UnknownName.among('key of a complaint', str(key), KEYS)}; a fact is mapped by `facts`, an event by `events`")
        for fact in self.facts:
            if fact in KEYS:
                raise InvalidValue(f"`{fact}` is a key of a complaint, not a fact; map it by `columns`", found=fact)


def _event(kind: str, given: object) -> EventColumns:
    if isinstance(given, str):
        return EventColumns(kind=kind, at=given)
    if not isinstance(given, Mapping):
        raise InvalidValue(f"the event `{kind}` is mapped to a {type(given).__name__}; give a column, or a mapping with `at`", found=kind)
    for key in given:
        if key not in _EVENT_KEYS:
            raise UnknownName.among("key of an event", str(key), _EVENT_KEYS)
    if "at" not in given:
        raise InvalidValue(f"the event `{kind}` has no column for `at`, its instant", found=kind)
    data = given.get("data", {})
    if not isinstance(data, Mapping):
        raise InvalidValue(f"`data` of the event `{kind}` is a {type(data).__name__}; give a mapping from fact to column", found=kind)
    keys = tuple((key, _column(kind, given[key])) for key in ("by", "to", "id") if key in given)
    return EventColumns(kind=kind, at=_column(kind, given["at"]), keys=keys, data=tuple(_columns(kind, data)))


def _columns(kind: str, data: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    for fact, column in data.items():
        yield str(fact), _column(kind, column)


def _column(kind: str, given: object) -> str:
    if not isinstance(given, str):
        raise InvalidValue(f"a column of the event `{kind}` is a {type(given).__name__}; give its name", found=kind)
    return given
