"""Routines: the duties of a policy towards the caseload, as they come round in a period, each with its cases."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from closedloop.complaint import Complaint
from closedloop.evaluation.facts import event_facts, intake_facts
from closedloop.evaluation.limits import instant_of, run_out
from closedloop.evaluation.log import in_force
from closedloop.policy.model import ACCOUNTABLE, RouteTo
from closedloop.reporting.caseload import Undecided, gather, name_label, truth_of, value_label
from closedloop.reporting.period import is_period, must_be_period, periods
from closedloop.rules.states import Truth, Unset
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from closedloop.calendars import Due
    from closedloop.casework import Case
    from closedloop.complaint import Event
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import Routine
    from closedloop.reporting.caseload import Caseload, Span, View
    from closedloop.reporting.period import Period
    from closedloop.rules.states import State
    from closedloop.values.choices import Choice
    from closedloop.values.clauses import Clause, ReadingChoice
    from closedloop.values.facts import FactValue
    from closedloop.values.text import Label

_TICK: Final = timedelta(microseconds=1)
_EVER: Final = datetime.min.replace(tzinfo=UTC)
Timing = Literal["dated", "no_limit", "unset", "unspecific"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A line of a table: the values by which cases are grouped (None: not known), their words, and how many cases have them."""

    values: tuple[str | None, ...]
    labels: tuple[Label | None, ...]
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineDue:
    """One occurrence of a routine: the stretch of time it is about, when it is due, and the cases it concerns.

    `begins` to `ends` is half-open; `begins` is None before the first known occurrence of an event. `due` is None unless
    `timing` is `dated`: no limit is stated, it is unset, or it is `promptly` or a fact of a case. `group` is the value of
    `per`. `cases` are all those chosen, `sample` those to be looked at: the lowest by a hash of routine, last day and
    case id. `shortfall` is how many fewer there are than asked for. `owed` is None where undecided cases leave it open.
    """

    routine: str
    label: Label
    begins: datetime | None
    ends: datetime
    due: datetime | None
    timing: Timing
    provisional: bool
    owed: bool | None
    group: str | None
    cases: tuple[str, ...]
    undecided: tuple[Undecided, ...]
    sample: tuple[str, ...]
    sample_unset: bool
    shortfall: int
    tabulated: tuple[Label, ...]
    table: tuple[Tally, ...]
    do: tuple[Choice, ...]
    by: tuple[Choice, ...]
    to: tuple[Choice, ...]
    leaving: tuple[Choice, ...]
    unset: frozenset[str]
    clauses: tuple[Clause, ...]
    readings: tuple[ReadingChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDue:
    """A routine without any occurrence.

    The text leaves out how often (`unset`), its condition does not hold (`not_owed`) or is open (`needs_fact`, with what is
    missing, or `unspecified_by_source`), or nothing happened in the period that calls for it (`no_occasion`).
    """

    routine: str
    label: Label
    reason: Literal["unset", "not_owed", "needs_fact", "unspecified_by_source", "no_occasion"]
    missing: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The routines of a policy in a period: what is due, by its end, and what is not, with the reason."""

    period: Period
    due: tuple[RoutineDue, ...]
    not_due: tuple[NotDue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Occasion:
    """An occurrence of a routine: its stretch of time, from when its limit counts in days and in hours, and its name in the hash."""

    begins: datetime | None
    ends: datetime
    day: datetime
    name: str


def routines(
    book: Rulebook,
    cases: Iterable[Case],
    period: Period,
    events: Iterable[Event] = (),
    facts: Mapping[str, FactValue] | None = None,
) -> Agenda:
    """List the routines whose own periods end in a period, and those called for by an event in it, each with its cases.

    `events` are those of the caseload as a whole, beside those of the cases; `facts` are those that routines ask about the
    company rather than a case. Cases are looked at as they stand when the routine's period ends. Raises `InvalidEvent` and
    `InvalidComplaint` for events and facts that the policy does not know, and what a review raises.
    """
    must_be_period(period)
    given, happened = tuple(cases), tuple(events)
    for event in happened:
        event_facts(book.model, event)
    states = _standing(book, period, facts or {})
    loads: dict[datetime, Caseload] = {}
    due: list[RoutineDue] = []
    idle: list[NotDue] = []
    for rule in book.model.routines.values():
        truth = truth_of(book, rule.when, states)
        occasions = tuple(_occasions(book, rule, period, given, happened)) if truth is Truth.YES else ()
        if not occasions:
            idle.append(_not_due(rule, truth))
        for occasion in occasions:
            if occasion.ends not in loads:
                loads[occasion.ends] = gather(book, given, occasion.ends - _TICK)
            due.extend(_dues(book, rule, occasion, loads[occasion.ends]))
    return Agenda(period=period, due=tuple(sorted(due, key=lambda each: each.ends)), not_due=tuple(idle))


def _standing(book: Rulebook, period: Period, facts: Mapping[str, FactValue]) -> dict[str, State]:
    """Return what is known of the company itself, such as how often it reports; such facts are checked as those of a complaint are."""
    bearer = Complaint(id="caseload", received_at=period.end(book.zone), facts=facts)
    known = intake_facts(book.model, bearer)
    return {**book.at_first, **{name: known[name] for name in facts}}


def _not_due(rule: Routine, truth: Truth | tuple[tuple[str, ...], bool]) -> NotDue:
    missing: tuple[str, ...] = ()
    reason: Literal["unset", "not_owed", "needs_fact", "unspecified_by_source", "no_occasion"] = "not_owed"
    if isinstance(truth, tuple):
        missing, silent = truth
        reason = "unspecified_by_source" if silent else "needs_fact"
    elif truth is Truth.YES:
        reason = "unset" if isinstance(rule.every, Unset) else "no_occasion"
    return NotDue(routine=rule.id, label=rule.label, reason=reason, missing=missing, clauses=rule.provenance.clauses)


# --- when it comes round ---


def _occasions(book: Rulebook, rule: Routine, period: Period, cases: Sequence[Case], events: Sequence[Event]) -> Iterator[_Occasion]:
    if isinstance(rule.every, Unset):
        return
    if not is_period(rule.every):
        yield from _after_events(book, rule.every, period, cases, events)
        return
    for each in periods(rule.every, period):
        ends = each.end(book.zone)
        yield _Occasion(begins=each.start(book.zone), ends=ends, day=ends - timedelta(seconds=1), name=str(each.last))


def _after_events(book: Rulebook, kind: str, period: Period, cases: Sequence[Case], events: Sequence[Event]) -> Iterator[_Occasion]:
    """Take each instant at which the event happened; a stretch reaches from one to the next, the event itself included."""
    first, over = period.start(book.zone), period.end(book.zone)
    logs = [events, *(case.events for case in cases)]
    instants = {event.at for log in logs for event in in_force(log, over - _TICK) if event.kind == kind}
    before: datetime | None = None
    for at in sorted(instants):
        if at >= first:
            ends = at.astimezone(book.zone)
            yield _Occasion(begins=before, ends=ends + _TICK, day=ends, name=at.astimezone(book.zone).isoformat())
        before = at.astimezone(book.zone) + _TICK


def _end(book: Rulebook, rule: Routine, occasion: _Occasion) -> tuple[Timing, Due | datetime | None]:
    """Count the limit from the last day of the period, or from its end where it is no number of days.

    Nothing arrives: neither a cutoff nor a day off moves the day from which it counts.
    """
    if rule.within is None:
        return "no_limit", None
    if isinstance(rule.within, Unset):
        return "unset", None
    if not isinstance(rule.within, Limit):
        return "unspecific", None
    clock = replace(book.clock(rule.clock), cutoff=None, off_day_arrival="counts")
    return "dated", run_out(clock, occasion.day if rule.within.in_days else occasion.ends, rule.within)


# --- which cases ---


def _dues(book: Rulebook, rule: Routine, occasion: _Occasion, caseload: Caseload) -> Iterator[RoutineDue]:
    chosen: list[View] = []
    undecided: list[Undecided] = []
    span: Span = (occasion.begins or _EVER, occasion.ends)
    for view in caseload.views:
        answer = view.holds(rule.among, span)
        if answer is Truth.YES:
            chosen.append(view)
        elif isinstance(answer, Undecided):
            undecided.append(answer)
    if rule.per is None:
        yield _due(book, rule, occasion, None, chosen, undecided)
        return
    per = rule.per
    valued = [(view, view.value(per)) for view in chosen]
    unsure = {view.id: view.value(per) for view in caseload.views}
    groups = [*_values(book, per), *sorted({value for _, value in valued if value is not None})]
    loose = any(value is None for _, value in valued)
    for group in (*dict.fromkeys(groups), *((None,) if loose else ())):
        mine = [view for view, value in valued if value == group]
        theirs = [each for each in undecided if unsure[each.case] in {group, None}]
        yield _due(book, rule, occasion, group, mine, theirs)


def _values(book: Rulebook, name: str) -> tuple[str, ...]:
    """Return every value that a fact may take, or every party that may be accountable, so that none is without its routine."""
    if name in {ACCOUNTABLE, "routing"}:
        rows = book.model.tables["routing"].rules if "routing" in book.model.tables else ()
        parties = [row.then.accountable for row in rows if isinstance(row.then, RouteTo)]
        return tuple(dict.fromkeys(party for party in parties if isinstance(party, str)))
    fact = book.model.facts.get(name)
    return fact.domain.codes if fact is not None and fact.domain.listed else ()


def _due(book: Rulebook, rule: Routine, occasion: _Occasion, group: str | None, views: Sequence[View], undecided: Sequence[Undecided]) -> RoutineDue:
    timing, end = _end(book, rule, occasion)
    words = book.vocabulary
    asked = rule.sample if isinstance(rule.sample, int) else None
    by_hash = sorted((view.id for view in views), key=lambda name: _drawn(rule.id, occasion.name, name))
    return RoutineDue(
        routine=rule.id,
        label=rule.label,
        begins=occasion.begins,
        ends=occasion.ends,
        due=None if end is None else instant_of(end).astimezone(book.zone),
        timing=timing,
        provisional=end is not None and not isinstance(end, datetime) and end.provisional,
        owed=_owed(rule, len(views), len(undecided)),
        group=group,
        cases=tuple(view.id for view in views),
        undecided=tuple(undecided),
        sample=() if asked is None else tuple(sorted(by_hash[:asked])),
        sample_unset=isinstance(rule.sample, Unset),
        shortfall=max(0, asked - len(views)) if asked is not None and rule.when_fewer == "short" else 0,
        tabulated=tuple(name_label(book, name) for name in rule.tabulate),
        table=tabulate(book, views, rule.tabulate),
        do=tuple(words.event_kinds[name] for name in rule.do),
        by=tuple(words.party(name) for name in rule.by),
        to=tuple(words.party(name) for name in rule.to),
        leaving=tuple(words.records[name] for name in rule.leaving),
        unset=rule.unset,
        clauses=rule.provenance.clauses,
        readings=rule.provenance.readings,
    )


def _owed(rule: Routine, sure: int, open_cases: int) -> bool | None:
    """Whether there are as many cases as the routine needs before it is owed at all."""
    least = rule.if_at_least or 0
    return True if sure >= least else None if sure + open_cases >= least else False


def _drawn(routine: str, occasion: str, case: str) -> str:
    """Return the place of a case in the draw: the same on every machine, another in every period."""
    return hashlib.sha256(f"{routine}|{occasion}|{case}".encode()).hexdigest()


def tabulate(book: Rulebook, views: Iterable[View], names: Sequence[str]) -> tuple[Tally, ...]:
    """Count cases by the values of facts, the most frequent first; the counts add up to the cases. No facts: no table."""
    if not names:
        return ()
    counted = Counter(tuple(view.value(name) for name in names) for view in views)
    order = sorted(counted, key=lambda values: (-counted[values], [(value is None, value or "") for value in values]))
    return tuple(
        Tally(
            values=values,
            labels=tuple(None if value is None else value_label(book, name, value) for name, value in zip(names, values, strict=True)),
            cases=counted[values],
        )
        for values in order
    )
