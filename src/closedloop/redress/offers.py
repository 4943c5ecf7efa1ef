"""An offer to a customer: which remedy, worth how much, when, and at whose request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from closedloop.complaint import Actor, Event, settle_instants
from closedloop.errors import InvalidEvent, InvalidOffer, Problem, closest
from closedloop.evaluation.facts import event_facts
from closedloop.evaluation.offers import GRANTED
from closedloop.values.facts import instant_problems
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from closedloop.casework import Case
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import GateRule

_VALUES: Final = ("amount", "value_retail", "value_cost")


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A remedy for a customer, worth an amount, as it stands at an instant.

    `amount` is its value as the policy counts it; where the policy values goods `at: retail` or `at: cost`, `value_retail` and
    `value_cost` take its place. `id` is the host's key: events that carry it (`offer`) are about this offer. `requested_by` is who
    asks for it, and may not approve it; None: whoever put it forward in the case, where an event says so. `promised` says that it
    is told to the customer before it is granted, `payment` how it is paid (a value of the policy's fact `payment`).

    Raises `InvalidOffer` with every fault of shape at once.
    """

    remedy: str
    amount: Money
    at: datetime
    id: str | None = None
    requested_by: Actor | None = None
    value_retail: Money | None = None
    value_cost: Money | None = None
    promised: bool = False
    payment: str | None = None

    def __post_init__(self) -> None:
        """Check the shape."""
        problems = [*_instant(self.at), *_texts(self), *_amounts(self), *_actor(self.requested_by, "requested_by")]
        if problems:
            raise InvalidOffer(problems)
        settle_instants(self, "at")

    def worth(self, rule: GateRule) -> Money:
        """Return the value that a gate looks at: at retail or at cost where it says so and that is given."""
        valued = {"retail": self.value_retail, "cost": self.value_cost}.get(rule.value_at or "")
        return self.amount if valued is None else valued

    def event(self, kind: str, by: Actor | None, value: Money | None) -> Event:
        """Return the event that the offer would come to."""
        data: dict[str, Any] = {"remedy": self.remedy, "value": value, "payment": self.payment}
        return Event(kind=kind, at=self.at, by=by, data={name: given for name, given in data.items() if given is not None})


def check(book: Rulebook, offer: Offer, by: Actor | None = None, prior: Iterable[Offer] = ()) -> None:
    """Check an offer, who would grant it, and earlier ones, against the words and the currency of the policy. Raises `InvalidOffer`."""
    problems = [*_fits(book, offer, ()), *_actor(by, "by")]
    for number, earlier in enumerate(prior):
        given: object = earlier
        if isinstance(given, Offer):
            problems += _fits(book, earlier, ("prior", number))
        else:
            problems.append(Problem(code="wrong_type", path=("prior", number), found=type(given).__name__, expected="an Offer"))
    if any(rule.event == GRANTED for rule in book.model.gates.values()):
        problems += [*_party(book, by, "by"), *_party(book, offer.requested_by, "requested_by")]
    if problems:
        raise InvalidOffer(problems)


def as_of(offer: Offer, case: Case) -> datetime:
    """Return the instant asked about: that of the offer, or of the last event of the case where that is later.

    An approval may come after the offer, and an offer that is dated back must not slip under a ceiling.
    """
    return max([offer.at, case.complaint.received_at, *(event.at for event in case.events)])


def _fits(book: Rulebook, offer: Offer, path: tuple[str | int, ...]) -> Iterator[Problem]:
    try:
        event_facts(book.model, offer.event(GRANTED, None, offer.amount))
    except InvalidEvent as error:
        yield from (replace(each, path=(*path, "amount" if each.path[-1] == "value" else each.path[-1])) for each in error.problems)
    for name in ("value_retail", "value_cost"):
        valued: Money | None = getattr(offer, name)
        if valued is not None and valued.currency != offer.amount.currency:
            expected = f"an amount in {offer.amount.currency}, as `amount` is"
            yield Problem(code="wrong_currency", path=(*path, name), found=valued.currency, expected=expected)


def _party(book: Rulebook, actor: Actor | None, name: str) -> Iterator[Problem]:
    parties = book.model.parties
    if isinstance(actor, Actor) and actor.party not in parties:
        hint = closest(actor.party, parties)
        expected = f"a party that the policy `{book.model.id}` declares"
        yield Problem(code="unknown_party", path=(name, "party"), found=f"`{actor.party[:60]}`", expected=expected, suggestion=hint)


def _actor(actor: object, name: str) -> Iterator[Problem]:
    if actor is not None and not isinstance(actor, Actor):
        yield Problem(code="wrong_type", path=(name,), found=type(actor).__name__, expected="an Actor: who acts, and for which party")


def _instant(at: object) -> Iterator[Problem]:
    if isinstance(at, datetime):
        yield from instant_problems(("at",), at)
    else:
        yield Problem(code="wrong_type", path=("at",), found=type(at).__name__, expected="a datetime with a time zone")


def _texts(offer: Offer) -> Iterator[Problem]:
    for name in ("remedy", "id", "payment"):
        given = getattr(offer, name)
        if not (given is None and name != "remedy") and (not isinstance(given, str) or not given.strip()):
            yield Problem(code="wrong_type", path=(name,), found=type(given).__name__ if given != "" else "empty text", expected="text")


def _amounts(offer: Offer) -> Iterator[Problem]:
    for name in _VALUES:
        given = getattr(offer, name)
        if given is None and name != "amount":
            continue
        if not isinstance(given, Money):
            expected = "an amount of money, such as Money.parse('5000 CNY')"
            yield Problem(code="wrong_type", path=(name,), found=type(given).__name__, expected=expected)
        elif given.amount < 0:
            yield Problem(code="out_of_range", path=(name,), found=str(given), expected="an amount from 0 on")
