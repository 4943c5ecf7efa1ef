"""Where the rules of a table meet, and where none of them applies: each with facts that show it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

from closedloop.rules.atoms import cut
from closedloop.rules.conditions import Presence
from closedloop.rules.states import MISSING, Truth, both

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from closedloop.rules.conditions import Alternative, Condition
    from closedloop.rules.program import Program, World
    from closedloop.rules.states import State
    from closedloop.rules.tables import Rule, Table


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules of a `unique` table that can apply together, and facts for which they do."""

    first: str
    second: str
    witness: Mapping[str, State]


def overlaps(program: Program, table: Table) -> Iterator[Overlap]:
    """Find the pairs of rules that can both apply although neither overrides the other."""
    for first, second in combinations(table.rules, 2):
        if first.id in second.overrides or second.id in first.overrides:
            continue
        witness = _meeting(program, first, second)
        if witness is not None:
            yield Overlap(first.id, second.id, witness)


def gap(program: Program, table: Table) -> Mapping[str, State] | None:
    """Return facts for which no rule of the table applies, or None when some rule always does."""

    def question(world: World) -> tuple[Hashable, frozenset[str]]:
        truths = table.truths(world)
        if Truth.YES in truths.values() or Truth.SILENT in truths.values():
            return False, frozenset()
        waiting = [rule for rule in table.rules if truths[rule.id] is Truth.UNKNOWN]
        return not waiting, frozenset().union(*(world.blocking(rule.when) for rule in waiting)) if waiting else frozenset()

    return next((answers for answers, missed in program.ask({}, question).paths() if missed is True), None)


def satisfiable(program: Program, condition: Condition) -> bool:
    """Whether some facts make the condition hold."""
    return any(_satisfying(program, alternative, ()) is not None for alternative in condition.alternatives) or condition.silent


def _meeting(program: Program, first: Rule, second: Rule) -> Mapping[str, State] | None:
    for one in first.when.alternatives:
        for other in second.when.alternatives:
            found = _satisfying(program, one, other)
            if found is not None:
                return found
    return None


def _satisfying(program: Program, one: Alternative, other: Alternative) -> Mapping[str, State] | None:
    """Return states of the fields read for which all tests of both alternatives hold."""
    fitting: dict[str, list[State]] = {}
    for name in dict.fromkeys(name for name, _ in (*one, *other)):
        mine = [test for field, test in (*one, *other) if field == name]
        states: list[State] = [*program.atoms(name).representatives, *cut(program.domains[name], mine).representatives]
        if any(isinstance(test, Presence) for test in mine):
            states.append(MISSING)
        fitting[name] = [state for state in states if all(test.on(state) is Truth.YES for test in mine)]
    if not all(fitting.values()):
        return None
    if any(name in program.tables for name in fitting):
        return _reachable(program, one, other, fitting)
    return {name: states[0] for name, states in fitting.items()}


def _reachable(program: Program, one: Alternative, other: Alternative, fitting: Mapping[str, list[State]]) -> Mapping[str, State] | None:
    """Look for facts behind the tables that the alternatives read, for the outcomes of tables are not free.

    Whether a field is known at all is no answer to a question, so each way of knowing the fields that are asked for that is tried.
    """
    looked_at = [name for name, test in (*one, *other) if isinstance(test, Presence) and name not in program.tables]
    for states in product(*(fitting[name] for name in looked_at)):
        given = dict(zip(looked_at, states, strict=True))
        found = next((answers for answers, meets in program.ask(given, _both_hold(one, other)).paths() if meets is True), None)
        if found is not None:
            return {**given, **found}
    return None


def _both_hold(one: Alternative, other: Alternative) -> Callable[[World], tuple[Hashable, frozenset[str]]]:
    def question(world: World) -> tuple[Hashable, frozenset[str]]:
        truth = Truth.YES
        blockers: set[str] = set()
        for name, test in (*one, *other):
            answer = test.on(world[name])
            truth = both(truth, answer)
            if answer is Truth.UNKNOWN:
                blockers |= world.blockers(name)
        return truth is Truth.YES, frozenset() if truth is not Truth.UNKNOWN else frozenset(blockers)

    return question
