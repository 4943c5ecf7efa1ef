"""Until when a case and its records must be kept: the earliest instant at which the policy lets them be destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from closedloop.evaluation.applicability import applies
from closedloop.evaluation.log import RECEIVED
from closedloop.reporting.caseload import View, local
from closedloop.reviewing import examine
from closedloop.rules.states import Truth, Unset
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from closedloop.casework import Case
    from closedloop.decision import Basis
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import Bound, GateRule
    from closedloop.values.choices import Choice
    from closedloop.values.clauses import Clause, ReadingChoice

_DESTROYED: Final = "destroyed"
HoldState = Literal["dated", "waiting", "needs_fact", "unspecified_by_source"]
#: From what is least settled on; the first that any hold is in is what can be said of the case.
_ORDER: Final[tuple[HoldState, ...]] = ("unspecified_by_source", "needs_fact", "waiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A gate that keeps a case for a time: how long (None: the text does not say), from which event, and the first instant after it.

    It is `waiting` for events that are `awaited`, `needs_fact` where it is open whether the gate applies, and
    `unspecified_by_source` where the text names no time. `provisional` rests on days off that are not yet published.
    """

    gate: str
    state: HoldState
    wait: Limit | None
    counted_from: Choice
    until: datetime | None = None
    provisional: bool = False
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    readings: tuple[ReadingChoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Until when a case is kept, as things stand at an instant.

    `earliest` is when the last of the `holds` is over, set exactly where the state is `dated`; `no_rule` says that no gate
    of `destroyed` names a time. A case that is not `closed` is kept whatever the date. `records` are those of which a field is
    known; they share the date of their case.
    """

    case: str
    at: datetime
    state: HoldState | Literal["no_rule"]
    earliest: datetime | None
    provisional: bool
    closed: bool
    records: tuple[Choice, ...]
    holds: tuple[Hold, ...]

    @property
    def date(self) -> date | None:
        """The day of `earliest`, in the zone of the policy."""
        return None if self.earliest is None else self.earliest.date()


def retention(book: Rulebook, case: Case, at: datetime) -> Retention:
    """Work out the earliest disposal of a case from its events up to an instant.

    Raises `NaiveDatetime`, and what a review raises.
    """
    moment = local(book, at)
    view = View(case, examine(book, case, moment))
    holds = tuple(_holds(view.found))
    dated = [hold.until for hold in holds if hold.until is not None]
    state: HoldState | Literal["no_rule"] = "dated" if holds else "no_rule"
    state = next((each for each in _ORDER if any(hold.state == each for hold in holds)), state)
    known = view.found.situation.known
    fields = {form.id: form.fields for form in book.model.records.values() if not isinstance(form.fields, Unset)}
    return Retention(
        case=view.id,
        at=moment,
        state=state,
        earliest=max(dated) if state == "dated" else None,
        provisional=any(hold.provisional for hold in holds),
        closed=view.closed_at is not None,
        records=tuple(book.vocabulary.records[name] for name, needed in fields.items() if not known.keys().isdisjoint(needed)),
        holds=holds,
    )


def _holds(found: Basis) -> Iterator[Hold]:
    rules = [rule for rule in found.situation.book.model.gates.values() if rule.event == _DESTROYED]
    for rule in rules:
        if rule.not_before is not None:
            hold = _hold(found, rule, rule.not_before, rules)
            if hold is not None:
                yield hold


def _hold(found: Basis, rule: GateRule, bound: Bound, rules: Sequence[GateRule]) -> Hold | None:
    """Return what a gate asks for; None where it does not apply."""
    situation = found.situation
    truth, fields = applies(situation, rule, rules)
    if truth is Truth.NO:
        return None
    start = situation.received_at if bound.from_ == RECEIVED else situation.log.first(bound.from_)
    wait = bound.amount if isinstance(bound.amount, Limit) else None
    state: HoldState = "dated"
    until, provisional, awaited = None, False, situation.awaited(fields)
    if truth is Truth.SILENT or (truth is Truth.YES and wait is None):
        state = "unspecified_by_source"
    elif truth is Truth.UNKNOWN:
        state = "needs_fact" if situation.missing(fields) else "waiting"
    elif start is None:
        state, awaited = "waiting", (bound.from_,)
    elif wait is not None:
        until, provisional = _over(found, bound, start, wait)
    return Hold(
        gate=rule.id,
        state=state,
        wait=wait,
        counted_from=situation.book.vocabulary.event_kinds[bound.from_],
        until=until,
        provisional=provisional,
        missing=situation.missing(fields),
        awaited=awaited,
        clauses=rule.provenance.clauses,
        readings=rule.provenance.readings,
    )


def _over(found: Basis, bound: Bound, start: datetime, wait: Limit) -> tuple[datetime, bool]:
    """Return the first instant at which the time is over, and whether that is provisional."""
    end = found.situation.book.clock(bound.clock).due(start, wait)
    return end.late_from.astimezone(found.situation.book.zone), end.provisional
