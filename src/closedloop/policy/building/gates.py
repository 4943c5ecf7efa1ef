"""Builds the gates, and the targets that say how well it should be done."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, cast

from closedloop.errors import InvalidValue
from closedloop.policy.building.conditions import check_currency, condition
from closedloop.policy.building.limits import amount_or_unset, clock, share
from closedloop.policy.model import ANY, Bound, GateRule, Goal, Rung, Target
from closedloop.rules.states import UNSET
from closedloop.values.limits import Limit
from closedloop.values.mappings import FrozenMap
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.policy import document
    from closedloop.policy.building.draft import Draft
    from closedloop.policy.model import AnyAmount
    from closedloop.policy.tree import Path
    from closedloop.rules.states import Unset

_REQUIREMENTS: Final = ("after", "needs", "met", "records", "one_of", "approval", "ladder", "by", "not_before", "not_after")
_GOAL: Final = re.compile(r"\s*(<=|>=|<|>|)\s*(.+)")


def gates(draft: Draft, events: Mapping[str, Mapping[str, document.Gate]]) -> FrozenMap[str, GateRule]:
    """Build the gates, by `event.id`."""
    built: dict[str, GateRule] = {}
    for event, rows in events.items():
        draft.known(("gates", event), event, draft.names.events, "event")
        for name, row in rows.items():
            built[f"{event}.{name}"] = _gate(draft, ("gates", event, name), row)
    return FrozenMap(built)


def _gate(draft: Draft, path: Path, row: document.Gate) -> GateRule:
    _, event, name = map(str, path)
    draft.code(path, name, "the id of a gate")
    if all(getattr(row, key) is None for key in _REQUIREMENTS):
        draft.fault("empty_gate", path, f"the gate `{name}` asks for nothing", f"add one of {', '.join(_REQUIREMENTS)}", key=True)
    siblings = frozenset(draft.tree.keys("gates", event)) - {name}
    records = draft.names.records
    return GateRule(
        id=name,
        event=event,
        label=draft.label(name, row),
        when=condition(draft, (*path, "when"), row.when),
        after=draft.events((*path, "after"), row.after),
        needs=None if row.needs is None else condition(draft, (*path, "needs"), row.needs, may_be_unset=True),
        met=draft.listed((*path, "met"), row.met, draft.names.duties, "duty"),
        records=draft.listed((*path, "records"), _nonempty(row.records), records, "record"),
        one_of=draft.listed((*path, "one_of"), _nonempty(row.one_of), records, "record"),
        approval=UNSET if row.approval == "unset" else draft.parties((*path, "approval"), row.approval),
        ladder=_ladder(draft, (*path, "ladder"), row.ladder or ()),
        value_at=row.value_at,
        per=row.per or "case",
        window=_window(draft, path, row),
        by=draft.parties((*path, "by"), row.by),
        not_before=_bound(draft, (*path, "not_before"), row.not_before),
        not_after=_bound(draft, (*path, "not_after"), row.not_after),
        overrides=frozenset(draft.listed((*path, "overrides"), row.overrides, siblings, "other gate of the event")),
        provenance=draft.provenance(path, row, must_cite=True),
    )


def _nonempty(value: str | list[str] | None) -> str | list[str] | None:
    """Take an empty list, by which a change takes a requirement back, for none."""
    return value or None


def _ladder(draft: Draft, path: Path, rungs: tuple[()] | list[document.Rung]) -> tuple[Rung, ...]:
    read: list[Rung] = []
    for number, rung in enumerate(rungs):
        at = (*path, number)
        draft.known((*at, "party"), rung.party, draft.names.parties | {"accountable"}, "party")
        up_to = _ceiling(draft, (*at, "up_to"), rung.up_to)
        last = next((each.up_to for each in reversed(read) if each.up_to is not UNSET), None)
        if last is ANY or (isinstance(last, Money) and isinstance(up_to, Money) and last.currency == up_to.currency and not last < up_to):
            message = f"`{rung.party}` is never reached: an earlier step covers {'any amount' if last is ANY else f'up to {last}'}"
            draft.fault("bad_ladder", at, message, "write the steps from the smallest amount to the largest")
        read.append(Rung(rung.party, up_to))
    return tuple(read)


def _ceiling(draft: Draft, path: Path, text: str) -> Money | AnyAmount | Unset:
    if text == "unset":
        return UNSET
    if text == "any":
        return ANY
    try:
        money = Money.parse(text)
    except InvalidValue as error:
        draft.fault("bad_amount", path, f"{error}; `any` and `unset` will also do")
        return UNSET
    check_currency(draft, path, money)
    return money


def _window(draft: Draft, path: Path, row: document.Gate) -> Limit | Unset | None:
    if not row.ladder and (row.per is not None or row.window is not None):
        key = "per" if row.per is not None else "window"
        draft.fault(
            "bad_ladder", (*path, key), f"`{key}` says what counts towards a ladder, and there is none", "add `ladder`, or leave it out", key=True
        )
    return None if row.window is None else amount_or_unset(draft, (*path, "window"), row.window)


def _bound(draft: Draft, path: Path, row: document.NotBefore | document.NotAfter | None) -> Bound | None:
    if row is None:
        return None
    key, text = ("within", row.within) if hasattr(row, "within") else ("wait", row.wait)
    draft.known((*path, "from"), row.from_, draft.names.events, "event")
    limit = amount_or_unset(draft, (*path, key), text)
    return Bound(row.from_, limit, clock(draft, path, row.clock, limit if isinstance(limit, Limit) else None))


def targets(draft: Draft, rows: Mapping[str, document.Target]) -> FrozenMap[str, Target]:
    """Build the targets."""
    return FrozenMap({name: _target(draft, ("targets", name), name, row) for name, row in rows.items()})


def _target(draft: Draft, path: Path, name: str, row: document.Target) -> Target:
    draft.code(path, name, "the id of a target")
    return Target(
        id=name,
        label=draft.label(name, row),
        among=condition(draft, (*path, "among"), row.among),
        share=condition(draft, (*path, "share"), row.share, may_be_unset=True),
        goal=_goal(draft, (*path, "goal"), row.goal),
        provenance=draft.provenance(path, row, must_cite=True),
    )


def _goal(draft: Draft, path: Path, text: str) -> Goal | Unset:
    if text == "unset":
        return UNSET
    match = _GOAL.fullmatch(text)
    part = share(match[2]) if match else None
    if match is None or part is None or part > Decimal(1):
        draft.fault("bad_share", path, f"found `{text[:60]}`, expected a share such as `>= 99.8%` or `100%`, or `unset`")
        return UNSET
    operator = cast("Literal['<', '<=', '=', '>=', '>']", match[1] or "=")
    return Goal(operator, part, text)
