"""Replays cases under one policy: each with the history that this policy itself would have seen by then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from closedloop.complaint import Complaint, Event
from closedloop.errors import ClosedloopError, InvalidComplaint, InvalidEvent, Problem, UnknownCalendar
from closedloop.evaluation.log import CLOSED, Course, read_log
from closedloop.evaluation.outcomes import table_outcome
from closedloop.evaluation.situation import situation
from closedloop.history import PastCase
from closedloop.values.mappings import FrozenMap
from closedloop.whatif.linked import Linked, compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from closedloop.casework import Case, Review
    from closedloop.decision import Decision
    from closedloop.facade import Policy
    from closedloop.history import RepeatQuery
    from closedloop.values.choices import Choice
    from closedloop.whatif.recorded import Recorded

_REOPENED = "reopened"


@dataclass(slots=True)
class Past:
    """A case that has been replayed, kept for those that may repeat it: what was asked for, and found, of earlier ones.

    Its level is worked out when one of them asks.
    """

    complaint: Complaint
    events: tuple[Event, ...]
    query: RepeatQuery | None
    history: tuple[PastCase, ...] | None
    levels: dict[datetime, str | None] = field(default_factory=dict)

    @property
    def key(self) -> Mapping[str, str] | None:
        """What a repeat rule compares; None where there is none, or not all of it is known."""
        return None if self.query is None else self.query.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A case as a policy decided it, and as it stands at the instant of the comparison."""

    case: Case
    past: Past
    review: Review
    closed_at: datetime | None

    @property
    def id(self) -> str:
        """The id of the complaint."""
        return self.case.complaint.id

    @property
    def decision(self) -> Decision:
        """The decision at receipt."""
        return self.case.decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A case that a policy could not take, with everything that is wrong with it."""

    id: str
    place: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """A case that had not been received at the instant of the comparison."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A case as a policy reads it."""

    complaint: Complaint
    events: tuple[Event, ...]
    place: str


def closing(policy: Policy, complaint: Complaint, events: tuple[Event, ...], at: datetime) -> datetime | None:
    """Return when a case was closed, as far as that is known at an instant; None while it is open, or open again."""
    if not any(event.kind == CLOSED and event.at <= at for event in events):
        return None
    log = read_log(policy.book.model, Course(policy.book.model, events).until(at), complaint.received_at)
    closed, reopened = log.all(CLOSED), log.all(_REOPENED)
    return closed[-1].at if closed and not (reopened and reopened[-1].at > closed[-1].at) else None


