"""Why a rule did not apply, and the smallest change of facts that would make it apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from closedloop.errors import UnknownName
from closedloop.explanation.reasons import FactChange
from closedloop.rules.states import Truth, Unknown, Unset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.evaluation.situation import Situation
    from closedloop.rules.conditions import Alternative, Condition, Test
    from closedloop.rules.states import State, Value
    from closedloop.rules.tables import Rule, Table


@dataclass(frozen=True, slots=True)
class Flip:
    """A rule seen from the facts: the tests that fail and those on missing facts, of the alternative that comes nearest."""

    table: Table
    rule: Rule
    applied: bool
    failing: tuple[FactChange, ...] = ()
    unknown: tuple[FactChange, ...] = ()
    set_aside_by: tuple[str, ...] = ()

    @property
    def distance(self) -> tuple[int, int, str]:
        """How many facts would have to change, then how many to become known; ids break ties."""
        return len(self.failing), len(self.unknown), self.rule.id


def find_rule(situation: Situation, name: str) -> tuple[Table, Rule]:
    """Return the table row of that id, `table.id`, or path; an id that stands in several tables must name its table."""
    parts = [part for part in name.split(".") if part not in {"tables", "rules"}]
    tables = situation.book.model.tables
    rows = [(table, rule) for table in tables.values() for rule in table.rules]
    wanted = [(table, rule) for table, rule in rows if rule.id == parts[-1] and (len(parts) == 1 or table.name == parts[-2])]
    if len(wanted) == 1:
        return wanted[0]
    known = [f"{table.name}.{rule.id}" for table, rule in (wanted or rows)]
    raise UnknownName.among("rule", name, known if wanted else [*known, *(rule.id for _, rule in rows)])


def flip(situation: Situation, table: Table, rule: Rule) -> Flip:
    """Say what keeps a rule from applying."""
    world = situation.world
    overriding = tuple(other.id for other in table.rules if rule.id in other.overrides and other.when.on(world) is Truth.YES)
    nearest = min((_tests(situation, each, world) for each in rule.when.alternatives), key=lambda found: (len(found[0]), len(found[1])))
    return Flip(table, rule, not nearest[0] and not nearest[1] and not overriding, *nearest, overriding)


def nearest_other(situation: Situation, table: Table, value: object) -> Flip | None:
    """Return the rule with another outcome that comes nearest to applying, and only facts stand in its way."""
    others = [flip(situation, table, rule) for rule in table.rules if rule.then != value]
    fitting = [each for each in others if not each.applied and not each.set_aside_by and each.failing]
    return min(fitting, key=lambda each: each.distance, default=None)


def _tests(situation: Situation, alternative: Alternative, world: Any) -> tuple[tuple[FactChange, ...], tuple[FactChange, ...]]:
    failing: list[FactChange] = []
    unknown: list[FactChange] = []
    for name, test in alternative:
        truth = test.on(world[name])
        if truth is not Truth.YES:
            (failing if truth is Truth.NO else unknown).append(_change(situation, name, test, world[name]))
    return tuple(failing), tuple(unknown)


def _change(situation: Situation, name: str, test: Test, state: State) -> FactChange:
    now = None if isinstance(state, (Unknown, Unset)) else state
    fitting = [value for value in situation.book.program.atoms(name).representatives if test.on(value) is Truth.YES]
    return FactChange(fact=name, now=now, test=str(test), to=_closest(situation, name, now, fitting))


def _closest(situation: Situation, name: str, now: Value | None, fitting: list[Value]) -> Value | None:
    """Choose the value that meets the test with the least step from the present one."""
    domain = situation.book.program.domains.get(name)
    if now is not None and domain is not None and domain.type == "ordered":
        rank = domain.rank(str(now))
        return min(fitting, key=lambda value: abs(domain.rank(str(value)) - rank), default=None)
    return fitting[0] if fitting else None


def facts_read(situation: Situation, conditions: Iterator[Condition] | list[Condition]) -> dict[str, Any]:
    """Return the known facts that the conditions read, through tables to the facts behind them."""
    states = situation.states
    found: dict[str, Any] = {}
    for condition in conditions:
        for name in situation.book.program.reads(condition):
            state = states[name]
            if not isinstance(state, (Unknown, Unset)):
                found[name] = state
    return found
