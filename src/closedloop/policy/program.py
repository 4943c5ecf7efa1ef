"""The tables of a policy as a program, with the tables that a repeat rule adds to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from closedloop.policy.terms import Count
from closedloop.rules.conditions import Condition, OneOf
from closedloop.rules.domains import Domain
from closedloop.rules.program import Program
from closedloop.rules.tables import Rule, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.policy.model import PolicyModel
    from closedloop.rules.conditions import Test
    from closedloop.values.clauses import Provenance

#: How a complaint is linked to an earlier one: `new`, `merged`, `again`, or `again.` and the level of the one it repeats.
LINK: Final = "repeat.link"
#: The level below which a repeat does not fall.
RAISED: Final = "repeat.level"
DUTY_STATES: Final = ("waiting", "running", "paused", "late", "met", "met_late", "not_owed")


def program_of(model: PolicyModel) -> Program:
    """Return the tables and the fields that they may read: facts, events and the states of duties."""
    domains = {name: fact.domain for name, fact in model.facts.items()}
    domains |= {name: Domain(type="event") for name in model.events}
    domains |= {f"{duty}.state": Domain(type="choice", values=DUTY_STATES) for duty in model.duties}
    # The order of rows carries no meaning, so answers must not hang on it either.
    tables = {name: replace(table, rules=tuple(sorted(table.rules, key=lambda rule: rule.id))) for name, table in model.tables.items()}
    if model.repeats is not None:
        tables |= _repeat_tables(model, model.repeats.provenance)
        domains[LINK] = Domain(type="choice", values=links(model))
    return Program(tables=tables, domains=domains, conditions=tuple(_conditions(model)))


def links(model: PolicyModel) -> tuple[str, ...]:
    """Return every way in which a complaint can be linked to an earlier one."""
    return ("new", "merged", *(f"again.{level}" for level in _levels(model)), "again")


def _levels(model: PolicyModel) -> tuple[str, ...]:
    raised = model.repeats is not None and model.repeats.raise_level_by > 0 and "level" in model.tables
    return model.facts["level"].domain.values if raised else ()


def raised(model: PolicyModel, level: str) -> str:
    """Return the level to which a repeat of a complaint of that level is raised, at most the highest."""
    levels = model.facts["level"].domain.values
    step = model.repeats.raise_level_by if model.repeats is not None else 0
    return levels[min(levels.index(level) + step, len(levels) - 1)]


def _repeat_tables(model: PolicyModel, provenance: Provenance) -> dict[str, Table]:
    again = ["again", *(f"again.{level}" for level in _levels(model))]
    states = {"new": ["new"], "merged": ["merged"], "again": again}
    rules = tuple(_row(name, codes, name, provenance) for name, codes in states.items())
    tables = {"repeat": Table(name="repeat", domain=model.facts["repeat"].domain, rules=rules, provenance=provenance)}
    if levels := _levels(model):
        rows = tuple(_row(f"again.{level}", [f"again.{level}"], raised(model, level), provenance) for level in levels)
        tables[RAISED] = Table(name=RAISED, domain=model.facts["level"].domain, rules=rows, provenance=provenance)
    return tables


def _row(name: str, codes: list[str], outcome: str, provenance: Provenance) -> Rule:
    test: Test = OneOf(frozenset(codes), tuple(codes))
    return Rule(id=name, when=Condition((((LINK, test),),)), then=outcome, provenance=provenance)


def _conditions(model: PolicyModel) -> Iterator[Condition]:
    if model.repeats is not None:
        yield model.repeats.when
    for duty in model.duties.values():
        yield duty.when
    for gate in model.gates.values():
        yield gate.when
        if gate.needs is not None:
            yield gate.needs
    for fact in model.facts.values():
        if isinstance(fact.derived, Count):
            yield fact.derived.where
    for routine in model.routines.values():
        yield from (routine.when, routine.among)
    for target in model.targets.values():
        yield from (target.among, target.share)
