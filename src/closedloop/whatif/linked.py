"""Earlier cases by the values in which a policy compares them with a complaint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from closedloop.evaluation.situation import situation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from closedloop.complaint import Complaint, Event
    from closedloop.evaluation.rulebook import Rulebook

T = TypeVar("T")


def compared(book: Rulebook, complaint: Complaint, events: Iterable[Event] = ()) -> dict[str, str | None]:
    """Return the values of a complaint in the fields that are compared; None for one that is not known, or that events restate."""
    now = situation(book, complaint, ())
    told = {name for event in events for name in event.data}
    restated = told | (book.program.tables.keys() if told else set())
    return {name: None if name in restated else now.part(name) for names in book.compared for name in names}


class Linked(Generic[T]):
    """Cases, each found again by complaints that agree with it in a group of fields, or may."""

    def __init__(self, groups: Iterable[tuple[str, ...]]) -> None:
        """Start without cases; `groups` are the fields that are compared together."""
        self._cases: list[T] = []
        self._places: dict[tuple[str, ...], dict[tuple[str, ...] | None, list[int]]] = {names: {} for names in groups}

    def add(self, values: Mapping[str, str | None], case: T) -> None:
        """Add a case with its values."""
        for names, places in self._places.items():
            places.setdefault(_of(names, values), []).append(len(self._cases))
        self._cases.append(case)

    def find(self, values: Mapping[str, str | None]) -> tuple[T, ...]:
        """Return the cases that agree in some group, or may, in the order in which they were added."""
        found: set[int] = set()
        for names, places in self._places.items():
            mine = _of(names, values)
            if mine is None:
                return tuple(self._cases)
            found.update(places.get(mine, ()), places.get(None, ()))
        return tuple(self._cases[place] for place in sorted(found))


def _of(names: tuple[str, ...], values: Mapping[str, str | None]) -> tuple[str, ...] | None:
    known = tuple(value for name in names if (value := values.get(name)) is not None)
    return known if len(known) == len(names) else None
