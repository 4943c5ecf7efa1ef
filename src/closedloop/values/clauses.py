"""Where an outcome comes from: the clause of the source, the place in the policy, the readings it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.values.text import Lang


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the source document: its id, such as `000/5.3.2a`, and its words where the policy quotes them."""

    id: str
    text: str | None = None

    def __str__(self) -> str:
        """Give the id."""
        return self.id


#: Stands where a document says nothing.
NO_CLAUSE: Final = Clause("")


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """A named reading of an ambiguous clause, and the choice in force, such as `cutoff=day_boundary`."""

    reading: str
    choice: str

    def __str__(self) -> str:
        """Give `reading=choice`."""
        return f"{self.reading}={self.choice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What stands behind a rule: its path in the document, the clauses it cites, the readings that touch it, and its own words."""

    path: str
    clauses: tuple[Clause, ...] = ()
    readings: tuple[ReadingChoice, ...] = ()
    words: Mapping[Lang, str] = field(default_factory=FrozenMap)
    note: str | None = None
