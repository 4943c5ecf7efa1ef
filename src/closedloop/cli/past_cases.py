"""Reads the earlier cases that a repeat rule, or a count, looks at, from the same kinds of file as complaints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from closedloop.calendars import localise
from closedloop.complaint_files import Rejected, read_complaints
from closedloop.deciding import case_problems
from closedloop.errors import InvalidComplaint, InvalidEvent, InvalidValue, Problem, closest
from closedloop.evaluation.facts import key_text
from closedloop.history import PastCase
from closedloop.intake import Intake
from closedloop.values.facts import instant_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.complaint import Event
    from closedloop.complaint_files import Columns, Row
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.facade import Policy
    from closedloop.values.facts import FactValue

_OWN_KEYS = ("id", "key", "received_at", "closed_at", "level")
_COUNTED_KEYS = ("facts", "events")
#: Stands in for the receipt of a case, which is read beside its facts.
_SOME_INSTANT = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def read_history(source: str, policy: Policy, *, timezone: str, columns: Columns | None = None) -> tuple[tuple[PastCase, ...], tuple[Rejected, ...]]:
    """Read past cases: `id`, `received_at`, `closed_at`, `level`, and what the policy compares, as `key` or as columns of their own.

    Where the policy counts over earlier cases they may have `events`, and their facts as columns or under `facts`. A wall time is
    read in `timezone`. A case that stands there twice is one. Rows that are not acceptable are returned beside the cases, and so are
    those that say something else than an earlier row of the same id.
    """
    file = read_complaints(source, columns)
    cases: dict[str, tuple[PastCase, str]] = {}
    aside = list(file.set_aside)
    for row in file.rows:
        try:
            _keep(cases, _past_case(row, policy, timezone), row.place)
        except InvalidComplaint as error:
            aside.append(Rejected(number=row.number, place=row.place, id=_text(row.data.get("id")), problems=error.problems))
    return tuple(case for case, _ in cases.values()), tuple(aside)


def _keep(cases: dict[str, tuple[PastCase, str]], case: PastCase, place: str) -> None:
    """Keep a case with its place. Raises `InvalidComplaint` where another of its id, which says something else, is there already."""
    first, where = cases.setdefault(case.id, (case, place))
    if first != case:
        found = f"the id of {where}, which says something else of that case"
        raise InvalidComplaint([Problem(code="duplicate_id", path=("id",), found=found, expected="an id of its own, or the same case")])


def _past_case(row: Row, policy: Policy, timezone: str) -> PastCase:
    data, book = row.data, policy.book
    same = tuple(dict.fromkeys(name for names in book.compared for name in names))
    known = tuple(dict.fromkeys((*_OWN_KEYS, *same, *((*_COUNTED_KEYS, *book.model.facts) if book.counts_earlier else ()))))
    problems = [_unknown(name, known) for name in data if name not in known]
    key = _key(data, Intake(book, timezone), same, problems)
    received = moment(data, "received_at", timezone, problems)
    closed = moment(data, "closed_at", timezone, problems)
    case_id = _text(data.get("id"))
    problems += [
        Problem(code="missing_key", path=(name,), found="nothing", expected=f"`{name}`; every past case has one")
        for name in ("id", "received_at")
        if not (_text(data.get(name)) or "").strip()
    ]
    facts, events = _happenings(row, policy, timezone, problems) if book.counts_earlier else (None, None)
    if problems or received is None or case_id is None:
        raise InvalidComplaint(problems)
    case = PastCase(id=case_id, key=key, received_at=received, closed_at=closed, level=_text(data.get("level")), facts=facts, events=events)
    unfit = [replace(problem, path=problem.path[2:]) for problem in case_problems(book, case)]
    if unfit:
        raise InvalidComplaint(unfit)
    return case


def _key(data: Mapping[str, Any], intake: Intake, same: tuple[str, ...], problems: list[Problem]) -> dict[str, str]:
    """Read the values that are compared, as those of a complaint are; those of a repeat must be there, for without them it would stay hidden."""
    repeats = intake.book.model.repeats
    given = data.get("key", {})
    if not isinstance(given, Mapping):
        problems.append(Problem(code="wrong_type", path=("key",), found=type(given).__name__, expected=f"an object with {', '.join(same)}"))
        given = {}
    stated = {name: value for name in same if (value := given.get(name, data.get(name))) is not None and str(value).strip()}
    read = {name: intake.fact(name, value, ("key", name)) for name, value in stated.items()}
    problems += intake.problems
    key = {name: text for name, value in read.items() if (text := key_text(value)) is not None}
    problems += [
        Problem(code="missing_key", path=("key", name), found="nothing", expected=f"`{name}`, which the repeat rule compares")
        for name in (repeats.same if repeats is not None else ())
        if name not in stated
    ]
    return key


def _happenings(row: Row, policy: Policy, timezone: str, problems: list[Problem]) -> tuple[Mapping[str, FactValue] | None, tuple[Event, ...] | None]:
    """Read the facts and events that a row gives: without any, they are not known, which is not the same as none."""
    own = policy.book.model.facts.keys() - set(_OWN_KEYS)
    stated = {name: value for name, value in row.data.items() if (name == "facts" or name in own) and value is not None}
    facts: Mapping[str, FactValue] | None = None
    try:
        complaint = policy.complaint({**stated, "id": "?", "received_at": _SOME_INSTANT}, assume_timezone=timezone)
        facts = PastCase.of(complaint, key={}).facts
    except InvalidComplaint as error:
        problems.extend(error.problems)
    events = _events(row, policy, timezone, problems)
    return facts if stated.keys() - _key_names(policy.book) else None, events


def _key_names(book: Rulebook) -> set[str]:
    return {name for names in book.compared for name in names}


def _events(row: Row, policy: Policy, timezone: str, problems: list[Problem]) -> tuple[Event, ...] | None:
    given = row.data.get("events")
    if given is None:
        return None
    if not isinstance(given, Sequence) or isinstance(given, str):
        expected = "a list of events; in a file of JSON, as a table has no place for it"
        problems.append(Problem(code="wrong_type", path=("events",), found=type(given).__name__, expected=expected))
        return None
    return tuple(_read_events(given, policy, timezone, problems))


def _read_events(given: Sequence[Any], policy: Policy, timezone: str, problems: list[Problem]) -> Iterator[Event]:
    for number, event in enumerate(given):
        try:
            yield policy.event(event, assume_timezone=timezone)
        except InvalidEvent as error:
            problems.extend(replace(problem, path=("events", number, *problem.path)) for problem in error.problems)


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
