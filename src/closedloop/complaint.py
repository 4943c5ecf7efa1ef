"""What comes in: a complaint, and the events that happen to it afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from closedloop.errors import ClosedloopError, InvalidComplaint, InvalidEvent, InvalidValue, Problem, closest
from closedloop.values.facts import FactValue, from_plain, instant, instant_problems, to_plain, unambiguous
from closedloop.values.limits import Limit
from closedloop.values.mappings import FrozenMap
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

_FACT_TYPES: Final = (str, bool, int, Decimal, Money, Limit, datetime, frozenset)
_LONGEST_ID: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Complaint:
    """The facts at intake: who complains about what, when it was received, and the facts that the policy declares.

    `customer` is the actual customer also where somebody complains for them; then `proxy` says which kind of proxy.
    `category` is left out where the policy is to classify or to ask. A fact that is left out is missing, not false.

    Raises `InvalidComplaint` with every fault of shape at once; whether facts fit a policy is checked when it decides.
    """

    id: str
    received_at: datetime
    incident_at: datetime | None = None
    customer: str | None = None
    proxy: str | None = None
    subject: str | None = None
    category: str | None = None
    channel: str | None = None
    text: str | None = None
    claim: Money | None = None
    facts: Mapping[str, FactValue] = field(default_factory=FrozenMap)

    def __post_init__(self) -> None:
        """Check the shape."""
        problems = [*_instants(self, ("received_at", "incident_at")), *_words(self), *fact_shapes(self.facts)]
        if self.claim is not None and not isinstance(self.claim, Money):
            problems.append(_wrong_type(("claim",), self.claim, "an amount of money, such as Money.parse('5000 CNY')"))
        if problems:
            raise InvalidComplaint(problems)
        settle_instants(self, "received_at", "incident_at")
        settle_facts(self, "facts")

    def to_json(self) -> str:
        """Write the complaint as one line of JSON; reading it back gives an equal complaint."""
        return json.dumps(self.as_dict(), ensure_ascii=False, separators=(",", ":"))

    def as_dict(self) -> dict[str, Any]:
        """Return the complaint as plain JSON data, without what is not given."""
        data: dict[str, Any] = {"id": self.id, "received_at": self.received_at.isoformat()}
        zone = getattr(self.received_at.tzinfo, "key", None)
        if zone:
            data["timezone"] = zone
        if self.incident_at is not None:
            data["incident_at"] = self.incident_at.isoformat()
        data |= {name: str(value) for name in _TEXTS if name != "id" and (value := getattr(self, name)) is not None}
        if self.claim is not None:
            data["claim"] = to_plain(self.claim)
        if self.facts:
            data["facts"] = {name: to_plain(value) for name, value in self.facts.items()}
        return data

    def in_zone(self, zone: tzinfo) -> Complaint:
        """Return the same complaint with every instant written in one zone; it is equal to this one."""
        moved: dict[str, Any] = {name: at.astimezone(zone) for name in ("received_at", "incident_at") if (at := getattr(self, name)) is not None}
        return replace(self, **moved, facts=facts_in_zone(self.facts, zone))

    @classmethod
    def from_json(cls, text: str) -> Complaint:
        """Read what `to_json` wrote, or raise `InvalidComplaint` with every problem at once."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise InvalidComplaint([Problem(code="not_json", path=(), found="text that is not JSON", expected="one JSON object")]) from None
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: object) -> Complaint:
        """Read what `as_dict` returned, or raise `InvalidComplaint` with every problem at once."""
        if not isinstance(data, dict):
            raise InvalidComplaint([_wrong_type((), data, "an object with `id` and `received_at`")])
        problems: list[Problem] = [*_unknown_keys(data), *_missing_keys(data)]
        zone = _zone(data.get("timezone"), problems)
        given: dict[str, Any] = {}
        for name, value in data.items():
            if name in _READERS and value is not None:
                try:
                    given[name] = _READERS[name](value, zone)
                except InvalidComplaint as error:
                    problems.extend(error.problems)
                except ClosedloopError as error:
                    problems.append(Problem(code="wrong_type", path=(name,), found=_type_name(value), expected=str(error)))
            elif name in _TEXTS and value is not None:
                given[name] = value
        if problems:
            raise InvalidComplaint(problems)
        return cls(**given)


