"""How often an event happened, or what a number adds up to, over a case and the earlier ones that agree with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, Final, Literal

from closedloop.evaluation.log import RECEIVED
from closedloop.history import CountQuery
from closedloop.rules.atoms import cut
from closedloop.rules.domains import Domain
from closedloop.rules.states import UNSET, Truth, Unknown, Unset
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.evaluation.situation import Earlier, Situation
    from closedloop.history import PastCase
    from closedloop.policy.terms import Count
    from closedloop.rules.diagrams import Diagram
    from closedloop.rules.states import State, Value

_NOBODY_LOOKED: Final = Unknown("missing", "history")
_NO_FACTS: Final = Unknown("missing", "history.facts")
_NO_EVENTS: Final = Unknown("missing", "history.events")
_ONE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class _Occurrence:
    """Something to be counted: when it happened, the facts that it brought, and its number (None: not known)."""

    at: datetime
    brought: Mapping[str, Value]
    number: Decimal | None


@dataclass(frozen=True, slots=True)
class _Share:
    """What is added (None: not known how much), and what would say whether it is; nothing where it certainly is."""

    number: Decimal | None
    lacking: Unknown | Unset | None = None


def counted(now: Situation, name: str, derived: Count) -> State:
    """Return the number where it is certain; else what is missing for it and, of a count, what it can be."""
    shares = tuple(chain(_own(now, derived), _of_earlier(now, derived)))
    sure = sum((share.number for share in shares if share.lacking is None and share.number is not None), Decimal(0))
    uncertain = [share for share in shares if share.lacking is not None and share.number != 0]
    lacking = [share.lacking for share in uncertain if isinstance(share.lacking, Unknown)]
    if not uncertain:
        return sure
    if not lacking:
        return UNSET
    first = min(lacking, key=lambda each: (each.cause != "missing", each.event or ""))
    # A number may be negative, and what it adds up to then has no bounds.
    return replace(first, among=_among(now.book, name, sure, uncertain)) if derived.how == "count" else replace(first, among=())


def _among(book: Rulebook, name: str, sure: Decimal, uncertain: Iterable[_Share]) -> tuple[Value, ...]:
    """Return the least number of each class that a count can be in, from what is certain up to what may be."""
    least = cut(Domain(type="number", counts=int(sure)), book.program.atoms(name).tests).representatives
    perhaps = [share.number for share in uncertain]
    return tuple(each for each in least if isinstance(each, Decimal) and (None in perhaps or each <= sure + sum(filter(None, perhaps))))


def _own(now: Situation, derived: Count) -> Iterator[_Share]:
    for each in _occurrences(now, derived):
        lacking = _asked(now, derived.of) if each.number is None else None
        holds = _where(now, derived, each)
        if holds.values != (Truth.NO,):
            yield _Share(each.number, lacking if holds.values == (Truth.YES,) else _open(now, holds))


def _of_earlier(now: Situation, derived: Count) -> Iterator[_Share]:
    if not derived.same:
        return
    if now.cases is None:
        yield _Share(None, _NOBODY_LOOKED)
    for earlier in now.earlier:
        agrees = _agrees(now, earlier, derived.same) if earlier.case.received_at <= now.at else False
        if agrees is not False:
            yield from (replace(share, lacking=agrees) if agrees is not True else share for share in _of(earlier, derived))


def _of(earlier: Earlier, derived: Count) -> Iterator[_Share]:
    """Give what an earlier case adds, should it agree with this one."""
    if not _is_receipt(derived) and earlier.case.events is None and _needs_events(earlier.book, derived):
        yield _Share(None, _NO_EVENTS)
        return
    not_given = _not_given(earlier.case) if derived.where.fields else None
    no_number = _NO_EVENTS if _needs_events(earlier.book, derived) else _NO_FACTS
    for each in _occurrences(earlier.now, derived):
        holds = _where(earlier.now, derived, each)
        if not_given is not None or len(holds.values) > 1:
            yield _Share(each.number, not_given or _NO_FACTS)
        elif holds.values != (Truth.NO,):
            silent = None if holds.values == (Truth.YES,) else UNSET
            yield _Share(each.number, silent or (no_number if each.number is None else None))


def _not_given(case: PastCase) -> Unknown | None:
    """Return what a condition on an earlier case cannot be told without."""
    return _NO_FACTS if case.facts is None else _NO_EVENTS if case.events is None else None


def _is_receipt(derived: Count) -> bool:
    return derived.how == "count" and derived.of == RECEIVED


def _needs_events(book: Rulebook, derived: Count) -> bool:
    return derived.how == "count" or book.model.facts[derived.of].at is not None


def _occurrences(case: Situation, derived: Count) -> Iterator[_Occurrence]:
    """Give what happened within the window: in every round of the case, what was taken back left out."""
    return (each for each in _happened(case, derived) if each.at <= case.at and not _over(case, derived, each))


def _happened(case: Situation, derived: Count) -> Iterator[_Occurrence]:
    if _is_receipt(derived):
        yield _Occurrence(case.complaint.received_at, {}, _ONE)
        return
    kind = derived.of if derived.how == "count" else case.book.model.facts[derived.of].at
    if kind is None:
        number = case.states[derived.of]
        yield _Occurrence(case.complaint.received_at, {}, number if isinstance(number, Decimal) else None)
    for event, brought in case.log.happened:
        if event.kind == kind:
            number = _ONE if derived.how == "count" else brought.get(derived.of)
            yield _Occurrence(event.at, brought, number if isinstance(number, Decimal) else None)


def _over(case: Situation, derived: Count, each: _Occurrence) -> bool:
    """Whether something happened longer ago than the window reaches; whole days of the calendar, as for repeats."""
    return derived.window is not None and not case.book.calendar_days.due(each.at, derived.window).met_by(case.at)


def _where(case: Situation, derived: Count, each: _Occurrence) -> Diagram:
    """Return whether the condition holds for the case, with the facts as the occurrence itself brought them."""
    then = case.supposing(each.brought) if each.brought else case
    return case.book.program.holds(derived.where, then.given)


def _agrees(now: Situation, earlier: Earlier, names: Iterable[str]) -> Literal[True, False] | Unknown | Unset:
    """Whether an earlier case has the same values; what is missing to say so where one is not known."""
    lacking: list[Unknown | Unset] = []
    for name in names:
        mine, theirs = now.part(name), earlier.part(name)
        if mine is None:
            lacking.append(_asked(now, name))
        elif theirs is None:
            lacking.append(_NO_FACTS)
        elif mine != theirs:
            return False
    return lacking[0] if lacking else True


def _asked(now: Situation, name: str) -> Unknown | Unset:
    """Return what is missing, or awaited, for a field without a value."""
    return _open(now, now.outcome(name)) if name in now.book.program.tables else _first(now, (name,))


def _open(now: Situation, found: Diagram) -> Unknown | Unset:
    return _first(now, found.facts)


def _first(now: Situation, names: Iterable[str]) -> Unknown | Unset:
    names = tuple(names)
    for cause, found in (("missing", now.missing(names)), ("awaited", now.awaited(names))):
        if found:
            return Unknown("missing" if cause == "missing" else "awaited", found[0])
    return UNSET


def relied_on(now: Situation) -> tuple[PastCase, ...]:
    """Return the earlier cases that can count, now or later: all but those that certainly differ in what is compared."""
    compared = {derived.same for _, derived in _looking(now)}
    return tuple(each.case for each in now.earlier if any(_agrees(now, each, same) is not False for same in compared))


def count_queries(now: Situation) -> tuple[CountQuery, ...]:
    """Return which earlier cases the numbers look at, as far as the values of this one are known."""
    found = ((name, {each: now.part(each) for each in derived.same}) for name, derived in _looking(now))
    return tuple(CountQuery(fact=name, key=FrozenMap({each: value for each, value in key.items() if value is not None})) for name, key in found)


def _looking(now: Situation) -> Iterator[tuple[str, Count]]:
    """Give the numbers that look at earlier cases and that the host has not stated."""
    return ((name, derived) for name, derived in now.book.counts.items() if derived.same and name not in now.known)


def turns(now: Situation) -> Iterator[datetime]:
    """Give the instants at which a number can change without an event of this case: what happens in others, and windows that pass."""
    for name, derived in now.book.counts.items():
        if name in now.known:
            continue
        others = [each for each in now.earlier if derived.same and _agrees(now, each, derived.same) is not False]
        for each in others:
            yield each.case.received_at
            yield from (event.at for event in each.case.events or ())
        if derived.window is not None:
            for case in (now, *(each.now for each in others)):
                yield from (case.book.calendar_days.due(each.at, derived.window).late_from for each in _happened(case, derived))
