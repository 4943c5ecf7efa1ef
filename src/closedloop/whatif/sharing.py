"""Which cases two policies cannot see differently: one replay of them serves both."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from closedloop.policy.model import PolicyModel
from closedloop.rules.states import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.casework import Case
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.rules.conditions import Condition
    from closedloop.rules.states import Value
    from closedloop.rules.tables import Rule, Table
    from closedloop.whatif.differing import Differing

#: What a policy is called, and the hash of its text, decide nothing; the tables are looked at rule by rule.
_APART: Final = frozenset({"name", "hash", "tables"})
#: What gates suppose of other offers while they add them up, whatever the complaint said.
_WEIGHED: Final = frozenset({"remedy", "value"})


@dataclass(frozen=True, slots=True)
class Sharing:
    """Two policies that differ in nothing but what some rules of their tables give.

    Where none of these rules can ever match, every answer about a case is the same: nothing else reads what a rule gives.
    """

    edited: tuple[Rule, ...]

    def serves(self, case: Case) -> bool:
        """Whether none of the rules can match, however the case goes on: by facts known at receipt that no event of it brings anew."""
        assert case.decision.basis is not None
        told = {name for event in case.events for name in event.data} | _WEIGHED
        lasting = {name: value for name, value in case.decision.basis.situation.known.items() if name not in told}
        return all(_never(rule.when, lasting) for rule in self.edited)


def sharing(old: Rulebook, new: Rulebook, where: Differing) -> Sharing | None:
    """Return what two policies share; None where they differ in anything but what rules give, or count over earlier cases."""
    before, after = old.model, new.model
    unlike = any(getattr(before, each.name) != getattr(after, each.name) for each in fields(PolicyModel) if each.name not in _APART)
    if unlike or where.parts or old.counts_earlier or old.calendars != new.calendars or before.tables.keys() != after.tables.keys():
        return None
    edited: list[Rule] = []
    for name, table in before.tables.items():
        other = after.tables[name]
        if table == other:
            continue
        # A set lists its values in the order of all rules, also of those that do not match.
        if table.hit == "all" or _frame(table) != _frame(other):
            return None
        edited.extend(_edited(table, other))
    return Sharing(tuple(edited))


def _frame(table: Table) -> tuple[object, ...]:
    """Return everything of a table but what its rules give, and the words and sources of that."""
    return (
        table.name,
        table.domain,
        table.hit,
        table.otherwise,
        table.closed,
        table.floor,
        [(rule.id, rule.when, rule.overrides) for rule in table.rules],
    )


def _edited(table: Table, other: Table) -> Iterator[Rule]:
    return (rule for rule, twin in zip(table.rules, other.rules, strict=True) if rule != twin)


def _never(when: Condition, lasting: Mapping[str, Value]) -> bool:
    """Whether every alternative fails by one of the facts."""
    return not when.silent and all(
        any(name in lasting and test.on(lasting[name]) is Truth.NO for name, test in alternative) for alternative in when.alternatives
    )
