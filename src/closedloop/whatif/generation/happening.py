"""Lets a case take its course: draws which events happen, when, by whom, and what comes with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from closedloop.complaint import Event
from closedloop.values.mappings import FrozenMap
from closedloop.whatif.generation.course import APPROVED, CLOSED, RECEIVED, REOPENED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from closedloop.complaint import Actor
    from closedloop.policy.model import Start
    from closedloop.whatif.generation.course import Course, Step
    from closedloop.whatif.generation.draws import Draws

_NOTHING: Final = FrozenMap[str, Any]()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = 60
_HUNDRED: Final = 100
#: Delays, as shares of the limit in a thousand: how many of a hundred lie between the one before and this one.
_DELAYS: Final = ((75, 30, 950), (90, 950, 1500), (99, 1500, 3500))
_LONGEST: Final = 5000
_CHANCE_ROUND: Final = 12
_CHANCE_APPROVED: Final = 85
_ROUND: Final = 5 * 24 * 3600


def seconds(at: datetime) -> int:
    """Return an instant as whole seconds since 1970 UTC."""
    passed = at - _EPOCH
    return passed.days * 86_400 + passed.seconds


def instant(at: int, zone: ZoneInfo) -> datetime:
    """Return what `seconds` gave as an instant on the clocks of a zone."""
    return (_EPOCH + timedelta(seconds=at)).astimezone(zone)


@dataclass(slots=True)
class Happening:
    """One case on its course. Instants are whole seconds; what would happen after `end` is not recorded."""

    course: Course
    draws: Draws
    customer: str
    received: int
    end: int
    zone: ZoneInfo
    unknown: int
    events: list[Event] = field(default_factory=list)
    happened: dict[str, int] = field(default_factory=dict)
    due: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    latest: int = 0
    attempt: int = 0

    def run(self) -> tuple[Event, ...]:
        """Let the case take its course, and return its events in the order of time."""
        self.happened[RECEIVED] = self.latest = self.received
        self._take(self.course.before, self.received)
        rounds = [each for each in self.course.rounds if each.on != REOPENED]
        for each in rounds:
            self._again(each.on, each.purpose, each.steps)
        self._take(self.course.closing, self.received)
        self._take(self.course.after, self.received)
        for each in self.course.rounds:
            if each.on == REOPENED and CLOSED in self.happened:
                self._again(each.on, each.purpose, (*each.steps, *self.course.closing))
        return tuple(sorted(self.events, key=lambda event: event.at))

    def _again(self, on: str, purpose: bytes, steps: Iterable[Step]) -> None:
        chance, delay, _, _ = self.draws.of(purpose)
        if chance % _HUNDRED >= _CHANCE_ROUND:
            return
        at = self.latest + 1 + delay % _ROUND
        self._record(on, at, (), None, 0)
        self.attempt += 1
        closed = self.happened.pop(CLOSED, None)
        self._take([step for step in steps if CLOSED not in step.kinds or closed is not None], at)

    def _take(self, steps: Iterable[Step], floor: int) -> None:
        for step in steps:
            begun = self._begun(step.starts)
            if begun is not None:
                self._step(step, max(begun, floor))

    def _begun(self, starts: Iterable[Start]) -> int | None:
        begun: int | None = None
        for start in starts:
            at = self.happened.get(start.of) if start.what == "event" else self._ran_out(start)
            if at is not None and (begun is None or at < begun):
                begun = at
        return begun

    def _ran_out(self, start: Start) -> int | None:
        if start.of not in self.due:
            return None
        due, done = self.due[start.of]
        in_time = done is not None and done <= due
        return None if start.what == "late" and in_time else due

    def _step(self, step: Step, begun: int) -> None:
        chance, which, delay, more = self.draws.of(step.purpose, self.attempt)
        span = step.spans[which % len(step.spans)]
        kind = step.kinds[more % len(step.kinds)]
        done: int | None = None
        if chance % _HUNDRED < step.chance:
            at = begun + span * _permille(delay) // 1000
            done = max(at, self.latest + _MINUTE) if kind == CLOSED else at
            if kind in self.course.approvals:
                self._approve(kind, done)
            for time in range(step.times):
                done += time * span // 2
                self._record(kind, done, step.by, step.to, more)
        for duty in step.duties:
            self.due[duty] = (begun + span, done)

    def _approve(self, kind: str, at: int) -> None:
        parties = self.course.approvals[kind]
        for place, party in enumerate(parties):
            chance, _, _, _ = self.draws.of(b"approved " + kind.encode(), self.attempt * _HUNDRED + place)
            if chance % _HUNDRED < _CHANCE_APPROVED:
                self._record(APPROVED, at - (len(parties) - place), (party,), None, 0, {"of": kind})

    def _record(self, kind: str, at: int, by: tuple[Actor, ...], to: str | None, number: int, data: dict[str, Any] | None = None) -> None:
        if at > self.end:
            return
        self.happened[kind] = at
        self.latest = max(self.latest, at)
        when = instant(at, self.zone)
        actor = by[number // _HUNDRED % len(by)] if by else None
        self.events.append(Event(kind=kind, at=when, by=actor, to=to, data=self._data(kind, when) if data is None else data))

    def _data(self, kind: str, at: datetime) -> Mapping[str, Any]:
        makers = self.course.data[kind]
        if not makers:
            return _NOTHING
        found: dict[str, Any] = {}
        for maker in makers:
            chance, number, _, _ = self.draws.of(kind.encode() + b" " + maker.purpose, self.attempt)
            if chance >= self.unknown:
                found[maker.fact] = maker.make(self.customer, at, number)
        return found


def _permille(number: int) -> int:
    """Return how much of its limit an event takes, in a thousandth."""
    place, share = divmod(number, _HUNDRED)
    for below, low, high in _DELAYS:
        if share < below:
            return low + place % (high - low)
    return _LONGEST
