"""Earlier cases, and what to ask a host's database for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any, Final

from closedloop.complaint import Complaint, Event, fact_shapes, facts_in_zone, settle_facts, settle_instants, text_problems
from closedloop.errors import ClosedloopError, InvalidComplaint, Problem
from closedloop.values.facts import FactValue, from_plain, instant, instant_problems, to_plain
from closedloop.values.mappings import FrozenMap

#: The facts that a complaint carries as attributes of its own.
_ATTRIBUTES: Final = ("customer", "subject", "category", "channel", "text", "claim", "proxy", "incident_at")


@dataclass(frozen=True, kw_only=True, slots=True)
class PastCase:
    """An earlier case: its key, when it was received and closed, its final level, and what counts and totals look at.

    `key` holds the values that the policy compares, for repeats and for counts (`RepeatQuery.key` names those of repeats).
    `closed_at` is None while the case is open. `facts` are those of its complaint, `customer`, `subject` and their like
    included, and `events` what happened in it, up to now: None where they are not given, which is not the same as none.
    """

    id: str
    key: Mapping[str, str]
    received_at: datetime
    closed_at: datetime | None = None
    level: str | None = None
    facts: Mapping[str, FactValue] | None = None
    events: tuple[Event, ...] | None = None

    def __post_init__(self) -> None:
        """Check the shape, and that the case was not closed before it was received."""
        problems: list[Problem] = []
        for name in ("received_at", "closed_at"):
            value = getattr(self, name)
            if value is None and name == "closed_at":
                continue
            if isinstance(value, datetime):
                problems.extend(instant_problems(("history", self.id, name), value))
            else:
                problems.append(Problem(code="wrong_type", path=("history", self.id, name), found=type(value).__name__, expected="an aware datetime"))
        if not problems:
            settle_instants(self, "received_at", "closed_at")
        if not problems and self.closed_at is not None and self.closed_at < self.received_at:
            problems.append(
                Problem(
                    code="closed_before_received", path=("history", self.id, "closed_at"), found="a closing before receipt", expected="a later one"
                )
            )
        if not isinstance(self.key, Mapping):
            problems.append(Problem(code="wrong_type", path=("history", self.id, "key"), found=type(self.key).__name__, expected="a mapping"))
        problems.extend(self._words())
        problems.extend(self._happenings())
        if problems:
            raise InvalidComplaint(problems)
        object.__setattr__(self, "key", FrozenMap(self.key))
        if self.facts is not None:
            settle_facts(self, "facts")
        if self.events is not None:
            object.__setattr__(self, "events", tuple(self.events))

    def _words(self) -> Iterator[Problem]:
        """Say what is wrong with the id, the level and the key, which are text."""
        yield from text_problems(("history", "id"), self.id)
        yield from text_problems(("history", self.id, "level"), self.level)
        given: object = self.key
        for name, value in given.items() if isinstance(given, Mapping) else ():
            yield from text_problems(("history", self.id, "key"), name)
            yield from text_problems(("history", self.id, "key", name), value)

    def _happenings(self) -> Iterator[Problem]:
        """Say what is wrong with the shape of facts and events."""
        for problem in fact_shapes(self.facts) if self.facts is not None else ():
            yield replace(problem, path=("history", self.id, *problem.path))
        given: object = self.events
        events = given if isinstance(given, (tuple, list)) else (given,)
        for number, event in enumerate(() if given is None else events):
            if not isinstance(event, Event):
                path = ("history", self.id, "events", number)
                yield Problem(code="wrong_type", path=path, found=type(event).__name__, expected="an Event; give several as a tuple")

    @classmethod
    def of(
        cls,
        complaint: Complaint,
        *,
        key: Mapping[str, str],
        closed_at: datetime | None = None,
        level: str | None = None,
        events: Iterable[Event] | None = None,
    ) -> PastCase:
        """Return a complaint as later ones see it: with all its facts, and what happened, where that is known."""
        facts = dict(complaint.facts) | {name: value for name in _ATTRIBUTES if (value := getattr(complaint, name)) is not None}
        happened = None if events is None else tuple(events)
        return cls(id=complaint.id, key=key, received_at=complaint.received_at, closed_at=closed_at, level=level, facts=facts, events=happened)

    def as_dict(self) -> dict[str, Any]:
        """Return the case as plain JSON data."""
        data: dict[str, Any] = {
            "id": self.id,
            "key": dict(self.key),
            "received_at": self.received_at.isoformat(),
            "closed_at": self.closed_at.isoformat() if self.closed_at else None,
            "level": str(self.level) if self.level is not None else None,
        }
        if self.facts is not None:
            data["facts"] = {name: to_plain(value) for name, value in self.facts.items()}
        if self.events is not None:
            data["events"] = [event.as_dict() for event in self.events]
        return data

    def in_zone(self, zone: tzinfo) -> PastCase:
        """Return the same case with its instants written in one zone."""
        return replace(
            self,
            received_at=self.received_at.astimezone(zone),
            closed_at=self.closed_at.astimezone(zone) if self.closed_at else None,
            facts=None if self.facts is None else facts_in_zone(self.facts, zone),
            events=None if self.events is None else tuple(event.in_zone(zone) for event in self.events),
        )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> PastCase:
        """Read what `as_dict` returned, or raise `InvalidComplaint`."""
        try:
            closed, facts, events = (data.get(name) for name in ("closed_at", "facts", "events"))
            return cls(
                id=str(data["id"]),
                key={str(name): str(value) for name, value in data["key"].items()},
                received_at=instant(str(data["received_at"])),
                closed_at=instant(str(closed)) if closed is not None else None,
                level=data.get("level"),
                facts={str(name): from_plain(value) for name, value in facts.items()} if facts is not None else None,
                events=tuple(Event.from_dict(event) for event in events) if events is not None else None,
            )
        except (KeyError, AttributeError, TypeError) as error:
            problem = Problem(code="wrong_type", path=("history",), found=f"a past case without {error}", expected="id, key, received_at")
            raise InvalidComplaint([problem]) from None
        except InvalidComplaint:
            raise
        except ClosedloopError as error:
            raise InvalidComplaint([Problem(code="wrong_type", path=("history",), found="a past case", expected=str(error))]) from None


@dataclass(frozen=True, kw_only=True, slots=True)
class RepeatQuery:
    """What to ask the host's database: cases with this key that are open, or were closed at `closed_since` or later."""

    key: Mapping[str, str]
    closed_since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CountQuery:
    """What to ask the host's database for a fact that counts, or adds up, over earlier cases: all cases with these values, open or closed.

    A value that is not known is not in `key`: cases may then agree whatever theirs is.
    """

    fact: str
    key: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class History:
    """Earlier cases as one value. An empty history says that there are none; `None` in its place says nobody looked."""

    cases: tuple[PastCase, ...] = ()
    _by_key: dict[Mapping[str, str], list[PastCase]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Index the cases by their key."""
        object.__setattr__(self, "cases", tuple(self.cases))
        for case in self.cases:
            self._by_key.setdefault(case.key, []).append(case)

    def append(self, case: PastCase) -> History:
        """Return a history with one more case."""
        return History((*self.cases, case))

    def find(self, query: RepeatQuery) -> tuple[PastCase, ...]:
        """Return the cases that the query asks for."""
        found = self._by_key.get(FrozenMap(query.key), ())
        return tuple(case for case in found if case.closed_at is None or case.closed_at >= query.closed_since)

    def to_json(self) -> str:
        """Write the history as JSON."""
        return json.dumps([case.as_dict() for case in self.cases], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> History:
        """Read what `to_json` wrote, or raise `InvalidComplaint`."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
            problem = Problem(code="not_json", path=("history",), found="something else", expected="a JSON list of past cases")
            raise InvalidComplaint([problem])
        return cls(tuple(PastCase.from_dict(each) for each in data))


def cases_of(history: Iterable[PastCase] | History | None) -> tuple[PastCase, ...] | None:
    """Return the cases of whatever was given as history; None stays None: nobody looked.

    Raises `InvalidComplaint` for what is no history. A case that was given several times is one.
    """
    if history is None:
        return None
    given: object = history.cases if isinstance(history, History) else history
    cases = tuple(given) if isinstance(given, Iterable) and not isinstance(given, (str, bytes, Mapping)) else (given,)
    alone = len(cases) == 1 and cases[0] is given
    if alone or not all(isinstance(case, PastCase) for case in cases):
        wrong = next((case for case in cases if not isinstance(case, PastCase)), given)
        expected = "a History, a sequence of PastCase, `()` for none, or None where nobody looked"
        raise InvalidComplaint([Problem(code="wrong_type", path=("history",), found=type(wrong).__name__, expected=expected)])
    return _once(cases)


def _once(cases: tuple[PastCase, ...]) -> tuple[PastCase, ...]:
    """Return each case once: several queries may have found it. Raises `InvalidComplaint` where one id stands for different cases."""
    found: dict[str, PastCase] = {}
    for case in cases:
        first = found.setdefault(case.id, case)
        # Mostly it is the very same object, and its facts and events need not be compared.
        if first is not case and first != case:
            problem = Problem(code="given_twice", path=("history", case.id), found="two cases of this id that differ", expected="one of them")
            raise InvalidComplaint([problem])
    return cases if len(found) == len(cases) else tuple(found.values())
