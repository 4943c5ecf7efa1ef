"""What counts towards a ladder: what is about to be given, and what was offered and granted before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

from closedloop.complaint import Event
from closedloop.errors import InvalidValue
from closedloop.evaluation.applicability import applies
from closedloop.evaluation.duties import Duties
from closedloop.evaluation.facts import event_facts
from closedloop.evaluation.ladders import Reached, first_covering, lowest
from closedloop.evaluation.limits import met_by, run_out
from closedloop.evaluation.offers import GRANTED
from closedloop.rules.states import MISSING, Truth
from closedloop.values.construction import constructor
from closedloop.values.limits import Limit
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from closedloop.evaluation.offers import Standing
    from closedloop.evaluation.requests import Request
    from closedloop.evaluation.situation import Situation
    from closedloop.policy.model import GateRule
    from closedloop.rules.states import State

#: What asks for the offers that the customer had before, in other cases.
PRIOR: Final = "prior"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a gate is asked about, with all that counts besides.

    `situation` is that in which what is given is worth the total; `used` is what counts besides, `missing` what would have to be
    known to say whether that is all, `least` and `most` the steps of the ladder that may have to be reached. `least` is None
    where there is no ladder, or nothing is known that would need one of its steps.
    """

    situation: Situation
    duties: Duties
    used: Money | None = None
    missing: tuple[str, ...] = ()
    least: Reached | None = None
    most: Reached | None = None

    def asked(self, missing: Iterable[str]) -> tuple[str, ...]:
        """Return what to ask: for a total that is not known, what it depends on."""
        return tuple(dict.fromkeys(each for fact in missing for each in ((self.missing or (fact,)) if fact == "value" else (fact,))))


_weighed = constructor(Weighed)


def weigh(situation: Situation, duties: Duties, rule: GateRule, rules: Sequence[GateRule], request: Request) -> Weighed:
    """Add up what counts, where anything of the gate looks at the value. Raises `InvalidValue` where currencies would have to mix."""
    in_conditions = request.offer is not None and _conditions_read_value(rule, rules)
    if not rule.ladder and not in_conditions:
        return _weighed(situation=situation, duties=duties)
    counted = list(_counting(situation, rule, rules, request))
    amounts = [each.value for each in counted if each.value is not None]
    used = reduce(Money.__add__, amounts) if amounts else None
    known = [each for each in (request.value, used) if each is not None]
    total = reduce(Money.__add__, known) if known else None
    open_values = request.value is None or len(amounts) < len(counted)
    open_prior = rule.per == "customer" and request.prior is None
    missing = (*(["value"] if open_values else []), *([PRIOR] if open_prior else []))
    least, most = _reached(rule, request.value, total, all_known=not missing)
    if in_conditions:
        situation = situation.supposing({"value": MISSING if missing or total is None else total})
        duties = Duties(situation)
    return Weighed(situation=situation, duties=duties, used=used, missing=missing, least=least, most=most)


def weigh_if_possible(situation: Situation, duties: Duties, rule: GateRule, rules: Sequence[GateRule], request: Request) -> Weighed:
    """Add up what counts; amounts in several currencies have no sum, and leave the value open."""
    try:
        return weigh(situation, duties, rule, rules, request)
    except InvalidValue:
        least, most = _reached(rule, None, None, all_known=False)
        return Weighed(situation=situation, duties=duties, missing=("value",), least=least, most=most)


def _reached(rule: GateRule, value: Money | None, total: Money | None, *, all_known: bool) -> tuple[Reached | None, Reached | None]:
    """Return the lowest and the highest step that may have to be reached: what is known is the least that there is."""
    if not rule.ladder:
        return None, None
    bottom, top = lowest(rule.ladder), first_covering(rule.ladder, None)
    low = bottom if total is None else first_covering(rule.ladder, total)
    # Of what has no value yet, nothing is certain but what counts besides.
    certain = value is not None or low > bottom or low == top
    return Reached(low, total) if certain else None, Reached(low if all_known else top, total)


def _conditions_read_value(rule: GateRule, rules: Sequence[GateRule]) -> bool:
    needs = [] if rule.needs is None else [rule.needs]
    conditions = (rule.when, *needs, *(each.when for each in rules if rule.id in each.overrides))
    return any("value" in condition.fields for condition in conditions)


def _counting(situation: Situation, rule: GateRule, rules: Sequence[GateRule], request: Request) -> Iterator[Standing]:
    """Give the other offers that count: those to which the gate would apply at some value."""
    prior = (request.prior or ()) if rule.per == "customer" else ()
    for offer in (*request.beside, *prior):
        if _reaches(situation, rule, offer) and _could_apply(situation, rule, rules, offer):
            yield offer


def _reaches(situation: Situation, rule: GateRule, offer: Standing) -> bool:
    """Whether the window of a gate reaches back to an offer; a window that the source leaves out reaches back for good."""
    if not isinstance(rule.window, Limit):
        return True
    end = run_out(situation.book.clock(None), offer.at, rule.window)
    return end is None or met_by(end, situation.at)


def _could_apply(situation: Situation, rule: GateRule, rules: Sequence[GateRule], offer: Standing) -> bool:
    return applies(situation.supposing(dict(_states(situation, offer))), rule, rules)[0] is not Truth.NO


def _states(situation: Situation, offer: Standing) -> Iterator[tuple[str, State]]:
    """Give what would be known with another offer in place of the one that the gate is asked about."""
    first = situation.book.at_first
    yield from ((name, situation.known.get(name, first.get(name, MISSING))) for name in situation.coming)
    yield from (("remedy", MISSING), ("value", MISSING))
    told = {name: value for name, value in offer.facts.items() if name not in {"value", "offer"}}
    yield from event_facts(situation.book.model, Event(kind=GRANTED, at=offer.at, data=told)).items()
