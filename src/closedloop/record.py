"""A decision as one line of JSON: everything that it says, with the rule and clause behind each part, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from closedloop.policy.model import RouteTo
from closedloop.values.facts import to_plain

if TYPE_CHECKING:
    from datetime import datetime

    from closedloop.decision import Decision, Duty
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.explanation.reasons import Reason

#: Passes one text of a customer through whatever hides it.
Redact = Callable[[str], str]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PolicyRecord(_Part):
    """Which policy decided."""

    id: str
    edition: str
    hash: str


class ReasonRecord(_Part):
    """The rules and clauses behind a part."""

    outcome: str
    rules: list[str] = Field(description="paths of the rules in the policy document")
    clauses: list[str] = Field(description="ids of the clauses of the source")
    readings: list[str] = Field(default=[], description="readings of ambiguous clauses that this rests on, as reading=choice")
    missing: list[str] = Field(default=[], description="facts that would settle it")
    awaited: list[str] = Field(default=[], description="events that it waits for")


class PartRecord(_Part):
    """The outcome of a part: its value where it is decided, else what is possible."""

    status: str
    value: Any = None
    possible: list[Any] = []
    reason: ReasonRecord


class DutyRecord(_Part):
    """A duty: who must make which event happen by when."""

    id: str
    event: str
    party: str
    state: str
    start: str | None = None
    limit: str | None = None
    due: str | None = None
    provisional: bool = False
    reason: ReasonRecord


class RepeatRecord(_Part):
    """How the complaint is linked to earlier ones."""

    state: str
    of: str | None = None
    count: int = 0
    raised_to: str | None = None
    at_cap: bool = False
    reason: ReasonRecord


class QuestionRecord(_Part):
    """A missing fact and the parts that it blocks."""

    fact: str
    blocks: list[str]
    choices: list[str]


class Record(_Part):
    """A decision as a service answers with it and a log keeps it. Within a format number fields are only added."""

    format: Literal["closedloop.decision/1"] = "closedloop.decision/1"
    id: str
    policy: PolicyRecord
    semantics: int
    timezone: str
    complaint: dict[str, Any]
    history: list[dict[str, Any]] = Field(description="the earlier cases that the decision relies on")
    scope: str
    parts: dict[str, PartRecord]
    repeat: RepeatRecord
    duties: list[DutyRecord]
    questions: list[QuestionRecord]
    complete: bool
    redacted: bool = False

    @classmethod
    def of(cls, decision: Decision, *, redact: Redact | None = None) -> Record:
        """Make the record of a decision; `redact` is applied to customer, subject and text."""
        return cls(
            id=decision.id,
            policy=PolicyRecord(id=decision.policy.id, edition=decision.policy.edition, hash=decision.policy.hash),
            semantics=decision.policy.semantics,
            timezone=decision.timezone,
            complaint=_hidden(decision.complaint.as_dict(), redact),
            history=[_hidden_case(case.as_dict(), redact) for case in decision.relied_on],
            scope=decision.scope,
            parts={
                name: _part(decision, name)
                for name in decision.parts
                if not name.startswith("duties.") and name not in {"repeat", "scope", "routing"}
            },
            repeat=_repeat(decision),
            duties=[_duty(duty) for duty in decision.duties],
            questions=[QuestionRecord(fact=each.fact, blocks=list(each.blocks), choices=list(each.choices)) for each in decision.questions],
            complete=decision.complete,
            redacted=redact is not None,
        )


def _reason(reason: Reason) -> ReasonRecord:
    return ReasonRecord(**reason.as_dict())


def _part(decision: Decision, name: str) -> PartRecord:
    outcome: Outcome | None = decision.outcomes.get("routing" if name == "route" else name)
    reason = decision.why(name)
    if outcome is None:
        value = getattr(decision, name)
        return PartRecord(status=reason.outcome, value=_plain(value), reason=_reason(reason))
    return PartRecord(
        status=outcome.status, value=_plain(outcome.value), possible=[_plain(each) for each in outcome.possible], reason=_reason(reason)
    )


def _repeat(decision: Decision) -> RepeatRecord:
    repeat = decision.repeat
    raised = str(repeat.raised_to) if repeat.raised_to is not None else None
    return RepeatRecord(state=repeat.state, of=repeat.of, count=repeat.count, raised_to=raised, at_cap=repeat.at_cap, reason=_reason(repeat.reason))


def _duty(duty: Duty) -> DutyRecord:
    return DutyRecord(
        id=duty.id,
        event=duty.event,
        party=str(duty.party),
        state=duty.state,
        start=_instant(duty.start),
        limit="promptly" if duty.promptly else str(duty.limit) if duty.limit is not None else None,
        due=_instant(duty.due),
        provisional=duty.provisional,
        reason=_reason(duty.reason),
    )


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _plain(value: Any) -> Any:
    if isinstance(value, RouteTo):
        route = {"accountable": value.accountable if isinstance(value.accountable, str) else None}
        return route | {name: list(getattr(value, name)) for name in ("responsible", "informed", "through")}
    if isinstance(value, frozenset):
        return sorted(str(each) for each in value)
    return None if value is None else to_plain(value)


def _hidden(complaint: dict[str, Any], redact: Redact | None) -> dict[str, Any]:
    if redact is None:
        return complaint
    return {name: redact(value) if name in {"customer", "subject", "text"} else value for name, value in complaint.items()}


def _hidden_case(case: dict[str, Any], redact: Redact | None) -> dict[str, Any]:
    if redact is None:
        return case
    return {**case, "key": {name: redact(value) if name in {"customer", "subject"} else value for name, value in case["key"].items()}}
