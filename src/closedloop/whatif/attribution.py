"""Which rules and clauses the difference of a measure comes from; the rows add up to the whole difference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from closedloop.errors import UnknownName
from closedloop.values.columns import plain_table
from closedloop.whatif.measures import GREATEST, LATENESS, MEASURES
from closedloop.whatif.naming import SPACES
from closedloop.whatif.summary import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from closedloop.whatif.availability import Unavailable
    from closedloop.whatif.changes import Change, Effect, PartChange
    from closedloop.whatif.naming import Names
    from closedloop.whatif.tally import Exact

#: The parts that a measure is worked out from, as they are named or as they begin.
_PARTS: Final = {
    "cases": ("repeat", "scope"), "merged": ("repeat", "scope"), "out_of_scope": ("scope", "later.scope"),
    "load": ("route", "later.routing"), "level": ("level", "later.level"), "repeats": ("repeat",), "upgrades": ("level", "repeat"),
    "approvals": ("gates.", "level", "route"), "shut_gates": ("findings",), "questions": ("questions",), "first_pass": ("duties.", "repeat", "scope"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionRow:
    """How many cases changed in the measure by these rules, and by how much in all. No rule: nothing names one."""

    rules: tuple[str, ...]
    clauses: tuple[str, ...]
    readings: tuple[str, ...]
    cases: int
    difference: Exact


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attribution:
    """The difference of a measure by rule and clause, most cases first. A case counts in one row, with all rules responsible for it."""

    measure: str
    rows: tuple[AttributionRow, ...]

    def __str__(self) -> str:
        """Return an aligned table."""
        lines = [
            (", ".join(row.rules) or "-", ", ".join(row.clauses) or "-", str(row.cases), amount_text(row.difference, signed=True))
            for row in self.rows
        ]
        return plain_table(("rules", "clauses", "cases", self.measure), lines)

    def __repr__(self) -> str:
        """Return an aligned table."""
        return str(self)


def attribute(changed: Iterable[Change], measure: str, lacking: Iterable[Unavailable], names: Names) -> Attribution:
    """Attribute a measure such as `late`, or what it is of such as `late.closure`. Raises `UnknownName`.

    What is not available for one of the policies has no difference.

    The longest lateness is of one case, and no sum of differences: it cannot be attributed.
    """
    name, _, of = measure.partition(".")
    if name not in MEASURES or name in GREATEST:
        raise UnknownName.among("measure", measure, MEASURES.keys() - GREATEST)
    known = {code for space, code in names if space == SPACES.get(name)}
    if of and of not in known:
        raise UnknownName.among("measure", measure, {f"{name}.{code}" for code in known} or {name})
    missing = {(each.measure, each.of) for each in lacking}
    rows: dict[tuple[tuple[str, ...], ...], list[Exact]] = {}
    for change in changed:
        mine = [effect for effect in change.effects if effect.measure == name and of in {"", effect.of}]
        effects = [effect for effect in mine if missing.isdisjoint({(name, effect.of), (name, "")})]
        if effects:
            rows.setdefault(_responsible(change, effects), []).append(_total([_difference(effect) for effect in effects]))
    found = [
        AttributionRow(rules=key[0], clauses=key[1], readings=key[2], cases=len(differences), difference=_total(differences))
        for key, differences in rows.items()
    ]
    return Attribution(measure=measure, rows=tuple(sorted(found, key=lambda row: (-row.cases, row.rules, row.clauses, row.readings))))


def _responsible(change: Change, effects: Sequence[Effect]) -> tuple[tuple[str, ...], ...]:
    """Gather the rules, clauses and readings of the parts from which the measure is worked out, else of all parts that changed."""
    parts = [part for part in change.parts if any(_concerns(effect, part) for effect in effects)] or list(change.parts)
    return tuple(tuple(dict.fromkeys(each for part in parts for each in getattr(part, name))) for name in ("rules", "clauses", "readings"))


def _concerns(effect: Effect, part: PartChange) -> bool:
    if effect.measure in LATENESS:
        return part.part == f"duties.{effect.of}"
    return any(part.part == name or (name.endswith(".") and part.part.startswith(name)) for name in _PARTS[effect.measure])


def _difference(effect: Effect) -> Exact:
    if isinstance(effect.old, timedelta) or isinstance(effect.new, timedelta):
        return _time(effect.new) - _time(effect.old)
    return effect.new - effect.old


def _total(amounts: Sequence[Exact]) -> Exact:
    if any(isinstance(amount, timedelta) for amount in amounts):
        return sum(map(_time, amounts), timedelta())
    return sum(amount for amount in amounts if not isinstance(amount, timedelta))


def _time(amount: Exact) -> timedelta:
    return amount if isinstance(amount, timedelta) else timedelta()
