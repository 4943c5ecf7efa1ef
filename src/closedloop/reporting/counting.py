"""Counts the cases of a period: how many are closed, repeated, in time, of which kind, and how long they took."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from closedloop.calendars.instants import elapsed
from closedloop.decision import PolicyRef
from closedloop.errors import UnknownName
from closedloop.evaluation.facts import DELAY_FOUND
from closedloop.evaluation.log import RECEIVED
from closedloop.policy.model import ACCOUNTABLE
from closedloop.policy.terms import PROMPTLY, InTime
from closedloop.reporting.caseload import Caseload, gather, local, name_label, value_label
from closedloop.reporting.measures import measure_all
from closedloop.reporting.period import must_be_period
from closedloop.reporting.statistics import Distribution, Figure, HandlingTime, OnTime, Slice, Statistics, Unavailable
from closedloop.reviewing import CLOSED, breaches
from closedloop.rules.states import Unset
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.reporting.caseload import View
    from closedloop.reporting.period import Period
    from closedloop.values.choices import Choice
    from closedloop.values.clauses import Clause

_TICK: Final = timedelta(microseconds=1)
_SATISFACTION: Final = "satisfaction"
_COMMON: Final = ("kind", "category", "level", "channel", ACCOUNTABLE)
_CLOSING: Final = frozenset({CLOSED, "closure_requested"})
_LABELS: Final[Mapping[str, Label]] = {
    name: Label(name, {"zh": zh, "en": en})
    for name, zh, en in (
        ("closure_rate", "闭环率（占全部案件）", "closure rate (of all cases)"),
        ("first_pass", "一次闭环率", "first-pass closure"),
        ("one_time_resolution", "一次解决率", "one-time resolution"),
        ("repeat_rate", "重复率", "repeat rate"),
        ("on_time", "及时率", "done in time"),
        ("rounds", "处理轮次", "rounds"),
        (_SATISFACTION, "满意度", "satisfaction"),
        ("handling_time", "处理时效", "handling time"),
    )
}
_LACKS: Final[Mapping[str, Label]] = {
    name: Label(name, {"zh": zh, "en": en})
    for name, zh, en in (
        ("first_pass", "制度未定义按时闭环(`in_time`)的事实", "the policy has no fact that says whether a case was closed in time (`in_time`)"),
        ("repeats", "制度未规定重复的认定(`repeats`)", "the policy has no rule for repeats (`repeats`)"),
        ("rounds", "制度未规定重新处理的轮次(`rounds`)", "the policy has no rounds (`rounds`)"),
        ("fact", "制度未定义此项事实", "the policy has no such fact"),
        ("limit", "制度未给出时限", "the source gives no limit"),
        ("cases", "没有任何案件有此数据", "no case has this"),
    )
}


def statistics(
    book: Rulebook,
    cases: Iterable[Case],
    period: Period,
    *,
    by: str = RECEIVED,
    at: datetime | None = None,
    dimensions: Sequence[str] | None = None,
) -> Statistics:
    """Count the cases to which the event `by` happened in a period, as they stand at an instant: the end of the period, if none is given.

    `dimensions` name the facts by which cases are broken down; without them these are kind, category, level, channel, the
    accountable party, and what the routines tabulate. Raises `UnknownName` for an event or fact that the policy does not know.
    """
    must_be_period(period)
    _check_names(book, by, dimensions or ())
    span = period.start(book.zone), period.end(book.zone)
    moment = local(book, span[1] - _TICK if at is None else at)
    load = gather(book, cases, moment)
    views = tuple(view for view in load.views if view.happened(by, span))
    count = _Count(book, views, _followed(load))
    wanted = _dimensions(book) if dimensions is None else tuple(dict.fromkeys(dimensions))
    model = book.model
    return Statistics(
        policy=PolicyRef(id=model.id, edition=model.edition, hash=model.hash),
        title=model.title,
        period=period,
        by=book.vocabulary.event_kinds[by],
        at=moment,
        cases=tuple(view.id for view in views),
        merged=tuple(view.id for view in load.merged if view.happened(RECEIVED, span)),
        out_of_scope=tuple(view.id for view in load.out_of_scope if view.happened(RECEIVED, span)),
        figures=count.figures(),
        duties=count.duties(),
        parties=count.parties(),
        rounds=count.rounds() if model.rounds else None,
        satisfaction=count.distribution(_SATISFACTION) if _SATISFACTION in model.facts else None,
        breakdowns=tuple(count.distribution(name) for name in wanted),
        handling=count.handling(),
        targets=measure_all(book, Caseload(views=views)),
        unavailable=tuple(count.unavailable(wanted)),
    )


def _check_names(book: Rulebook, by: str, dimensions: Sequence[str]) -> None:
    if by not in book.model.events:
        raise UnknownName.among("event", by, book.model.events)
    known = {*book.model.facts, *book.model.tables, ACCOUNTABLE}
    for name in dimensions:
        if name not in known:
            raise UnknownName.among("fact", name, known)


def _dimensions(book: Rulebook) -> tuple[str, ...]:
    """Return what cases are broken down by: what most policies have, and what this one's routines tabulate."""
    known = {*book.model.facts, *book.model.tables} | ({ACCOUNTABLE} if "routing" in book.model.tables else set())
    tabulated = [name for rule in book.model.routines.values() for name in rule.tabulate]
    return tuple(name for name in dict.fromkeys((*_COMMON, *tabulated)) if name in known and name != _SATISFACTION)


