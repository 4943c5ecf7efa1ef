"""The gates of an event as an offer meets them: what each asks for, and whose approval is still to be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedloop.decision import Basis
from closedloop.evaluation.applicability import applies
from closedloop.evaluation.approvals import needed as approvals_needed
from closedloop.evaluation.gates import Unmet, requirements
from closedloop.evaluation.weighing import weigh
from closedloop.rules.states import Truth, Unset
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.policy.model import GateRule
    from closedloop.redress.hearing import Hearing

_PAPERS = frozenset({"record", "one_of"})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A gate that applies to an offer, or may apply (`certain` is false until the facts in `missing` or `awaited` are known).

    `value` is what the offer is worth to it and `used` what counts besides; `unmet` is what else than papers and approvals it
    asks for in vain, `needed` the approvals to be had, in order; `unsaid`, that the source does not say whose. `ceiling` is up to
    what the actor may go alone.
    """

    rule: GateRule
    found: Basis
    certain: bool
    value: Money
    used: Money
    ceiling: Money | None = None
    unmet: tuple[Unmet, ...] = ()
    needed: tuple[str, ...] = ()
    unsaid: bool = False
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether it keeps the offer back, or may."""
        return bool(self.unmet or self.needed or self.unsaid)

    @property
    def total(self) -> Money:
        """The value of the offer with all that counts besides."""
        return self.used + self.value


def views(hearing: Hearing, event: str) -> tuple[View, ...]:
    """Look at every gate of an event that applies or may apply."""
    rules = [rule for rule in hearing.book.model.gates.values() if rule.event == event]
    return tuple(view for rule in rules if (view := _view(hearing, rule, rules)) is not None)


def _view(hearing: Hearing, rule: GateRule, rules: list[GateRule]) -> View | None:
    value = hearing.offer.worth(rule)
    before = hearing.known(rule.event, value)
    request = hearing.request(rule, before)
    weighed = weigh(before.situation, before.duties, rule, rules, request)
    found = Basis(weighed.situation, weighed.duties)
    truth, fields = applies(found.situation, rule, rules)
    if truth is Truth.NO:
        return None
    others = tuple(each for each in requirements(found.situation, found.duties, rule) if each.kind not in _PAPERS)
    unmet = (*others, *_wrong_party(hearing, found, rule))
    needed = approvals_needed(found.duties, rule, request, weighed.most)
    open_total = weighed.missing if needed and weighed.most != weighed.least else ()
    asked = (*open_total, *found.situation.missing(fields), *(fact for each in unmet for fact in each.missing))
    return View(
        rule=rule,
        found=found,
        certain=truth is Truth.YES,
        value=value,
        used=weighed.used or Money(0 * value.amount, value.currency),
        ceiling=_ceiling(hearing, found, rule),
        unmet=unmet,
        needed=needed,
        unsaid=isinstance(rule.approval, Unset) or truth is Truth.SILENT or any(each.state == "unspecified_by_source" for each in unmet),
        missing=weighed.asked(asked),
        awaited=tuple(dict.fromkeys((*found.situation.awaited(fields), *(event for each in unmet for event in each.awaited)))),
    )


def _wrong_party(hearing: Hearing, found: Basis, rule: GateRule) -> Iterator[Unmet]:
    if rule.by and hearing.by is not None and hearing.by.party not in found.duties.parties(rule.by):
        yield Unmet(gate=rule, kind="party", what=", ".join(rule.by), state="shut")


def _ceiling(hearing: Hearing, found: Basis, rule: GateRule) -> Money | None:
    """Return up to what the actor's own step goes; None where it has no step, or one without a number."""
    own = (each.up_to for each in rule.ladder if hearing.by is not None and hearing.by.party in found.duties.parties([each.party]))
    return next((up_to for up_to in own if isinstance(up_to, Money)), None)
