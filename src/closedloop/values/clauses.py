"""Where an outcome comes from: the clause of the source, the place in the policy, the readings it rests on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the source document: its id, such as `000/5.3.2a`, and its words where the policy quotes them."""

    id: str
    text: str | None = None

    def __str__(self) -> str:
        """Give the id."""
        return self.id


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
    """What stands behind a rule: its path in the document, the clauses it cites, the readings that touch it."""

    path: str
    clauses: tuple[Clause, ...] = ()
    readings: tuple[ReadingChoice, ...] = ()
    note: str | None = None

    @property
    def clause(self) -> Clause | None:
        """The first clause cited, or None for a part that cites none."""
        return self.clauses[0] if self.clauses else None
