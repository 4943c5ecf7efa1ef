"""The events of a case as far as an instant: which count in the current round, and which facts they brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedloop.evaluation.facts import event_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from closedloop.complaint import Event
    from closedloop.policy.model import PolicyModel
    from closedloop.rules.states import Value

RECEIVED = "received"
VOIDED = "voided"
CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class EventLog:
    """The events that count at an instant, first to last, by kind.

    `facts` that they brought have their latest values, `first_facts` their first, known since `known_since`, and as they are since
    `changed_at`. `happened` are the events of all rounds, each with the facts that it brought.
    """

    by_kind: Mapping[str, tuple[Event, ...]]
    facts: Mapping[str, Value]
    first_facts: Mapping[str, Value]
    known_since: Mapping[str, datetime]
    changed_at: Mapping[str, datetime]
    received_at: datetime
    round: int
    happened: tuple[tuple[Event, Mapping[str, Value]], ...] = ()

    def all(self, kind: str) -> tuple[Event, ...]:
        """Return the occurrences of a kind in the current round."""
        return self.by_kind.get(kind, ())

    def first(self, kind: str) -> datetime | None:
        """Return when an event of the kind first happened in the current round."""
        if kind == RECEIVED:
            return self.received_at
        found = self.by_kind.get(kind)
        return found[0].at if found else None


def read_log(model: PolicyModel, events: Iterable[Event], at: datetime, received_at: datetime) -> EventLog:
    """Read the events that happened by the instant. Events with the same id are one; voided ones do not count.

    Raises `InvalidEvent` where an event is of no known kind, or brings facts that do not fit.
    """
    happened = sorted(in_force(events, at), key=_place)
    checked = [(event, event_facts(model, event)) for event in happened]
    fresh = _round_starts(model, [event for event, _ in checked])
    by_kind: dict[str, list[Event]] = {}
    facts: dict[str, Value] = {}
    first: dict[str, Value] = {}
    since: dict[str, datetime] = {}
    changed: dict[str, datetime] = {}
    for event, brought in checked:
        if event.at < fresh.get(event.kind, event.at) or (event.kind in fresh and event.at == fresh[event.kind]):
            continue
        by_kind.setdefault(event.kind, []).append(event)
        for name, value in brought.items():
            if name not in facts or facts[name] != value:
                changed[name] = event.at
            facts[name] = value
            first.setdefault(name, value)
            since.setdefault(name, event.at)
    starts = {each.on for each in model.rounds.values()}
    rounds = 1 + sum(event.kind in starts for event, _ in checked)
    counting = {kind: tuple(found) for kind, found in by_kind.items()}
    return EventLog(counting, facts, first, since, changed, received_at, rounds, tuple(checked))


def _place(event: Event) -> tuple[datetime, str, str, str]:
    """Order events by instant; those of one instant by what they are, so that the order in which they are given plays no part."""
    return event.at, event.kind, event.id or "", str(sorted((name, str(value)) for name, value in event.data.items()))


def in_force(events: Iterable[Event], at: datetime) -> Iterable[Event]:
    """Give the events that happened by the instant, in any round; those with the same id are one, and voided ones do not count."""
    events = tuple(events)
    voided = taken_back(events, at)
    seen: set[str] = set()
    for event in events:
        if event.at > at or event.kind == VOIDED or (event.id is not None and (event.id in voided or event.id in seen)):
            continue
        if event.id is not None:
            seen.add(event.id)
        yield event


def taken_back(events: Iterable[Event], at: datetime) -> frozenset[str]:
    """Return the ids of the events that were voided by the instant."""
    return frozenset(str(event.data.get("event")) for event in events if event.kind == VOIDED and event.at <= at)


def _round_starts(model: PolicyModel, events: Iterable[Event]) -> dict[str, datetime]:
    """Return for each kind that must be done anew the instant after which it counts."""
    fresh: dict[str, datetime] = {}
    for event in events:
        for each in model.rounds.values():
            if each.on == event.kind:
                fresh |= dict.fromkeys(each.again, event.at)
    return fresh
