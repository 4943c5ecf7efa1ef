"""Duties at an instant: whether each is owed, from when, until when, and whether it was met."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from closedloop.calendars import Due, Pause
from closedloop.evaluation.facts import DELAY_FOUND
from closedloop.evaluation.limits import amounts, binding, instant_of, met_by, overdue, run_out
from closedloop.evaluation.pauses import stops
from closedloop.evaluation.progress import done, progress
from closedloop.evaluation.signatures import unsigned
from closedloop.evaluation.stopped import Stopped
from closedloop.policy.model import ACCOUNTABLE
from closedloop.policy.terms import AsFirstKnown, Promptly
from closedloop.rules.program import MOST_KEPT
from closedloop.rules.states import UNSET, Truth, Unknown, Unset
from closedloop.values.construction import constructor
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from datetime import datetime, timedelta

    from closedloop.complaint import Event
    from closedloop.evaluation.plans import Plan
    from closedloop.evaluation.progress import Progress
    from closedloop.evaluation.situation import Situation
    from closedloop.policy.model import DutyRule
    from closedloop.rules.diagrams import Diagram

DutyState = Literal["running", "late", "met", "met_late", "paused", "waiting", "needs_fact", "unspecified_by_source", "not_owed"]
#: The states of a duty that was not done in time.
MISSED: Final = frozenset({"late", "met_late"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFinding:
    """The state of a duty at an instant, before it is dressed in words.

    `limit_rule` names the table row that set the limit; `missing` are facts to ask for and `awaited` events to wait for;
    `records` those still incomplete; `first_due` the due instant before any extension; `found_late_at` is when somebody found
    late what has no due instant; `certain` says that it is settled whether the duty is owed.
    """

    rule: DutyRule
    state: DutyState
    start: datetime | None = None
    amount: object = None
    limit_rules: tuple[str, ...] = ()
    end: Due | datetime | None = None
    due: datetime | None = None
    first_due: datetime | None = None
    met_at: datetime | None = None
    late_by: timedelta | None = None
    found_late_at: datetime | None = None
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    certain: bool = True

    @property
    def counted(self) -> Due | None:
        """The due instant with its steps; None while the clock stands still, for until it runs again there is none."""
        return self.end if self.due is not None and isinstance(self.end, Due) else None


_finding = constructor(DutyFinding)


@dataclass(slots=True)
class _Run:
    """A duty on its way from one start: how much time it has, when that ends, and when it would end without extension or pause.

    `counted` is what the end was counted from, with all that could bind and with starts of its own; `amount` what of it binds.
    """

    plan: Plan
    start: datetime | None
    amount: object
    rows: tuple[str, ...]
    counted: object = None
    end: Due | datetime | None = None
    due: datetime | None = None
    first_due: datetime | None = None


@dataclass(slots=True)
class Duties:
    """All duties of a policy in one situation; each is worked out once, when first asked for."""

    situation: Situation

    def __getitem__(self, duty: str) -> DutyFinding:
        """Return the state of a duty."""
        found = self.situation.findings.get(duty)
        if found is None:
            found = self.situation.findings[duty] = self._find(self.situation.book.model.duties[duty])
        return found

    def under_way(self, duty: str) -> bool:
        """Whether a duty can be running or late, should it be owed: it has begun and is not done. How much time there is plays no part."""
        plan = self.situation.book.plans[duty]
        found = self._progress(plan)
        return bool(found.starts) and (found.done is None or plan.rule.times.each)

    def _progress(self, plan: Plan) -> Progress:
        found = self.situation.progress.get(plan.rule.id)
        if found is None:
            found = self.situation.progress[plan.rule.id] = progress(self, plan)
        return found

    def _find(self, rule: DutyRule) -> DutyFinding:
        plan = self.situation.book.plans[rule.id]
        applies = plan.owed.answer(self.situation.book.program, self.situation.given)
        if applies.values == (Truth.NO,):
            return self._kept((rule.id, "not_owed"), lambda: _finding(rule=rule, state="not_owed"))
        if applies.values == (Truth.SILENT,):
            return self._kept((rule.id, "silent"), lambda: _finding(rule=rule, state="unspecified_by_source"))
        if len(applies.values) > 1:
            classes = plan.owed.classes(self.situation.given), self.situation.repeat.missing
            return self._kept((rule.id, classes), lambda: self._undecided(rule, applies, certain=False))
        starts = self._progress(plan).starts
        if not starts and plan.limit is not None and rule.every is None:
            return self._kept((rule.id, "not begun", plan.limit.classes(self.situation.given)), lambda: self._owed(plan, starts))
        return self._owed(plan, starts)

    def _owed(self, plan: Plan, starts: list[datetime]) -> DutyFinding:
        """Follow a duty that is owed, from where it begins."""
        rule, limit = plan.rule, self._limit(plan)
        if limit.values == (UNSET,):
            return self._followed(_Run(plan, starts[0] if starts else None, UNSET, self._rows(plan)), [], "unspecified_by_source")
        if not starts:
            awaited = tuple(each.of for each in rule.from_)
            return _finding(rule=rule, state="waiting", awaited=awaited, limit_rules=self._rows(plan), amount=_single(limit))
        if not rule.do:
            return _finding(rule=rule, state="unspecified_by_source", start=starts[0])
        taken: list[Event] = []
        found = [self._from(plan, limit, start, taken) for start in starts]
        # Owed once for each start: what is not done stands for the duty, else what was done late, else the last.
        undone = [each for each in found if each.met_at is None]
        late = [each for each in found if each.state == "met_late"]
        return (undone or late or found[-1:])[0]

    def _kept(self, key: Hashable, find: Callable[[], DutyFinding]) -> DutyFinding:
        """Return a finding that rests on the classes of facts alone; the same serves every case."""
        kept = self.situation.book.settled
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[key] = find()
        return found

    def _limit(self, plan: Plan) -> Diagram:
        """Return how much time there is: once, or again and again where the duty recurs while the case is open."""
        if plan.limit is not None:
            return plan.limit.answer(self.situation.book.program, self.situation.given)
        assert plan.rule.within is not None
        return amounts(self.situation, plan.rule.within, self._due_of)

    def _due_of(self, duty: str) -> Due | datetime | Unset | Unknown:
        """Return when another duty falls due, or why there is no such instant."""
        found = self[duty]
        if found.end is not None:
            return found.end
        if found.state == "needs_fact" and found.missing:
            return Unknown("missing", found.missing[0])
        return Unknown("awaited", found.awaited[0]) if found.state == "waiting" and found.awaited else UNSET

    def _undecided(self, rule: DutyRule, depends: Diagram, start: datetime | None = None, *, certain: bool = True) -> DutyFinding:
        missing = self.situation.missing(depends.facts)
        state: DutyState = "needs_fact" if missing else "waiting"
        awaited = self.situation.awaited(depends.facts)
        return _finding(rule=rule, state=state, start=start, missing=missing, awaited=awaited, certain=certain)

    def _rows(self, plan: Plan) -> tuple[str, ...]:
        """Name the rows of the limit table that apply."""
        if not plan.tables:
            return ()
        program = self.situation.book.program
        situation = self.situation.as_first_known if isinstance(plan.rule.within, AsFirstKnown) else self.situation
        return tuple(rule for table in plan.tables for rule in program.matched(table, situation.given).hit.rules)

    def _from(self, plan: Plan, limit: Diagram, start: datetime, taken: list[Event]) -> DutyFinding:
        """Follow the duty from one start; events `taken` by an earlier start do not serve again."""
        if limit.values == (None,):
            return self._followed(_Run(plan, start, None, ()), taken)
        rule = plan.rule
        unknown = [value for value in limit.values if isinstance(value, Unknown)]
        if unknown:
            return self._waiting_for_amount(rule, start, limit, unknown)
        clock, pauses = self.situation.book.clock(rule.clock), self.pauses(rule)
        ends = [run_out(clock, start, value, pauses) for value in limit.values]
        if len(ends) > 1 and len({None if end is None else instant_of(end) for end in ends}) > 1:
            return self._undecided(rule, limit, start)
        run = _Run(plan, start, binding(clock, start, _single(limit), pauses), self._rows(plan), limit.values[0])
        first = run_out(clock, start, limit.values[0]) if pauses else ends[0]
        if ends[0] is not None and first is not None:
            self._date(run, ends[0], first)
        return self._followed(run, taken)

    def _waiting_for_amount(self, rule: DutyRule, start: datetime, limit: Diagram, unknown: list[Unknown]) -> DutyFinding:
        missing = (*self.situation.missing(limit.facts), *(each.event for each in unknown if each.cause == "missing" and each.event))
        awaited = tuple(each.event for each in unknown if each.cause != "missing" and each.event)
        return _finding(rule=rule, state="needs_fact" if missing else "waiting", start=start, missing=missing, awaited=awaited)

    def _date(self, run: _Run, end: Due | datetime, first: Due | datetime) -> None:
        """Give the due instant, moved by every extension that was granted in time, and the one that it was before any of that."""
        assert run.start is not None
        zone, clock = self.situation.book.zone, self.situation.book.clock(run.plan.rule.clock)
        run.end, run.due = end, instant_of(end).astimezone(zone)
        run.first_due = run.due if first is end else instant_of(first).astimezone(zone)
        for event, within in run.plan.rule.extend.items():
            granted = self.situation.log.first(event)
            value = _single(amounts(self.situation, within, self._due_of))
            pauses = self.pauses(run.plan.rule)
            moved = run_out(clock, run.start, value, pauses)
            if granted is not None and met_by(run.end, granted) and moved is not None:
                run.end, run.counted, run.amount = moved, value, binding(clock, run.start, value, pauses)
                run.due = instant_of(moved).astimezone(zone)

    def pauses(self, rule: DutyRule, by: datetime | None = None) -> tuple[Pause, ...]:
        """Return the intervals in which the duty's clock stood still by an instant, else by now; one that still lasts reaches up to it."""
        if rule.id not in self.situation.book.pausing:
            return ()
        now = by or self.situation.at
        begun = (pause for pause in stops(self.situation, rule) if pause.start <= now)
        return tuple(pause if pause.end is not None and pause.end <= now else replace(pause, end=now) for pause in begun)

    def resumes(self, duty: str) -> Iterator[datetime]:
        """Give the instants at which a stopped clock of the duty is known to run again."""
        yield from (pause.end for pause in stops(self.situation, self.situation.book.model.duties[duty]) if pause.end is not None)

    def _stopped(self, run: _Run) -> Stopped | None:
        """Return what stands still of that by which a duty is due; None where nothing ever does."""
        plan = run.plan
        if plan.rule.id not in self.situation.book.pausing and not plan.due_with:
            return None
        own = any(pause.end is None or self.situation.at < pause.end for pause in stops(self.situation, plan.rule))
        others = tuple(self[name].end for name in plan.due_with if self[name].state == "paused")
        return Stopped(own, others, self.situation.at, partial(self._end_of, run))

    def _end_of(self, run: _Run, amount: object) -> Due | datetime | None:
        assert run.start is not None
        return run_out(self.situation.book.clock(run.plan.rule.clock), run.start, amount, self.pauses(run.plan.rule))

    def _followed(self, run: _Run, taken: list[Event], state: DutyState = "running") -> DutyFinding:
        """Say whether the duty was met, and whether in time; `state` is what it is in until then."""
        at = self.situation.at
        met_at, incomplete = self._done_in(run, taken)
        due, late_by, found_late_at = run.due, None, self._found_late(run, met_at or at)
        if met_at is not None:
            stopped = self._stopped(run) if run.plan.due_with else None
            due = None if stopped is not None and stopped.follows(run.counted, run.amount) else self._settle(run, met_at)
            late_by = overdue(run.end, met_at) if run.end is not None else None
            in_time = late_by is None if run.end is not None else found_late_at is None
            state, incomplete, late_by = "met" if in_time else "met_late", (), late_by if due is not None else None
        elif (run.end is not None and (late_by := overdue(run.end, at)) is not None) or found_late_at is not None:
            state = "late"
        elif due is not None and (stopped := self._stopped(run)) is not None and stopped.moves(run.counted, run.amount):
            state, due = self._held(run, stopped)
        return _finding(
            rule=run.plan.rule,
            state=state,
            start=run.start,
            amount=run.amount,
            limit_rules=run.rows,
            end=run.end,
            due=due,
            first_due=run.first_due,
            met_at=met_at,
            late_by=late_by,
            found_late_at=found_late_at,
            records=incomplete,
        )

    def _held(self, run: _Run, stopped: Stopped) -> tuple[DutyState, datetime | None]:
        """Say how a duty stands whose clock stands still: paused, or running against what is due all the same."""
        assert run.start is not None
        staying = stopped.staying(run.counted)
        amount = stopped.moving(run.counted, run.amount) if staying is None else staying
        run.end = self._end_of(run, amount)
        run.amount = binding(self.situation.book.clock(run.plan.rule.clock), run.start, amount, self.pauses(run.plan.rule))
        if staying is None or run.end is None:
            return "paused", None
        return "running", instant_of(run.end).astimezone(self.situation.book.zone)

    def _settle(self, run: _Run, done: datetime) -> datetime | None:
        """Leave out what stopped the clock after the duty was done: its due instant moves no further."""
        pausing = run.plan.rule.id in self.situation.book.pausing
        if pausing and run.start is not None and any(pause.end is None or pause.end > done for pause in stops(self.situation, run.plan.rule)):
            clock, pauses = self.situation.book.clock(run.plan.rule.clock), self.pauses(run.plan.rule, done)
            end = run_out(clock, run.start, run.counted, pauses)
            if end is not None and run.end is not None:
                run.end, run.due = end, instant_of(end).astimezone(self.situation.book.zone)
                run.amount = binding(clock, run.start, run.counted, pauses)
        return run.due

    def _found_late(self, run: _Run, by: datetime) -> datetime | None:
        """Return when somebody first found, from its start to an instant, that what is to be done promptly is late."""
        if not isinstance(run.amount, Promptly) or run.start is None:
            return None
        found = (event.at for event in self.situation.log.all(DELAY_FOUND) if event.data.get("duty") == run.plan.rule.id)
        return next((at for at in found if run.start <= at <= by), None)

    def _done_in(self, run: _Run, taken: list[Event]) -> tuple[datetime | None, tuple[str, ...]]:
        """Return when the duty was fulfilled from the start that is followed, and what was still incomplete."""
        rule = run.plan.rule
        if run.start is None and rule.every is None:
            return None, rule.leaving
        if run.start is not None and rule.times.each:
            return done(self, run.plan, run.start, taken)
        found = self._progress(run.plan)
        return found.done, found.incomplete

    def parties(self, names: Iterable[str]) -> set[str]:
        """Return who may act: `accountable` is whoever the routing table names; a group is its members too."""
        found: set[str] = set()
        for name in names:
            if name != ACCOUNTABLE:
                found |= self.situation.book.acting[name]
            elif (accountable := self.accountable) is not None:
                found.add(accountable)
        return found

    @property
    def accountable(self) -> str | None:
        """The accountable party, where routing is decided."""
        return self.situation.accountable

    def complete(self, record: str, at: datetime | None = None) -> bool:
        """Whether all fields of a record are known, by an instant where one is given, and all signatures are there, whenever they came."""
        fields = self.situation.book.model.records[record].fields
        known = isinstance(fields, Unset) or all(self._known(name, at) for name in fields)
        return known and not unsigned(self, record)

    def _known(self, name: str, at: datetime | None) -> bool:
        since = self.situation.log.known_since.get(name)
        if since is not None:
            return at is None or since <= at
        return name in self.situation.known or (at is None and name in self.situation.coming)


def _single(limit: Diagram) -> object:
    return limit.values[0] if len(limit.values) == 1 else None


def limit_of(finding: DutyFinding) -> Limit | None:
    """Return the amount of time as a limit, where it is one."""
    return finding.amount if isinstance(finding.amount, Limit) else None
