"""What a policy that can be used still leaves to be desired: slots left open, gaps, rows that never apply, stages without a limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from closedloop.policy.findings import finding
from closedloop.policy.merging import as_read
from closedloop.policy.model import ACCOUNTABLE, RouteTo
from closedloop.policy.part import is_tag
from closedloop.policy.program import program_of
from closedloop.policy.tree import Node, dotted, place
from closedloop.policy.witnesses import shown, witness
from closedloop.rules.conditions import Condition
from closedloop.rules.program import TooIntricate
from closedloop.rules.regions import gap, satisfiable
from closedloop.rules.states import UNSET
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.errors import Finding, Severity
    from closedloop.policy.loading import Loaded
    from closedloop.policy.model import DutyRule, PolicyModel
    from closedloop.policy.tree import Path
    from closedloop.rules.program import Program
    from closedloop.values.text import Label

#: Events that come with closing or after it; what runs from them cannot be overtaken by it.
_CLOSING: Final = frozenset({"closure_requested", "closed"})
#: Keys under which texts are for people, so that `unset` is a word like any other.
_WORDS: Final = frozenset({"note", "also", "ask", "clauses", "source", "title", "cite"})
#: Events by which a complaint gets to whoever answers for it.
_ROUTING: Final = frozenset({"handed_over", "reclassified"})
_AFTER: Final = _CLOSING | {"archived", "assessed", "reopened", "reported"}


def check(loaded: Loaded) -> tuple[Finding, ...]:
    """Return warnings and notes on a policy, in the order of its document."""
    sheet = _Sheet(as_read(loaded.source), loaded.model, program_of(loaded.model))
    findings = [finding for part in (_unset, _gaps, _dead, _unbounded, _after_closing, _self_judged, _unnamed, _unquoted) for finding in part(sheet)]
    return tuple(sorted(findings, key=lambda finding: (finding.place.file != loaded.file, finding.place)))


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The policy under examination: its document as it is read, the model, and the tables as a program."""

    tree: Node
    model: PolicyModel
    program: Program

    def find(self, identity: str, severity: Severity, path: Path, message: str, help_text: str = "") -> Finding:
        """Make a remark on the part at a path."""
        at_key = identity not in {"unset", "uncovered_category"}
        return finding(identity, place(self.tree, path, key=at_key), message, help_text, severity)


def _unset(sheet: _Sheet) -> Iterator[Finding]:
    """List what the source leaves open; where it is a limit that a complaint meets, that is more than a remark."""
    for path, text in _texts(sheet.tree, ()):
        if path[:1] == ("readings",) or "unset" not in text.split():
            continue
        table = sheet.model.tables.get(str(path[1])) if path[0] == "tables" and path[-1] == "then" else None
        if table is not None and table.domain.type == "limit":
            when = table.rule(str(path[3])).when
            message = f"`{table.name}` gives no limit for {when}: what rests on it is `unspecified_by_source`"
            yield sheet.find("uncovered_category", "warning", path, message, "the owner of the policy may set one with `extends`")
        else:
            yield sheet.find("unset", "note", path, f"`{dotted(path)}` is unset: the source does not say")


def _texts(node: Node, path: Path) -> Iterator[tuple[Path, str]]:
    """Go through the texts in which `unset` means something: not through labels, notes and quotations."""
    if isinstance(node.content, dict):
        for key, child in node.content.items():
            if key not in _WORDS and not is_tag(key):
                yield from _texts(child, (*path, key))
    elif isinstance(node.content, list):
        for number, child in enumerate(node.content):
            yield from _texts(child, (*path, number))
    elif node.content is not None:
        yield path, node.content


def _gaps(sheet: _Sheet) -> Iterator[Finding]:
    """Find tables that say nothing for some facts."""
    for name, table in sheet.model.tables.items():
        path = ("tables", name)
        if table.closed:
            continue
        try:
            states = gap(sheet.program, table)
        except TooIntricate as error:
            yield sheet.find("too_intricate", "note", path, f"whether the table `{name}` has a gap cannot be worked out: {error}")
            continue
        if states is not None:
            message = f"no row of the table `{name}` applies, for example with {shown(states, sheet.program)}"
            found = sheet.find("gap", "warning" if table.hit != "all" else "note", path, message, "add a row, or `otherwise`")
            yield replace(found, witness=witness(f"tables.{name}", states, sheet.model.facts, side="just_outside"))


def _dead(sheet: _Sheet) -> Iterator[Finding]:
    """Find what can never apply."""
    conditions: list[tuple[Path, Condition]] = [
        (("tables", name, "rules", rule.id), rule.when) for name, table in sheet.model.tables.items() for rule in table.rules
    ]
    conditions += [(("duties", name), duty.when) for name, duty in sheet.model.duties.items()]
    conditions += [(("gates", gate.event, gate.id), gate.when) for gate in sheet.model.gates.values()]
    conditions += [(("routines", name), routine.when) for name, routine in sheet.model.routines.items()]
    for path, when in conditions:
        try:
            applies = satisfiable(sheet.program, when)
        except TooIntricate:
            continue
        if not applies:
            yield sheet.find("never_applies", "warning", path, f"`{path[-1]}` can never apply: no facts make {when} hold", "correct its `when`")


