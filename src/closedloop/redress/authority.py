"""Authority: whether an actor may grant an offer, whose approval it needs first, and by which clause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from closedloop.evaluation.offers import GRANTED, PROMISED
from closedloop.evaluation.weighing import PRIOR
from closedloop.explanation.reasons import Later, Question, Words
from closedloop.redress import wording
from closedloop.redress.hearing import Hearing
from closedloop.redress.offers import as_of, check
from closedloop.redress.preferences import preference
from closedloop.redress.reasons import clauses_of, reason, status
from closedloop.redress.ruling import Ruling
from closedloop.redress.views import View, views
from closedloop.reviewing import blocker
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from closedloop.casework import Blocker, Case
    from closedloop.complaint import Actor
    from closedloop.decision import Basis
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.explanation.reasons import Reason
    from closedloop.redress.offers import Offer
    from closedloop.redress.preferences import Preference
    from closedloop.values.choices import Choice
    from closedloop.values.clauses import Provenance
    from closedloop.values.text import Lang


def authorise(book: Rulebook, offer: Offer, by: Actor, case: Case, prior: Iterable[Offer] | None = None) -> Ruling:
    """Say whether an actor may grant an offer in a case. `prior` are the customer's offers in other cases; None: nobody looked.

    Raises `InvalidOffer`, `PolicyMismatch`, or `InvalidValue` where amounts of different currencies would have to be added.
    """
    before = None if prior is None else tuple(prior)
    check(book, offer, by, before or ())
    hearing = Hearing(book=book, case=case, offer=offer, at=as_of(offer, case), by=by, prior=before)
    seen = views(hearing, GRANTED) + (views(hearing, PROMISED) if offer.promised else ())
    found = hearing.known(GRANTED, offer.amount)
    return _Judgement(hearing, found, seen, preference(found, offer.remedy)).ruling()


@dataclass(frozen=True)
class _Judgement:
    """What the gates and the table of remedies say about an offer, put together."""

    hearing: Hearing
    found: Basis
    seen: tuple[View, ...]
    preference: Preference

    def ruling(self) -> Ruling:
        """Give the ruling."""
        words = self.hearing.book.vocabulary
        remedies = words.values("remedy")
        papers = [each.rule for each in self.seen]
        first = self.first
        return Ruling(
            outcome=self.outcome,
            approver=self.approvals[0] if self.approvals else None,
            approvals=self.approvals,
            documents=tuple(words.records[name] for name in dict.fromkeys(name for rule in papers for name in rule.records)),
            one_of=tuple(dict.fromkeys(tuple(words.records[name] for name in rule.one_of) for rule in papers if rule.one_of)),
            value=first.value if first is not None else self.hearing.offer.amount,
            used=first.used if first is not None else self.granted,
            ceiling=first.ceiling if first is not None else None,
            unmet=self.unmet,
            preferred=tuple(remedies[name] for name in self.preference.preferred if name in remedies),
            discouraged=self.preference.discouraged,
            questions=tuple(self._question(fact) for fact in self.missing),
            _reason=Later(self._reason),
        )

    @cached_property
    def outcome(self) -> Literal["allowed", "needs_approval", "forbidden"]:
        """The strictest that is possible. A promise that would need approval is not given at all."""
        approval = bool(self.approvals) or any(view.unsaid for view in self.seen)
        if self.unmet or self.preference.excluded or (approval and self.hearing.offer.promised):
            return "forbidden"
        return "needs_approval" if approval else "allowed"

    @cached_property
    def first(self) -> View | None:
        """The ladder to show: the one that keeps the offer back, else the first."""
        ladders = [view for view in self.seen if view.rule.ladder]
        return next((view for view in ladders if view.needed), ladders[0] if ladders else None)

    @cached_property
    def granted(self) -> Money:
        """What was offered and granted before in the case, where no ladder counts it."""
        nothing = Money(0 * self.hearing.offer.amount.amount, self.hearing.offer.amount.currency)
        return sum((each.value for each in self.hearing.beside if each.value is not None), nothing)

    @cached_property
    def approvals(self) -> tuple[Choice, ...]:
        """The approvals still to be had, those of one gate in its order."""
        words, duties = self.hearing.book.vocabulary, self.found.duties
        named = dict.fromkeys(name for view in self.seen for name in view.needed)
        return tuple(dict.fromkeys(words.party((duties.accountable or name) if name == "accountable" else name) for name in named))

    @cached_property
    def unmet(self) -> tuple[Blocker, ...]:
        """What else than papers and approvals is not so yet."""
        return tuple(blocker(each) for view in self.seen for each in view.unmet)

    @cached_property
    def stopping(self) -> tuple[View, ...]:
        """The gates that keep the offer back, or may."""
        return tuple(view for view in self.seen if view.stops)

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The facts that would settle what is open, of the gates that keep the offer back."""
        return tuple(dict.fromkeys((*(fact for view in self.stopping for fact in view.missing), *self.preference.missing)))

    @cached_property
    def awaited(self) -> tuple[str, ...]:
        """The events that what is open waits for."""
        return tuple(dict.fromkeys((*(event for view in self.stopping for event in view.awaited), *self.preference.awaited)))

    def _question(self, fact: str) -> Question:
        if fact != PRIOR:
            return self.found.reasoning.question(fact, ("offer",))
        return Question(fact=PRIOR, blocks=("offer",), words=Words(lambda lang: wording.say(PRIOR, lang) + ("？" if lang.startswith("zh") else "?")))

    # --- why ---

    @cached_property
    def sources(self) -> tuple[Provenance, ...]:
        """The rules that make it so: those that keep the offer back, else all that apply."""
        stopping = (*self.preference.excluded, *(view.rule.provenance for view in self.stopping))
        return stopping or tuple(view.rule.provenance for view in self.seen)

    def _reason(self) -> Reason:
        unsaid = not self.sources or any(view.unsaid for view in self.stopping)
        outcome = status(missing=self.missing, awaited=self.awaited, unsaid=unsaid)
        found = reason("offer", self.found.situation, self.sources, self.stopping or self.seen, outcome, self._say)
        return replace(found, missing=self.missing, awaited=self.awaited)

    def _say(self, lang: Lang) -> str:
        words = self.found.reasoning.wording
        shown = self.first.value if self.first is not None else self.hearing.offer.amount
        approvers = wording.parties(words, self.approvals, lang) if self.approvals else wording.say("unnamed", lang)
        said = wording.say(
            self.outcome,
            lang,
            what=wording.what(words, self.hearing.offer.remedy, shown, lang),
            by=wording.cited(clauses_of(self.sources), lang) if self.sources else wording.say("silent", lang),
            approvers=approvers,
            sums=self._sums(lang),
            unmet=wording.unmet(words, self.unmet, lang),
        )
        said_already = {each.what for each in self.unmet}
        return said + wording.depends(words, (*self.missing, *(event for event in self.awaited if event not in said_already)), lang)

    def _sums(self, lang: Lang) -> str:
        """Write what counted before, up to what the actor may go, and that nobody approves what they asked for."""
        said = ""
        if self.first is not None and self.first.used.amount:
            said += wording.say("sums", lang, used=self.first.used, total=self.first.total)
        if self.first is not None and self.first.ceiling is not None:
            said += wording.say("ceiling", lang, ceiling=self.first.ceiling)
        return said + (wording.say("own", lang) if self._barred else "")

    @property
    def _barred(self) -> bool:
        """Whether less approval would do if the actor, or who approved, were not who asks for it."""
        if self.hearing.requested_by is None or not self.approvals:
            return False
        unasked = replace(self.hearing, asked_by_nobody=True)
        return [view.needed for view in views(unasked, GRANTED)] != [view.needed for view in self.seen if view.rule.event == GRANTED]
