"""Finds the order in which tables and derived facts read one another, and the circles in which they must not."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from closedloop.policy.terms import Compare, Count, InHours, InTime, Took, fields_of, operands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from closedloop.policy.building.draft import Draft
    from closedloop.policy.model import ClockRule, DutyRule, PolicyModel
    from closedloop.policy.terms import Derivation
    from closedloop.policy.tree import Path
    from closedloop.rules.conditions import Condition


def order(draft: Draft, model: PolicyModel) -> tuple[str, ...]:
    """Return tables and derived facts so that each comes after what it reads; a circle is an error that names it."""
    reads = {name: frozenset(_base(field) for field in fields) for name, fields in _reads(model)}
    graph = {name: sorted(reads[name] & reads.keys()) for name in sorted(reads)}
    try:
        found = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle: list[str] = error.args[1]
        # graphlib gives each before what reads it.
        names = " reads ".join(f"`{name}`" for name in reversed(circle))
        draft.fault("cycle", _path(model, circle[0]), f"{names}: this goes round in a circle", "take one of these tests out", key=True)
        return ()
    return tuple(name for name in found if name in model.tables or (name in model.facts and model.facts[name].derived is not None))


def _path(model: PolicyModel, name: str) -> Path:
    if name in model.tables:
        return ("tables", name)
    return ("duties", name) if name in model.duties else ("facts", name) if name in model.facts else (name,)


def _base(field: str) -> str:
    """Return the table, fact or duty that a field belongs to."""
    return field.partition(".")[0]


def _reads(model: PolicyModel) -> Iterator[tuple[str, Iterable[str]]]:
    for name, table in model.tables.items():
        yield name, table.fields
    for name, fact in model.facts.items():
        if fact.derived is not None:
            yield name, _derived(fact.derived, model.clocks)
    for name, duty in model.duties.items():
        yield name, _duty(model, duty)
    if model.repeats is not None:
        yield "repeat", (*model.repeats.same, *_condition(model.repeats.when))


def _derived(derived: Derivation, clocks: Mapping[str, ClockRule]) -> Iterator[str]:
    match derived:
        case InTime():
            yield from fields_of(derived.within)
            yield from _clock(derived.clock, clocks)
        case Took() | InHours():
            yield from _clock(derived.clock, clocks)
        case Count():
            yield from (*operands(derived), *derived.same, *_condition(derived.where))
        case Compare():
            yield from operands(derived)


def _duty(model: PolicyModel, duty: DutyRule) -> Iterator[str]:
    yield from _condition(duty.when)
    for limit in (duty.within, *duty.extend.values()):
        yield from fields_of(limit)
    yield from (start.of for start in duty.from_ if start.what != "event")
    yield from _clock(duty.clock, model.clocks)
    for record in duty.leaving:
        fields = model.records[record].fields if record in model.records else ()
        yield from fields if isinstance(fields, tuple) else ()
    if "accountable" in {*duty.by, *duty.to}:
        yield "routing"


def _condition(condition: Condition) -> Iterable[str]:
    return condition.fields


def _clock(name: str | None, clocks: Mapping[str, ClockRule]) -> Iterator[str]:
    if name is not None and name in clocks:
        yield from (pause.until for pause in clocks[name].pauses if isinstance(pause.until, str))
