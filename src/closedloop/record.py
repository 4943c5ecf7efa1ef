"""A decision as one line of JSON: everything that it says, with the rule and clause behind each part, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from closedloop.complaint import Complaint
from closedloop.errors import InvalidRecord, PolicyMismatch, Problem
from closedloop.history import PastCase
from closedloop.policy.model import RemedySet, RouteTo
from closedloop.values.facts import to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
    examined: bool = Field(description="false where earlier cases can matter and nobody looked for them")
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
            examined=decision.examined,
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

    @classmethod
    def from_json(cls, text: str) -> Record:
        """Read a record from its line of JSON. Raises `InvalidRecord` with every problem at once."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InvalidRecord([_problem(tuple(each["loc"]), each["type"], each["msg"]) for each in error.errors()]) from None

    def differences(self, other: Record) -> Iterator[str]:
        """Name the fields that differ. The id of a redacted record is of what was redacted, and says nothing."""
        left, right = self.model_dump(mode="json"), other.model_dump(mode="json")
        for name in left:
            if name == "redacted" or (name == "id" and self.redacted) or left[name] == right[name]:
                continue
            if isinstance(left[name], dict) and isinstance(right[name], dict):
                keys = sorted({*left[name], *right[name]})
                yield from (f"{name}.{key}" for key in keys if left[name].get(key) != right[name].get(key))
            else:
                yield name

    def decided_again(self, policy: Decides) -> Decision:
        """Decide the recorded complaint again, with the earlier cases that the decision relied on."""
        history = [PastCase.from_dict(case) for case in self.history] if self.examined else None
        return policy.decide(Complaint.from_dict(self.complaint), history=history)

    def restored(self, policy: Decides) -> Decision:
        """Return the decision that was recorded. Raises `InvalidRecord` where it does not come out the same, and `PolicyMismatch`."""
        if self.redacted:
            expected = "a record as it was decided: what was hidden is part of the case"
            raise InvalidRecord([Problem(code="redacted", path=("redacted",), found="a record in which texts are hidden", expected=expected)])
        if self.policy.hash != policy.hash:
            message = f"the record was decided under `{self.policy.id}` edition {self.policy.edition}, another text than this policy"
            raise PolicyMismatch(message, decided=self.policy.hash, asked=policy.hash)
        again = self.decided_again(policy)
        if differing := tuple(self.differences(again.record())):
            expected = "what the policy says of this complaint; `verify` names the parts that differ"
            paths = (tuple(name.split(".")) for name in differing)
            problems = [Problem(code="decided_otherwise", path=path, found="another answer", expected=expected) for path in paths]
            raise InvalidRecord(problems)
        return again


class Decides(Protocol):
    """What a record is decided again by: a policy."""

    @property
    def hash(self) -> str:
        """The hash of its text."""

    def decide(self, complaint: Complaint, *, history: Iterable[PastCase] | None) -> Decision:
        """Decide a complaint as of its receipt."""


def _problem(path: tuple[str | int, ...], kind: str, message: str) -> Problem:
    """Say what is wrong with a record, in the words of problems."""
    expected = "one line of JSON, as `decision.record().model_dump_json()` writes it"
    if kind == "missing":
        return Problem(code="missing_key", path=path, found="nothing", expected=f"the key `{path[-1]}`, which every record has")
    if kind == "extra_forbidden":
        return Problem(code="unknown_key", path=path, found=f"the key `{path[-1]}`", expected="no other keys than those of a record of format 1")
    return Problem(code="not_json" if not path else "wrong_type", path=path, found=message, expected=expected)


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
    if isinstance(value, RemedySet):
        return {each.name: list(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, frozenset):
        return sorted(map(_plain, value), key=str)
    return None if value is None else to_plain(value)


#: What may say who complains, and about what.
_PRIVATE: Final = frozenset({"customer", "subject", "text"})


def _hidden(given: dict[str, Any], redact: Redact | None) -> dict[str, Any]:
    if redact is None:
        return given
    return {name: redact(value) if name in _PRIVATE and isinstance(value, str) else value for name, value in given.items()}


def _hidden_case(case: dict[str, Any], redact: Redact | None) -> dict[str, Any]:
    hidden = case | {name: _hidden(case[name], redact) for name in ("key", "facts") if name in case}
    if "events" in case:
        hidden["events"] = [event | {"data": _hidden(event["data"], redact)} if "data" in event else event for event in case["events"]]
    return hidden
