"""What a case has had more of than the policy allows: rounds, and occurrences of what a duty asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from closedloop.evaluation.progress import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.complaint import Event
    from closedloop.evaluation.duties import Duties
    from closedloop.policy.model import DutyRule, Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """An event beyond what a rule allows: the how manieth it is, of how many."""

    kind: Literal["too_many_rounds", "more_than_asked"]
    rule: Round | DutyRule
    event: Event
    number: int
    allowed: int


def excesses(duties: Duties) -> Iterator[Excess]:
    """Give the events that began a round too many, and those by which a duty was done more often than it asks for."""
    model, log = duties.situation.book.model, duties.situation.log
    for each in model.rounds.values():
        begun = [event for event, _ in log.happened if event.kind == each.on]
        # The case begins in round 1, so that the first such event begins the second.
        if isinstance(each.limit, int):
            for number, event in enumerate(begun[each.limit - 1 :], each.limit + 1):
                yield Excess(kind="too_many_rounds", rule=each, event=event, number=number, allowed=each.limit)
    for rule in model.duties.values():
        finding = duties[rule.id]
        if rule.times.most is None or finding.start is None or finding.state == "not_owed" or not finding.certain:
            continue
        for number, event in enumerate(serving(duties, duties.situation.book.plans[rule.id], finding.start)[rule.times.most :], rule.times.most + 1):
            yield Excess(kind="more_than_asked", rule=rule, event=event, number=number, allowed=rule.times.most)
