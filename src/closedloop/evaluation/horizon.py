"""When an answer about a case can change without an event: the earliest instant at which it is worth looking again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from closedloop.calendars import Due
from closedloop.evaluation.counts import turns
from closedloop.evaluation.derived import end_of
from closedloop.evaluation.limits import instant_of, run_out
from closedloop.evaluation.log import RECEIVED
from closedloop.evaluation.warnings import thresholds
from closedloop.rules.states import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from closedloop.evaluation.duties import Duties
    from closedloop.evaluation.situation import Situation

_TICK = timedelta(microseconds=1)


def next_change(situation: Situation, duties: Duties, dated: datetime | None = None) -> datetime | None:
    """Return the first instant after the one looked at, at which a duty, a warning, a derived fact or a gate can change by time alone.

    `dated` is the instant of the first event in the log that is dated later: it is read from then on.
    """
    coming = [at for at in _instants(situation, duties) if at > situation.at]
    coming += [] if dated is None else [dated]
    return min(coming).astimezone(situation.book.zone) if coming else None


def _instants(situation: Situation, duties: Duties) -> Iterator[datetime]:
    begin_when_due = situation.book.begin_when_due
    for name in situation.book.limited:
        finding = duties[name]
        # While the clock stands still its due instant moves with the time, and nothing else does.
        if finding.end is None or finding.state == "paused":
            continue
        if finding.met_at is None:
            yield _late_from(finding.end)
        if name in begin_when_due:
            yield instant_of(finding.end)
        yield from (each.at for each in thresholds(duties, name) if each.at is not None)
    for name in situation.book.pausing:
        yield from duties.resumes(name)
    for name, derived in situation.book.timed.items():
        if isinstance(situation.states[name], Unknown) and (end := end_of(situation, derived)) is not None:
            yield _late_from(end)
    yield from turns(situation)
    yield from _bounds(situation)


def _bounds(situation: Situation) -> Iterator[datetime]:
    """Give the instants at which a gate opens or shuts by itself."""
    for bound in situation.book.bounds:
        start = situation.received_at if bound.from_ == RECEIVED else situation.log.first(bound.from_)
        end = run_out(situation.book.clock(bound.clock), start, bound.amount) if start is not None else None
        if end is not None:
            yield _late_from(end)


def _late_from(end: Due | datetime) -> datetime:
    return end.late_from if isinstance(end, Due) else end + _TICK
