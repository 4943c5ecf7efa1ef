"""Builds the tables, and the rule for repeats that raises the level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.errors import InvalidValue
from closedloop.policy.building.conditions import check_currency, condition, strict
from closedloop.policy.building.limits import amount_or_unset, clock, whole
from closedloop.policy.model import RemedySet, RepeatRule, RouteTo
from closedloop.policy.program import RAISED
from closedloop.policy.standard import TABLE_DOMAINS, WORKED_OUT
from closedloop.policy.terms import PROMPTLY
from closedloop.rules.conditions import ALWAYS, AgainstUnset
from closedloop.rules.states import UNSET
from closedloop.rules.tables import Rule, Table
from closedloop.values.limits import Limit
from closedloop.values.mappings import FrozenMap
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from closedloop.policy import document
    from closedloop.policy.building.draft import Draft
    from closedloop.policy.tree import Path
    from closedloop.rules.conditions import Condition
    from closedloop.rules.domains import Domain
    from closedloop.rules.tables import HitPolicy

_ROUTE_LISTS: Final = ("responsible", "informed", "through")
#: Settings of `repeats` that can have a clause of their own.
_SETTINGS: Final = frozenset({"same", "when", "while_open", "window", "clock", "raise_level_by", "raise_from"})
_REMEDY_LISTS: Final = ("owed", "open", "preferred", "discouraged", "excluded")


def tables(draft: Draft, rows: Mapping[str, document.Table], *, raises_level: bool) -> FrozenMap[str, Table]:
    """Build the tables. With `raises_level`, the table `level` never falls below the level to which a repeat is raised."""
    built: dict[str, Table] = {}
    for name, row in rows.items():
        domain = _domain(draft, ("tables", name), name)
        if domain is not None:
            built[name] = _table(draft, ("tables", name), row, domain, RAISED if raises_level and name == "level" else None)
    return FrozenMap(built)


def _domain(draft: Draft, path: Path, name: str) -> Domain | None:
    if name in WORKED_OUT:
        draft.fault("standard_fact", path, f"no table can decide `{name}`: the library works it out", key=True)
        return None
    if name not in TABLE_DOMAINS and name not in draft.tree.keys("facts"):
        message = f"the table `{name}` decides a fact that is not declared"
        draft.fault("undeclared_table", path, message, f"declare `{name}` under `facts`, with its type", key=True)
        return None
    derived = [key for key in draft.tree.keys("facts", name) if key in {"in_time", "took", "in_hours", "count", "total", "compare"}]
    if derived:
        draft.fault("undeclared_table", path, f"`{name}` is derived by `{derived[0]}`, so that no table can decide it", key=True)
    return draft.domains.get(name)


def _table(draft: Draft, path: Path, row: document.Table, domain: Domain, floor: str | None) -> Table:
    hit = row.hit or "unique"
    _check_hit(draft, path, hit, domain)
    if not row.rules:
        draft.fault("no_rules", (*path, "rules"), f"the table `{path[-1]}` has no rows", key=True)
    ids = frozenset(draft.tree.keys(*map(str, path), "rules"))
    rules = tuple(_rule(draft, (*path, "rules", name), name, rule, domain, ids) for name, rule in row.rules.items())
    _check_cycles(draft, path, rules)
    return Table(
        name=str(path[-1]),
        domain=domain,
        hit=hit,
        rules=rules,
        otherwise=UNSET if row.otherwise is None else _outcome(draft, (*path, "otherwise"), row.otherwise, domain),
        closed=row.otherwise is not None,
        floor=floor,
        provenance=draft.provenance(path, row),
    )


def _check_hit(draft: Draft, path: Path, hit: HitPolicy, domain: Domain) -> None:
    name = path[-1]
    if hit == "highest" and domain.type != "ordered":
        draft.fault("bad_hit", (*path, "hit"), f"`highest` needs an ordered fact, and `{name}` is of type {domain.type}")
    if hit == "all" and not domain.many:
        draft.fault("bad_hit", (*path, "hit"), f"`all` gives a set, and `{name}` is a single value", f"declare `{name}` with `many: yes`")
    if name == "remedies" and hit != "all":
        draft.fault("bad_hit", path, "the table `remedies` gives the outcomes of all rows that apply", "add `hit: all`", key=True)


def _rule(draft: Draft, path: Path, name: str, row: document.Rule, domain: Domain, ids: frozenset[str]) -> Rule:
    draft.code(path, name, "the id of a row")
    overrides = draft.listed((*path, "overrides"), row.overrides, ids - {name}, "other row of the table")
    return Rule(
        id=name,
        when=condition(draft, (*path, "when"), row.when),
        then=_outcome(draft, (*path, "then"), row.then, domain),
        overrides=frozenset(overrides),
        provenance=draft.provenance(path, row, must_cite=True),
    )


def _check_cycles(draft: Draft, path: Path, rules: tuple[Rule, ...]) -> None:
    """Check that rows do not set one another aside in a circle."""
    by_id = {rule.id: rule.overrides for rule in rules}
    for rule in rules:
        reached, todo = set[str](), list(rule.overrides)
        while todo:
            other = todo.pop()
            if other not in reached:
                reached.add(other)
                todo.extend(by_id.get(other, ()))
        if rule.id in reached:
            message = f"`{rule.id}` overrides itself by way of {', '.join(f'`{other}`' for other in sorted(reached - {rule.id}))}"
            draft.fault("cycle", (*path, "rules", rule.id, "overrides"), message)
            return


def _outcome(draft: Draft, path: Path, raw: object, domain: Domain) -> Hashable:
    """Read what a row gives."""
    if raw == "unset":
        return UNSET
    table = path[1]
    if table == "routing":
        return _route(draft, path, raw)
    if table == "remedies":
        return _remedies(draft, path, raw)
    if domain.type == "limit" and raw == "promptly":
        return PROMPTLY
    if domain.many:
        codes = raw if isinstance(raw, list) else [raw]
        return frozenset(_value(draft, (*path, number), code, domain) for number, code in enumerate(codes))
    return _value(draft, path, raw, domain)


def _value(draft: Draft, path: Path, raw: object, domain: Domain) -> Hashable:
    if not isinstance(raw, str):
        draft.fault("bad_outcome", path, f"found {'a list' if isinstance(raw, list) else 'a mapping'}, expected {domain.expected()}")
        return UNSET
    try:
        value = strict(domain).parse(raw)
    except InvalidValue as error:
        draft.fault("bad_outcome", path, str(error))
        return UNSET
    if isinstance(value, Money):
        check_currency(draft, path, value)
    return value


def _route(draft: Draft, path: Path, raw: object) -> RouteTo:
    if not isinstance(raw, dict):
        draft.fault("bad_outcome", path, "a route is a mapping such as {accountable: a_party, responsible: [...], informed: [...], through: [...]}")
        return RouteTo(UNSET)
    for key in raw:
        draft.known((*path, key), key, {"accountable", *_ROUTE_LISTS}, "key of a route")
    accountable = raw.get("accountable")
    if not isinstance(accountable, str):
        draft.fault("missing_key", path, "a route says who is `accountable`", "name a party, or `unset`")
    elif accountable != "unset":
        draft.known((*path, "accountable"), accountable, draft.names.parties, "party")
    lists = {key: draft.listed((*path, key), _listing(raw.get(key)), draft.names.parties, "party") for key in _ROUTE_LISTS}
    return RouteTo(accountable if isinstance(accountable, str) and accountable != "unset" else UNSET, **lists)


def _remedies(draft: Draft, path: Path, raw: object) -> RemedySet:
    if not isinstance(raw, dict) or not raw:
        draft.fault("bad_outcome", path, "remedies are a mapping such as {owed: [...], open: [...], preferred: [...]}")
        return RemedySet()
    lists: dict[str, tuple[str, ...]] = {}
    for key, value in raw.items():
        codes = _listing(value)
        if draft.known((*path, key), key, _REMEDY_LISTS, "key of remedies") and codes is not None:
            lists[key] = (codes,) if isinstance(codes, str) else tuple(codes)
            for number, code in enumerate(lists[key]):
                draft.code((*path, key, number), code, "a remedy")
    return RemedySet(**lists)


def _listing(raw: object) -> str | list[str] | None:
    return raw if isinstance(raw, str) or (isinstance(raw, list) and all(isinstance(each, str) for each in raw)) else None


def repeats(draft: Draft, row: document.Repeats) -> RepeatRule:
    """Build the rule for repeats."""
    path: Path = ("repeats",)
    raised = whole(draft, (*path, "raise_level_by"), row.raise_level_by) or 0
    if raised and ("level" not in draft.names.tables or getattr(draft.domains.get("level"), "type", "ordered") != "ordered"):
        message = "`raise_level_by` needs a table `level` that decides an ordered fact"
        draft.fault("no_level", (*path, "raise_level_by"), message, "declare it, or leave the key out")
    window = amount_or_unset(draft, (*path, "window"), row.window)
    counted = window if isinstance(window, Limit) and window.unit in {"working hours", "working days"} else None
    cites = _cites(draft, (*path, "cite"), row)
    return RepeatRule(
        when=_certain(draft, (*path, "when"), condition(draft, (*path, "when"), row.when)),
        clock=clock(draft, path, row.clock, counted),
        settings=FrozenMap({key: draft.behind((*path, key), row, names) for key, names in cites.items() if key}),
        same=draft.fields((*path, "same"), row.same),
        while_open=row.while_open or "merge",
        window=window,
        raise_level_by=raised,
        raise_from=row.raise_from or "last",
        provenance=draft.behind(path, row, [cite for names in cites.values() for cite in names], must_cite=not row.cite),
    )


def _cites(draft: Draft, path: Path, row: document.Repeats) -> dict[str, tuple[str, ...]]:
    """Read the clauses by setting; those of the rule as a whole stand under an empty key."""
    if not isinstance(row.cite, dict):
        return {} if row.cite is None else {"": _clauses(draft, path, row.cite)}
    settings = _SETTINGS.intersection(draft.tree.keys("repeats"))
    given = {key: names for key, names in row.cite.items() if draft.known((*path, key), key, settings, "setting")}
    return {key: _clauses(draft, (*path, key), names) for key, names in given.items()}


def _clauses(draft: Draft, path: Path, raw: object) -> tuple[str, ...]:
    names = _listing(raw)
    if names is None:
        draft.fault("wrong_type", path, "found a mapping, expected a clause or a list of clauses")
        return ()
    return (names,) if isinstance(names, str) else tuple(names)


def _certain(draft: Draft, path: Path, when: Condition) -> Condition:
    """Refuse a condition that the source leaves without a value: nobody could say what is a repeat."""
    if any(isinstance(test, AgainstUnset) for alternative in when.alternatives for _, test in alternative):
        draft.fault("bad_condition", path, "found a test against `unset`, expected a condition that can be decided")
        return ALWAYS
    return when
