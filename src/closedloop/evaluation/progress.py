"""How far a duty has got, whatever time there is for it: from when it runs, what serves it, and when it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedloop.calendars.instants import micros
from closedloop.evaluation.log import CLOSED
from closedloop.evaluation.signatures import signed_at

if TYPE_CHECKING:
    from datetime import datetime

    from closedloop.complaint import Event
    from closedloop.evaluation.duties import Duties
    from closedloop.evaluation.plans import Plan
    from closedloop.policy.model import DutyRule, Start


@dataclass(slots=True)
class Progress:
    """How far a duty has got, whatever time there is for it: from when it runs, when it was done, and the records that were still incomplete.

    A duty that is owed anew from each of its starts is followed from each of them, and `done` says nothing about it.
    """

    starts: list[datetime]
    done: datetime | None = None
    incomplete: tuple[str, ...] = ()


def progress(duties: Duties, plan: Plan) -> Progress:
    """Find from when a duty runs, and whether it is done."""
    rule = plan.rule
    starts = _starts(duties, rule)
    if rule.every is not None:
        # What recurs ends with the case, also where it has not begun.
        return Progress(starts, duties.situation.log.first(CLOSED))
    if not starts or rule.times.each:
        return Progress(starts)
    return Progress(starts, *done(duties, plan, starts[0], []))


def _starts(duties: Duties, rule: DutyRule) -> list[datetime]:
    """Return from when the duty runs: once, or from each occurrence of its start where the rule says `each`."""
    log = duties.situation.log
    if rule.times.each:
        return sorted(event.at for start in rule.from_ if start.what == "event" for event in log.all(start.of))
    first: datetime | None = None
    for each in rule.from_:
        begun = _begun(duties, each)
        if begun is not None and (first is None or micros(begun) < micros(first)):
            first = begun
    if first is None:
        return []
    if rule.every is None:
        return [first]
    # What recurs is owed anew from each time it was done.
    return [max((event.at for kind in rule.do for event in log.all(kind) if event.at >= first), default=first)]


def _begun(duties: Duties, start: Start) -> datetime | None:
    if start.what == "event":
        return duties.situation.begun(start.of)
    before = duties[start.of]
    if before.due is None or (start.what == "late" and before.late_by is None):
        return None
    return before.due if micros(before.due) <= micros(duties.situation.at) else None


def done(duties: Duties, plan: Plan, start: datetime, taken: list[Event]) -> tuple[datetime | None, tuple[str, ...]]:
    """Return when the duty was fulfilled, and the records that were still incomplete at the last attempt.

    Events `taken` by an earlier start do not serve again; those that fulfil it from this one are added to them.
    """
    rule = plan.rule
    if plan.once:
        found = serving(duties, plan, start)
        return found[0].at if found else None, ()
    counting: list[Event] = []
    reached: set[str] = set()
    incomplete = rule.leaving
    for event in serving(duties, plan, start):
        if event in taken:
            continue
        incomplete = tuple(record for record in rule.leaving if not duties.complete(record, event.at))
        reached |= {event.to} if event.to is not None else plan.to.parties(duties.accountable)
        if not incomplete:
            counting.append(event)
        # What serves a duty with one receiver has reached it.
        told = len(rule.to) <= 1 or all(_reached(duties, name, reached) for name in rule.to)
        if told and rule.times.reached([each.kind for each in counting]):
            taken.extend(counting)
            return max([counting[-1].at, *(at for record in rule.leaving for at in signed_at(duties, record))]), ()
    return None, incomplete


def serving(duties: Duties, plan: Plan, start: datetime) -> list[Event]:
    """Return the events of the current round that serve a duty, first to last, whatever is still incomplete about them."""
    by_kind = duties.situation.log.by_kind
    happened = [event for kind in plan.rule.do if kind in by_kind for event in by_kind[kind]]
    if not happened:
        return []
    accountable = duties.accountable if plan.by.accountable or plan.to.accountable else None
    found = [event for event in happened if event.at >= start and _between(event, plan, accountable)]
    return sorted(found, key=lambda each: each.at) if len(plan.rule.do) > 1 else found


def _reached(duties: Duties, name: str, reached: set[str]) -> bool:
    """Whether a receiver was reached: itself, or one of the parties that may act for it."""
    meant = duties.parties((name,))
    return not meant or not meant.isdisjoint(reached)


def _between(event: Event, plan: Plan, accountable: str | None) -> bool:
    """Whether an event is by and to whom a duty names, where both name one."""
    by = None if event.by is None else event.by.party
    return plan.by.admits(by, accountable) and plan.to.admits(event.to, accountable)
