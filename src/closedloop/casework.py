"""A case after its decision: the events that happened, what they met, what is late, and whether the case may close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from closedloop.deciding import basis, dress
from closedloop.errors import PolicyMismatch
from closedloop.evaluation.gates import gate
from closedloop.evaluation.outcomes import table_outcome
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from closedloop.complaint import Complaint, Event
    from closedloop.decision import Decision, Duty
    from closedloop.evaluation.gates import GateFinding
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.values.clauses import Clause

#: The event whose gate says whether a case may close.
CLOSED = "closed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A complaint, the decision taken on it, and its events."""

    complaint: Complaint
    decision: Decision
    events: tuple[Event, ...] = ()

    def with_events(self, *events: Event) -> Case:
        """Return the case with more events; events with an id that is already there are the same event."""
        known = {event.id for event in self.events if event.id is not None}
        new = tuple(event for event in events if event.id is None or event.id not in known)
        return Case(complaint=self.complaint, decision=self.decision, events=(*self.events, *new))


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocker:
    """A requirement of closing that is not met. `code` is `kind.state`, stable; `what` names the event, record, condition or duty."""

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

    def __bool__(self) -> bool:
        """Refuse: a gate has three states."""
        message = "a gate is open, shut or unknown; read `state`"
        raise TypeError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """Whether the case may close now, and exactly why not."""

    allowed: bool
    blockers: tuple[Blocker, ...]

    def __bool__(self) -> bool:
        """Refuse: say which question is asked."""
        message = "a closing is not a truth value; read `allowed`"
        raise TypeError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """A case at an instant: what each table gives by now, every duty, every gate, whether it may close."""

    at: datetime
    outcomes: Mapping[str, Outcome]
    duties: tuple[Duty, ...]
    gates: Mapping[str, GateResult]
    closing: Closing

    @property
    def late(self) -> tuple[Duty, ...]:
        """The duties that are late and not yet done."""
        return tuple(duty for duty in self.duties if duty.state == "late")

    @property
    def next_due(self) -> Duty | None:
        """The running duty that falls due first."""
        running = [duty for duty in self.duties if duty.state == "running" and duty.due is not None]
        return min(running, key=lambda duty: (duty.due, duty.id), default=None)


def review(book: Rulebook, case: Case, at: datetime) -> Review:
    """Work out a case at an instant from its events up to then.

    Raises `PolicyMismatch` where the case was decided under another policy, and `InvalidEvent` for events that do not fit.
    """
    if case.decision.policy.hash != book.model.hash:
        message = f"the case was decided under `{case.decision.policy.id}` edition {case.decision.policy.edition}, another text than this policy"
        raise PolicyMismatch(message, decided=case.decision.policy.hash, asked=book.model.hash)
    history = None if "history" in case.decision.why("repeat").missing else case.decision.relied_on
    found = basis(book, case.complaint, history, case.events, at)
    for duty in book.model.duties:
        state = found.duties[duty].state
        if state not in {"needs_fact", "unspecified_by_source"}:
            found.situation.learn(f"{duty}.state", state)
    gates = {event: _result(gate(found.situation, found.duties, event)) for event in dict.fromkeys(each.event for each in book.model.gates.values())}
    closing = gates.get(CLOSED, GateResult(event=CLOSED, state="open", rules=(), unmet=()))
    return Review(
        at=at,
        outcomes=FrozenMap({name: table_outcome(found.situation, name) for name in book.model.order if name in book.model.tables}),
        duties=tuple(dress(found, duty, case.decision.route) for duty in book.model.duties),
        gates=gates,
        closing=Closing(allowed=closing.state == "open", blockers=closing.unmet),
    )


def _result(found: GateFinding) -> GateResult:
    unmet = tuple(
        Blocker(
            code=f"{each.kind}.{each.state}",
            what=each.what,
            rule=each.gate.provenance.path,
            missing=each.missing,
            awaiting=each.awaited,
            clauses=each.gate.provenance.clauses,
        )
        for each in found.unmet
    )
    return GateResult(event=found.event, state=found.state, rules=found.applying, unmet=unmet)