_TEXTS: Final = ("id", "customer", "proxy", "subject", "category", "channel", "text")


def _read_instant(value: object, zone: ZoneInfo | None) -> datetime:
    if not isinstance(value, str):
        message = "an instant with an offset, such as `2026-02-13T10:00:00+08:00`"
        raise InvalidValue(message)
    return instant(value, zone)


def _read_facts(value: object, zone: ZoneInfo | None) -> dict[str, FactValue]:
    if not isinstance(value, Mapping):
        message = "an object from fact to value"
        raise InvalidValue(message)
    facts: dict[str, FactValue] = {}
    problems: list[Problem] = []
    for name, each in value.items():
        if each is None:
            problems.append(_null_fact(name))
            continue
        try:
            facts[name] = from_plain(each, zone)
        except ClosedloopError as error:
            problems.append(Problem(code="wrong_type", path=("facts", name), found=_type_name(each), expected=str(error)))
    if problems:
        raise InvalidComplaint(problems)
    return facts


def _read_claim(value: object, zone: ZoneInfo | None) -> Money:
    claim = Money.parse(value) if isinstance(value, str) else from_plain(value, zone)
    if not isinstance(claim, Money):
        message = "an amount and a currency"
        raise InvalidValue(message)
    return claim


_READERS: Final = {"received_at": _read_instant, "incident_at": _read_instant, "claim": _read_claim, "facts": _read_facts}


def _zone(name: object, problems: list[Problem]) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(str(name))
    except (ValueError, OSError, LookupError):
        expected = "an IANA zone, such as Asia/Shanghai"
        problems.append(Problem(code="unknown_timezone", path=("timezone",), found=f"`{str(name)[:40]}`", expected=expected))
        return None


def _unknown_keys(data: Mapping[str, object]) -> Iterator[Problem]:
    known = [each.name for each in fields(Complaint)] + ["timezone"]
    for name in data:
        if name not in known:
            yield Problem(
                code="unknown_key",
                path=(name,),
                found=f"the key `{str(name)[:60]}`",
                expected=f"one of {', '.join(known)}",
                suggestion=closest(str(name), known),
            )


def _missing_keys(data: Mapping[str, object]) -> Iterator[Problem]:
    for name in ("id", "received_at"):
        if data.get(name) is None:
            yield Problem(code="missing_key", path=(name,), found="nothing", expected=f"`{name}`; every complaint has one")


def _type_name(value: object) -> str:
    return "nothing" if value is None else type(value).__name__


def _wrong_type(path: tuple[str | int, ...], value: object, expected: str) -> Problem:
    return Problem(code="wrong_type", path=path, found=_type_name(value), expected=expected)


def _null_fact(name: object) -> Problem:
    return Problem(code="null_fact", path=("facts", str(name)), found="nothing (null)", expected="a value; leave a fact out when it is not known")


_INSTANTS_LEFT_OUT: Final = frozenset({"incident_at", "recorded_at"})


def _instants(owner: object, names: tuple[str, ...]) -> Iterator[Problem]:
    for name in names:
        value = getattr(owner, name)
        if value is None and name in _INSTANTS_LEFT_OUT:
            continue
        if isinstance(value, datetime):
            yield from instant_problems((name,), value)
        else:
            yield _wrong_type((name,), value, "a datetime with a time zone")


def settle_instants(owner: object, *names: str) -> None:
    """Make the instants of a frozen value, where they are given, such that they compare rightly."""
    for name in names:
        given: datetime | None = getattr(owner, name)
        if given is not None and (exact := unambiguous(given)) is not given:
            object.__setattr__(owner, name, exact)


