"""A case after its decision: the events that happened, what they met, what is late, and whether the case may close."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeVar

from closedloop.complaint import Event
from closedloop.errors import InvalidEvent, Problem, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from closedloop.complaint import Complaint
    from closedloop.decision import Basis, Decision, Duty
    from closedloop.errors import Finding
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.explanation.reasons import Later, Reason
    from closedloop.facade import Policy
    from closedloop.record import Record
    from closedloop.values.choices import Choice
    from closedloop.values.clauses import Clause
    from closedloop.values.limits import Limit


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A complaint, the decision taken on it, and its events."""

    complaint: Complaint
    decision: Decision
    events: tuple[Event, ...] = ()

    @classmethod
    def from_record(cls, record: str | Record, events: Iterable[Event], *, policy: Policy) -> Case:
        """Return the case of a stored decision: the record, or its line of JSON, with the events since, under the policy that decided it.

        The complaint is decided again, with the earlier cases that the decision relied on. Raises `InvalidRecord` for what is no whole
        record, is redacted, or comes out otherwise; `PolicyMismatch` where another text decided; `InvalidEvent` for what is no event.
        """
        from closedloop.record import Record

        stored = record if isinstance(record, Record) else Record.from_json(record)
        decision = stored.restored(policy)
        return cls(complaint=decision.complaint, decision=decision).with_events(*events)

    def with_events(self, *events: Event) -> Case:
        """Return the case with more events; an event that is already there is not added again.

        Raises `InvalidEvent` for what is no event.
        """
        for number, event in enumerate(events):
            given: object = event
            if not isinstance(given, Event):
                data = isinstance(given, Mapping)
                expected = "an Event; read it with `Policy.event` or `Event.from_dict`" if data else "an Event; give several one after the other"
                raise InvalidEvent([Problem(code="wrong_type", path=("events", number), found=type(given).__name__, expected=expected)])
        new = tuple(event for event in dict.fromkeys(events) if event not in self.events)
        return Case(complaint=self.complaint, decision=self.decision, events=(*self.events, *new))


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocker:
    """A requirement that is not met. `code` is `kind.state`, stable; `what` names the event, record, condition or duty."""

    code: str
    what: str
    rule: str
    missing: tuple[str, ...] = ()
    awaiting: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class GateResult:
    """Whether an event may happen now: open, shut, or unknown, the gates that apply, and each requirement that is not met."""

    event: str
    state: Literal["open", "shut", "unknown"]
    rules: tuple[str, ...]
    unmet: tuple[Blocker, ...]

    def __bool__(self) -> NoReturn:
        """Refuse: a gate has three states."""
        message = "a gate is open, shut or unknown; read `state`"
        raise TypeError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """Whether the case may close now, and exactly why not."""

    allowed: bool
    blockers: tuple[Blocker, ...]

    def __bool__(self) -> NoReturn:
        """Refuse: say which question is asked."""
        message = "a closing is not a truth value; read `allowed`"
        raise TypeError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something to be told to a party because a duty fell due or became late. `id` is stable: send each once."""

    id: str
    kind: str
    duty: str
    to: Choice
    since: datetime
    _reason: Later[Reason] = field(compare=False, repr=False)

    @property
    def reason(self) -> Reason:
        """Why it is owed."""
        return self._reason.get()


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyWarning:
    """The time of a duty that is not done runs out: the share used, or the amount left, at which the policy warns, was reached.

    `to` is the party that must act, `since` the instant at which the clock of the limit reached `threshold`. `id` is stable:
    send each once. It is another one when the duty starts anew or its limit is extended, and the same when its clock stood still.
    """

    id: str
    duty: str
    to: Choice
    threshold: Limit | Decimal
    since: datetime
    due: datetime | None
    _reason: Later[Reason] = field(compare=False, repr=False)

    @property
    def reason(self) -> Reason:
        """Why the duty is owed, and until when."""
        return self._reason.get()


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    """Where a case stands on its way up: the parties that it has reached, and the duties that would move it further."""

    reached: tuple[str, ...]
    since: datetime | None
    next: tuple[Duty, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Callbacks:
    """How many callbacks were made in this round, how many are owed in all, and until when the next one is."""

    made: int
    owed: int
    due: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A record that is not complete: the fields that are not known, who has not signed it yet, and the duties or gates that need it.

    `copies` are those who get a copy once it is complete.
    """

    record: Choice
    fields: tuple[str, ...]
    needed_by: tuple[str, ...]
    signatures: tuple[Choice, ...] = ()
    copies: tuple[Choice, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """A duty that was late. It stays a fact also where a later event gave the duty another limit or start.

    `due` is the instant that was missed, `seen_at` when the duty was done or, while it is not, an instant at which it was late.
    What was to be done promptly has no `due`: None, and `seen_at` is when somebody found the delay.
    """

    duty: str
    due: datetime | None
    seen_at: datetime


T = TypeVar("T")


class Part(Generic[T]):
    """A part of a review: read from what works it out."""

    name: str

    def __set_name__(self, owner: type[Review], name: str) -> None:
        """Take the name under which it is read."""
        self.name = name

    def __get__(self, review: Review, owner: type[Review]) -> T:
        """Return the part."""
        found: T = getattr(review.source, self.name)
        return found


class Review:
    """A case at an instant. Each part is worked out when it is first read, from the case and the instant alone."""

    __slots__ = ("source",)

    #: What works the parts out, each under its own name.
    source: object

    at: Part[datetime] = Part()
    #: What each table gives by now.
    outcomes: Part[Mapping[str, Outcome]] = Part()
    duties: Part[tuple[Duty, ...]] = Part()
    #: The duties that are late and not yet done.
    late: Part[tuple[Duty, ...]] = Part()
    #: The running duty that falls due first: of clocks that run side by side the one that binds.
    next_due: Part[Duty | None] = Part()
    #: Every gate, by its event.
    gates: Part[Mapping[str, GateResult]] = Part()
    #: Whether the case may close, and exactly why not.
    closing: Part[Closing] = Part()
    #: Records that are not complete.
    missing: Part[tuple[Missing, ...]] = Part()
    #: What is to be told to whom.
    notices: Part[tuple[Notice, ...]] = Part()
    #: Duties that run out soon, as their `warn` says.
    warnings: Part[tuple[DutyWarning, ...]] = Part()
    #: Where the case stands on its way up; None where the policy has none.
    escalation: Part[Escalation | None] = Part()
    callbacks: Part[Callbacks] = Part()
    #: Duties that are or were late, or that somebody found late.
    breaches: Part[tuple[Breach, ...]] = Part()
    #: What is irregular in the events.
    findings: Part[tuple[Finding, ...]] = Part()
    #: The earliest instant at which this answer can change without a new event; None: not before one. Only what measures time
    #: changes before: `remaining`, `late_by`, `seen_at`.
    wake_at: Part[datetime | None] = Part()
    #: The round that the case is in, from 1.
    round: Part[int] = Part()

    def __init__(self, source: object) -> None:
        """Read the parts from `source`; `Policy.review` makes a review."""
        object.__setattr__(self, "source", source)

    @property
    def basis(self) -> Basis | None:
        """What it was worked out from, for the parts of the library that go on from there; None once it was stored or sent."""
        found: Basis | None = getattr(self.source, "basis", None)
        return found

    def duty(self, duty_id: str) -> Duty:
        """Return a duty by its id, or raise `UnknownName` with the nearest."""
        for duty in self.duties:
            if duty.id == duty_id:
                return duty
        raise UnknownName.among("duty", duty_id, (duty.id for duty in self.duties))

    def parts(self) -> dict[str, Any]:
        """Return every part by its name, worked out."""
        return {name: getattr(self, name) for name, part in vars(Review).items() if isinstance(part, Part)}

    def __eq__(self, other: object) -> bool:
        """Be equal to a review that says the same in every part."""
        return self.parts() == other.parts() if isinstance(other, Review) else NotImplemented

    def __hash__(self) -> int:
        """Hash every part."""
        return hash(tuple(self.parts().values()))

    def __repr__(self) -> str:
        """Show every part."""
        return f"Review({', '.join(f'{name}={part!r}' for name, part in self.parts().items())})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a value does not change."""
        message = f"a review is read-only; `{name}` cannot be set"
        raise AttributeError(message)

    def __reduce__(self) -> tuple[type[Review], tuple[SimpleNamespace]]:
        """Pickle every part, worked out."""
        return Review, (SimpleNamespace(**self.parts()),)
