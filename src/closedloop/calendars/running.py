"""A clock that runs for one case: started, paused, resumed, stopped, and what can be read off it at any instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from closedloop.calendars.clock import TIME_UNITS, Clock, Run
from closedloop.calendars.counting import TimeCounter
from closedloop.calendars.instants import instant, micros
from closedloop.calendars.pauses import Pause, stops
from closedloop.calendars.warning import warning_instant
from closedloop.errors import InvalidValue

if TYPE_CHECKING:
    from datetime import datetime

    from closedloop.calendars.due import Due
    from closedloop.calendars.warning import Threshold
    from closedloop.values.limits import Limit

#: What a change of calendar or limit means for a clock that runs: nothing; everything anew from the start; what has been
#: used stays used, and the rest counts on from the change.
ChangeRule = Literal["pinned", "recompute", "keep_consumed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningClock:
    """A limit that runs for a case. Every step gives a new value; nothing is stored that the steps do not say.

    Amounts are exact fractions in the unit of the limit. A day counts as used when it has ended while the clock ran.
    """

    clock: Clock
    limit: Limit
    started: datetime
    pauses: tuple[Pause, ...] = ()
    stopped: datetime | None = None
    #: Due instants that had passed when the calendar or the limit changed: they stay facts.
    breaches: tuple[datetime, ...] = ()
    #: What was used before `kept_until` (microseconds, or days), where a change kept it.
    kept: int = 0
    kept_until: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what comes before the start."""
        start = micros(self.started)
        for at in (*(pause.start for pause in self.pauses), self.stopped, self.kept_until):
            if at is not None and micros(at) < start:
                raise InvalidValue(f"`{at.isoformat()}` is before the clock starts at `{self.started.isoformat()}`", found=at.isoformat())

    # --- steps ---

    def pause(self, at: datetime, reason: str | None = None) -> RunningClock:
        """Let it stand still from the instant on, for a reason; several reasons may hold it at once."""
        self._must_run(at)
        if any(pause.end is None and pause.reason == reason for pause in self.pauses):
            raise InvalidValue(f"the clock already stands still for `{reason or 'no named reason'}`; resume it first", found=str(reason))
        return replace(self, pauses=(*self.pauses, Pause(at, None, reason)))

    def resume(self, at: datetime, reason: str | None = None) -> RunningClock:
        """End the pause for that reason; the clock runs once no reason is left."""
        self._must_run(at)
        if not any(pause.end is None and pause.reason == reason for pause in self.pauses):
            raise InvalidValue(f"the clock does not stand still for `{reason or 'no named reason'}`, so it cannot resume", found=str(reason))
        ended = (Pause(pause.start, at, reason) if pause.end is None and pause.reason == reason else pause for pause in self.pauses)
        return replace(self, pauses=tuple(ended))

    def stop(self, at: datetime) -> RunningClock:
        """Stop it for good: what it waited for has happened."""
        self._must_run(at)
        return replace(self, stopped=at)

    def changed(self, at: datetime, rule: ChangeRule, *, clock: Clock | None = None, limit: Limit | None = None) -> RunningClock:
        """Give it another clock (calendar) or limit from the instant on, by a stated rule.

        A due instant that had passed by then stays a breach, whatever the new limit says.

        Raises
        ------
        InvalidValue
            If the rule is unknown, or what was used cannot be kept because the new limit is in another kind of unit.

        """
        self._must_run(at)
        if rule not in get_args(ChangeRule):
            raise InvalidValue(f"there is no rule `{rule}` for a change; rules are {', '.join(get_args(ChangeRule))}", found=str(rule))
        if rule == "pinned":
            return self
        breach = self.breached_at(at)
        new = replace(
            self,
            clock=clock or self.clock,
            limit=limit or self.limit,
            breaches=(breach,) if breach is not None else (),
            kept=0,
            kept_until=None,
        )
        if rule == "recompute":
            return new
        if _kind(new.limit) != _kind(self.limit):
            message = f"what was used of `{self.limit}` cannot be kept for `{new.limit}`, which is counted in another way; recompute it"
            raise InvalidValue(message, found=str(new.limit))
        return replace(new, kept=self._used(at), kept_until=at)

    def _must_run(self, at: datetime) -> None:
        micros(at)
        if self.stopped is not None:
            raise InvalidValue(f"the clock was stopped at `{self.stopped.isoformat()}`, which is final", found=self.stopped.isoformat())

    # --- readings ---

    @property
    def due(self) -> Due | None:
        """When it is due. None while it stands still, for nobody knows how long; a limit used up before stays due."""
        if self.stopped is not None:
            return self.clock.finish(self._run(self._closed(self.stopped)))
        found = self.clock.finish(self._run(stops(self._ended(), self.clock.paused_by)))
        return None if any(micros(pause.start) < found.path.expiry for pause in self._open()) else found

    def is_paused(self, at: datetime) -> bool:
        """Whether it stands still at the instant."""
        there = micros(at)
        effective = stops(self.pauses, self.clock.paused_by, until=there + 1)
        return any(begins <= there < ends for begins, ends in effective)

    def consumed(self, at: datetime) -> Fraction:
        """Return how much of the limit has been used by the instant (or by the stop), in the unit of the limit."""
        end = self._until(at)
        return self._used(end) / self._unit(end)

    def remaining(self, at: datetime) -> Fraction:
        """Return how much of the limit is left at the instant, in its unit; negative once more than all of it has been used."""
        return self.limit.amount - self.consumed(at)

    def breached_at(self, at: datetime) -> datetime | None:
        """Return the due instant that had passed by the instant (or by the stop) without a stop in time; None while in time."""
        if self.breaches:
            return self.breaches[0]
        found = self.due
        end = self._until(at)
        return found.at if found is not None and not found.met_by(end) else None

    def warns_at(self, when: Threshold) -> datetime | None:
        """Return the instant of a warning, as `warns_at` finds it; None where it lies beyond a pause that still lasts."""
        run = self._run(stops(self._ended(), self.clock.paused_by))
        found = warning_instant(self.clock, run, when)
        return None if any(micros(pause.start) < found for pause in self._open()) else instant(found, self.clock.where)

    # --- how it counts ---

    def _until(self, at: datetime) -> datetime:
        return at if self.stopped is None or micros(at) < micros(self.stopped) else self.stopped

    def _open(self) -> list[Pause]:
        named = self.clock.paused_by
        return [pause for pause in self.pauses if pause.end is None and (named is None or pause.reason is None or pause.reason in named)]

    def _ended(self) -> list[Pause]:
        return [pause for pause in self.pauses if pause.end is not None]

    def _closed(self, until: datetime) -> list[tuple[int, int]]:
        return stops(self.pauses, self.clock.paused_by, until=micros(until))

    def _used(self, at: datetime) -> int:
        run = self._run(self._closed(at))
        since = self.kept_until
        return self.kept + run.counter.used(micros(at)) if since is None or micros(at) > micros(since) else self.kept

    def _unit(self, at: datetime) -> Fraction:
        """Return the size of one unit of the limit: microseconds, or days; of a month the days it has on average here."""
        if self.limit.unit in TIME_UNITS:
            return Fraction(TIME_UNITS[self.limit.unit])
        whole = self.clock.run(self.started, self.limit, self._closed(at)).amount
        return Fraction(whole, self.limit.amount) if self.limit.amount else Fraction(1)

    def _run(self, stopped: list[tuple[int, int]]) -> Run:
        run = self.clock.run(self.started, self.limit, stopped)
        if self.kept_until is None:
            return run
        since = micros(self.kept_until)
        left = run.amount - self.kept
        if left <= 0:
            return run._replace(counter=TimeCounter(since, (), None), amount=0)
        if isinstance(run.counter, TimeCounter):
            return run._replace(counter=TimeCounter(since, stopped, run.counter.line), amount=left)
        return run._replace(counter=replace(run.counter, base=run.counter.ended(since)), amount=left)


def _kind(limit: Limit) -> str:
    """Return what a limit is counted in; only amounts of one kind can be kept for one another."""
    if limit.unit in {"working hours", "working days"}:
        return limit.unit
    return "time" if limit.unit in TIME_UNITS else "days"
