"""What changes for one case: part by part, before and after, with the rules, clauses and readings responsible."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from closedloop.values.mappings import FrozenMap
from closedloop.whatif.parts import NOTHING, Part, Parts, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, timedelta

    from closedloop.whatif.differing import Differing
    from closedloop.whatif.parts import Value
    from closedloop.whatif.replay import Replayed

#: A measure and what it is of, such as `("late", "closure")`.
MeasureKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """A part of a case that the two policies see differently.

    `before` and `after` are text, named texts, or None where the policy has no such part or it does not arise. `rules`,
    `clauses` and `readings` are those of the rules behind it that do not say the same in both policies, and those that stand
    behind it on one side only; where there is neither, all that stand behind it. `trace_only` says that the value is the
    same, and only what stands behind it differs.
    """

    part: str
    before: Value
    after: Value
    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    readings: tuple[str, ...]
    trace_only: bool

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {
            "part": self.part,
            "before": _plain(self.before),
            "after": _plain(self.after),
            "rules": list(self.rules),
            "clauses": list(self.clauses),
            "readings": list(self.readings),
            "trace_only": self.trace_only,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a case adds to a measure under the old policy, and under the new one."""

    measure: str
    of: str
    old: int | timedelta
    new: int | timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A case that the two policies see differently: its parts, and what that does to the measures."""

    id: str
    received_at: datetime
    parts: tuple[PartChange, ...]
    effects: tuple[Effect, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {"id": self.id, "received_at": self.received_at.isoformat(), "parts": [part.as_dict() for part in self.parts]}


def same(old: Replayed, new: Replayed) -> bool:
    """Whether every part of a case is equal under both policies, what stands behind it apart."""
    first, second = old.decision, new.decision
    before, after = old.review, new.review
    return (
        first.outcomes == second.outcomes
        and before.outcomes == after.outcomes
        and before.duties == after.duties
        and before.gates == after.gates
        and before.breaches == after.breaches
        and before.findings == after.findings
        and first.repeat == second.repeat
        and (first.scope, first.kind, first.category, first.level) == (second.scope, second.kind, second.category, second.level)
        and first.route == second.route
        and {each.fact for each in first.questions} == {each.fact for each in second.questions}
    )


def changes(old: Parts, new: Parts, where: Differing) -> tuple[PartChange, ...]:
    """Compare a case part by part, in the order of the parts."""
    return tuple(_changes(old, new, where))


def _changes(old: Parts, new: Parts, where: Differing) -> Iterator[PartChange]:
    before, after = old.all(), new.all()
    moved = old.moved | new.moved
    for name in dict.fromkeys((*before, *after)):
        if name.startswith("later.") and name not in moved:
            continue
        found = _change(name, before, after, where)
        if found is not None:
            yield found


def _change(name: str, before: Mapping[str, Part], after: Mapping[str, Part], where: Differing) -> PartChange | None:
    old, new = before.get(name), after.get(name)
    if old is not None and new is not None and old.raw == new.raw and name not in where.parts:
        return None
    first, second = (None if part is None else part.value() for part in (old, new))
    if (old is None and not _arises(second)) or (new is None and not _arises(first)):
        return None
    here, there = (NOTHING if part is None else part.trace() for part in (old, new))
    if first == second and here == there:
        return None
    responsible = _responsible(here, there, where)
    return PartChange(
        part=name,
        before=first,
        after=second,
        rules=responsible.rules,
        clauses=responsible.clauses,
        readings=responsible.readings,
        trace_only=first == second,
    )


def _arises(value: Value) -> bool:
    """Whether a part that the other policy does not have says anything: a duty that is not owed and a gate that is open do not."""
    if isinstance(value, FrozenMap):
        return value.get("state") not in {"not_owed", "open"}
    return value is not None


def _responsible(here: Trace, there: Trace, where: Differing) -> Trace:
    """Return the rules behind the part that were edited, and what stands on one side only; all where there is neither."""
    edited = [where.rules[path] for path in (here | there).rules if path in where.rules]
    found = reduce(or_, edited, NOTHING) | _apart(here, there)
    return here if found == NOTHING else found


def _apart(here: Trace, there: Trace) -> Trace:
    """Return what stands on one side only, that of the old policy first."""
    return Trace(*(_one_sided(getattr(here, name), getattr(there, name)) for name in ("rules", "clauses", "readings")))


def _one_sided(here: tuple[str, ...], there: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in dict.fromkeys((*here, *there)) if (each in here) is not (each in there))


def _plain(value: Value) -> Any:
    return dict(value) if isinstance(value, FrozenMap) else value
