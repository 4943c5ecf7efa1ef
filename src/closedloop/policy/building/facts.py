"""Builds the facts: what they may be, where they come from, and how the library works out those that are derived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.policy.building.derivations import derivation, derived_by
from closedloop.policy.model import Fact
from closedloop.policy.standard import COMPARED, COMPARED_LABELS, STANDARD_FACTS, TABLE_DOMAINS, WORKED_OUT, table_fact
from closedloop.rules.domains import Domain
from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.policy import document
    from closedloop.policy.building.draft import Draft
    from closedloop.policy.tree import Node, Path
    from closedloop.rules.domains import FieldType

_DERIVED: Final[Mapping[str, Domain]] = {
    "in_time": Domain(type="yes_no"),
    "took": Domain(type="number"),
    "in_hours": Domain(type="yes_no"),
    "count": Domain(type="number", counts=0),
    "total": Domain(type="number"),
    "compare": COMPARED,
}
_LISTED: Final = frozenset({"choice", "ordered"})
#: Standard facts that the library itself gives, so that a policy cannot make something else of them.
_FIXED: Final = frozenset({"text", "round", "repeat", "claim", "value"})


def standard_domains(tree: Node) -> dict[str, Domain]:
    """Return what the fields may be that need no declaration."""
    tables = tree.keys("tables")
    domains = {name: fact.domain for name, fact in STANDARD_FACTS.items()}
    domains |= {name: domain for name, domain in TABLE_DOMAINS.items() if name in tables}
    if "routing" in tables:
        domains["routing"] = Domain(type="party", values=tree.keys("parties"))
    return domains


def declare(draft: Draft, rows: Mapping[str, document.Fact]) -> None:
    """Work out what each declared fact may be, so that conditions can be typed."""
    for name, row in rows.items():
        domain = _domain(draft, ("facts", name), name, row)
        if domain is not None:
            draft.domains[name] = domain


def facts(draft: Draft, rows: Mapping[str, document.Fact]) -> FrozenMap[str, Fact]:
    """Build the facts, the standard ones and those of standard tables among them."""
    built = dict(STANDARD_FACTS)
    built |= {name: table_fact(name) for name in TABLE_DOMAINS if name in draft.names.tables}
    for name, row in rows.items():
        if name in draft.domains:
            built[name] = _fact(draft, ("facts", name), row, built.get(name))
    return FrozenMap(built)


def _domain(draft: Draft, path: Path, name: str, row: document.Fact) -> Domain | None:
    draft.code(path, name, "the id of a fact")
    derived = derived_by(row)
    if derived:
        return _DERIVED[derived[0]]
    standard = STANDARD_FACTS.get(name) or (table_fact(name) if name in TABLE_DOMAINS else None)
    kind = row.type or (standard.domain.type if standard else None)
    if kind is None:
        draft.fault("missing_key", path, f"the fact `{name}` has no type", "add `type`, or a derivation such as `in_time`", key=True)
        return None
    if kind == "party":
        return Domain(type="party", values=draft.tree.keys("parties"), many=row.many is not None)
    domain = Domain(type=kind, values=_values(draft, path, row, kind), open_list=row.other is not None, many=row.many is not None)
    _check_standard(draft, path, name, domain, row)
    return standard.domain if standard and row.values is None and kind == standard.domain.type else domain


def _check_standard(draft: Draft, path: Path, name: str, domain: Domain, row: document.Fact) -> None:
    standard = TABLE_DOMAINS.get(name) or (STANDARD_FACTS[name].domain if name in _FIXED else None)
    if standard is None:
        return
    if domain.type != standard.type:
        draft.fault("standard_fact", (*path, "type"), f"`{name}` is of type {standard.type} in every policy, found {domain.type}")
    elif row.values is not None and set(domain.values) != set(standard.values):
        message = f"`{name}` takes the values {', '.join(standard.values) or 'that its table gives'} in every policy"
        draft.fault("standard_fact", (*path, "values"), message)


def _values(draft: Draft, path: Path, row: document.Fact, kind: FieldType) -> tuple[str, ...]:
    at = (*path, "values")
    if row.values is None:
        if kind in _LISTED and path[1] not in STANDARD_FACTS and path[1] not in TABLE_DOMAINS:
            draft.fault("missing_key", path, f"a fact of type {kind} lists its values", "add `values`", key=True)
        return ()
    if kind not in _LISTED:
        draft.fault("unfit_key", at, f"a fact of type {kind} has no list of values", key=True)
        return ()
    codes = list(row.values) if isinstance(row.values, (list, dict)) else []
    if not codes or not all(isinstance(code, str) for code in codes):
        draft.fault("bad_values", at, "`values` is a list of codes, or a mapping from code to label")
        return ()
    for number, code in enumerate(codes):
        draft.code((*at, code if isinstance(row.values, dict) else number), code, "a value")
        if code in codes[:number]:
            draft.fault("twice", (*at, number), f"`{code}` is listed twice", "list it once")
    return tuple(codes)


def _fact(draft: Draft, path: Path, row: document.Fact, standard: Fact | None) -> Fact:
    name = str(path[1])
    _check_keys(draft, path, row)
    table = name if name in draft.names.tables else None
    label = draft.label(name, row) if row.labels or standard is None else standard.label
    asked = Label(name, FrozenMap(row.ask)) if row.ask else standard.ask if standard and not row.labels else label
    return Fact(
        id=name,
        domain=draft.domains[name],
        label=label,
        ask=asked,
        value_labels=_value_labels(draft, path, row, standard),
        judged_by=draft.parties((*path, "judged_by"), _judges(row)),
        at=row.at if row.at is None or draft.known((*path, "at"), row.at, draft.names.events, "event") else None,
        unit=row.unit,
        derived=derivation(draft, path, row),
        table=table,
        standard=standard is not None,
        provenance=draft.provenance(path, row),
    )


def _value_labels(draft: Draft, path: Path, row: document.Fact, standard: Fact | None) -> Mapping[str, Label]:
    if row.compare is not None:
        return COMPARED_LABELS
    if not isinstance(row.values, dict):
        return standard.value_labels if standard is not None and row.values is None else FrozenMap()
    return FrozenMap({code: _value_label(draft, (*path, "values", code), code, words) for code, words in row.values.items()})


def _value_label(draft: Draft, path: Path, code: str, words: object) -> Label:
    """Read the label of a value; without a tag it is in the first language of the title."""
    if isinstance(words, str):
        return Label(code, FrozenMap({draft.language: words}))
    tagged = words if isinstance(words, dict) else {}
    draft.languages.update(tagged)
    for tag, text in tagged.items():
        draft.tag((*path, tag), tag)
        if not isinstance(text, str):
            draft.fault("wrong_type", (*path, tag), "a label is text")
    if not tagged:
        draft.fault("wrong_type", path, "a label is text, or a mapping from language tag to text")
    return Label(code, FrozenMap({tag: text for tag, text in tagged.items() if isinstance(text, str)}))


def _check_keys(draft: Draft, path: Path, row: document.Fact) -> None:
    """Check that the keys of a fact fit together."""
    name = str(path[1])
    for tag in row.ask or {}:
        draft.tag((*path, "ask", tag), tag)
    if row.other is not None and row.type != "choice":
        draft.fault("unfit_key", (*path, "other"), "`other` opens the list of a choice only", key=True)
    if row.many is not None and row.type not in {"choice", "party"}:
        draft.fault("unfit_key", (*path, "many"), "`many` makes a set of a choice or a party only", key=True)
    if row.unit is not None and row.type != "number" and row.took is None:
        draft.fault("unfit_key", (*path, "unit"), "`unit` belongs to a number", key=True)
    decided = "its table decides it" if name in draft.names.tables else "it is derived" if derived_by(row) else None
    decided = "the library works it out" if name in WORKED_OUT else decided
    if decided is None:
        return
    for key, value in (("judged_by", _judges(row)), ("at", row.at), ("ask", row.ask)):
        if value:
            draft.fault("unfit_key", (*path, key), f"`{key}` has no place on `{name}`: {decided}", "leave it out", key=True)


def _judges(row: document.Fact) -> str | list[str] | None:
    """Return who must judge; a change says `none` where a fact that was judged is worked out instead."""
    return None if row.judged_by == "none" else row.judged_by
