"""When an answer about a case can change without an event: the earliest instant at which it is worth looking again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from closedloop.calendars import Due
from closedloop.calendars.instants import micros
from closedloop.evaluation.counts import turns
from closedloop.evaluation.derived import end_of
from closedloop.evaluation.limits import instant_of, met_by, run_out
from closedloop.evaluation.log import RECEIVED
from closedloop.evaluation.warnings import thresholds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from closedloop.evaluation.duties import Duties, DutyFinding
    from closedloop.evaluation.situation import Situation

_TICK = timedelta(microseconds=1)


def next_change(situation: Situation, duties: Duties, dated: datetime | None = None) -> datetime | None:
    """Return the first instant after the one looked at, at which a duty, a warning, a derived fact or a gate can change by time alone.

    `dated` is the instant of the first event in the log that is dated later: it is read from then on.
    """
    # Compared as numbers: within one zone Python compares what the walls show, and in autumn an hour comes twice.
    now = micros(situation.at)
    running = [duties[name] for name in situation.book.limited if duties.under_way(name)]
    coming = [at for at in _instants(situation, duties, running) if micros(at) > now]
    end = min((end for end in _ends(situation, running) if met_by(end, situation.at)), key=_over, default=None)
    coming += [] if end is None else [_late_from(end)]
    coming += [] if dated is None else [dated]
    return min(coming, key=micros).astimezone(situation.book.zone) if coming else None


def _running_to(finding: DutyFinding) -> Due | datetime | None:
    """Return the end against which a duty runs. While its clock stands still that moves with the time, and nothing else does."""
    return finding.end if finding.met_at is None and finding.state != "paused" else None


def _ends(situation: Situation, running: Iterable[DutyFinding]) -> Iterator[Due | datetime]:
    """Give the ends that what is done after them no longer meets: of duties, of the time for derived facts, and of waits at gates."""
    yield from (end for finding in running if (end := _running_to(finding)) is not None)
    for derived in situation.book.timed.values():
        if (end := end_of(situation, derived)) is not None:
            yield end
    for bound in situation.book.bounds:
        start = situation.received_at if bound.from_ == RECEIVED else situation.log.first(bound.from_)
        end = run_out(situation.book.clock(bound.clock), start, bound.amount) if start is not None else None
        if end is not None:
            yield end


def _instants(situation: Situation, duties: Duties, running: Iterable[DutyFinding]) -> Iterator[datetime]:
    """Give the instants at which something begins: another duty, a warning, a clock that stood still, what a window no longer holds."""
    for name in situation.book.begin_when_due:
        if (end := duties[name].end) is not None and duties[name].state != "paused":
            yield instant_of(end)
    for finding in running:
        if finding.state != "paused":
            yield from (each.at for each in thresholds(duties, finding.rule.id) if each.at is not None)
    for name in situation.book.pausing:
        yield from duties.resumes(name)
    yield from turns(situation)


def _over(end: Due | datetime) -> tuple[int, bool]:
    """Order ends by when they are over: one that no longer holds its own instant is over at it, all others just after it."""
    return micros(instant_of(end)), end.inclusive if isinstance(end, Due) else True


def _late_from(end: Due | datetime) -> datetime:
    return end.late_from if isinstance(end, Due) else end + _TICK
