"""The gates of an event as an offer meets them: what each asks for, and whose approval is still to be had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedloop.evaluation.gates import Unmet, applies, requirements
from closedloop.redress.approvals import given, still_needed
from closedloop.redress.hearing import Tally
from closedloop.redress.ladders import first_covering, from_there_up
from closedloop.rules.states import Truth, Unset
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.decision import Basis
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
    tally = _tally(hearing, rule, rules)
    found = hearing.known(rule.event, None if tally.missing else tally.used + value)
    truth, fields = applies(found.situation, rule, rules)
    if truth is Truth.NO:
        return None
    others = tuple(each for each in requirements(found.situation, found.duties, rule) if each.kind not in _PAPERS)
    unmet = (*others, *_wrong_party(hearing, found, rule))
    needed, missing = _approvals(hearing, found, rule, tally)
    asked = (*missing, *found.situation.missing(fields), *(fact for each in unmet for fact in each.missing))
    return View(
        rule=rule,
        found=found,
        certain=truth is Truth.YES,
        value=value,
        used=tally.used,
        ceiling=_ceiling(hearing, found, rule),
        unmet=unmet,
        needed=needed,
        unsaid=isinstance(rule.approval, Unset) or truth is Truth.SILENT or any(each.state == "unspecified_by_source" for each in unmet),
        missing=tuple(dict.fromkeys(each for fact in asked for each in (tally.missing if fact == "value" else (fact,)))),
        awaited=tuple(dict.fromkeys((*found.situation.awaited(fields), *(event for each in unmet for event in each.awaited)))),
    )


def _tally(hearing: Hearing, rule: GateRule, rules: list[GateRule]) -> Tally:
    """Add up what counts besides, where anything of the gate looks at the value."""
    conditions = [rule.when, *([rule.needs] if rule.needs is not None else []), *(each.when for each in rules if rule.id in each.overrides)]
    if rule.ladder or any("value" in condition.fields for condition in conditions):
        return hearing.tally(rule, rules)
    return Tally(used=Money(0 * hearing.offer.amount.amount, hearing.offer.amount.currency))


def _wrong_party(hearing: Hearing, found: Basis, rule: GateRule) -> Iterator[Unmet]:
    if rule.by and hearing.by is not None and hearing.by.party not in found.duties.parties(rule.by):
        yield Unmet(gate=rule, kind="party", what=", ".join(rule.by), state="shut")


def _approvals(hearing: Hearing, found: Basis, rule: GateRule, tally: Tally) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the approvals still to be had, and what would have to be known to say whether fewer will do."""
    fixed = () if isinstance(rule.approval, Unset) else rule.approval
    steps = [(party, found.duties.parties([party])) for party in fixed]
    unknown: tuple[str, ...] = ()
    if rule.ladder:
        total = tally.used + hearing.offer.worth(rule)
        least, top = first_covering(rule.ladder, total), len(rule.ladder) - 1
        step = top if tally.missing else least
        accepted = found.duties.parties(from_there_up(rule.ladder, step, total))
        unknown = tally.missing if step != least else ()
        if step > 0 or hearing.by is None or hearing.by.party not in accepted:
            steps.append((rule.ladder[step].party, accepted))
    needed = still_needed(steps, given(hearing, rule.event))
    return needed, unknown if needed else ()


def _ceiling(hearing: Hearing, found: Basis, rule: GateRule) -> Money | None:
    """Return up to what the actor's own step goes; None where it has no step, or one without a number."""
    own = (each.up_to for each in rule.ladder if hearing.by is not None and hearing.by.party in found.duties.parties([each.party]))
    return next((up_to for up_to in own if isinstance(up_to, Money)), None)
