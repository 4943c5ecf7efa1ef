"""Complaints with what happened to them, from wherever they are recorded."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from closedloop.whatif.gathering import Gathering, gathered, pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.complaint import Complaint, Event
    from closedloop.complaint_files import Rejected
    from closedloop.whatif.recorded import Cases, Recorded


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Caseload:
    """Complaints with what happened to them. Going through one gives `Recorded`; `len()` counts them.

    `rejected` are the rows that were set aside, with every reason. `events` are the kinds of event that are recorded, and
    `fields` the keys and facts of complaints. `first` and `last` are the first and the last instant; a bare date counts
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