def _followed(load: Caseload) -> frozenset[str]:
    """Return the cases about which the customer complained again."""
    links = [view.found.situation.repeat for view in load.views]
    return frozenset(link.of.id for link in links if link.state == "again" and link.of is not None)


class _Count:
    """The counts over some cases; `followed` are cases about which the customer complained again."""

    def __init__(self, book: Rulebook, views: Sequence[View], followed: frozenset[str]) -> None:
        self._book = book
        self._views = views
        self._followed = followed
        self._closed = [view for view in views if view.closed_at is not None]
        judged = any(event.kind == DELAY_FOUND for view in views for event, _ in view.found.situation.log.happened)
        self._timed = [each for view in views for each in _timed(book, view, judged=judged)]

    # --- shares of cases ---

    def figures(self) -> tuple[Figure, ...]:
        closing = [Figure(id="closure_rate", label=_LABELS["closure_rate"], numerator=len(self._closed), denominator=len(self._views))]
        once = sum(self._solved_at_once(view) for view in self._closed)
        resolved = Figure(id="one_time_resolution", label=_LABELS["one_time_resolution"], numerator=once, denominator=len(self._closed))
        return (*closing, *self._first_pass(), resolved, *self._repeats())

    def _solved_at_once(self, view: View) -> bool:
        return view.found.situation.log.round == 1 and not view.reopened and view.id not in self._followed

    def _first_pass(self) -> Iterator[Figure]:
        """Give the share closed in time, for each fact by which the policy says what that is."""
        for fact in self._book.model.facts.values():
            if isinstance(fact.derived, InTime) and fact.derived.do in _CLOSING:
                states = [view.found.situation.states[fact.id] for view in self._closed]
                known = [state for state in states if isinstance(state, bool)]
                yield Figure(
                    id=f"first_pass.{fact.id}",
                    label=_qualified(_LABELS["first_pass"], fact.label),
                    numerator=sum(known),
                    denominator=len(known),
                    undecided=len(states) - len(known),
                    clauses=fact.provenance.clauses,
                )

    def _repeats(self) -> Iterator[Figure]:
        rule = self._book.model.repeats
        if rule is not None:
            found = Counter(view.found.situation.repeat.state for view in self._views)
            known = len(self._views) - found[None]
            clauses = rule.provenance.clauses
            yield Figure(
                id="repeat_rate",
                label=_LABELS["repeat_rate"],
                numerator=found["again"],
                denominator=known,
                undecided=found[None],
                clauses=clauses,
            )

    # --- in time or not ---

    def duties(self) -> tuple[OnTime, ...]:
        found = Counter((duty, outcome) for duty, _, outcome in self._timed)
        rules = [rule for name, rule in self._book.model.duties.items() if any(duty == name for duty, _ in found)]
        return tuple(_on_time(found, rule.id, rule.label, rule.provenance.clauses) for rule in rules)

    def parties(self) -> tuple[OnTime, ...]:
        found = Counter((party.id, outcome) for _, party, outcome in self._timed)
        labels = {party.id: party.among.labels[party.id] for _, party, _ in self._timed}
        return tuple(_on_time(found, name, labels[name]) for name in sorted(labels))

    # --- by value ---

    def distribution(self, name: str) -> Distribution:
        values = Counter(view.value(name) for view in self._views)
        return self._sliced(name, name_label(self._book, name), values)

    def rounds(self) -> Distribution:
        return self._sliced("round", _LABELS["rounds"], Counter(str(view.found.situation.log.round) for view in self._views))

    def _sliced(self, name: str, label: Label, values: Mapping[str | None, int] | Counter[str]) -> Distribution:
        known = {value: count for value, count in values.items() if value is not None}
        total = sum(known.values())
        fact = self._book.model.facts.get(name)
        listed = fact.domain.codes if fact is not None and fact.domain.listed else ()
        order = [value for value in listed if value in known]
        order += sorted(known.keys() - set(order), key=lambda value: (-known[value], value))
        slices = tuple(
            Slice(value=value, label=value_label(self._book, name, value), cases=known[value], share=Fraction(known[value], total)) for value in order
        )
        return Distribution(id=name, label=label, slices=slices, unknown=sum(values.values()) - total)

    # --- how long it took ---

    def handling(self) -> tuple[HandlingTime, ...]:
        took: dict[tuple[Choice, str | None], list[timedelta]] = {}
        for view in self._closed:
            accountable = view.found.duties.accountable
            if accountable is not None and view.closed_at is not None:
                party = self._book.vocabulary.party(accountable)
                took.setdefault((party, None), []).append(elapsed(view.found.situation.received_at, view.closed_at))
        for view in self._views:
            for name in self._book.model.duties:
                finding = view.found.duties[name]
                if finding.start is not None and finding.met_at is not None:
                    took.setdefault((_party(self._book, view, name), name), []).append(elapsed(finding.start, finding.met_at))
        order = sorted(took, key=lambda key: (key[0].id, key[1] is not None, key[1] or ""))
        return tuple(self._handled(party, duty, sorted(took[party, duty])) for party, duty in order)

    def _handled(self, party: Choice, duty: str | None, times: Sequence[timedelta]) -> HandlingTime:
        middle = len(times) // 2
        return HandlingTime(
            party=party,
            duty=duty,
            label=_LABELS["handling_time"] if duty is None else self._book.model.duties[duty].label,
            cases=len(times),
            total=sum(times, timedelta()),
            shortest=times[0],
            median=times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2,
            longest=times[-1],
        )

    # --- what cannot be said ---

    def unavailable(self, dimensions: Sequence[str]) -> Iterator[Unavailable]:
        model = self._book.model
        if not any(isinstance(fact.derived, InTime) and fact.derived.do in _CLOSING for fact in model.facts.values()):
            yield _not_defined("first_pass", "first_pass")
        if model.repeats is None:
            yield _not_defined("repeat_rate", "repeats")
        if not model.rounds:
            yield _not_defined("rounds", "rounds")
        if _SATISFACTION not in model.facts:
            yield _not_defined(_SATISFACTION, "fact")
        for name, rule in model.duties.items():
            if isinstance(rule.within, Unset):
                yield Unavailable(id=f"on_time.{name}", label=rule.label, because="policy", lacks=_LACKS["limit"])
        for name in (_SATISFACTION, *dimensions):
            known = name in {*model.facts, *model.tables, ACCOUNTABLE}
            if known and self._views and all(view.value(name) is None for view in self._views):
                yield Unavailable(id=name, label=name_label(self._book, name), because="data", lacks=_LACKS["cases"])


