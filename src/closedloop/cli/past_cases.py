"""Reads the earlier cases that a repeat rule looks at, from the same kinds of file as complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from closedloop.calendars import localise
from closedloop.complaint_files import Rejected, read_complaints
from closedloop.errors import InvalidComplaint, InvalidValue, Problem, closest
from closedloop.history import PastCase
from closedloop.values.facts import instant_problems
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from closedloop.complaint_files import Columns, Row

_OWN_KEYS = ("id", "key", "received_at", "closed_at", "level")


@dataclass(slots=True)
class CaseIndex:
    """Earlier cases by the key that a repeat rule compares; grows while a stream is decided."""

    by_key: dict[Mapping[str, str], list[PastCase]] = field(default_factory=dict)

    def add(self, case: PastCase) -> None:
        """Add one more case."""
        self.by_key.setdefault(case.key, []).append(case)

    def find(self, key: Mapping[str, str]) -> tuple[PastCase, ...]:
        """Return the cases with that key."""
        return tuple(self.by_key.get(FrozenMap(key), ()))


def read_history(
    source: str, *, same: tuple[str, ...], timezone: str, columns: Columns | None = None
) -> tuple[tuple[PastCase, ...], tuple[Rejected, ...]]:
    """Read past cases: `id`, `received_at`, `closed_at`, `level`, and the parts of the key, as `key` or as columns of their own.

    `same` are the parts that the policy's repeat rule compares; a wall time is read in `timezone`. Rows that are not
    acceptable are returned beside the cases.
    """
    file = read_complaints(source, columns)
    cases: list[PastCase] = []
    aside = list(file.set_aside)
    for row in file.rows:
        try:
            cases.append(_past_case(row, same, timezone))
        except InvalidComplaint as error:
            aside.append(Rejected(number=row.number, place=row.place, id=_text(row.data.get("id")), problems=error.problems))
    return tuple(cases), tuple(aside)


def _past_case(row: Row, same: tuple[str, ...], timezone: str) -> PastCase:
    problems = [_unknown(name, (*_OWN_KEYS, *same)) for name in row.data if name not in (*_OWN_KEYS, *same)]
    key = row.data.get("key", {})
    if not isinstance(key, Mapping):
        problems.append(Problem(code="wrong_type", path=("key",), found=type(key).__name__, expected=f"an object with {', '.join(same)}"))
        key = {}
    key = {name: str(value) for name in same if (value := key.get(name, row.data.get(name))) is not None}
    problems += [
        Problem(code="missing_key", path=("key", name), found="nothing", expected=f"`{name}`, which the repeat rule compares")
        for name in same
        if name not in key
    ]
    received = moment(row.data, "received_at", timezone, problems)
    closed = moment(row.data, "closed_at", timezone, problems)
    case_id = _text(row.data.get("id"))
    problems += [
        Problem(code="missing_key", path=(name,), found="nothing", expected=f"`{name}`; every past case has one")
        for name in ("id", "received_at")
        if row.data.get(name) is None
    ]
    if problems or received is None or case_id is None:
        raise InvalidComplaint(problems)
    return PastCase(id=case_id, key=key, received_at=received, closed_at=closed, level=_text(row.data.get("level")))


def moment(data: Mapping[str, Any], name: str, timezone: str, problems: list[Problem]) -> datetime | None:
    """Read an instant from a row, a wall time in `timezone`; None where it is not given. What is wrong is added to `problems`."""
    given = data.get(name)
    if given is None:
        return None
    try:
        value = datetime.fromisoformat(given) if isinstance(given, str) and len(given) > len("2026-02-13") else None
    except ValueError:
        value = None
    if value is None:
        found = f"`{str(given)[:40]}`"
        problems.append(Problem(code="wrong_type", path=(name,), found=found, expected="an instant, such as `2026-02-13T10:00:00`"))
        return None
    try:
        at = value if value.tzinfo is not None else localise(value, timezone)
    except InvalidValue as error:
        problems.append(Problem(code="naive_datetime", path=(name,), found=f"`{given[:40]}`", expected=str(error)))
        return None
    problems += (wrong := list(instant_problems((name,), at)))
    return None if wrong else at


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _unknown(name: str, known: tuple[str, ...]) -> Problem:
    return Problem(
        code="unknown_key", path=(name,), found=f"the key `{name[:60]}`", expected=f"one of {', '.join(known)}", suggestion=closest(name, known)
    )
