"""What of a duty is the same for every case, worked out once: whether it is owed, how much time there is, and who may act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedloop.policy.model import ACCOUNTABLE, Times
from closedloop.policy.terms import FactLimit, Promptly, due_with, fields_of
from closedloop.rules.program import Question
from closedloop.rules.states import Truth, Unset, both, negate
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from closedloop.policy.model import DutyRule, PolicyModel
    from closedloop.rules.program import Program, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A duty made ready to run.

    `limit` answers how much time there is where tables alone decide that; None where facts of the case, its events or other duties
    do. `tables` are those that set the limit, `due_with` the duties whose due instants it names. `by` and `to` are who may act and
    who may receive. `once` says that the first event that serves the duty fulfils it: no record, number or further receiver has to
    be waited for.
    """

    rule: DutyRule
    owed: Question
    limit: Question | None
    tables: tuple[str, ...]
    due_with: tuple[str, ...]
    by: Acting
    to: Acting
    once: bool


@dataclass(frozen=True, slots=True)
class Acting:
    """Who may act: the parties that are named, with the members of groups, and whoever is accountable where that is among them."""

    named: frozenset[str]
    accountable: bool

    def parties(self, accountable: str | None) -> frozenset[str]:
        """Return who may act where that party is accountable; None: routing has not decided it."""
        return self.named | {accountable} if self.accountable and accountable is not None else self.named

    def admits(self, party: str | None, accountable: str | None) -> bool:
        """Whether a party may act; where an event names none, or the duty, that is no obstacle."""
        if party is None or party in self.named:
            return True
        if self.accountable and accountable is not None:
            return party == accountable
        return not self.named


def plan(model: PolicyModel, program: Program, rule: DutyRule) -> Plan:
    """Work out what of a duty is the same for every case."""
    return Plan(
        rule=rule,
        owed=_owed(model, program, rule),
        limit=_limit(program, rule),
        tables=tuple(dict.fromkeys(table for table in fields_of(rule.within) if table in program.tables)),
        due_with=tuple(dict.fromkeys(duty for within in (rule.within, *rule.extend.values()) for duty in due_with(within))),
        by=_acting(model, rule.by),
        to=_acting(model, rule.to),
        once=not rule.leaving and len(rule.to) <= 1 and rule.times == Times(most=rule.times.most),
    )


def acting(model: PolicyModel, name: str) -> frozenset[str]:
    """Return who may act as a party: itself, and its members where it is a group."""
    return frozenset((name, *model.parties[name].any_of))


def _acting(model: PolicyModel, names: Iterable[str]) -> Acting:
    named = [name for name in names if name != ACCOUNTABLE]
    return Acting(frozenset[str]().union(*(acting(model, name) for name in named)), ACCOUNTABLE in names)


def _owed(model: PolicyModel, program: Program, duty: DutyRule) -> Question:
    """Ask whether a duty is owed: its condition holds, and that of no duty which sets it aside."""
    overriding = tuple(other for other in model.duties.values() if duty.id in other.overrides)
    conditions = (duty.when, *(other.when for other in overriding))

    def asking(world: World) -> tuple[Hashable, frozenset[str]]:
        truth = duty.when.on(world)
        for other in overriding:
            truth = both(truth, negate(other.when.on(world)))
        if truth is not Truth.UNKNOWN:
            return truth, frozenset()
        return truth, frozenset[str]().union(*(world.blocking(condition) for condition in conditions))

    support = {name for condition in conditions for name in program.reads(condition)}
    return Question.about(tuple(sorted(support)), asking)


def _limit(program: Program, rule: DutyRule) -> Question | None:
    within = rule.within if rule.every is None else rule.every
    if within is None or isinstance(within, (Limit, Promptly, Unset)):
        return Question.about((), lambda _: (within, frozenset()))
    if isinstance(within, FactLimit) and within.fact in program.tables:
        return program.deciding(within.fact)
    return None
