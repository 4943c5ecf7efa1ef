"""Approvals: which of those in the log are for what is about to happen, and whose are still to be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from closedloop.evaluation.facts import APPROVED
from closedloop.evaluation.ladders import from_there_up
from closedloop.evaluation.offers import GRANTED, OFFERED, PUT_FORWARD
from closedloop.rules.states import Unset
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from closedloop.complaint import Actor, Event
    from closedloop.evaluation.duties import Duties
    from closedloop.evaluation.ladders import Reached
    from closedloop.evaluation.log import EventLog
    from closedloop.evaluation.offers import Standing
    from closedloop.evaluation.requests import Request
    from closedloop.policy.model import GateRule


def needed(duties: Duties, rule: GateRule, request: Request, reached: Reached | None) -> tuple[str, ...]:
    """Return the approvals still to be had, in their order. `reached` is a step of the ladder and what it must cover."""
    fixed = () if isinstance(rule.approval, Unset) else rule.approval
    steps = [(party, duties.parties([party])) for party in fixed]
    if reached is not None:
        accepted = duties.parties(from_there_up(rule.ladder, *reached))
        # What the first step covers needs no second person.
        if reached.step > 0 or request.by is None or request.by.party not in accepted:
            steps.append((rule.ladder[reached.step].party, accepted))
    return _still_needed(steps, _given(request)) if steps else ()


def _given(request: Request) -> list[tuple[datetime | None, str]]:
    """Return when which party approved, first to last; whoever brings the event about approves it by that (None), unless they asked for it."""
    approvals = [(each.at, each.by) for each in request.log.all(APPROVED) if _is_for(request, each)]
    return [(at, by.party) for at, by in (*approvals, (None, request.by)) if by is not None and not _asked(request, by)]


def _still_needed(steps: Sequence[tuple[str, Collection[str]]], given: list[tuple[datetime | None, str]]) -> tuple[str, ...]:
    """Return the steps not taken; each is an approval by any of some parties, not before that of the step before it."""
    since: datetime | None = None
    for number, (_, accepted) in enumerate(steps):
        found = next((each for each in given if each[1] in accepted and (since is None or each[0] is None or each[0] >= since)), None)
        if found is None:
            return tuple(name for name, _ in steps[number:])
        # Of one instant, neither approval is before the other.
        given, since = [each for each in given if each is not found and (each[0] is None or found[0] is not None)], found[0]
    return ()


def _asked(request: Request, actor: Actor) -> bool:
    return request.requested_by is not None and request.requested_by.id == actor.id


def _is_for(request: Request, approval: Event) -> bool:
    """Whether an approval is for this: what was put forward anew asks again, and an approval is good for what it approves and no more."""
    offer, log = request.offer, request.log
    says_what = offer is not None and not {"offer", "remedy", "value"}.isdisjoint(approval.data)
    if approval.data.get("of") != request.event or (not says_what and _put_forward_since(log, approval)):
        return False
    return offer is None or (not _used_up(log, approval) and _covers(_approved(log, approval), offer))


def _put_forward_since(log: EventLog, approval: Event) -> bool:
    return any(event.at > approval.at for kind in PUT_FORWARD for event in log.all(kind))


def _used_up(log: EventLog, approval: Event) -> bool:
    """Whether an approval served a grant since: of the offer that it names, else any."""
    named = approval.data.get("offer")
    grants = (event for event, _ in log.happened if event.kind == GRANTED and event.at >= approval.at)
    return any(named in {None, event.data.get("offer")} for event in grants)


def _approved(log: EventLog, approval: Event) -> Mapping[str, Any]:
    """Return what was approved: as the approval states it, else as it was offered when it was approved."""
    if not {"remedy", "value"}.isdisjoint(approval.data):
        return approval.data
    named = approval.data.get("offer")
    offered = (event for event, _ in log.happened if event.kind == OFFERED and event.at <= approval.at)
    before = [event for event in offered if named in {None, event.data.get("offer", named)}]
    return before[-1].data if before else approval.data


def _covers(approved: Mapping[str, Any], offer: Standing) -> bool:
    """Whether what was approved is this offer: the same, of the same remedy, and of no less."""
    value, remedy = approved.get("value"), offer.facts.get("remedy")
    same: bool = approved.get("offer", offer.id) == offer.id and approved.get("remedy", remedy) == remedy
    if not isinstance(value, Money) or offer.value is None:
        return same
    return same and offer.value.currency == value.currency and offer.value.amount <= value.amount
