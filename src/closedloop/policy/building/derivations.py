"""Builds the derived facts, the only things that a policy has worked out for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from closedloop.errors import closest
from closedloop.policy.building.conditions import condition
from closedloop.policy.building.limits import amount, clock, share, within
from closedloop.policy.terms import Compare, Count, FactLimit, InHours, InTime, Took
from closedloop.rules.states import UNSET
from closedloop.values.limits import UNITS, Limit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from closedloop.policy import document
    from closedloop.policy.building.draft import Draft
    from closedloop.policy.terms import Derivation
    from closedloop.policy.tree import Path
    from closedloop.rules.domains import Domain
    from closedloop.rules.states import Unset

#: Each derivation, and the keys that belong to it alone.
DERIVATIONS: Final[Mapping[str, frozenset[str]]] = {
    "in_time": frozenset(),
    "took": frozenset({"clock", "unit"}),
    "in_hours": frozenset({"clock"}),
    "count": frozenset({"same", "window", "where"}),
    "total": frozenset({"same", "window", "where", "unit"}),
    "compare": frozenset({"with", "tolerance"}),
}
_COMPARABLE: Final = frozenset({"number", "money", "instant"})


def derivation(draft: Draft, path: Path, row: document.Fact) -> Derivation | None:
    """Build the derivation of a fact, or None for a fact that is not derived."""
    _check_keys(draft, path, row, derived_by(row))
    if row.in_time is not None:
        return _in_time(draft, (*path, "in_time"), row.in_time)
    if row.took is not None:
        return _took(draft, path, row)
    if row.in_hours is not None:
        return _in_hours(draft, path, row.in_hours, row.clock)
    if (counted := row.count or row.total) is not None:
        return _count(draft, path, row, counted)
    return _compare(draft, path, row.compare, row) if row.compare is not None else None


def derived_by(row: document.Fact) -> list[str]:
    """Return the derivations that a fact gives; more than one is a fault."""
    return [kind for kind in DERIVATIONS if getattr(row, kind) is not None]


def _check_keys(draft: Draft, path: Path, row: document.Fact, kinds: list[str]) -> None:
    for kind in kinds[1:]:
        draft.fault("two_derivations", (*path, kind), f"a fact has one derivation; `{kinds[0]}` is given already", key=True)
    if kinds and (row.type is not None or row.values is not None):
        key = "type" if row.type is not None else "values"
        draft.fault("unfit_key", (*path, key), f"`{key}` has no place on a derived fact: `{kinds[0]}` says what it gives", "leave it out", key=True)
    written = {"clock": row.clock, "same": row.same, "window": row.window, "where": row.where, "with": row.with_, "tolerance": row.tolerance}
    for key, value in written.items():
        if value is not None and (not kinds or key not in DERIVATIONS[kinds[0]]):
            belongs = " or ".join(f"`{kind}`" for kind, keys in DERIVATIONS.items() if key in keys)
            draft.fault("unfit_key", (*path, key), f"`{key}` belongs to {belongs}", key=True)


def _in_time(draft: Draft, path: Path, row: document.InTime) -> InTime | None:
    draft.known((*path, "do"), row.do, draft.names.events, "event")
    draft.known((*path, "from"), row.from_, draft.names.events, "event")
    limit = within(draft, (*path, "within"), row.within)
    on = clock(draft, path, row.clock, limit)
    return None if limit is None else InTime(do=row.do, from_=row.from_, within=limit, clock=on)


def _took(draft: Draft, path: Path, row: document.Fact) -> Took | None:
    ends = draft.events((*path, "took"), row.took)
    match row.took:
        case [_, _]:
            pass
        case _:
            draft.fault("bad_derivation", (*path, "took"), "`took` names two events, the first and the last")
    if row.unit not in UNITS:
        near = closest(row.unit or "", UNITS)
        message = "`took` needs a unit" if row.unit is None else f"`{row.unit}` is not a unit of time"
        draft.fault("bad_unit", (*path, "unit"), message, f"did you mean `{near}`?" if near else f"units are {', '.join(UNITS)}")
        return None
    on = clock(draft, path, row.clock, Limit(1, row.unit))
    return Took(start=ends[0], end=ends[-1], unit=row.unit, clock=on) if ends else None


def _in_hours(draft: Draft, path: Path, event: str, on: str | None) -> InHours | None:
    draft.known((*path, "in_hours"), event, draft.names.events, "event")
    if on is None:
        draft.fault("no_clock", path, "`in_hours` needs a clock, whose calendar knows the open hours", "add `clock`", key=True)
        return None
    if draft.known((*path, "clock"), on, draft.names.clocks, "clock") and draft.tree.text("clocks", on, "calendar") == "none":
        draft.fault("no_hours", (*path, "clock"), f"the clock `{on}` has the calendar `none`, which has no hours")
    return InHours(event=event, clock=on)


def _count(draft: Draft, path: Path, row: document.Fact, counted: str) -> Count:
    how: Literal["count", "total"] = "count" if row.count is not None else "total"
    if how == "count":
        draft.known((*path, how), counted, draft.names.events, "event")
    elif draft.known((*path, how), counted, draft.names.facts, "fact") and _type(draft, counted) not in {"number", None}:
        draft.fault("bad_derivation", (*path, how), f"`total` adds up a number, and `{counted}` is of type {_type(draft, counted)}")
    return Count(
        how=how,
        of=counted,
        same=draft.fields((*path, "same"), row.same),
        window=_window(draft, (*path, "window"), row.window),
        where=condition(draft, (*path, "where"), row.where),
    )


def _window(draft: Draft, path: Path, raw: str | None) -> Limit | None:
    window = None if raw is None else amount(draft, path, raw)
    if window is not None and window.unit in {"working hours", "working days"}:
        draft.fault("bad_limit", path, "a window is counted in whole days of the calendar, or in hours", "write `6 months`, `30 days` or `24 hours`")
        return None
    return window


def _type(draft: Draft, name: str) -> str | None:
    domain = draft.domains.get(name)
    return domain.type if domain else None


def _compare(draft: Draft, path: Path, compared: str, row: document.Fact) -> Compare | None:
    if row.with_ is None:
        draft.fault("missing_key", path, "`compare` needs `with`, the other of the two", key=True)
        return None
    left = _compared(draft, (*path, "compare"), compared)
    right = _compared(draft, (*path, "with"), row.with_)
    if left and right and left != right:
        message = f"`{compared}` is of type {left} and `{row.with_}` of type {right}; only values of one type compare"
        draft.fault("bad_derivation", (*path, "with"), message)
    if row.tolerance is not None and left == "instant":
        draft.fault("unfit_key", (*path, "tolerance"), "`tolerance` is a share of a number or an amount, not of an instant", key=True)
    return Compare(left=compared, right=row.with_, tolerance=_tolerance(draft, (*path, "tolerance"), row.tolerance))


def _compared(draft: Draft, path: Path, name: str) -> str | None:
    """Return the type of one side of a comparison."""
    duty, _, part = name.partition(".")
    if part == "first_due" and duty in draft.names.duties:
        return "instant"
    known = {each for each, domain in draft.domains.items() if domain.type in _COMPARABLE}
    known |= {f"{each}.first_due" for each in draft.names.duties}
    domain: Domain | None = draft.domains.get(name)
    if domain is not None and domain.type not in _COMPARABLE:
        draft.fault("bad_derivation", path, f"`{name}` is of type {domain.type}; numbers, amounts of money and instants compare")
        return None
    if domain is None and name not in draft.names.facts:
        draft.known(path, name, known, "fact")
    return domain.type if domain else None


def _tolerance(draft: Draft, path: Path, raw: object) -> tuple[Decimal | FactLimit, ...] | Unset:
    """Read the tolerance: shares and numbers that facts give, of which the first that is known counts."""
    if raw is None:
        return ()
    if raw == "unset":
        return UNSET
    if isinstance(raw, dict) and set(raw) == {"first_given"} and isinstance(raw["first_given"], list):
        read = [_allowance(draft, (*path, "first_given", number), each) for number, each in enumerate(raw["first_given"])]
    else:
        read = [_allowance(draft, path, raw)]
    return tuple(each for each in read if each is not None)


def _allowance(draft: Draft, path: Path, raw: object) -> Decimal | FactLimit | None:
    if not isinstance(raw, str):
        draft.fault("bad_share", path, "a tolerance is a share such as `5%`, the name of a number, or {first_given: [...]}")
        return None
    if (part := share(raw)) is not None:
        return part
    numbers = [name for name, domain in draft.domains.items() if domain.type == "number"]
    return FactLimit(raw) if draft.known(path, raw, numbers, "number") else None
