"""What a printed policy consists of, before it is written as Markdown or HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from closedloop.values.clauses import Provenance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.rendering.flow import Flow

#: Stands behind what groups entries and is itself no part of the policy.
NOTHING = Provenance(path="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One statement of the policy: a row of a table (`cells`), or a numbered clause of sentences, with rows under it.

    `lead` introduces the sentences as a list. `steps` is a small table whose first line is its header. `open` names what the
    source leaves out here.
    """

    title: str
    cells: tuple[str, ...] = ()
    lead: str = ""
    sentences: tuple[str, ...] = ()
    steps: tuple[tuple[str, ...], ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[Entry, ...] = ()
    open: tuple[str, ...] = ()
    provenance: Provenance = NOTHING

    @property
    def path(self) -> str:
        """The path in the document, or nothing for what only groups."""
        return self.provenance.path

    def table(self) -> tuple[tuple[str, ...], list[tuple[Entry, tuple[str, ...]]]]:
        """Return the header of the rows and the cells of each; a column in which nothing stands is left out."""
        kept = [place for place, _ in enumerate(self.header) if any(row.cells[place] for row in self.rows)]
        return tuple(self.header[place] for place in kept), [(row, tuple(row.cells[place] for place in kept)) for row in self.rows]

    def said(self, header: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return what the entry says, piece by piece, so that two versions of it can be compared; `header` names its cells."""
        cells = tuple(f"{name}: {cell or '—'}" for name, cell in zip(header, self.cells, strict=True))
        return (*cells, *((self.lead,) if self.lead else ()), *self.sentences, *(" · ".join(step) for step in self.steps[1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter: its title, a line of introduction, its entries; `quoted` prints the words of the source with them."""

    title: str
    intro: str = ""
    entries: tuple[Entry, ...] = ()
    quoted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table at the end of the document that refers to entries by their numbers."""

    title: str
    intro: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A whole printed policy, in one language."""

    lang: str
    title: str
    head: tuple[tuple[str, str], ...]
    intro: str
    flow_title: str
    flow_intro: str
    flow: Flow
    sections: tuple[Section, ...]
    listings: tuple[Listing, ...]
    signatures: Listing
    numbers: Mapping[str, str] = field(default_factory=dict)


def numbered(sections: tuple[Section, ...], first: int = 1) -> Iterator[tuple[str, Entry, tuple[str, ...]]]:
    """Go through every entry with its number and the header of the table in which it stands."""
    for chapter, section in enumerate(sections, first):
        for place, entry in enumerate(section.entries, 1):
            yield f"{chapter}.{place}", entry, ()
            for line, row in enumerate(entry.rows, 1):
                yield f"{chapter}.{place}.{line}", row, entry.header
