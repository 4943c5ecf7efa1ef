"""Tables of rules, and how the rules that match make one outcome."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from closedloop.rules.states import UNSET, Truth, Unknown, Unset, both, negate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.rules.conditions import Condition
    from closedloop.rules.domains import Domain
    from closedloop.rules.states import State
    from closedloop.values.clauses import Provenance

HitPolicy = Literal["unique", "highest", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A row of a table: where `when` holds, the outcome is `then`, and the rows named by `overrides` are set aside."""

    id: str
    when: Condition
    then: Hashable
    overrides: frozenset[str] = frozenset()
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rules that decide the field of the table's name.

    `unique`: at most one row applies. `highest`: of an ordered field, the highest value that any row gives.
    `all`: the values of every row that applies, as a set. `otherwise` is the outcome where no row applies; without it
    the source says nothing for that case. `floor` names a field below whose value the outcome never falls.
    """

    name: str
    domain: Domain
    hit: HitPolicy = "unique"
    rules: tuple[Rule, ...] = ()
    otherwise: Hashable = UNSET
    closed: bool = True
    floor: str | None = None
    provenance: Provenance

    @property
    def fields(self) -> frozenset[str]:
        """The fields that the table reads."""
        read = frozenset().union(*(rule.when.fields for rule in self.rules)) if self.rules else frozenset[str]()
        return read | {self.floor} if self.floor else read

    def truths(self, states: Mapping[str, State]) -> dict[str, Truth]:
        """Say of each rule whether it applies: its condition holds, and no rule that overrides it does."""
        raw = {rule.id: rule.when.on(states) for rule in self.rules}
        if not any(rule.overrides for rule in self.rules):
            return raw
        result = dict(raw)
        for rule in self.rules:
            for other in rule.overrides:
                if other in result:
                    result[other] = both(result[other], negate(raw[rule.id]))
        return result

    def rule(self, rule_id: str) -> Rule:
        """Return the row of that id."""
        return next(rule for rule in self.rules if rule.id == rule_id)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a table gives for known facts: the outcome, or that it is open because rules, or the floor, still wait for facts."""

    value: Hashable
    rules: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    floor_open: bool = False

    @property
    def open(self) -> bool:
        """Whether missing facts may still change the outcome."""
        return self.floor_open or bool(self.undecided)


def resolve(table: Table, states: Mapping[str, State], truths: Mapping[str, Truth]) -> Hit:
    """Make one outcome of the rules' truths, by the hit policy of the table."""
    if table.hit == "highest":
        return _highest(table, states, truths)
    return _unique(table, truths) if table.hit == "unique" else _all(table, truths)


def members(outcome: Hashable) -> frozenset[Hashable]:
    """Return what an outcome adds to a set: the codes of a set, else itself; nothing where the source leaves it out."""
    if isinstance(outcome, Unset):
        return frozenset()
    return outcome if isinstance(outcome, frozenset) else frozenset({outcome})


def _with(truths: Mapping[str, Truth], truth: Truth) -> tuple[str, ...]:
    return tuple(rule for rule, each in truths.items() if each is truth)


def _unique(table: Table, truths: Mapping[str, Truth]) -> Hit:
    applying = _with(truths, Truth.YES)
    if applying:
        return Hit(table.rule(applying[0]).then, applying)
    if waiting := _with(truths, Truth.UNKNOWN):
        return Hit(UNSET, undecided=waiting)
    if silent := _with(truths, Truth.SILENT):
        return Hit(UNSET, silent)
    return Hit(table.otherwise)


def _all(table: Table, truths: Mapping[str, Truth]) -> Hit:
    applying = _with(truths, Truth.YES)
    given = frozenset[Hashable]().union(*(members(table.rule(rule).then) for rule in applying))
    waiting = tuple(rule for rule in _with(truths, Truth.UNKNOWN) if not members(table.rule(rule).then) <= given)
    if waiting:
        return Hit(UNSET, applying, waiting)
    if given:
        return Hit(given, applying)
    silent = applying or _with(truths, Truth.SILENT)
    return Hit(UNSET, silent) if silent else Hit(table.otherwise)


def _highest(table: Table, states: Mapping[str, State], truths: Mapping[str, Truth]) -> Hit:
    floor = states[table.floor] if table.floor else None
    least = table.domain.rank(floor) if isinstance(floor, str) and floor in table.domain.values else -1
    top = len(table.domain.values) - 1
    if least == top:
        return Hit(floor)
    ranks = {rule.id: _rank(table, rule, top) for rule in table.rules}
    applying = _with(truths, Truth.YES)
    reached = max((ranks[rule] for rule in applying if ranks[rule] <= top), default=-1)
    beyond = [rule for rule in truths if ranks[rule] > max(reached, least) and reached < top]
    floor_open = isinstance(floor, Unknown) and reached < top
    waiting = tuple(rule for rule in beyond if truths[rule] is Truth.UNKNOWN)
    if not applying and not waiting:
        waiting = _with(truths, Truth.UNKNOWN)
    if waiting or floor_open:
        return Hit(UNSET, applying, waiting, floor_open)
    if silent := tuple(rule for rule in beyond if truths[rule] in {Truth.SILENT, Truth.YES}):
        return Hit(UNSET, silent)
    if not applying:
        return _nothing_applies(table, floor, least)
    highest = tuple(rule for rule in applying if ranks[rule] == reached)
    return Hit(floor, highest) if least > reached else Hit(table.domain.values[reached], highest)


def _rank(table: Table, rule: Rule, top: int) -> int:
    """Return the rank that a row gives; an unset outcome might be any, so it stands above all."""
    return top + 1 if isinstance(rule.then, Unset) else table.domain.rank(str(rule.then))


def _nothing_applies(table: Table, floor: State | None, least: int) -> Hit:
    if isinstance(table.otherwise, Unset):
        # What the source leaves without a value might lie above the floor, so the floor does not stand in for it.
        return Hit(UNSET)
    rank = table.domain.rank(str(table.otherwise))
    return Hit(floor if least > rank else table.otherwise)
