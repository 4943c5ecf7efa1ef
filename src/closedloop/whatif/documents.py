"""Reads complaints with their events from JSON Lines: one object a line, with the keys of a complaint and `events`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from closedloop.complaint_files import Rejected, Row
from closedloop.errors import Problem
from closedloop.whatif.recorded import Recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from closedloop.whatif.instants import Instants, Path


def documented(rows: Iterable[Row | Rejected], instants: Instants) -> Iterator[tuple[int, Recorded] | Rejected]:
    """Read each object as a complaint with its events, or set it aside with every problem."""
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            continue
        reading = _Reading(instants)
        complaint = reading.complaint(row.data)
        events = reading.events(row.data.get("events"))
        if reading.problems:
            case = row.data.get("id")
            known = str(case) if isinstance(case, (str, int)) else None
            yield Rejected(number=row.number, place=row.place, id=known, problems=tuple(reading.problems))
        else:
            yield row.number, Recorded(complaint=complaint, events=events, place=row.place)


class _Reading:
    """One reading of an object, gathering problems."""

    def __init__(self, instants: Instants) -> None:
        self.instants = instants
        self.problems: list[Problem] = []

    def complaint(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        read = {name: value for name, value in data.items() if name != "events"}
        for name in ("id", "received_at"):
            if read.get(name) is None:
                self.problems.append(Problem(code="missing_key", path=(name,), found="nothing", expected=f"`{name}`; every complaint has one"))
        case = read.get("id")
        if isinstance(case, bool) or not isinstance(case, (str, int, type(None))):
            self.problems.append(Problem(code="wrong_type", path=("id",), found=type(case).__name__, expected="text, or a whole number"))
        elif isinstance(case, str) and not case.strip():
            self.problems.append(Problem(code="empty", path=("id",), found="empty text", expected="the host's key of the complaint"))
        for name in ("received_at", "incident_at"):
            if read.get(name) is not None:
                read[name] = self._instant(read[name], (name,), dates=name == "received_at")
        facts = read.get("facts")
        if facts is not None and not isinstance(facts, Mapping):
            found = type(facts).__name__
            self.problems.append(Problem(code="wrong_type", path=("facts",), found=found, expected="an object from fact to value"))
        return read

    def events(self, given: object) -> tuple[Mapping[str, Any], ...]:
        if given is None:
            return ()
        if not isinstance(given, list):
            expected = "a list of events, each with `kind` and `at`"
            self.problems.append(Problem(code="wrong_type", path=("events",), found=type(given).__name__, expected=expected))
            return ()
        return tuple(self._event(each, ("events", place)) for place, each in enumerate(given))

    def _event(self, given: object, path: Path) -> Mapping[str, Any]:
        if not isinstance(given, Mapping):
            expected = "an event: an object with `kind` and `at`"
            self.problems.append(Problem(code="wrong_type", path=path, found=type(given).__name__, expected=expected))
            return {}
        read = dict(given)
        for name in ("kind", "at"):
            if read.get(name) is None:
                self.problems.append(Problem(code="missing_key", path=(*path, name), found="nothing", expected=f"`{name}`; every event has one"))
        kind = read.get("kind")
        if not isinstance(kind, (str, type(None))):
            self.problems.append(Problem(code="wrong_type", path=(*path, "kind"), found=type(kind).__name__, expected="the kind of event as text"))
        for name in ("at", "recorded_at"):
            if read.get(name) is not None:
                read[name] = self._instant(read[name], (*path, name), dates=False)
        return read

    def _instant(self, value: object, path: Path, *, dates: bool) -> datetime | date | None:
        read = self.instants.read(value, path, dates=dates)
        if isinstance(read, Problem):
            self.problems.append(read)
            return None
        return read
