"""How much time there is: what a `within` comes to, for every way of filling in what is missing, and when it runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from closedloop.policy.terms import Combined, FactLimit, Promptly
from closedloop.rules.diagrams import Leaf
from closedloop.rules.states import Unknown, Unset
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from closedloop.calendars import Clock, Due, Pause
    from closedloop.evaluation.situation import Situation
    from closedloop.policy.terms import Within
    from closedloop.rules.diagrams import Diagram
    from closedloop.rules.program import World

#: What a `within` comes to once every missing fact is filled in: an amount, an instant, or why there is none.
Amount = "Limit | datetime | Promptly | Unset | Unknown | Choose"


@dataclass(frozen=True, slots=True)
class Choose:
    """Several amounts of which the earliest or the latest instant binds; each runs from the same start."""

    how: str
    members: tuple[object, ...]


def amounts(situation: Situation, within: Within) -> Diagram:
    """Return what a limit comes to, for every way of filling in the facts that decide it."""
    if isinstance(within, (Limit, Promptly, Unset)):
        return Leaf(within)
    if isinstance(within, FactLimit) and within.fact in situation.book.program.tables:
        return situation.outcome(within.fact)

    def question(world: World) -> tuple[Hashable, frozenset[str]]:
        return _amount(world, within)

    return situation.book.program.ask(situation.states, question)


def _amount(world: World, within: object) -> tuple[Hashable, frozenset[str]]:
    if isinstance(within, FactLimit):
        state = world[within.fact]
        if isinstance(state, Unknown) and state.cause == "open":
            return None, world.blockers(within.fact)
        return (Unknown(state.cause, state.event or within.fact) if isinstance(state, Unknown) else state), frozenset()
    if isinstance(within, Combined):
        return _combined(world, within)
    assert isinstance(within, (Limit, Promptly, Unset))
    return within, frozenset()


def _combined(world: World, within: Combined) -> tuple[Hashable, frozenset[str]]:
    found = [_amount(world, member) for member in within.members]
    if blockers := frozenset[str]().union(*(blocking for _, blocking in found)):
        return None, blockers
    given = [value for value, _ in found if not isinstance(value, Unknown)]
    if not given:
        return found[-1][0], frozenset()
    if within.how == "first_given":
        return given[0], frozenset()
    return Choose(within.how, tuple(given)), frozenset()


def run_out(clock: Clock, start: datetime, amount: object, pauses: Sequence[Pause] = ()) -> Due | datetime | None:
    """Return when an amount of time from a start runs out; None where there is no number."""
    if isinstance(amount, Limit):
        return clock.due(start, amount, pauses=pauses)
    if isinstance(amount, datetime):
        return amount
    if isinstance(amount, Choose):
        ends = [end for member in amount.members if (end := run_out(clock, start, member, pauses)) is not None]
        pick = min if amount.how == "earliest" else max
        return pick(ends, key=instant_of) if ends else None
    return None


def instant_of(end: Due | datetime) -> datetime:
    """Return the instant of an end that may carry its steps."""
    return end if isinstance(end, datetime) else end.at


def met_by(end: Due | datetime, at: datetime) -> bool:
    """Whether something done at an instant is in time: the end itself still counts, unless it is the end of a day."""
    return at <= end if isinstance(end, datetime) else end.met_by(at)
