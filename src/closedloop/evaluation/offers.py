"""What was offered and granted in a case, in any round: which events are about one offer, and which offers stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from closedloop.complaint import Actor, Event

#: The event that gives a remedy, whose gates say who may give it; and those of telling the customer beforehand.
GRANTED: Final = "remedy_granted"
OFFERED: Final = "remedy_offered"
PROMISED: Final = "promised"
#: The events of an offer.
OFFERING: Final = frozenset({OFFERED, PROMISED, GRANTED})
#: Events with which something is put forward to be approved.
PUT_FORWARD: Final = ("plan_proposed", OFFERED)
_REJECTED: Final = "customer_rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An offer as its events left it: the facts that came with them, when the last was, whether it was granted, and who put it forward."""

    facts: Mapping[str, Any]
    at: datetime
    granted: bool
    by: Actor | None = None

    @property
    def id(self) -> str | None:
        """The host's key of the offer, where events carry one."""
        return self.facts.get("offer")

    @property
    def value(self) -> Money | None:
        """What it is worth, where that is known."""
        value = self.facts.get("value")
        return value if isinstance(value, Money) else None


def standing(events: Iterable[Event]) -> list[Standing]:
    """Return what was granted, and what was offered and not rejected; a rejection that names no offer is of all of them.

    Events with the id of one offer are one offer; without ids, so are an offer and a later grant of the same.
    """
    stands: list[Standing] = []
    for event in sorted(events, key=lambda event: (event.at, event.kind not in {OFFERED, PROMISED})):
        if event.kind == _REJECTED:
            stands = [each for each in stands if each.granted or event.data.get("offer", each.id) != each.id]
        elif _offers(event):
            taken = next((each for each in reversed(stands) if _continues(event, each)), None)
            if taken is not None:
                stands.remove(taken)
            stands.append(_stand(event, taken))
    return stands


def granting(events: Iterable[Event], coming: Event) -> tuple[Standing, list[Standing]]:
    """Return what is about to be given as it would stand once granted, and what would stand beside it."""
    *beside, own = standing([*events, replace(coming, kind=GRANTED)])
    return own, beside


def _offers(event: Event) -> bool:
    """Whether an event makes an offer or grants one; a promise of something else than a remedy does not."""
    return event.kind in OFFERING and (event.kind != PROMISED or "value" in event.data)


def _continues(event: Event, earlier: Standing) -> bool:
    """Whether an event is about an offer that stands. What was granted stays granted; what is granted once more is given twice."""
    if earlier.granted:
        return False
    if "offer" in event.data:
        return earlier.id == event.data["offer"]
    return event.kind == GRANTED and all(event.data.get(name, told) == told for name, told in _terms(earlier))


def _terms(offer: Standing) -> Iterable[tuple[str, Any]]:
    return ((name, offer.facts.get(name)) for name in ("remedy", "value"))


def _stand(event: Event, taken: Standing | None) -> Standing:
    facts = event.data if taken is None else {**taken.facts, **event.data}
    put_forward_by = event.by if event.kind != GRANTED else None if taken is None else taken.by
    return Standing(facts=facts, at=event.at, granted=event.kind == GRANTED, by=put_forward_by)