def settle_facts(owner: object, name: str) -> None:
    """Make the facts of a frozen value read-only, and instants among them such that they compare rightly."""
    facts: Mapping[str, FactValue] = getattr(owner, name)
    exact = {fact: at for fact, value in facts.items() if isinstance(value, datetime) and (at := unambiguous(value)) is not value}
    if exact or not isinstance(facts, FrozenMap):
        object.__setattr__(owner, name, FrozenMap({**facts, **exact} if exact else facts))


def _words(complaint: Complaint) -> Iterator[Problem]:
    for name in _TEXTS:
        value = getattr(complaint, name)
        if value is None and name != "id":
            continue
        if not isinstance(value, str):
            yield _wrong_type((name,), value, "text")
        elif not _writable(value):
            yield Problem(
                code="not_text", path=(name,), found="text with half a character (a lone surrogate)", expected="text that can be written as UTF-8"
            )
        elif name != "text" and not value.strip():
            yield Problem(code="empty", path=(name,), found="empty text", expected="a value; leave it out when it is not known")
        elif name == "id" and len(value) > _LONGEST_ID:
            yield Problem(code="too_long", path=(name,), found=f"{len(value)} characters", expected=f"at most {_LONGEST_ID} characters")


def text_problems(path: tuple[str | int, ...], value: object) -> Iterator[Problem]:
    """Say what is wrong with a text, where one is given: what is no text, or cannot be written."""
    if value is None:
        return
    if not isinstance(value, str):
        yield _wrong_type(path, value, "text")
    elif not _writable(value):
        expected = "text that can be written as UTF-8"
        yield Problem(code="not_text", path=path, found="text with half a character (a lone surrogate)", expected=expected)


def _plain(value: object) -> bool:
    return isinstance(value, str) and value.isascii()


def _writable(text: str) -> bool:
    """Whether text can be written: half a character, as broken decoding leaves it, cannot."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def fact_shapes(facts: object) -> Iterator[Problem]:
    """Say what is wrong with the shape of facts; whether they fit a policy is seen when it decides."""
    if not isinstance(facts, Mapping):
        yield _wrong_type(("facts",), facts, "a mapping from fact to value")
        return
    for name, value in facts.items():
        if not isinstance(name, str):
            yield _wrong_type(("facts", str(name)), name, "the name of a fact as text")
        elif value is None:
            yield _null_fact(name)
        elif not isinstance(value, _FACT_TYPES):
            yield _wrong_type(("facts", name), value, "text, bool, int, Decimal, Money, Limit, an aware datetime or a frozenset of codes")
        elif isinstance(value, datetime):
            yield from instant_problems(("facts", name), value)
        elif isinstance(value, str) and not (_writable(value) and _writable(name)):
            yield Problem(
                code="not_text", path=("facts",), found="text with half a character (a lone surrogate)", expected="text that can be written as UTF-8"
            )


def facts_in_zone(facts: Mapping[str, FactValue], zone: tzinfo) -> dict[str, FactValue]:
    """Return the same facts with every instant written in one zone."""
    return {name: value.astimezone(zone) if isinstance(value, datetime) else value for name, value in facts.items()}


def named(given: Any) -> Any:
    """Return an id as text: hosts number their events and people too."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


def must_be_complaint(given: object) -> None:
    """Raise `InvalidComplaint` for what is no complaint, and say how plain data becomes one."""
    if not isinstance(given, Complaint):
        raise InvalidComplaint([_wrong_type((), given, "a Complaint; policy.complaint(data) makes one of plain data")])


