"""Where the rules of a table meet, and where none of them applies: each with facts that show it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from closedloop.rules.conditions import Presence
from closedloop.rules.states import MISSING, Truth, Unknown, both

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

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
    chosen: dict[str, State] = {}
    for name in dict.fromkeys(name for name, _ in (*one, *other)):
        mine = [test for field, test in (*one, *other) if field == name]
        states: list[State] = [*program.atoms(name).representatives]
        if any(isinstance(test, Presence) for test in mine):
            states.append(MISSING)
        fitting = next((state for state in states if all(test.on(state) is Truth.YES for test in mine)), None)
        if fitting is None:
            return None
        chosen[name] = fitting
    computed = [name for name in chosen if name in program.tables]
    return _reachable(program, one, other, chosen) if computed else chosen


def _reachable(program: Program, one: Alternative, other: Alternative, chosen: Mapping[str, State]) -> Mapping[str, State] | None:
    """Look for facts behind the tables that the alternatives read, for the outcomes of tables are not free."""
    absent = {name: state for name, state in chosen.items() if isinstance(state, Unknown)}

    def question(world: World) -> tuple[Hashable, frozenset[str]]:
        truth = Truth.YES
        blockers: set[str] = set()
        for name, test in (*one, *other):
            answer = test.on(world[name])
            truth = both(truth, answer)
            if answer is Truth.UNKNOWN:
                blockers |= world.blockers(name)
        settled = truth is not Truth.UNKNOWN
        return truth is Truth.YES, frozenset() if settled else frozenset(blockers)

    found = next((answers for answers, meets in program.ask(absent, question).paths() if meets is True), None)
    return None if found is None else {**absent, **found}
