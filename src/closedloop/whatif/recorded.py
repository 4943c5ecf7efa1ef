"""One complaint with what happened to it, not yet read by any policy, and many of them in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol
from zoneinfo import ZoneInfo

from closedloop.calendars import localise
from closedloop.complaint import Complaint, Event
from closedloop.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: The keys of a complaint beside its facts.
KEYS: Final = tuple(each.name for each in fields(Complaint) if each.name != "facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One complaint with what happened to it. Plain data has the keys that `Policy.complaint` and `Policy.event` take.

    `place` is how messages name it: `last_year.csv:17`, `row 17`, `case T-1`.
    """

    complaint: Complaint | Mapping[str, Any]
    events: tuple[Event | Mapping[str, Any], ...]
    place: str

    @property
    def id(self) -> str:
        """The host's key of the complaint."""
        return str(self._attribute("id"))

    @property
    def received_at(self) -> datetime | date:
        """When it was received: an instant, or a bare date, which each policy reads in its own way."""
        at: datetime | date = self._attribute("received_at")
        return at

    def value(self, field: str) -> str | None:
        """Return a key of the complaint, or a fact of it, as text; None where it is not given."""
        found = self._attribute(field)
        if found is None:
            found = (self._attribute("facts") or {}).get(field)
        return None if found is None else str(found)

    def _attribute(self, name: str) -> Any:
        return self.complaint.get(name) if isinstance(self.complaint, Mapping) else getattr(self.complaint, name, None)


class Cases(Protocol):
    """Where a caseload has its cases from: they are held in memory, or made when they are asked for."""

    def __len__(self) -> int:
        """Count the cases."""

    def __iter__(self) -> Iterator[Recorded]:
        """Go through the cases."""

    def partitions(self, together: tuple[str, ...] | None, size: int) -> Iterator[tuple[Recorded, ...]]:
        """Give the cases in parts of at least `size`; cases that agree in all fields of `together` are in one part."""


def must_be_size(size: int) -> None:
    """Raise `InvalidValue` for a size of a partition that is none."""
    if size < 1:
        raise InvalidValue(f"a partition holds at least 1 case, found {size}", found=str(size))


@dataclass(frozen=True, slots=True)
class Gathered:
    """Cases in memory, in the order of `sorting`."""

    rows: Sequence[Recorded]

    def __len__(self) -> int:
        """Count the cases."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Recorded]:
        """Go through the cases, in the order in which they were received."""
        return iter(self.rows)

    def partitions(self, together: tuple[str, ...] | None, size: int) -> Iterator[tuple[Recorded, ...]]:
        """Give the cases in parts of at least `size`, the last one excepted; their order does not depend on that of the rows."""
        must_be_size(size)
        if together is None:
            if self.rows:
                yield tuple(self.rows)
            return
        part: list[int] = []
        for group in self._groups(together):
            part.extend(group)
            if len(part) >= size:
                yield tuple(self.rows[place] for place in sorted(part))
                part = []
        if part:
            yield tuple(self.rows[place] for place in sorted(part))

    def _groups(self, together: tuple[str, ...]) -> Iterator[Sequence[int]]:
        """Give the places of cases that agree, in the order of the first of each; what lacks a field agrees with nothing."""
        if not together:
            yield from ((place,) for place in range(len(self.rows)))
            return
        groups: dict[tuple[str, ...] | int, list[int]] = {}
        for place, row in enumerate(self.rows):
            key = [value for name in together if (value := row.value(name)) is not None]
            groups.setdefault(tuple(key) if len(key) == len(together) else place, []).append(place)
        yield from groups.values()


def sorting(received_at: datetime | date, case: str, timezone: str | None) -> tuple[datetime, str]:
    """Return what cases are sorted by: the instant of receipt, for a bare date that of its beginning, and the id."""
    return first_instant(received_at, timezone), case


def first_instant(at: datetime | date, timezone: str | None) -> datetime:
    """Return the instant, for a bare date that of its beginning in the zone, else in UTC."""
    if isinstance(at, datetime):
        return at.astimezone(UTC)
    midnight = datetime.combine(at, time.min)
    if timezone is None:
        return midnight.replace(tzinfo=UTC)
    return localise(midnight, timezone, ambiguous="first", nonexistent="forward").astimezone(UTC)


def last_instant(at: datetime | date, timezone: str | None) -> datetime:
    """Return the instant, for a bare date that of its end."""
    return first_instant(at if isinstance(at, datetime) else at + timedelta(days=1), timezone)


def shown(at: datetime | None, timezone: str | None) -> datetime | None:
    """Return an instant on the clocks of a zone."""
    return at.astimezone(ZoneInfo(timezone)) if at is not None and timezone is not None else at
