"""The events of a case as far as an instant: which count in the current round, and which facts they brought."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter, eq
from typing import TYPE_CHECKING, TypeAlias

from closedloop.evaluation.facts import event_facts
from closedloop.policy.standard import VOIDED
from closedloop.values.construction import constructor
from closedloop.values.facts import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from closedloop.complaint import Event
    from closedloop.policy.model import PolicyModel
    from closedloop.rules.states import Value

RECEIVED = "received"
CLOSED = "closed"
_instant, _kind = attrgetter("at"), attrgetter("kind")


@dataclass(frozen=True, slots=True)
class EventLog:
    """The events that count at an instant, first to last, by kind.

    `facts` that they brought have their latest values, `first_facts` their first, known since `known_since`, and as they are since
    `changed_at`. `happened` are the events of all rounds, each with the facts that it brought.
    """

    by_kind: Mapping[str, Sequence[Event]]
    facts: Mapping[str, Value]
    first_facts: Mapping[str, Value]
    known_since: Mapping[str, datetime]
    changed_at: Mapping[str, datetime]
    received_at: datetime
    round: int
    happened: tuple[tuple[Event, Mapping[str, Value]], ...] = ()

    def all(self, kind: str) -> Sequence[Event]:
        """Return the occurrences of a kind in the current round."""
        return self.by_kind.get(kind, ())

    def first(self, kind: str) -> datetime | None:
        """Return when an event of the kind first happened in the current round."""
        if kind == RECEIVED:
            return self.received_at
        found = self.by_kind.get(kind)
        return found[0].at if found else None


_event_log = constructor(EventLog)
#: An event with the facts that it brought, typed and checked.
Brought: TypeAlias = "tuple[Event, Mapping[str, Value]]"


class Course:
    """The events of a case in their order, each checked once: when it is first read."""

    def __init__(self, model: PolicyModel, events: Iterable[Event]) -> None:
        """Take the events in any order."""
        self.model = model
        #: As they were given.
        self.events = tuple(events)
        self._ordered = _in_order(self.events)
        self._instants = list(map(_instant, self._ordered))
        self._read: list[Brought | None] = [None] * len(self._ordered)
        ids = [event.id for event in self.events if event.id is not None]
        self._each_counts = len(ids) == len(set(ids)) and VOIDED not in map(_kind, self.events)

    def until(self, at: datetime, apart: Event | None = None) -> list[Brought]:
        """Return the events that happened by the instant, first to last, with the facts that they brought, one event left apart.

        Events with the same id are one; voided ones do not count. Raises `InvalidEvent` where an event is of no known kind, or brings
        facts that do not fit.
        """
        places: Iterable[int] = range(self._reached(at))
        if apart is not None:
            places = [place for place in places if self._ordered[place] is not apart]
        if not self._each_counts:
            counting = {id(event) for event in in_force(self.events, at) if apart is None or apart.id is None or event.id != apart.id}
            places = [place for place in places if id(self._ordered[place]) in counting]
        told: list[Brought] = []
        for place in places:
            found = self._read[place]
            if found is None:
                event = self._ordered[place]
                found = self._read[place] = event, event_facts(self.model, event)
            told.append(found)
        return told

    def first(self, name: str) -> Event:
        """Return the event of an id that counts: the first, should several have it."""
        return next(event for event in self._ordered if event.id == name)

    def after(self, at: datetime) -> datetime | None:
        """Return the instant of the first event that is dated later, whether it will count or not."""
        place = self._reached(at)
        return self._instants[place] if place < len(self._instants) else None

    def _reached(self, at: datetime) -> int:
        """Return how many events are dated up to an instant: mostly all of them."""
        found = self._instants
        return len(found) if not found or found[-1] <= at else bisect_right(found, at)

    def before(self, at: datetime) -> list[Brought]:
        """Return the events that happened before an instant, as they stood just before it."""
        earlier = bisect_left(self._instants, at)
        return self.until(self._instants[earlier - 1]) if earlier else []


def _in_order(events: tuple[Event, ...]) -> list[Event]:
    """Order events by instant; those of one instant by what they are, so that the order in which they are given plays no part."""
    found = sorted(events, key=_instant)
    instants = list(map(_instant, found))
    if not any(map(eq, instants, instants[1:])):
        return found
    return [event for _, group in groupby(found, key=_instant) for event in _of_one_instant(list(group))]


def _of_one_instant(events: list[Event]) -> list[Event]:
    # Mostly their kinds and ids tell them apart, and what else they say need not be written out.
    told_apart = len({_name(event) for event in events}) == len(events)
    return sorted(events, key=_name if told_apart else _place) if events[1:] else events


def read_log(model: PolicyModel, happened: Sequence[Brought], received_at: datetime) -> EventLog:
    """Read which of the events that happened, given first to last, count in the current round, and what they brought."""
    again: dict[str, tuple[str, ...]] = {}
    for each in model.rounds.values():
        again[each.on] = (*again.get(each.on, ()), *each.again)
    rounds = [event for event, _ in happened if event.kind in again]
    fresh = {kind: event.at for event in rounds for kind in again[event.kind]}
    by_kind: dict[str, list[Event]] = {}
    facts: dict[str, Value] = {}
    first: dict[str, Value] = {}
    since: dict[str, datetime] = {}
    changed: dict[str, datetime] = {}
    for event, brought in happened:
        kind = event.kind
        if kind in fresh and event.at <= fresh[kind]:
            continue
        if kind in by_kind:
            by_kind[kind].append(event)
        else:
            by_kind[kind] = [event]
        for name, value in brought.items():
            if name not in facts:
                first[name], since[name], changed[name] = value, event.at, event.at
            elif facts[name] != value:
                changed[name] = event.at
            facts[name] = value
    return _event_log(by_kind, facts, first, since, changed, received_at, 1 + len(rounds), tuple(happened))


def _name(event: Event) -> tuple[str, str]:
    return str(event.kind), event.id or ""


def _place(event: Event) -> tuple[tuple[str, str], str]:
    """Return what events of one instant are ordered by: all that they say, in a form that is the same however and wherever it is written."""
    by = None if event.by is None else [event.by.id, event.by.party]
    recorded = None if event.recorded_at is None else canonical(event.recorded_at)
    said = {name: canonical(value) for name, value in event.data.items()}
    return _name(event), json.dumps([by, event.to, recorded, said], sort_keys=True)


def in_force(events: Iterable[Event], at: datetime) -> Iterable[Event]:
    """Give the events that happened by the instant, in any round; of those with the same id the first counts, and voided ones do not."""
    events = tuple(events)
    voided = taken_back(events, at)
    seen: set[str] = set()
    for event in _in_order(events):
        if event.at > at or event.kind == VOIDED or (event.id is not None and (event.id in voided or event.id in seen)):
            continue
        if event.id is not None:
            seen.add(event.id)
        yield event


def taken_back(events: Iterable[Event], at: datetime) -> frozenset[str]:
    """Return the ids of the events that were voided by the instant."""
    return frozenset(str(event.data.get("event")) for event in events if event.kind == VOIDED and event.at <= at)
