"""What is left of the time of a duty, and when to warn that it runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from closedloop.calendars import Due, countable, remaining, warns_at, warns_before
from closedloop.calendars.instants import instant
from closedloop.calendars.remaining import until
from closedloop.evaluation.limits import instant_of
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from closedloop.calendars import Clock
    from closedloop.evaluation.duties import Duties, DutyFinding

_RUNS = frozenset({"running", "paused"})


@dataclass(frozen=True, slots=True)
class Threshold:
    """A point at which to warn of a duty, and the instant at which its clock reaches it; None where it cannot be counted on the limit."""

    finding: DutyFinding
    left: Limit | Decimal
    at: datetime | None

    @property
    def basis(self) -> str:
        """What the instant is counted from, and on what limit: the same however often the clock stands still."""
        assert self.finding.start is not None
        end = self.finding.end
        limit = str(end.path.limit) if isinstance(end, Due) else "" if end is None else end.astimezone(UTC).isoformat()
        return f"{self.finding.start.astimezone(UTC).isoformat()} {limit}"


def thresholds(duties: Duties, duty: str) -> Iterator[Threshold]:
    """Give the points at which to warn of a duty that runs against a due instant. While its clock stands still, those not reached move on."""
    finding = duties[duty]
    if not finding.rule.warn or finding.state not in _RUNS or finding.end is None or finding.start is None or not finding.certain:
        return
    clock = duties.situation.book.clock(finding.rule.clock)
    for each in finding.rule.warn:
        at = _instant(duties, finding, clock, each)
        yield Threshold(finding, each, at.astimezone(duties.situation.book.zone) if at is not None else None)


def _instant(duties: Duties, finding: DutyFinding, clock: Clock, left: Limit | Decimal) -> datetime | None:
    assert finding.start is not None
    off_calendar = isinstance(left, Limit) and left.unit in {"working hours", "working days"} and clock.calendar is None
    if off_calendar or finding.end is None:
        return None
    counted = _counted(finding)
    if counted is None:
        return warns_before(clock, finding.start, instant_of(finding.end), left)
    limit = counted.path.limit
    if isinstance(left, Limit) and not countable(limit, left):
        return None
    return warns_at(clock, _started(duties, counted), limit, left, duties.pauses(finding.rule))


def left_of(duties: Duties, finding: DutyFinding) -> Limit | None:
    """Return how much of a running duty's limit is left, on its clock; None where it does not run against one."""
    if finding.state not in _RUNS or finding.end is None or finding.start is None:
        return None
    counted = _counted(finding)
    if counted is None:
        return until(instant_of(finding.end), duties.situation.at)
    clock = duties.situation.book.clock(finding.rule.clock)
    return remaining(clock, _started(duties, counted), counted.path.limit, duties.situation.at, duties.pauses(finding.rule))


def _counted(finding: DutyFinding) -> Due | None:
    """Return the end that was counted on the duty's own clock; None where it is an instant that was given, or falls due with another duty."""
    return finding.end if isinstance(finding.end, Due) and not isinstance(finding.amount, Due) else None


def _started(duties: Duties, end: Due) -> datetime:
    """Return from when the limit that binds runs: the start of the duty, or the limit's own."""
    return instant(end.path.start, duties.situation.book.zone)
