"""The way in for JSON, forms and tables: reads a complaint or an event from plain data, and reports every problem at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from closedloop.calendars import localise
from closedloop.calendars.instants import zone as named_zone
from closedloop.complaint import Actor, Complaint, Event, named
from closedloop.errors import ClosedloopError, InvalidComplaint, InvalidEvent, InvalidValue, Problem, closest
from closedloop.evaluation.facts import event_facts, intake_facts
from closedloop.policy.standard import VOIDED
from closedloop.values.facts import from_plain
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import Fact

_KEYS: Final = tuple(each.name for each in fields(Complaint))
_TEXTS: Final = ("id", "customer", "proxy", "subject", "category", "channel", "text")
_EVENT_KEYS: Final = tuple(each.name for each in fields(Event))
#: Stands in for an instant that could not be read, so that the rest can be checked.
_SOME_INSTANT: Final = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_DATE: Final = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*")
#: Types of fact that a form or a table writes as text, and that must be read into what they are.
_WRITTEN: Final = frozenset({"yes_no", "number", "money", "limit", "instant"})


class Intake:
    """Reads one set of data under one policy, gathering problems."""

    def __init__(self, book: Rulebook, zone: str | None) -> None:
        """Read for a policy; `zone` is assumed for instants without one. Raises `UnknownTimezone`."""
        self.book = book
        self.zone = zone
        if zone is not None:
            named_zone(zone)
        self.problems: list[Problem] = []

    def add(self, code: str, path: tuple[str | int, ...], found: str, expected: str, suggestion: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(code=code, path=path, found=found, expected=expected, suggestion=suggestion))

    def with_others(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return what was noted, and what else was found elsewhere than where something was noted already."""
        seen = {problem.path for problem in self.problems}
        return [*self.problems, *(problem for problem in problems if problem.path not in seen)]

    # --- instants ---

    def instant(self, value: object, path: tuple[str | int, ...], *, dates: bool) -> datetime | None:
        """Read an instant; a bare date only where the policy says what such an arrival counts as."""
        if isinstance(value, str):
            value = self._written(value, path)
        if isinstance(value, datetime):
            return self._aware(value, path)
        if isinstance(value, date):
            return self._date(value, path, dates=dates)
        if value is not None:
            self.add("wrong_type", path, type(value).__name__, "an instant, such as `2026-02-13T10:00:00+08:00`")
        return None

    def _written(self, text: str, path: tuple[str | int, ...]) -> datetime | date | None:
        try:
            return date.fromisoformat(text.strip()) if _DATE.fullmatch(text) else datetime.fromisoformat(text.strip())
        except ValueError:
            self.add("wrong_type", path, text[:40], "an instant, such as `2026-02-13T10:00:00+08:00`")
            return None

    def _aware(self, value: datetime, path: tuple[str | int, ...]) -> datetime | None:
        if value.utcoffset() is not None:
            return value
        if self.zone is None:
            self.add("naive_datetime", path, value.isoformat(), "an instant with an offset; or name the zone to assume with `assume_timezone`")
            return None
        try:
            return localise(value, self.zone)
        except InvalidValue as error:
            self.add("no_such_instant", path, value.isoformat(), str(error))
            return None

    def _date(self, day: date, path: tuple[str | int, ...], *, dates: bool) -> datetime | None:
        for name, rule in self.book.model.clocks.items():
            if dates and rule.date_only not in {None, "refused"}:
                return self.book.clock(name).arrival(day)
        self.add("date_without_time", path, str(day), "an instant with its time of day; or a clock of the policy that states `date_only`")
        return None

    # --- facts ---

    def fact(self, name: str, value: object, path: tuple[str | int, ...]) -> Any:
        """Read a fact from what a form or a table gives; what is no text is taken as it is."""
        declared = self.book.model.facts.get(name)
        if value is None:
            self.add("null_fact", path, "nothing (null)", "a value; leave a fact out when it is not known")
            return None
        if declared is None:
            return value
        try:
            return self._typed(declared, value, path)
        except ClosedloopError as error:
            found = str(value)[:40] if declared.domain.type != "text" else "text"
            self.add("wrong_type", path, found, declared.domain.expected(), getattr(error, "suggestion", None))
            return None

    def _typed(self, declared: Fact, value: object, path: tuple[str | int, ...]) -> Any:
        domain = declared.domain
        if domain.many:
            if isinstance(value, (list, tuple, set, frozenset)):
                return frozenset(map(str, value))
            return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
        if domain.type == "instant" and isinstance(value, (str, date)):
            return self.instant(value, path, dates=False)
        if isinstance(value, str) and domain.type in _WRITTEN:
            return domain.parse(value.strip())
        return from_plain(value) if isinstance(value, dict) else value

    def facts(self, given: object, path: str) -> dict[str, Any]:
        """Read a mapping of facts."""
        if not isinstance(given, Mapping):
            self.add("wrong_type", (path,), type(given).__name__, "an object from fact to value")
            return {}
        read = {str(name): self.fact(str(name), value, (path, str(name))) for name, value in given.items()}
        return {name: value for name, value in read.items() if value is not None}


