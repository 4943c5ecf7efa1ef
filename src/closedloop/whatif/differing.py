"""Where two policies differ: in the rules themselves, and in the clauses and readings that stand behind the parts of a case."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

from closedloop.values.clauses import Provenance
from closedloop.values.mappings import FrozenMap
from closedloop.whatif.parts import Trace, limit_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from closedloop.policy.model import PolicyModel

#: Stands in for what is behind a rule where only what the rule says is compared.
_NO_SOURCE: Final = Provenance(path="")
_OF_FACTS: Final = ("scope", "kind", "category", "level")

_Behind = frozenset[tuple[str, tuple[str, ...], tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """Worked out once for two policies.

    `rules` are those that do not say the same in both, by their paths, each with what it rests on in either. `parts` are
    those behind which another rule, clause or reading can stand although the outcome is the same.
    """

    rules: Mapping[str, Trace]
    parts: frozenset[str]


def differing(old: PolicyModel, new: PolicyModel) -> Differing:
    """Work out where two policies differ."""
    before, after = _rules(old), _rules(new)
    rules = {path: _rests_on(before, after, path) for path in {*before, *after} if _said(before, path) != _said(after, path)}
    behind_before, behind_after = dict(_behind(old)), dict(_behind(new))
    parts = {name for name in {*behind_before, *behind_after} if behind_before.get(name) != behind_after.get(name)}
    return Differing(rules=FrozenMap(rules), parts=frozenset(parts))


_Rules = dict[str, tuple[object, Provenance]]


def _rules(model: PolicyModel) -> _Rules:
    """Return every rule that can stand behind a part, by its path: what it says, and its source."""
    tables = model.tables.values()
    rows: list[Any] = [rule for table in tables for rule in table.rules]
    rows += [*model.duties.values(), *model.gates.values(), *model.clocks.values(), *model.facts.values()]
    rows += [] if model.repeats is None else [model.repeats]
    found: _Rules = {table.provenance.path: (replace(table, rules=(), provenance=_NO_SOURCE), table.provenance) for table in tables}
    return found | {row.provenance.path: (_words_apart(row), row.provenance) for row in rows}


def _words_apart(rule: Any) -> tuple[object, ...]:
    """Return what a rule says: all its fields but its labels and its source."""
    return tuple(getattr(rule, each.name) for each in fields(rule) if each.name not in {"provenance", "label", "ask", "value_labels"})


def _said(rules: _Rules, path: str) -> object:
    return rules[path][0] if path in rules else None


def _rests_on(before: _Rules, after: _Rules, path: str) -> Trace:
    return Trace.of_sources(rules[path][1] for rules in (before, after) if path in rules)


def _behind(model: PolicyModel) -> Iterator[tuple[str, _Behind]]:
    """Give all that can stand behind each part of a case."""
    repeats = [] if model.repeats is None else [model.repeats.provenance]
    tables = {name: _of_table(model, name) for name in model.tables}
    yield "repeat", _keys(repeats)
    for name in _OF_FACTS:
        fact = model.facts.get(name)
        yield name, _keys([*tables.get(name, []), *repeats, *tables.get("scope", []), *([] if fact is None else [fact.provenance])])
    yield "route", _keys([*tables.get("routing", []), *tables.get("scope", [])])
    for name, sources in tables.items():
        yield f"later.{name}", _keys(sources)
        if name not in {*_OF_FACTS, "routing"}:
            yield name, _keys(sources)
    for name, duty in model.duties.items():
        clock = model.clocks.get(duty.clock or "")
        rows = tables.get(limit_table(model, name), [])
        yield f"duties.{name}", _keys([duty.provenance, *rows, *([] if clock is None else [clock.provenance])])
    for event in {gate.event for gate in model.gates.values()}:
        yield f"gates.{event}", _keys(gate.provenance for gate in model.gates.values() if gate.event == event)


def _of_table(model: PolicyModel, name: str) -> list[Provenance]:
    table = model.tables[name]
    raised = [model.repeats.provenance] if table.floor is not None and model.repeats is not None else []
    return [table.provenance, *(rule.provenance for rule in table.rules), *raised]


def _keys(sources: Iterable[Provenance]) -> _Behind:
    return frozenset((source.path, tuple(clause.id for clause in source.clauses), tuple(map(str, source.readings))) for source in sources)