def _qualified(label: Label, by: Label) -> Label:
    """Add by what a measure is told, for a policy may have several."""
    return Label(label.id, {"zh": f"{label.text('zh')}（{by.text('zh')}）", "en": f"{label.text('en')} ({by.text('en')})"})


def _on_time(found: Mapping[tuple[str, str], int], name: str, label: Label, clauses: tuple[Clause, ...] = ()) -> OnTime:
    """Gather the counts of a duty or a party."""
    in_time, late, running = (found.get((name, outcome), 0) for outcome in ("in_time", "late", "running"))
    return OnTime(id=name, label=label, in_time=in_time, late=late, running=running, clauses=clauses)


def _not_defined(measure: str, lacks: str) -> Unavailable:
    return Unavailable(id=measure, label=_LABELS[measure], because="policy", lacks=_LACKS[lacks])


def _timed(book: Rulebook, view: View, *, judged: bool) -> Iterator[tuple[str, Choice, str]]:
    """Give each duty of a case that can be late: whose it is, and whether it was done in time. A breach stays one.

    Without a due instant it is a person who finds a duty late; where nobody looks (`judged`), nothing can be said of those that are met.
    """
    broken = {breach.duty for breach in breaches(book, view.case, view.found)}
    for name in book.model.duties:
        finding = view.found.duties[name]
        if name in broken:
            yield name, _party(book, view, name), "late"
        elif (finding.end is not None or (judged and finding.amount is PROMPTLY)) and finding.state in {"met", "running", "paused"}:
            yield name, _party(book, view, name), "in_time" if finding.state == "met" else "running"


def _party(book: Rulebook, view: View, duty: str) -> Choice:
    """Return whose duty it is: the first party that it names, or the accountable one, where that is settled."""
    named = book.model.duties[duty].by
    name = named[0] if named else "anyone"
    if name == ACCOUNTABLE:
        name = view.found.duties.accountable or name
    return book.vocabulary.party(name)
