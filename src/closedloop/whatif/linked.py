"""Earlier cases by the values in which a policy compares them with a complaint."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from closedloop.evaluation.situation import situation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
        self._groups = tuple(groups)
        self._cases: list[tuple[Mapping[str, str | None], T]] = []
        self._places: dict[str, dict[str | None, list[int]]] = {name: {} for names in self._groups for name in names}

    def add(self, values: Mapping[str, str | None], case: T) -> None:
        """Add a case with its values."""
        for name, places in self._places.items():
            places.setdefault(values.get(name), []).append(len(self._cases))
        self._cases.append((values, case))

    def find(self, values: Mapping[str, str | None]) -> tuple[T, ...]:
        """Return the cases that agree in some group, or may, in the order in which they were added."""
        found: set[int] = set()
        for names in self._groups:
            known = [name for name in names if values.get(name) is not None]
            if not known:
                return tuple(case for _, case in self._cases)
            found.update(place for place in self._like(known[0], values) if self._may_agree(place, known, values))
        return tuple(self._cases[place][1] for place in sorted(found))

    def _like(self, name: str, values: Mapping[str, str | None]) -> Iterator[int]:
        places = self._places[name]
        return chain(places.get(values[name], ()), places.get(None, ()))

    def _may_agree(self, place: int, names: Iterable[str], values: Mapping[str, str | None]) -> bool:
        theirs = self._cases[place][0]
        return all(theirs.get(name) in {None, values[name]} for name in names)
