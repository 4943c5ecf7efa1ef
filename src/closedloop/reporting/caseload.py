"""The cases that a report is about, each worked out at one instant, and what can be asked of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from closedloop.calendars.instants import instant, micros
from closedloop.casework import Case
from closedloop.errors import InvalidValue
from closedloop.evaluation.facts import key_text
from closedloop.evaluation.log import RECEIVED
from closedloop.evaluation.outcomes import table_outcome
from closedloop.policy.model import ACCOUNTABLE, RouteTo
from closedloop.reviewing import CLOSED, examine
from closedloop.rules.conditions import Condition, Presence
from closedloop.rules.states import Truth, Unknown, Unset
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from closedloop.decision import Basis
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.rules.program import Given

_REOPENED: Final = "reopened"
_LANGUAGES: Final = ("zh", "en")
_HAPPENED: Final = Presence(present=True)

#: A stretch of time: its first instant, and the instant at which it is over.
Span = tuple["datetime", "datetime"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A case of which it cannot be said whether it counts: the facts to ask for, the events awaited, or that the text is silent."""

    case: str
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    unspecified: bool = False


@dataclass(frozen=True)
class View:
    """A case as it stands at the instant of a report."""

    case: Case
    found: Basis

    @property
    def id(self) -> str:
        """The id of the complaint."""
        return self.case.complaint.id

    @cached_property
    def closed_at(self) -> datetime | None:
        """When it was closed; None while it is open, or open again."""
        log = self.found.situation.log
        closed, reopened = log.all(CLOSED), log.all(_REOPENED)
        return closed[-1].at if closed and not (reopened and reopened[-1].at > closed[-1].at) else None

    @property
    def reopened(self) -> bool:
        """Whether it was ever opened again."""
        return bool(self.found.situation.log.all(_REOPENED))

    def happened(self, kind: str, span: Span) -> bool:
        """Whether an event of the kind that counts in the current round happened in a stretch of time."""
        begins, ends = span
        received = self.case.complaint.received_at
        instants = [received] if kind == RECEIVED else [event.at for event in self.found.situation.log.all(kind)]
        return any(begins <= at < ends for at in instants)

    def holds(self, condition: Condition, span: Span | None = None) -> Truth | Undecided:
        """Say whether a condition holds: yes, no, or why that cannot be said.

        With a stretch of time, an event that is `present` in the condition must have happened in it.
        """
        asked = condition if span is None else self._within(condition, span)
        situation = self.found.situation
        answer = truth_of(situation.book, asked, situation.given)
        if isinstance(answer, Truth):
            return answer
        facts, silent = answer
        return Undecided(case=self.id, missing=situation.missing(facts), awaited=situation.awaited(facts), unspecified=silent)

    def _within(self, condition: Condition, span: Span) -> Condition:
        """Settle the tests for the presence of an event by looking at the stretch of time."""
        events = self.found.situation.book.model.events
        left = []
        for alternative in condition.alternatives:
            asked = [name for name, test in alternative if name in events and test == _HAPPENED]
            if all(self.happened(name, span) for name in asked):
                left.append(tuple((name, test) for name, test in alternative if name not in asked))
        return Condition(tuple(left), condition.silent)

    def value(self, name: str) -> str | None:
        """Return the value of a fact, a table or `accountable` as a policy writes it; None where it is not known."""
        situation = self.found.situation
        if name == ACCOUNTABLE:
            return self.found.duties.accountable
        state: object = situation.states[name]
        if name in situation.book.program.tables:
            state = table_outcome(situation, name).value
        if isinstance(state, RouteTo):
            state = state.accountable
        if state is None or isinstance(state, (Unknown, Unset)):
            return None
        if isinstance(state, frozenset):
            return ", ".join(sorted(map(str, state)))
        return key_text(state) if isinstance(state, bool) else str(state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caseload:
    """The cases of a report, by id, and those that it leaves out: merged into an open case, or out of scope."""

    views: tuple[View, ...]
    merged: tuple[View, ...] = ()
    out_of_scope: tuple[View, ...] = ()


def gather(book: Rulebook, cases: Iterable[Case], at: datetime) -> Caseload:
    """Work out each case that was received by an instant. A call merged into an open case is that case, and counts once.

    Raises `NaiveDatetime`, `InvalidValue` for a case given twice, and what a review raises.
    """
    moment = local(book, at)
    received = [case for case in _sorted(cases) if case.complaint.received_at <= moment]
    sorted_out: dict[str, list[View]] = {"views": [], "merged": [], "out_of_scope": []}
    for case in received:
        view = View(case, examine(book, case, moment))
        sorted_out[_place(view)].append(view)
    return Caseload(**{name: tuple(found) for name, found in sorted_out.items()})


def local(book: Rulebook, at: datetime) -> datetime:
    """Return an instant in the zone of the policy, or raise `NaiveDatetime`."""
    return instant(micros(at), book.zone)


def _sorted(cases: Iterable[Case]) -> list[Case]:
    """Sort cases by id, so that the order in which they are given plays no part."""
    by_id: dict[str, Case] = {}
    for case in cases:
        if not isinstance(case, Case):
            raise InvalidValue(f"a report is about cases, found {type(case).__name__}; make one with `open_case`", found=type(case).__name__)
        if case.complaint.id in by_id:
            raise InvalidValue(f"the case `{case.complaint.id[:60]}` is given twice; give each case once", found=case.complaint.id[:60])
        by_id[case.complaint.id] = case
    return [by_id[name] for name in sorted(by_id)]


def _place(view: View) -> str:
    if view.found.situation.repeat.state == "merged":
        return "merged"
    return "out_of_scope" if view.value("scope") == "out" else "views"


def truth_of(book: Rulebook, condition: Condition, states: Given) -> Truth | tuple[tuple[str, ...], bool]:
    """Say whether a condition holds; where that is open, on which facts it depends, and whether only the text is silent."""
    found = book.program.holds(condition, states)
    if found.values in {(Truth.YES,), (Truth.NO,)}:
        return Truth(found.values[0])
    return found.facts, found.values == (Truth.SILENT,)


def value_label(book: Rulebook, name: str, value: str) -> Label:
    """Return the words for a value of a fact, a table or `accountable`, in Chinese and English."""
    fact = book.model.facts.get(name)
    domain = "" if fact is None else fact.domain.type
    if name in {ACCOUNTABLE, "routing"} or domain == "party":
        party = book.model.parties.get(value)
        return Label(value) if party is None else party.label
    given: object = value == "yes" if domain == "yes_no" else value
    if fact is not None and fact.domain.many:
        given = frozenset(value.split(", "))
    return Label(value, {lang: book.vocabulary.value_label(name, given, lang) for lang in _LANGUAGES})


def name_label(book: Rulebook, name: str) -> Label:
    """Return the words for a fact, a table or `accountable`, in Chinese and English."""
    if name == ACCOUNTABLE:
        return book.vocabulary.party(name).among.labels[name]
    fact = book.model.facts.get(name)
    return Label(name) if fact is None else fact.label