def read_complaint(book: Rulebook, data: Mapping[str, object], zone: str | None) -> Complaint:
    """Read a complaint from plain data, or raise `InvalidComplaint` with every problem at once, or `UnknownTimezone`."""
    intake = Intake(book, zone)
    if not isinstance(data, Mapping):
        raise InvalidComplaint([Problem(code="wrong_type", path=(), found=type(data).__name__, expected="an object with `id` and `received_at`")])
    given = _attributes(intake, data)
    stated = data.get("facts")
    facts = intake.facts({} if stated is None else stated, "facts")
    flat: set[str] = set()
    for name, value in data.items():
        if name in _KEYS:
            continue
        if name in facts:
            intake.add("given_twice", (str(name),), f"`{name}` here and under `facts`", "the fact in one of the two places")
        elif name in book.model.facts:
            flat.add(name)
            facts |= {name: read} if (read := intake.fact(name, value, (name,))) is not None else {}
        else:
            known = [*_KEYS, *(each for each, fact in book.model.facts.items() if fact.table is None and fact.at is None)]
            intake.add(
                "unknown_key", (str(name),), f"the key `{str(name)[:60]}`", "a key of a complaint, or a declared fact", closest(str(name), known)
            )
    return _finished(intake, given, facts, flat)


def _attributes(intake: Intake, data: Mapping[str, object]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name in ("received_at", "incident_at"):
        if data.get(name) is not None and (at := intake.instant(data[name], (name,), dates=name == "received_at")) is not None:
            given[name] = at
    for name in ("id", "received_at"):
        if data.get(name) is None:
            intake.add("missing_key", (name,), "nothing", f"`{name}`; every complaint has one")
    for name in _TEXTS:
        if data.get(name) is not None:
            value = data[name]
            given[name] = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if (claim := data.get("claim")) is not None:
        try:
            given["claim"] = Money.parse(claim) if isinstance(claim, str) else from_plain(claim)
        except ClosedloopError as error:
            intake.add("wrong_type", ("claim",), type(claim).__name__, str(error))
    return given


def _finished(intake: Intake, given: dict[str, Any], facts: dict[str, Any], flat: Collection[str]) -> Complaint:
    """Build the complaint, check its facts against the policy, and report what either finds together with what came before.

    The place of a problem is where the data has it: `flat` are the facts that stand beside the keys of the complaint.
    """
    try:
        complaint = Complaint(**{"id": "?", "received_at": _SOME_INSTANT, **given, "facts": facts})
        intake_facts(intake.book.model, complaint)
    except InvalidComplaint as error:
        found = (replace(each, path=each.path[1:]) if each.path[:1] == ("facts",) and each.path[-1] in flat else each for each in error.problems)
        raise InvalidComplaint(intake.with_others(found)) from None
    if intake.problems:
        raise InvalidComplaint(intake.problems)
    return complaint


def read_event(book: Rulebook, data: Mapping[str, object], zone: str | None) -> Event:
    """Read an event from plain data: `kind`, `at`, and where known `by` (`id`, `party`), `to`, `id`, `data`, `recorded_at`.

    Raises `InvalidEvent` with every problem at once, or `UnknownTimezone` for the zone to assume.
    """
    intake = Intake(book, zone)
    if not isinstance(data, Mapping):
        raise InvalidEvent([Problem(code="wrong_type", path=(), found=type(data).__name__, expected="an object with `kind` and `at`")])
    given = _said_of_event(intake, data)
    try:
        event = Event(**{"kind": "?", "at": _SOME_INSTANT, **given})
        if "kind" in given:
            event_facts(book.model, event)
    except InvalidEvent as error:
        raise InvalidEvent(intake.with_others(error.problems)) from None
    if event.kind == VOIDED and "event" not in event.data:
        intake.add("missing_key", ("data", "event"), "nothing", "the id of the event that is taken back")
    if intake.problems:
        raise InvalidEvent(intake.problems)
    return event


def _said_of_event(intake: Intake, data: Mapping[str, object]) -> dict[str, Any]:
    for name in data:
        if name not in _EVENT_KEYS:
            expected = "a key of an event; facts stand under `data`" if name in intake.book.model.facts else "a key of an event"
            intake.add("unknown_key", (str(name),), f"the key `{str(name)[:60]}`", expected, closest(str(name), _EVENT_KEYS))
    for name in ("kind", "at"):
        if data.get(name) is None:
            intake.add("missing_key", (name,), "nothing", f"`{name}`; every event has one")
    given: dict[str, Any] = {name: data[name] for name in ("kind", "to") if data.get(name) is not None}
    given |= {"id": named(data["id"])} if data.get("id") is not None else {}
    for name in ("at", "recorded_at"):
        if data.get(name) is not None and (at := intake.instant(data[name], (name,), dates=False)) is not None:
            given[name] = at
    if "to" in given:
        _known_party(intake, given["to"], ("to",))
    return given | {"data": intake.facts(data.get("data") or {}, "data"), "by": _actor(intake, data.get("by"))}


def _known_party(intake: Intake, party: object, path: tuple[str | int, ...]) -> bool:
    known = isinstance(party, str) and party in intake.book.model.parties
    if not known:
        intake.add("unknown_party", path, str(party)[:60], "a party of the policy", closest(str(party), intake.book.model.parties))
    return known


def _actor(intake: Intake, by: object) -> Actor | None:
    if by is None or isinstance(by, Actor):
        return by
    party = by if isinstance(by, str) else by.get("party") if isinstance(by, Mapping) else None
    if not _known_party(intake, party, ("by",)):
        return None
    return Actor(id=str(by.get("id", party)) if isinstance(by, Mapping) else str(party), party=str(party))
