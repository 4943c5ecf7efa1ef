"""Facts that the library works out: in time or not, time taken, inside hours or not, and comparisons."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dateutil.relativedelta import relativedelta

from closedloop.calendars.instants import elapsed
from closedloop.evaluation.counts import counted
from closedloop.evaluation.duties import Duties
from closedloop.evaluation.limits import amounts, instant_of, met_by, run_out
from closedloop.policy.program import LINK
from closedloop.policy.terms import Compare, Count, InHours, InTime, Took
from closedloop.rules.states import MISSING, PENDING, UNSET, Unknown, Unset
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from closedloop.calendars import Clock, Due
    from closedloop.evaluation.duties import DutyFinding
    from closedloop.evaluation.repeats import RepeatFinding
    from closedloop.evaluation.situation import Situation
    from closedloop.policy.terms import Derivation
    from closedloop.rules.states import State

FIRST_DUE = ".first_due"
_SECONDS = {"minutes": 60, "hours": 3600, "weeks": 7 * 24 * 3600}


def derive(situation: Situation, name: str) -> State:
    """Work out a field that nobody states: a derived fact, the state of a duty, the link to earlier cases."""
    fact = situation.book.model.facts.get(name)
    if fact is not None and fact.derived is not None:
        return _state(situation, name, fact.derived)
    if name == LINK:
        return _link(situation.repeat)
    duty, _, asked = name.rpartition(".")
    return _duty_state(Duties(situation)[duty]) if asked == "state" and duty in situation.book.model.duties else MISSING


def _duty_state(finding: DutyFinding) -> State:
    """Return the state of a duty as a condition reads it; what keeps it from having one is what there is to ask, or that the text is silent."""
    if finding.state == "needs_fact":
        return Unknown("missing", finding.missing[0])
    return UNSET if finding.state == "unspecified_by_source" else finding.state


def _link(finding: RepeatFinding) -> State:
    return finding.possible[0] if len(finding.possible) == 1 else Unknown("missing", among=finding.possible)


def _state(situation: Situation, name: str, derived: Derivation) -> State:
    if isinstance(derived, InTime):
        return _in_time(situation, derived)
    if isinstance(derived, InHours):
        return _in_hours(situation, derived)
    if isinstance(derived, Took):
        return _took(situation, derived)
    if isinstance(derived, Count):
        return counted(situation, name, derived)
    return _compare(situation, derived)


def _in_time(situation: Situation, derived: InTime) -> State:
    """Follow the event and the limit: `pending` until the event happens or the limit runs out."""
    start = situation.begun(derived.from_)
    if start is None:
        return PENDING
    found = amounts(situation, derived.within).values
    if found == (UNSET,):
        return UNSET
    end = _end(situation, derived, start, found)
    if end is None:
        return PENDING
    done = _done(situation, derived, start)
    if done is not None:
        return met_by(end, done)
    return PENDING if met_by(end, situation.at) else False


def _done(situation: Situation, derived: InTime, start: datetime) -> datetime | None:
    return next((event.at for event in situation.log.all(derived.do) if event.at >= start), None)


def end_of(situation: Situation, derived: InTime) -> Due | datetime | None:
    """Return when the time for an event that has not happened runs out, where that is settled."""
    start = situation.begun(derived.from_)
    if start is None or _done(situation, derived, start) is not None:
        return None
    return _end(situation, derived, start, amounts(situation, derived.within).values)


def _end(situation: Situation, derived: InTime, start: datetime, given: Sequence[object]) -> Due | datetime | None:
    clock = situation.book.clock(derived.clock)
    ends = [run_out(clock, start, value) for value in given]
    settled = len(ends) == 1 or len({None if end is None else instant_of(end) for end in ends}) == 1
    return ends[0] if settled else None


def _in_hours(situation: Situation, derived: InHours) -> State:
    happened = situation.log.first(derived.event)
    if happened is None:
        return Unknown("awaited", derived.event)
    calendar = situation.book.clock(derived.clock).calendar
    return True if calendar is None else calendar.is_open(happened)


def _took(situation: Situation, derived: Took) -> State:
    start, end = situation.log.first(derived.start), situation.log.first(derived.end)
    if start is None or end is None:
        return Unknown("awaited", derived.start if start is None else derived.end)
    clock = situation.book.clock(derived.clock)
    return _elapsed(clock, situation.book.zone, start, end, derived.unit)


def _elapsed(clock: Clock, zone: ZoneInfo, start: datetime, end: datetime, unit: str) -> Decimal:
    """Measure the time between two instants, in its own unit: elapsed, working, or counted in days of the clock's zone."""
    seconds = Decimal(elapsed(start, end) // timedelta(seconds=1))
    if unit in _SECONDS:
        return seconds / _SECONDS[unit]
    if clock.calendar is not None and unit == "working hours":
        return Decimal(clock.calendar.between(start, end) // timedelta(seconds=1)) / 3600
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    if clock.calendar is not None and unit == "working days":
        return Decimal(clock.calendar.count_working_days(first, last))
    months = relativedelta(last, first)
    in_months = months.years * 12 + months.months
    return {"days": Decimal((last - first).days), "months": Decimal(in_months), "years": Decimal(in_months // 12)}.get(unit, seconds)


def _compare(situation: Situation, derived: Compare) -> State:
    left, right = (_operand(situation, name) for name in (derived.left, derived.right))
    for side in (left, right):
        if isinstance(side, (Unknown, Unset)):
            return side
    if left == right:
        return "equal"
    if left < right:
        return "below"
    if (unknown := _unknown_tolerance(situation, derived)) is not None:
        return unknown
    return "within" if _tolerated(situation, left, right, derived) else "above"


def _operand(situation: Situation, name: str) -> Any:
    if not name.endswith(FIRST_DUE):
        return situation.states[name]
    duty = Duties(situation)[name.removesuffix(FIRST_DUE)]
    if duty.first_due is not None:
        return duty.first_due
    return UNSET if duty.state == "unspecified_by_source" else PENDING


def _tolerated(situation: Situation, left: Any, right: Any, derived: Compare) -> bool:
    """Whether the left side is above the right by no more than the tolerance, a share of the right side."""
    share = _tolerance(situation, derived)
    if share is None or isinstance(right, datetime):
        return False
    if isinstance(right, Money):
        return bool(left.amount <= right.amount * (1 + share))
    return bool(left <= right * (1 + share))


def _unknown_tolerance(situation: Situation, derived: Compare) -> Unknown | None:
    """Return what is awaited or missing while no tolerance is known: above, but perhaps within."""
    if isinstance(derived.tolerance, Unset) or not derived.tolerance or _tolerance(situation, derived) is not None:
        return None
    facts = [each.fact for each in derived.tolerance if not isinstance(each, Decimal)]
    state = situation.states[facts[0]]
    cause = state if isinstance(state, Unknown) else MISSING
    return Unknown(cause.cause, cause.event or facts[0], among=("within", "above"))


def _tolerance(situation: Situation, derived: Compare) -> Decimal | None:
    """Return the first tolerance that is known; a fact holds a number of percent."""
    if isinstance(derived.tolerance, Unset):
        return None
    for each in derived.tolerance:
        if isinstance(each, Decimal):
            return each
        state = situation.states[each.fact]
        if isinstance(state, Decimal):
            return state / 100
    return None
