"""An offer before the rules of a policy: what is known of the case, and what was offered and granted before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from closedloop.evaluation.log import in_force
from closedloop.evaluation.offers import GRANTED, Standing, granting
from closedloop.evaluation.requests import Request
from closedloop.reviewing import examine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.complaint import Actor
    from closedloop.decision import Basis
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import GateRule
    from closedloop.redress.offers import Offer
    from closedloop.values.money import Money


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """An offer in a case at an instant, brought by an actor, with the customer's earlier offers (None: nobody looked).

    `asked_by_nobody` leaves out who asks for it, to see whether that makes a difference.
    """

    book: Rulebook
    case: Case
    offer: Offer
    at: datetime
    by: Actor | None = None
    prior: Sequence[Offer] | None = None
    asked_by_nobody: bool = False

    def known(self, kind: str, value: Money) -> Basis:
        """Work out the case as it stands before the offer comes to an event."""
        return examine(self.book, self.case, self.at, replace(self.offer.event(kind, self.by, value), at=self.at))

    @cached_property
    def requested_by(self) -> Actor | None:
        """Who asks for the offer, or else put it forward in the case."""
        if self.asked_by_nobody:
            return None
        return self.offer.requested_by if self.offer.requested_by is not None else self._granting[0].by

    @property
    def beside(self) -> list[Standing]:
        """What was granted in the case, in any round, and what was offered and not rejected; this offer apart."""
        return self._granting[1]

    def request(self, rule: GateRule, found: Basis) -> Request:
        """Return the offer as a gate is asked about it."""
        own, beside = self._granting
        ids = {own.id, *(each.id for each in beside)} - {None}
        prior = None if self.prior is None else [_standing(each, rule) for each in self.prior if each.id not in ids]
        return Request(
            event=rule.event,
            log=found.situation.log,
            by=self.by,
            offer=own,
            requested_by=self.requested_by,
            value=self.offer.worth(rule),
            beside=beside,
            prior=prior,
        )

    @cached_property
    def _granting(self) -> tuple[Standing, list[Standing]]:
        """What the offer would be once granted, and what would stand beside it."""
        coming = replace(self.offer.event(GRANTED, self.by, self.offer.amount), at=self.at)
        return granting(in_force(self.case.events, self.at), replace(coming, data={**coming.data, **_id(self.offer)}))


def _standing(offer: Offer, rule: GateRule) -> Standing:
    return Standing(facts={**offer.event(GRANTED, None, offer.worth(rule)).data, **_id(offer)}, at=offer.at, granted=True)


def _id(offer: Offer) -> dict[str, str]:
    return {} if offer.id is None else {"offer": offer.id}
