"""How much time there is: what a `within` comes to, for every way of filling in what is missing, and when it runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from closedloop.calendars import Due
from closedloop.calendars.instants import micros
from closedloop.policy.terms import AsFirstKnown, Combined, DutyDue, FactLimit, Promptly, RunsFrom
from closedloop.rules.diagrams import Leaf
from closedloop.rules.states import UNSET, Unknown, Unset
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from closedloop.calendars import Clock, Pause
    from closedloop.evaluation.situation import Situation
    from closedloop.policy.terms import Within
    from closedloop.rules.diagrams import Diagram
    from closedloop.rules.program import World

#: What a `within` comes to once every missing fact is filled in: an amount, an instant, or why there is none.
Amount = "Limit | datetime | Due | Promptly | Unset | Unknown | Choose | Running"


@dataclass(frozen=True, slots=True)
class Choose:
    """Several amounts of which the earliest or the latest instant binds; each runs from the same start."""

    how: str
    members: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """An amount that runs from an instant of its own."""

    start: datetime
    amount: object


def amounts(situation: Situation, within: Within, due_of: Callable[[str], object] | None = None) -> Diagram:
    """Return what a limit comes to, for every way of filling in the facts that decide it.

    `due_of` gives the due instant of a duty, or why there is none; only the limits of duties name duties.
    """
    if isinstance(within, (Limit, Promptly, Unset)):
        return Leaf(within)
    if isinstance(within, AsFirstKnown):
        return amounts(situation.as_first_known, within.within, due_of)
    if isinstance(within, FactLimit) and within.fact in situation.book.program.tables:
        return situation.outcome(within.fact)

    def question(world: World) -> tuple[Hashable, frozenset[str]]:
        return _amount(_Reading(situation, world, due_of), within)

    return situation.book.program.ask(situation.given, question)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a limit is read from: the events, one way of filling in what is missing, and the due instants of duties."""

    situation: Situation
    world: World
    due_of: Callable[[str], object] | None

    def value(self, fact: str) -> tuple[Hashable, frozenset[str]]:
        """Return the value of a fact, or why it has none, and what it still depends on."""
        state = self.world[fact]
        if isinstance(state, Unknown) and state.cause == "open":
            return None, self.world.blockers(fact)
        return (Unknown(state.cause, state.event or fact) if isinstance(state, Unknown) else state), frozenset()

    def start(self, name: str) -> tuple[Hashable, frozenset[str]]:
        """Return when an event happened, or the instant that a fact gives."""
        if name not in self.situation.book.model.events:
            return self.value(name)
        return self.situation.begun(name) or Unknown("awaited", name), frozenset()


def _amount(reading: _Reading, within: object) -> tuple[Hashable, frozenset[str]]:
    if isinstance(within, FactLimit):
        return reading.value(within.fact)
    if isinstance(within, Combined):
        return _combined(reading, within)
    if isinstance(within, RunsFrom):
        return _runs_from(reading, within)
    if isinstance(within, DutyDue):
        assert reading.due_of is not None
        return reading.due_of(within.duty), frozenset()
    assert isinstance(within, (Limit, Promptly, Unset))
    return within, frozenset()


def _runs_from(reading: _Reading, within: RunsFrom) -> tuple[Hashable, frozenset[str]]:
    start, starting = reading.start(within.start)
    amount, blocking = _amount(reading, within.within)
    if starting or blocking:
        return None, starting | blocking
    unknown = next((each for each in (start, amount) if isinstance(each, (Unknown, Unset))), None)
    if unknown is not None:
        return unknown, frozenset()
    assert isinstance(start, datetime)
    return Running(start, amount), frozenset()


def _combined(reading: _Reading, within: Combined) -> tuple[Hashable, frozenset[str]]:
    found = [_amount(reading, member) for member in within.members]
    if blockers := frozenset[str]().union(*(blocking for _, blocking in found)):
        return None, blockers
    given = [value for value, _ in found if not isinstance(value, Unknown)]
    if not given:
        return found[-1][0], frozenset()
    if within.how == "first_given":
        return given[0], frozenset()
    if all(isinstance(value, Unset) for value in given):
        return UNSET, frozenset()
    return Choose(within.how, tuple(given)), frozenset()


def run_out(clock: Clock, start: datetime, amount: object, pauses: Sequence[Pause] = ()) -> Due | datetime | None:
    """Return when an amount of time from a start runs out; None where there is no number."""
    if isinstance(amount, Limit):
        return clock.due(start, amount, pauses=pauses)
    if isinstance(amount, (datetime, Due)):
        return amount
    if isinstance(amount, Running):
        return run_out(clock, amount.start, amount.amount, pauses)
    if isinstance(amount, Choose):
        binding = _binding(clock, start, amount, pauses)
        return run_out(clock, start, binding, pauses)
    return None


def _binding(clock: Clock, start: datetime, amount: Choose, pauses: Sequence[Pause]) -> object:
    """Return which of several amounts binds; None where none has an end."""
    ends = [(micros(instant_of(end)), member) for member in amount.members if (end := run_out(clock, start, member, pauses)) is not None]
    pick = min if amount.how == "earliest" else max
    return pick(ends, key=lambda each: each[0])[1] if ends else None


def binding(clock: Clock, start: datetime, amount: object, pauses: Sequence[Pause] = ()) -> object:
    """Return the amount that binds: of several the one that does, without the start of its own."""
    if isinstance(amount, Choose):
        return binding(clock, start, _binding(clock, start, amount, pauses), pauses)
    return binding(clock, amount.start, amount.amount, pauses) if isinstance(amount, Running) else amount


def instant_of(end: Due | datetime) -> datetime:
    """Return the instant of an end that may carry its steps."""
    return end if isinstance(end, datetime) else end.at


def met_by(end: Due | datetime, at: datetime) -> bool:
    """Whether something done at an instant is in time: the end itself still counts, unless it is the end of a day."""
    return overdue(end, at) is None


def overdue(end: Due | datetime, at: datetime) -> timedelta | None:
    """Return the time that has passed at an instant since an end, whatever clocks do meanwhile; None where it is in time."""
    if isinstance(end, Due):
        return end.overdue(at)
    passed = micros(at) - micros(end)
    return timedelta(microseconds=passed) if passed > 0 else None
