"""The reason behind a ruling or a settlement: its clauses and readings, and the sentence that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.explanation.flips import facts_read
from closedloop.explanation.reasons import Reason, Words
from closedloop.values.clauses import Clause
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from closedloop.evaluation.situation import Situation
    from closedloop.explanation.reasons import Status
    from closedloop.redress.views import View
    from closedloop.values.clauses import Provenance
    from closedloop.values.text import Lang


def clauses_of(sources: Collection[Provenance]) -> tuple[Clause, ...]:
    """Return the clauses that rules cite, each once."""
    return tuple(dict.fromkeys(clause for source in sources for clause in source.clauses))


def status(*, missing: Collection[str], awaited: Collection[str], unsaid: bool) -> Status:
    """Say whether it is settled; what can be asked for comes before what must be waited for."""
    if missing:
        return "open"
    return "waiting" if awaited else "unspecified_by_source" if unsaid else "decided"


def reason(
    part: str, situation: Situation, sources: Sequence[Provenance], seen: Collection[View], outcome: Status, say: Callable[[Lang], str]
) -> Reason:
    """Give the reason for a part, from the rules that made it so and the gates that were read; what it waits for, the caller adds."""
    return Reason(
        part=part,
        outcome=outcome,
        rules=tuple(source.path for source in sources),
        clauses=clauses_of(sources) or (Clause(part),),
        readings=tuple(dict.fromkeys(reading for source in sources for reading in source.readings)),
        facts=FrozenMap(facts_read(situation, [view.rule.when for view in seen])),
        words=Words(say),
    )