def aware(at: object) -> datetime:
    """Return an instant that was asked about, or raise `InvalidValue` for one that is none, has no zone, or lies too far off."""
    problems = list(instant_problems(("at",), at)) if isinstance(at, datetime) else [_wrong_type(("at",), at, "an aware datetime")]
    if problems or not isinstance(at, datetime):
        raise InvalidValue(str(problems[0]), found=problems[0].found)
    return unambiguous(at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who acts: a person or a system, and the party acted for."""

    id: str
    party: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened to a case: its kind, the instant, who did it and towards whom, and the facts that came with it.

    Events with the same `id` are one event. `recorded_at` is when it was written down, where that differs.
    """

    kind: str
    at: datetime
    by: Actor | None = None
    to: str | None = None
    id: str | None = None
    data: Mapping[str, FactValue] = field(default_factory=FrozenMap)
    recorded_at: datetime | None = None

    def __post_init__(self) -> None:
        """Check the shape."""
        problems = [*_instants(self, ("at", "recorded_at")), *fact_shapes(self.data)]
        kind: object = self.kind
        if not isinstance(kind, str) or not kind:
            problems.append(_wrong_type(("kind",), kind, "the kind of event as text"))
        if not self._is_plain():
            problems += self._words()
        if problems:
            raise InvalidEvent(problems)
        settle_instants(self, "at", "recorded_at")
        settle_facts(self, "data")

    def _is_plain(self) -> bool:
        """Whether the id, who acts and who is told are plain text, as they nearly always are: many events are made."""
        by: object = self.by
        acts = by is None or (isinstance(by, Actor) and _plain(by.id) and _plain(by.party))
        return acts and (self.id is None or _plain(self.id)) and (self.to is None or _plain(self.to))

    def _words(self) -> Iterator[Problem]:
        """Say what is wrong with the id and with who acts and who is told, which are text."""
        by: object = self.by
        yield from text_problems(("id",), self.id)
        yield from text_problems(("to",), self.to)
        if isinstance(by, Actor):
            yield from (*text_problems(("by", "id"), by.id), *text_problems(("by", "party"), by.party))
        elif by is not None:
            yield _wrong_type(("by",), by, "an Actor: who acts, and for which party")

    def as_dict(self) -> dict[str, Any]:
        """Return the event as plain JSON data, without what is not given."""
        data: dict[str, Any] = {"kind": str(self.kind), "at": self.at.isoformat()}
        if self.by is not None:
            data["by"] = {"id": self.by.id, "party": str(self.by.party)}
        data |= {name: str(value) for name in ("to", "id") if (value := getattr(self, name)) is not None}
        if self.data:
            data["data"] = {name: to_plain(value) for name, value in self.data.items()}
        if self.recorded_at is not None:
            data["recorded_at"] = self.recorded_at.isoformat()
        return data

    def in_zone(self, zone: tzinfo) -> Event:
        """Return the same event with every instant written in one zone; it is equal to this one."""
        moved: dict[str, Any] = {name: at.astimezone(zone) for name in ("at", "recorded_at") if (at := getattr(self, name)) is not None}
        return replace(self, **moved, data=facts_in_zone(self.data, zone))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Event:
        """Read what `as_dict` returned, or raise `InvalidEvent`."""
        try:
            given = {name: instant(data[name]) for name in ("at", "recorded_at") if data.get(name) is not None}
            by = Actor(id=named(data["by"]["id"]), party=data["by"]["party"]) if data.get("by") is not None else None
            facts = {str(name): from_plain(value) for name, value in data.get("data", {}).items()}
            return cls(kind=data["kind"], by=by, to=data.get("to"), id=named(data.get("id")), data=facts, **given)
        except InvalidEvent:
            raise
        except (KeyError, AttributeError, TypeError) as error:
            problem = Problem(code="wrong_type", path=(), found=f"an event without {error}", expected="an object with `kind` and `at`")
            raise InvalidEvent([problem]) from None
        except ClosedloopError as error:
            raise InvalidEvent([Problem(code="wrong_type", path=(), found="an event", expected=str(error))]) from None
