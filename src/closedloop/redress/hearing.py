"""An offer before the rules of a policy: what is known of the case, and what was offered and granted before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from closedloop.complaint import Event
from closedloop.evaluation.gates import applies
from closedloop.evaluation.limits import met_by, run_out
from closedloop.evaluation.log import in_force
from closedloop.redress.offers import GRANTED, OFFERED, PROMISED
from closedloop.reviewing import examine
from closedloop.rules.states import Truth
from closedloop.values.limits import Limit
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.complaint import Actor
    from closedloop.decision import Basis
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import GateRule
    from closedloop.redress.offers import Offer
    from closedloop.values.facts import FactValue

_REJECTED: Final = "customer_rejected"
#: What asks for the offers that the customer had before, in other cases.
PRIOR: Final = "prior"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An offer before this one: the facts that came with it, its value where that is known, and when it was."""

    facts: Mapping[str, FactValue]
    value: Money | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What counts towards a ladder besides the offer, and what would have to be known to say whether that is all."""

    used: Money
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """An offer in a case at an instant, brought by an actor, with the customer's earlier offers (None: nobody looked)."""

    book: Rulebook
    case: Case
    offer: Offer
    at: datetime
    by: Actor | None = None
    prior: Sequence[Offer] | None = None

    def known(self, kind: str, value: Money | None) -> Basis:
        """Work out the case as it stands before the offer comes to an event; None is a value that is not known."""
        return self._before(self.offer.event(kind, self.by, value))

    def _before(self, coming: Event) -> Basis:
        unknown = [name for name in ("remedy", "value") if name not in coming.data]
        return examine(self.book, self.case, self.at, replace(coming, at=self.at), unknown)

    def tally(self, rule: GateRule, rules: Sequence[GateRule]) -> Tally:
        """Add up what was offered and granted before, as far as the gate would apply to it at some value.

        Raises `InvalidValue` where currencies would have to mix.
        """
        used = Money(self.offer.amount.amount * 0, self.offer.amount.currency)
        missing: dict[str, None] = {}
        for earlier in self._earlier(rule):
            if self._counts(rule, earlier) and self._could_apply(rule, rules, earlier):
                if earlier.value is None:
                    missing["value"] = None
                else:
                    used += earlier.value
        if rule.per == "customer" and self.prior is None:
            missing[PRIOR] = None
        return Tally(used=used, missing=tuple(missing))

    def _counts(self, rule: GateRule, earlier: Earlier) -> bool:
        """Whether the window of a gate reaches back to an earlier offer; a window that the source leaves out reaches back for good."""
        if not isinstance(rule.window, Limit):
            return True
        end = run_out(self.book.clock(None), earlier.at, rule.window)
        return end is None or met_by(end, self.at)

    def _could_apply(self, rule: GateRule, rules: Sequence[GateRule], earlier: Earlier) -> bool:
        data = {name: value for name, value in earlier.facts.items() if name not in {"value", "offer"}}
        found = self._before(Event(kind=rule.event, at=self.at, by=self.by, data=data))
        return applies(found.situation, rule, rules)[0] is not Truth.NO

    def _earlier(self, rule: GateRule) -> Iterator[Earlier]:
        ids: set[object] = {self.offer.id}
        for event in self.standing():
            ids.add(event.data.get("offer"))
            value = event.data.get("value")
            yield Earlier(facts=event.data, value=value if isinstance(value, Money) else None, at=event.at)
        for prior in self.prior or () if rule.per == "customer" else ():
            if prior.id is None or prior.id not in ids:
                yield Earlier(facts=prior.event(GRANTED, None, None).data, value=prior.worth(rule), at=prior.at)

    def standing(self) -> Iterator[Event]:
        """Give what was granted in the case, in any round, and what was offered and not rejected; this offer apart.

        Events with the id of one offer are one, the last of them; without ids, so are an offer and a later grant of the same.
        """
        events = self.events(OFFERED, GRANTED, PROMISED)
        rejected = max((event.at for event in self.events(_REJECTED)), default=None)
        last = {event.data["offer"]: event for event in events if "offer" in event.data}
        granted = [_terms(event) for event in events if event.kind == GRANTED and "offer" not in event.data]
        for event in events:
            if "offer" in event.data and (event.data["offer"] == self.offer.id or last[event.data["offer"]] is not event):
                continue
            if event.kind != GRANTED:
                if rejected is not None and event.at <= rejected:
                    continue
                if _terms(event) in granted:
                    granted.remove(_terms(event))
                    continue
            yield event

    def events(self, *kinds: str) -> list[Event]:
        """Return the events of these kinds up to now, first to last; a promise of something else than a remedy is none of them."""
        found = [event for event in in_force(self.case.events, self.at) if event.kind in kinds]
        return sorted(
            (event for event in found if event.kind != PROMISED or "value" in event.data), key=lambda event: (event.at, event.kind != OFFERED)
        )


def _terms(event: Event) -> tuple[object, object]:
    return event.data.get("remedy"), event.data.get("value")