def _limited(duty: DutyRule) -> bool:
    return duty.within is not None and duty.within is not UNSET


def _unbounded(sheet: _Sheet) -> Iterator[Finding]:
    """Find stages without a limit that put off a limit which runs from their end."""
    for name, duty in sheet.model.duties.items():
        if _limited(duty) or duty.every is not None:
            continue
        put_off = [other.id for other in sheet.model.duties.values() if _limited(other) and any(_runs_from(other, event) for event in duty.do)]
        if put_off and "received" not in duty.do:
            later = ", ".join(f"`{other}`" for other in put_off)
            message = f"`{name}` has no limit, so that the limit of {later}, which runs from its end, can be put off at will"
            yield sheet.find(
                "unbounded_stage", "warning", ("duties", name), message, "give it a limit, or let the later one run from an earlier event"
            )


def _runs_from(duty: DutyRule, event: str) -> bool:
    return all(start.what == "event" for start in duty.from_) and {start.of for start in duty.from_} == {event}


def _after_closing(sheet: _Sheet) -> Iterator[Finding]:
    """Find limits that can end after the complaint should be closed."""
    closing = [duty.id for duty in sheet.model.duties.values() if _limited(duty) and _CLOSING & {*duty.do} and _runs_from(duty, "received")]
    for name, duty in sheet.model.duties.items():
        starts = {start.of for start in duty.from_ if start.what == "event"}
        if closing and isinstance(duty.within, Limit) and starts and not starts & (_AFTER | {"received"}) and name not in closing:
            message = f"`{name}` runs from {' or '.join(f'`{start}`' for start in sorted(starts))} and can fall due after `{closing[0]}`"
            yield sheet.find("duty_after_closing", "note", ("duties", name), message)


def _self_judged(sheet: _Sheet) -> Iterator[Finding]:
    """Find routes to a party that itself hands complaints over to whoever answers."""
    handing = [duty for duty in sheet.model.duties.values() if _ROUTING & {*duty.do} and ACCOUNTABLE in duty.to]
    routing = sheet.model.tables.get("routing")
    for rule in routing.rules if routing is not None else ():
        own = rule.then.accountable if isinstance(rule.then, RouteTo) else None
        if any(own in duty.by and _together(sheet.program, duty.when, rule.when) for duty in handing):
            message = f"`{own}` hands complaints over and is itself accountable under `{rule.id}`: it judges its own case"
            yield sheet.find("self_judged", "note", ("tables", "routing", "rules", rule.id), message)


def _together(program: Program, one: Condition, other: Condition) -> bool:
    """Say whether two conditions can hold at once; where that cannot be worked out, they may."""
    both = Condition(tuple((*left, *right) for left in one.alternatives for right in other.alternatives))
    try:
        return satisfiable(program, both)
    except TooIntricate:
        return True


def _unnamed(sheet: _Sheet) -> Iterator[Finding]:
    """Find what has no name in a language of the title."""
    named: dict[str, Mapping[str, Label]] = {
        "parties": {name: party.label for name, party in sheet.model.parties.items()},
        "facts": {name: fact.label for name, fact in sheet.model.facts.items() if not fact.standard},
        "events": {name: event.label for name, event in sheet.model.events.items() if not event.standard},
        "records": {name: record.label for name, record in sheet.model.records.items()},
        "duties": {name: duty.label for name, duty in sheet.model.duties.items()},
    }
    for fact in sheet.model.facts.values():
        if not fact.standard and fact.domain.values and fact.domain.type != "party":
            codes = {code: fact.value_labels.get(code) for code in fact.domain.values}
            named[f"facts.{fact.id}.values"] = {code: label for code, label in codes.items() if label is not None}
    for section, labels in named.items():
        for language in sheet.model.title.words:
            missing = [name for name, label in labels.items() if language not in label.words]
            if missing:
                some = ", ".join(f"`{name}`" for name in missing[:5]) + (", ..." if missing[5:] else "")
                message = f"{len(missing)} of {len(labels)} names under `{section}` are not given in `{language}`: {some}"
                yield sheet.find("missing_translation", "note", tuple(section.split(".")), message)


def _unquoted(sheet: _Sheet) -> Iterator[Finding]:
    """Find clauses that are cited and not quoted, in a policy that quotes its clauses."""
    missing = [clause.id for clause in sheet.model.clauses.values() if clause.text is None]
    if missing and len(missing) < len(sheet.model.clauses):
        some = ", ".join(missing[:5]) + (", ..." if missing[5:] else "")
        yield sheet.find("unquoted_clause", "note", ("clauses",), f"{len(missing)} clauses are cited and not quoted: {some}")
