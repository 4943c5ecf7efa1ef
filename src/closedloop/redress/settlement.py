"""Settlement: which papers a payment needs, which of them are missing, and what else is not so yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, NoReturn

from closedloop.errors import InvalidOffer, Problem, UnknownName, closest
from closedloop.evaluation.gates import Unmet
from closedloop.explanation.reasons import Later
from closedloop.redress import wording
from closedloop.redress.hearing import Hearing
from closedloop.redress.offers import as_of, check
from closedloop.redress.reasons import clauses_of, reason, status
from closedloop.redress.views import views
from closedloop.reviewing import blocker
from closedloop.rules.states import Unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from closedloop.casework import Blocker, Case
    from closedloop.decision import Basis
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.explanation.reasons import Question, Reason
    from closedloop.redress.offers import Offer
    from closedloop.redress.views import View
    from closedloop.values.choices import Choice
    from closedloop.values.text import Lang

#: The event whose gates say what a settlement needs, unless another one is named.
SETTLED: Final = "settled"
_ROUTE: Final = "payment"
Outcome = Literal["ready", "incomplete", "blocked"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Papers:
    """The papers that a way of payment needs: all of `documents`, and one of each set of `one_of`. `route` is None where there is no choice."""

    route: Choice | None
    documents: tuple[Choice, ...]
    one_of: tuple[tuple[Choice, ...], ...] = ()

    @property
    def every(self) -> tuple[Choice, ...]:
        """Every paper that is named."""
        return (*self.documents, *(each for options in self.one_of for each in options))


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """Whether a remedy may be settled: `ready`, `incomplete` (only papers are missing), or `blocked` by what is in `unmet`.

    `papers` are those of the route; where the route is not known yet, `routes` gives the papers of each, and a question asks for it.
    `missing` are the papers to be handed in, a set where one of several will do; `handwritten` those that need not be printed.
    """

    outcome: Outcome
    papers: Papers
    routes: tuple[Papers, ...]
    missing: tuple[tuple[Choice, ...], ...]
    handwritten: tuple[Choice, ...]
    unmet: tuple[Blocker, ...]
    questions: tuple[Question, ...]
    _reason: Later[Reason] = field(compare=False, repr=False)

    @property
    def reason(self) -> Reason:
        """The clauses, and the sentence that says why."""
        return self._reason.get()

    def __bool__(self) -> NoReturn:
        """Refuse: a settlement has three outcomes."""
        message = "a settlement is ready, incomplete or blocked; read `outcome`"
        raise TypeError(message)


def settle(book: Rulebook, offer: Offer, case: Case, documents: Collection[str], event: str = SETTLED) -> Settlement:
    """Say what the settlement of an offer needs besides the `documents` there are, by the gates of an event.

    Raises `InvalidOffer` for an unknown document, `UnknownName` where the policy has no gate on the event, or `PolicyMismatch`.
    """
    check(book, offer)
    check_gate(book, event)
    problems = list(_unknown_documents(book, documents))
    if problems:
        raise InvalidOffer(problems)
    hearing = Hearing(book=book, case=case, offer=offer, at=as_of(offer, case))
    seen = views(hearing, event)
    certain = tuple(view for view in seen if view.certain)
    papers = _papers(book, certain, offer.payment)
    missing = tuple(_missing(papers, documents))
    found = hearing.known(event, offer.amount)
    open_route = isinstance(found.situation.states[_ROUTE], Unknown) and any(_ROUTE in view.rule.when.fields for view in seen)
    asked = tuple(dict.fromkeys((*([_ROUTE] if open_route else []), *(fact for view in seen for fact in view.missing))))
    unmet = (*(blocker(each) for view in certain for each in view.unmet), *_approvals(certain))
    blocked = bool(unmet) or len(certain) < len(seen) or any(view.unsaid for view in seen)
    outcome: Outcome = "blocked" if blocked else "incomplete" if missing else "ready"
    return Settlement(
        outcome=outcome,
        papers=papers,
        routes=tuple(_routes(hearing, event)) if open_route else (),
        missing=missing,
        handwritten=tuple(each for each in papers.every if book.model.records[each].handwritten),
        unmet=unmet,
        questions=tuple(found.reasoning.question(fact, ("settlement",)) for fact in asked),
        _reason=Later(lambda: _reason(_Found(hearing, found, seen, asked), outcome, missing, unmet)),
    )


def check_gate(book: Rulebook, event: str) -> None:
    """Refuse an event on which the policy has no gate: silence is no permission."""
    gated = {rule.event for rule in book.model.gates.values()}
    if event not in gated:
        raise UnknownName.among("gate on the event", event, gated)


def _unknown_documents(book: Rulebook, documents: Collection[str]) -> Iterator[Problem]:
    for number, name in enumerate(documents):
        if name not in book.model.records:
            hint = closest(str(name), book.model.records)
            expected = f"a record that the policy `{book.model.id}` declares"
            yield Problem(code="unknown_choice", path=("documents", number), found=f"`{str(name)[:60]}`", expected=expected, suggestion=hint)


def _papers(book: Rulebook, seen: Collection[View], route: str | None) -> Papers:
    records = book.vocabulary.records
    return Papers(
        route=book.vocabulary.values(_ROUTE)[route] if route is not None else None,
        documents=tuple(records[name] for name in dict.fromkeys(name for view in seen for name in view.rule.records)),
        one_of=tuple(dict.fromkeys(tuple(records[name] for name in view.rule.one_of) for view in seen if view.rule.one_of)),
    )


def _missing(papers: Papers, documents: Collection[str]) -> Iterator[tuple[Choice, ...]]:
    yield from ((each,) for each in papers.documents if each not in documents)
    yield from (options for options in papers.one_of if not any(each in documents for each in options))


def _routes(hearing: Hearing, event: str) -> Iterator[Papers]:
    """Give the papers of each way of payment that the gates leave open."""
    for route in hearing.book.vocabulary.values(_ROUTE):
        seen = views(replace(hearing, offer=replace(hearing.offer, payment=route.id)), event)
        shut = any(each.kind == "condition" and each.state == "shut" for view in seen for each in view.unmet)
        if not shut:
            yield _papers(hearing.book, [view for view in seen if view.certain], route.id)


def _approvals(seen: Collection[View]) -> Iterator[Blocker]:
    for view in seen:
        for party in view.needed:
            yield blocker(Unmet(gate=view.rule, kind="approval", what=party, state="shut"))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a settlement rests on."""

    hearing: Hearing
    basis: Basis
    seen: tuple[View, ...]
    asked: tuple[str, ...]


def _reason(found: _Found, outcome: Outcome, missing: tuple[tuple[Choice, ...], ...], unmet: tuple[Blocker, ...]) -> Reason:
    sources = [view.rule.provenance for view in found.seen]
    awaited = tuple(dict.fromkeys(event for view in found.seen for event in view.awaited))

    def say(lang: Lang) -> str:
        words, offer = found.basis.reasoning.wording, found.hearing.offer
        said = wording.say(
            outcome,
            lang,
            what=wording.what(words, offer.remedy, offer.amount, lang),
            by=wording.cited(clauses_of(sources), lang),
            missing=wording.papers(words, missing, lang),
            unmet=wording.unmet(words, unmet, lang),
        )
        return said + wording.depends(words, found.asked, lang)

    settled = status(missing=found.asked, awaited=awaited, unsaid=any(view.unsaid for view in found.seen))
    return replace(reason("settlement", found.basis.situation, sources, found.seen, settled, say), missing=found.asked, awaited=awaited)
