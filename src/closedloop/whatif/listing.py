"""The changes of a comparison as a data frame, one row for each part of a case that changed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from closedloop.errors import MissingExtra, UnknownName
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from closedloop.whatif.changes import Change
    from closedloop.whatif.parts import Value

Backend = Literal["pandas", "polars", "pyarrow"]
_BACKENDS: Final[tuple[Backend, ...]] = get_args(Backend)
COLUMNS: Final = ("id", "received_at", "part", "before", "after", "rules", "clauses", "readings", "trace_only")


def value_text(value: Value) -> str | None:
    """Write the value of a part in one line."""
    return "; ".join(f"{name}: {text}" for name, text in value.items()) if isinstance(value, FrozenMap) else value


def rows(changed: Iterable[Change]) -> Iterator[tuple[Any, ...]]:
    """Give the cells of each row, in the order of `COLUMNS`."""
    for change in changed:
        for part in change.parts:
            behind = (", ".join(part.rules), ", ".join(part.clauses), ", ".join(part.readings))
            yield (change.id, change.received_at, part.part, value_text(part.before), value_text(part.after), *behind, part.trace_only)


def changes_frame(changed: Iterable[Change], backend: Backend | None) -> Any:
    """Make a data frame of what changed.

    Raises
    ------
    MissingExtra
        If Narwhals, or the backend, is not installed.
    UnknownName
        If there is no such backend.

    """
    if backend is not None and backend not in _BACKENDS:
        raise UnknownName.among("backend", str(backend), _BACKENDS)
    chosen = next((name for name in _BACKENDS if backend in {None, name} and find_spec(name) is not None), None)
    if chosen is None or find_spec("narwhals") is None:
        wanted = " or ".join(_BACKENDS if backend is None else [backend])
        raise MissingExtra(f"a data frame needs {wanted}, and Narwhals; install `closedloop[frames]` and {wanted}", extra="frames")
    import narwhals as nw

    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for row in rows(changed):
        for name, cell in zip(COLUMNS, row, strict=True):
            columns[name].append(cell)
    # An instant of one zone; where nothing changed no value says so.
    zone = str(columns["received_at"][0].tzinfo) if columns["received_at"] else "UTC"
    types: dict[str, Any] = dict.fromkeys(COLUMNS, nw.String()) | {"received_at": nw.Datetime("us", zone), "trace_only": nw.Boolean()}
    return nw.from_dict(columns, schema=types, backend=chosen).to_native()
