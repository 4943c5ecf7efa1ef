"""Builds a whole policy from its document, and proves what can be proved of it when it is loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from closedloop.errors import Finding, closest
from closedloop.policy.building import duties, facts, gates, readings, tables, words
from closedloop.policy.building.draft import Draft, Names
from closedloop.policy.building.order import order
from closedloop.policy.identity import digest
from closedloop.policy.merging import as_read, choices, touched
from closedloop.policy.model import InForce, PolicyModel
from closedloop.policy.program import program_of
from closedloop.policy.structure import row_of, structured
from closedloop.policy.witnesses import shown, witness
from closedloop.rules.program import TooIntricate
from closedloop.rules.regions import overlaps
from closedloop.rules.states import UNSET
from closedloop.values.clauses import Clause, Provenance
from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from closedloop.policy import document
    from closedloop.policy.document import PolicyDocument
    from closedloop.policy.merging import Choice
    from closedloop.policy.tree import Node, Path
    from closedloop.rules.states import Unset


def build(source: Node, name: str | None = None) -> tuple[PolicyModel | None, list[Finding]]:
    """Build the model of a document; without one, the findings say why. `source` is merged, with no choice applied yet."""
    tree = as_read(source)
    doc, findings = structured(tree)
    if doc is None:
        return None, findings
    draft = _draft(tree, source, doc)
    model = replace(
        _model(draft, doc, name),
        hash=digest(source),
        readings=readings.readings(draft, doc.readings or {}, source),
    )
    model = replace(model, languages=_languages(draft, doc), clauses=FrozenMap(draft.clauses))
    _check_namespace(draft)
    for choice in choices(source):
        if not choice.taken:
            _check_choice(draft, source, choice)
    model = replace(model, order=order(draft, model))
    findings += draft.findings
    if not findings:
        _check_overlaps(draft, model)
        findings += draft.findings
    return (None if findings else model), list(dict.fromkeys(findings))


def _draft(tree: Node, source: Node, doc: PolicyDocument) -> Draft:
    draft = Draft(
        tree=tree,
        names=Names.of(tree),
        readings=readings.by_path(source),
        clauses={name: Clause(name, text) for name, text in (doc.clauses or {}).items()},
        domains=facts.standard_domains(tree),
        currency=doc.currency,
        language=next(iter(doc.title.labels), "en") if doc.title else "en",
    )
    facts.declare(draft, doc.facts or {})
    return draft


def _model(draft: Draft, doc: PolicyDocument, name: str | None) -> PolicyModel:
    """Build all but the readings and what stands for the document as a whole."""
    _check_head(draft, doc)
    repeats = tables.repeats(draft, doc.repeats) if doc.repeats else None
    return PolicyModel(
        id=doc.policy or "",
        edition=doc.edition or "",
        name=name or doc.policy or "",
        title=Label(doc.policy or "", FrozenMap(doc.title.labels if doc.title else {})),
        hash="",
        languages=(),
        timezone=doc.timezone,
        currency=doc.currency,
        source=FrozenMap(doc.source),
        in_force=_in_force(draft, doc.in_force),
        parties=words.parties(draft, doc.parties or {}),
        facts=facts.facts(draft, doc.facts or {}),
        events=words.events(draft, doc.events or {}),
        records=words.records(draft, doc.records or {}),
        clocks=words.clocks(draft, doc.clocks or {}),
        tables=tables.tables(draft, doc.tables or {}, raises_level=repeats is not None and repeats.raise_level_by > 0),
        repeats=repeats,
        rounds=duties.rounds(draft, doc.rounds or {}),
        duties=duties.duties(draft, doc.duties or {}),
        routines=duties.routines(draft, doc.routines or {}),
        gates=gates.gates(draft, doc.gates or {}),
        targets=gates.targets(draft, doc.targets or {}),
        readings=FrozenMap(),
        clauses=FrozenMap(),
        order=(),
    )


def _languages(draft: Draft, doc: PolicyDocument) -> tuple[str, ...]:
    """Return the languages of the title, then the others that labels are written in."""
    title = tuple(doc.title.labels) if doc.title else ()
    return (*title, *sorted(draft.languages - set(title)))


def _check_head(draft: Draft, doc: PolicyDocument) -> None:
    for key, value in (("policy", doc.policy), ("edition", doc.edition), ("title", doc.title)):
        if value is None and draft.tree.child(key) is None:
            draft.fault("missing_key", (), f"`{key}` is missing", f"a policy that extends nothing has `policy`, `edition` and `title`; add `{key}`")
    if doc.policy is not None:
        draft.code(("policy",), doc.policy, "the id of a policy")
    if doc.title is not None and not doc.title.labels:
        draft.fault("missing_key", ("title",), "the title is in no language", "write {zh: ..., en: ...}", key=True)
    if doc.currency is not None and not (len(doc.currency) == len("CNY") and doc.currency.isascii() and doc.currency.isupper()):
        draft.fault("bad_currency", ("currency",), f"found `{doc.currency[:60]}`, expected a currency code, such as `CNY`")
    if doc.timezone is not None and not _is_zone(doc.timezone):
        near = closest(doc.timezone, available_timezones())
        hint = f"did you mean `{near}`?" if near else "write an IANA name, such as `Asia/Shanghai`"
        draft.fault("bad_timezone", ("timezone",), f"there is no time zone `{doc.timezone[:60]}`", hint)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _in_force(draft: Draft, row: document.InForce | None) -> InForce:
    if row is None:
        return InForce(provenance=Provenance(path="in_force"))
    return InForce(
        from_=_day(draft, row.from_),
        by=UNSET if row.by == "unset" else row.by or "received",
        open_cases=UNSET if row.open_cases == "unset" else row.open_cases or "stay",
        provenance=draft.provenance(("in_force",), row),
    )


def _day(draft: Draft, text: str | None) -> date | Unset | None:
    if text is None or text == "unset":
        return UNSET if text else None
    try:
        return date.fromisoformat(text)
    except ValueError:
        draft.fault("bad_date", ("in_force", "from"), f"found `{text[:60]}`, expected a day such as `2026-03-01`, or `unset`")
        return None


def _check_namespace(draft: Draft) -> None:
    """Check that a name in a condition means one thing."""
    seen: dict[str, str] = {}
    for section, what, names in (
        ("facts", "a fact", draft.names.facts),
        ("events", "an event", draft.names.events),
        ("duties", "a duty", draft.names.duties),
        ("records", "a record", draft.names.records),
    ):
        for name in sorted(names):
            if name in seen:
                draft.fault(
                    "duplicate_name", (section, name), f"`{name}` is already the name of {seen[name]}", "give one of them another name", key=True
                )
            seen.setdefault(name, what)


def _check_choice(draft: Draft, source: Node, choice: Choice) -> None:
    """Check the rows that a choice would change if it were in force."""
    tree = as_read(source, choice)
    rows = {row_of(path) for path in touched(source, choice.change) if path}
    doc, findings = structured(_only(tree, {*rows, ("policy",), ("edition",), ("title",)}))
    draft.findings += findings
    if doc is None:
        return
    variant = replace(draft, tree=tree, names=Names.of(tree), domains=dict(draft.domains), clauses=dict(draft.clauses), languages=set())
    facts.declare(variant, doc.facts or {})
    _model(variant, doc, None)


def _only(tree: Node, paths: Iterable[Path]) -> Node:
    """Keep of a document only what stands at the paths."""
    kept: dict[str, Node] = {}
    by_key: dict[str, set[Path]] = {}
    for path in paths:
        by_key.setdefault(str(path[0]), set()).add(path[1:])
    for key, rest in by_key.items():
        child = tree.child(key)
        if child is not None:
            kept[key] = child if () in rest else _only(child, rest)
    return tree._replace(content=kept)


def _check_overlaps(draft: Draft, model: PolicyModel) -> None:
    """Look for rows of `unique` tables that can apply together; facts for which they do are the witness."""
    program = program_of(model)
    for name, table in model.tables.items():
        if table.hit != "unique":
            continue
        path: Path = ("tables", name)
        try:
            found = list(overlaps(program, table))
        except TooIntricate as error:
            draft.fault("too_intricate", path, f"whether two rows of `{name}` can both apply cannot be proved: {error}", key=True)
            continue
        for overlap in found:
            message = f"rows `{overlap.first}` and `{overlap.second}` can both apply, for example with {shown(overlap.witness, program)}"
            draft.fault("overlap", (*path, "rules", overlap.second), message, "add a test, or let one of them override the other", key=True)
            draft.findings[-1] = replace(draft.findings[-1], witness=witness(f"tables.{name}.rules.{overlap.second}", overlap.witness, model.facts))
