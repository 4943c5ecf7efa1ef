"""Approvals of an offer: which of those in the log are for it, and whose are still to be had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.redress.offers import GRANTED, OFFERED
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from closedloop.complaint import Event
    from closedloop.redress.hearing import Hearing

_APPROVED: Final = "approved"


def given(hearing: Hearing, event: str) -> tuple[str, ...]:
    """Return the parties that approved the offer, first to last; whoever grants it now approves it by that, unless they ask for it."""
    found = [each.by.party for each in hearing.events(_APPROVED) if each.by is not None and _is_for(hearing, each, event)]
    requester = hearing.offer.requested_by
    if hearing.by is not None and (requester is None or requester.id != hearing.by.id):
        found.append(hearing.by.party)
    return tuple(found)


def still_needed(needed: Iterable[tuple[str, Collection[str]]], given_by: Iterable[str]) -> tuple[str, ...]:
    """Return the approvals still to be had, in their order; each is given by any of some parties, after the one before it."""
    coming = list(given_by)
    steps = list(needed)
    for number, (_, accepted) in enumerate(steps):
        place = next((place for place, party in enumerate(coming) if party in accepted), None)
        if place is None:
            return tuple(name for name, _ in steps[number:])
        coming = coming[place + 1 :]
    return ()


def _is_for(hearing: Hearing, approval: Event, event: str) -> bool:
    """Whether an approval is for this offer: by somebody else than asks for it, of the same remedy, and of no less."""
    requester, offer = hearing.offer.requested_by, hearing.offer
    own = requester is not None and approval.by is not None and approval.by.id == requester.id
    if own or approval.data.get("of") != event or _used_up(hearing, approval):
        return False
    terms = _terms(hearing, approval)
    value = terms.get("value")
    same = terms.get("offer", offer.id) == offer.id and terms.get("remedy", offer.remedy) == offer.remedy
    return same and (not isinstance(value, Money) or offer.amount <= value)


def _used_up(hearing: Hearing, approval: Event) -> bool:
    """Whether an approval that names no offer served a grant since."""
    grants = [each for each in hearing.events(GRANTED) if each.data.get("offer") is None or each.data["offer"] != hearing.offer.id]
    return "offer" not in approval.data and any(each.at >= approval.at for each in grants)


def _terms(hearing: Hearing, approval: Event) -> dict[str, object]:
    """Return what was approved: as the approval states it, else as it was offered when it was approved."""
    if not {"remedy", "value"}.isdisjoint(approval.data):
        return dict(approval.data)
    offer = approval.data.get("offer")
    before = [each for each in hearing.events(OFFERED) if each.at <= approval.at and offer in {None, each.data.get("offer", offer)}]
    return dict(before[-1].data if before else approval.data)
