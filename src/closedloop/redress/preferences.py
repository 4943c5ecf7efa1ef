"""What the table `remedies` says about a remedy: excluded or not, discouraged, and which remedies come before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from closedloop.evaluation.outcomes import table_outcome
from closedloop.policy.model import RemedySet
from closedloop.rules.tables import members

if TYPE_CHECKING:
    from closedloop.decision import Basis
    from closedloop.values.clauses import Provenance

_TABLE: Final = "remedies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Where a remedy stands. `excluded` names the rows that rule it out, or may once what is `missing` or `awaited` is known."""

    preferred: tuple[str, ...] = ()
    discouraged: bool = False
    excluded: tuple[Provenance, ...] = ()
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()


def preference(found: Basis, remedy: str) -> Preference:
    """Look a remedy up in the table; without the table nothing is said."""
    table = found.situation.book.program.tables.get(_TABLE)
    if table is None:
        return Preference()
    outcome = table_outcome(found.situation, _TABLE)
    possible = [each for each in outcome.possible if isinstance(each, RemedySet)]
    held = [each for name in outcome.matched for each in members(table.rule(name).then) if isinstance(each, RemedySet)]
    excluding = [each for each in possible if remedy in each.excluded]
    certain = any(each in held for each in excluding)
    before = dict.fromkeys(other for each in held for other in _before(each, remedy))
    return Preference(
        preferred=tuple(before),
        discouraged=any(remedy in each.discouraged for each in held),
        excluded=tuple(rule.provenance for rule in table.rules if not members(rule.then).isdisjoint(excluding)),
        missing=outcome.missing if excluding and not certain else (),
        awaited=outcome.awaited if excluding and not certain else (),
    )


def _before(said: RemedySet, remedy: str) -> tuple[str, ...]:
    """Return the remedies that come before this one: those listed before it, or all where it is not listed."""
    return said.preferred[: said.preferred.index(remedy)] if remedy in said.preferred else said.preferred