@dataclass(slots=True)
class Replay:
    """One policy on cases that are given in any order, and taken in the order of receipt.

    `twin` gives what another policy made of a case where that is what this one makes of it too, should both see the same earlier cases.
    """

    policy: Policy
    at: datetime
    timezone: str | None
    twin: Callable[[str], Replayed | None] = field(default=lambda _: None)
    _past: dict[Mapping[str, str], list[Past]] = field(default_factory=dict)
    #: In place of `_past` where the policy counts over earlier cases, which may agree in more ways than one.
    _linked: Linked[Past] | None = field(init=False)

    def __post_init__(self) -> None:
        """Start without earlier cases."""
        self._linked = Linked(self.policy.book.compared) if self.policy.book.counts_earlier else None

    def run(self, cases: Iterable[Read | Failed | NotYet]) -> Iterator[Replayed | Failed | NotYet]:
        """Replay the cases of one partition, first those that could not be read, then the others by receipt and id."""
        read: list[Read] = []
        for found in cases:
            if isinstance(found, Read):
                read.append(found)
            else:
                yield found
        for each in sorted(read, key=lambda case: (case.complaint.received_at, case.complaint.id)):
            yield self._replay(each)

    def read(self, recorded: Recorded) -> Read | Failed | NotYet:
        """Read a case as the policy does."""
        problems: list[Problem] = []
        complaint = self._complaint(recorded.complaint, problems)
        events = tuple(event for number, given in enumerate(recorded.events) if (event := self._event(given, number, problems)) is not None)
        if problems or complaint is None:
            return Failed(id=recorded.id, place=recorded.place, problems=tuple(problems))
        return NotYet(id=complaint.id) if complaint.received_at > self.at else Read(complaint=complaint, events=events, place=recorded.place)

    def _complaint(self, given: Complaint | Mapping[str, Any], problems: list[Problem]) -> Complaint | None:
        if isinstance(given, Complaint):
            return given
        try:
            return self.policy.complaint(given, assume_timezone=self.timezone)
        except InvalidComplaint as error:
            problems.extend(error.problems)
            return None

    def _event(self, given: Event | Mapping[str, Any], number: int, problems: list[Problem]) -> Event | None:
        if isinstance(given, Event):
            return given
        try:
            return self.policy.event(given, assume_timezone=self.timezone)
        except InvalidEvent as error:
            problems.extend(_within(problem, number) for problem in error.problems)
            return None

    def _replay(self, read: Read) -> Replayed | Failed:
        complaint = read.complaint
        if early := tuple(_too_early(read)):
            return Failed(id=complaint.id, place=read.place, problems=early)
        try:
            twin = self.twin(complaint.id)
            query = self._query(complaint) if twin is None else twin.past.query
            history = self._history(read, query)
            found = twin if twin is not None and twin.past.history == history else self._work_out(read, query, history)
        except UnknownCalendar:
            # What the host has left out is no fault of a case: no other case could be decided either.
            raise
        except (InvalidComplaint, InvalidEvent) as error:
            return Failed(id=complaint.id, place=read.place, problems=error.problems)
        except ClosedloopError as error:
            problem = Problem(code="not_decided", path=(), found=str(error), expected="a case that can be decided and reviewed")
            return Failed(id=complaint.id, place=read.place, problems=(problem,))
        except Exception as error:
            error.add_note(f"while replaying {read.place} (id `{complaint.id}`) under `{self.policy.name}`")
            raise
        if is_case(found.decision):
            self._keep(found.past)
        return found

    def _query(self, complaint: Complaint) -> RepeatQuery | None:
        found = self.policy.repeat_query(complaint)
        return None if found is None else replace(found, key=FrozenMap(found.key))

    def _work_out(self, read: Read, query: RepeatQuery | None, history: tuple[PastCase, ...] | None) -> Replayed:
        case = self.policy.open_case(read.complaint, history=history).with_events(*read.events)
        review = self.policy.review(case, at=self.at)
        closed_at = closing(self.policy, read.complaint, case.events, self.at)
        # What is worked out when it is first read is read now, so that what cannot be worked out is an error of this case.
        for _ in (case.decision.questions, review.outcomes, review.duties, review.gates, review.breaches, review.findings):
            pass
        return Replayed(case=case, past=Past(read.complaint, case.events, query, history), review=review, closed_at=closed_at)

    def _keep(self, past: Past) -> None:
        if self._linked is not None:
            self._linked.add(compared(self.policy.book, past.complaint, past.events), past)
        elif past.key is not None:
            self._past.setdefault(past.key, []).append(past)

    def _history(self, read: Read, query: RepeatQuery | None) -> tuple[PastCase, ...] | None:
        """Return the earlier cases that the policy asks for, as they stood at receipt; None where nobody could look."""
        complaint = read.complaint
        if self._linked is not None:
            found = self._linked.find(compared(self.policy.book, complaint, read.events))
            return tuple(self._as_seen(past, complaint.received_at) for past in found)
        if query is None:
            return () if self.policy.book.repeats is None else None
        seen = []
        for past in self._past.get(query.key, ()):
            closed_at = closing(self.policy, past.complaint, past.events, complaint.received_at)
            if closed_at is None or closed_at >= query.closed_since:
                level = None if closed_at is None else self._level(past, closed_at)
                seen.append(PastCase(id=past.complaint.id, key=query.key, received_at=past.complaint.received_at, closed_at=closed_at, level=level))
        return tuple(seen)

    def _as_seen(self, past: Past, received_at: datetime) -> PastCase:
        """Return a case as a count sees it: with its facts, and all that happened in it."""
        closed_at = closing(self.policy, past.complaint, past.events, received_at)
        level = None if closed_at is None or past.key is None else self._level(past, closed_at)
        return PastCase.of(past.complaint, key=past.key or {}, closed_at=closed_at, level=level, events=past.events)

    def _level(self, past: Past, closed_at: datetime) -> str | None:
        """Return the level that a case had when it was closed: that of its table, else the one that was stated."""
        if closed_at not in past.levels:
            book = self.policy.book
            received = situation(book, past.complaint, past.history)
            level = received.known.get("level")
            if "level" in book.program.tables:
                then = received.after(Course(book.model, past.events).until(closed_at), closed_at)
                level = table_outcome(then, "level").value
            past.levels[closed_at] = None if level is None else str(level)
        return past.levels[closed_at]


def is_case(decision: Decision) -> bool:
    """Say whether later complaints can repeat this one: a call merged into an open case is part of that case, an enquiry is none."""
    if decision.repeat.state == "merged" or decision.scope == "out_of_scope":
        return False
    return decision.kind is None or "complaint" not in decision.kind.among or decision.kind == "complaint"


def _too_early(read: Read) -> Iterator[Problem]:
    """Find closings before receipt: which of the two instants is wrong decides whether later complaints are repeats."""
    for number, event in enumerate(read.events):
        if event.kind == CLOSED and event.at < read.complaint.received_at:
            path = ("events", number, "at")
            yield Problem(code="closed_before_received", path=path, found="a closing before receipt", expected="a later one")


def level_of(decision: Decision, review: Review) -> str | None:
    """Return the level of a case as it stands in a review: that of its table, else the one that was stated."""
    outcome = review.outcomes.get("level")
    if outcome is not None:
        return None if outcome.value is None else str(outcome.value)
    stated: Choice | None = decision.level
    return None if stated is None else stated.id


def _within(problem: Problem, number: int) -> Problem:
    """Say in which event of a case a problem is."""
    return Problem(
        code=problem.code, path=("events", number, *problem.path), found=problem.found, expected=problem.expected, suggestion=problem.suggestion
    )
