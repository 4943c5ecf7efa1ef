"""The routines of a policy in a policy test: as they come round for the period that holds the instant of the review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from closedloop.reporting.period import Period, is_period, periods
from closedloop.reporting.routines import NotDue, RoutineDue

if TYPE_CHECKING:
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.facade import Policy

_LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """The caseload of a test is its one case; what routines ask about the company is what the complaint says of it."""

    policy: Policy
    case: Case
    at: datetime

    def of(self, routine: str) -> RoutineDue | NotDue:
        """Return a routine for its period that holds the instant; one that an event calls for, on the day of the instant."""
        agenda = self.policy.routines((self.case,), period=self._period(routine), facts=self.case.complaint.facts)
        found: tuple[RoutineDue | NotDue, ...] = (*agenda.due, *agenda.not_due)
        return next(each for each in found if each.routine == routine)

    def _period(self, routine: str) -> Period:
        every = self.policy.book.model.routines[routine].every
        today = self.at.astimezone(self.policy.book.zone).date()
        day = Period(first=today, last=today)
        if not isinstance(every, str) or not is_period(every):
            return day
        last = periods(every, Period(first=today, last=today + _LONGEST))[0].last
        return Period(first=last, last=last)


def state(found: RoutineDue | NotDue) -> str:
    """Say whether a routine is owed, or why it does not come round."""
    if isinstance(found, NotDue):
        return found.reason
    return "open" if found.owed is None else "owed" if found.owed else "not_owed"


def due(found: RoutineDue | NotDue) -> datetime | None:
    """Return when a routine is due, or None."""
    return found.due if isinstance(found, RoutineDue) else None


def readings(found: RoutineDue | NotDue) -> tuple[str, ...]:
    """Return the readings behind a routine, each as its name and as `name=choice`."""
    choices = found.readings if isinstance(found, RoutineDue) else ()
    return tuple(name for each in choices for name in (str(each), each.reading))
