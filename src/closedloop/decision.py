"""The decision on a complaint at its receipt: scope, kind, category, level, repeat, route, duties, and what is still open."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from closedloop.errors import ClosedloopError, UnknownName
from closedloop.explanation.narrative import narrate
from closedloop.explanation.reasoning import Reasoning
from closedloop.explanation.reasons import KEPT_LANGUAGES, Later
from closedloop.explanation.wording import Wording
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from closedloop.calendars import Due, Step
    from closedloop.complaint import Complaint
    from closedloop.evaluation.duties import Duties, DutyState
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.evaluation.situation import Situation
    from closedloop.explanation.reasons import Question, Reason, WhyNot
    from closedloop.history import PastCase
    from closedloop.record import Record, Redact
    from closedloop.values.choices import Choice
    from closedloop.values.clauses import Clause
    from closedloop.values.limits import Limit
    from closedloop.values.text import Lang

#: Raised whenever the meaning of the same policy and the same facts changes in the library itself.
SEMANTICS: Final = 1
_FIXED: Final = ("scope", "kind", "category", "level", "repeat", "route")
Scope = Literal["in_scope", "out_of_scope", "open", "unspecified_by_source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRef:
    """Which policy decided: id, edition, hash; which meaning of the language; which engine."""

    id: str
    edition: str
    hash: str
    semantics: int = SEMANTICS
    engine: str = "reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who answers for the complaint, who does the work, who is told, and by which way it gets there."""

    accountable: Choice
    responsible: tuple[Choice, ...] = ()
    informed: tuple[Choice, ...] = ()
    through: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """How the complaint is linked to earlier ones.

    `of` is the earlier complaint, `count` how many in a row it repeats, `raised_to` the level below which it does not
    fall, `at_cap` that it would have been raised beyond the highest. `not_examined`: what is missing to say so is asked.
    """

    state: Literal["new", "merged", "again", "not_examined"]
    of: str | None = None
    count: int = 0
    raised_to: Choice | None = None
    at_cap: bool = False
    possible: tuple[str, ...] = ()
    _reason: Later[Reason] = field(compare=False, repr=False)

    @property
    def reason(self) -> Reason:
        """Why it is linked so."""
        return self._reason.get()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Who must make which event happen by when.

    `due` is set where the duty runs against a number; a duty that is to be done `promptly`, or without a stated time, runs
    without one. `rule` names the table row that set the limit, else the duty. `awaiting` are events, `records` those
    that must be complete; `certain` says that it is settled whether the duty is owed. In a review the state may also be
    late, met, met_late or paused, with `met_at` and `late_by`. `remaining` is what is left of the limit while it runs, in whole units.
    """

    id: str
    rule: str
    event: str
    party: Choice
    state: DutyState
    start: datetime | None = None
    limit: Limit | None = None
    promptly: bool = False
    due: datetime | None = None
    provisional: bool = False
    met_at: datetime | None = None
    late_by: timedelta | None = None
    awaiting: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    certain: bool = True
    _end: Due | None = field(compare=False, repr=False)
    _remaining: Later[Limit | None] = field(compare=False, repr=False)
    _reason: Later[Reason] = field(compare=False, repr=False)

    @property
    def remaining(self) -> Limit | None:
        """How much of the limit is left on its clock: minutes, working hours, days or working days, cut to whole ones."""
        return self._remaining.get()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The five steps of time behind the due instant; none where there is none, or it was given as an instant."""
        return () if self._end is None else self._end.steps

    @property
    def reason(self) -> Reason:
        """Why it is owed, and why by then."""
        return self._reason.get()


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A record that a duty must leave: its fields, who signs it and who gets a copy, and whether the duty is certain to be owed."""

    record: Choice
    fields: tuple[Choice, ...]
    duty: str
    certain: bool
    signatures: tuple[Choice, ...] = ()
    copies: tuple[Choice, ...] = ()
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision was worked out from, to answer further questions about it; it stays in the process."""

    situation: Situation
    duties: Duties

    @property
    def reasoning(self) -> Reasoning:
        """What gives the reasons for it."""
        return Reasoning(self.situation, Wording(self.situation.book.vocabulary))


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a policy says about a complaint at its receipt. Parts that missing facts leave open are None, and `possible`.

    Parts are named `scope`, `kind`, `category`, `level`, `repeat`, `route`, by table, and `duties.<id>`. `relied_on` are the
    earlier cases that can matter; `examined` is false where there may be such cases and nobody looked.
    """

    policy: PolicyRef
    complaint: Complaint
    scope: Scope
    kind: Choice | None
    category: Choice | None
    level: Choice | None
    repeat: Repeat
    route: Route | None
    outcomes: Mapping[str, Outcome]
    relied_on: tuple[PastCase, ...]
    examined: bool
    timezone: str
    _duties: Later[tuple[Duty, ...]]
    _required: Later[tuple[Requirement, ...]]
    _basis: Basis | None = field(compare=False, repr=False)
    _kept: Mapping[str, Any] = field(default_factory=FrozenMap, compare=False, repr=False)

    @cached_property
    def id(self) -> str:
        """The same for the same policy and facts, on every machine: a hash of both."""
        examined = "examined" if self.examined else "not_examined"
        given = [
            self.policy.hash,
            SEMANTICS,
            self.complaint.in_zone(UTC).as_dict(),
            examined,
            [case.in_zone(UTC).as_dict() for case in self.relied_on],
        ]
        text = json.dumps(given, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The missing facts that would settle something, those that block most first."""
        if self._basis is None:
            return tuple(self._kept["questions"])
        return _questions(self, self._basis)

    @property
    def duties(self) -> tuple[Duty, ...]:
        """What is to be done, by whom and by when; none where the complaint is out of scope."""
        return self._duties.get()

    @property
    def required(self) -> tuple[Requirement, ...]:
        """The records that the duties will leave."""
        return self._required.get()

    @property
    def basis(self) -> Basis | None:
        """What it was worked out from, for the parts of the library that go on from there; None once it was stored or sent."""
        return self._basis

    @property
    def complete(self) -> bool:
        """Whether no question is open."""
        return not self.questions

    def duty(self, duty_id: str) -> Duty:
        """Return a duty by its id, or raise `UnknownName` with the nearest."""
        for duty in self.duties:
            if duty.id == duty_id:
                return duty
        raise UnknownName.among("duty", duty_id, (duty.id for duty in self.duties))

    def outcome(self, table: str) -> Outcome:
        """Return what a table gave, or raise `UnknownName` with the nearest."""
        if table not in self.outcomes:
            raise UnknownName.among("table", table, self.outcomes)
        return self.outcomes[table]

    def possible(self, part: str) -> tuple[Any, ...]:
        """Return every outcome of a part that some answer to the open questions would give."""
        if part == "repeat":
            return self.repeat.possible
        name = "routing" if part == "route" else part
        if name in self.outcomes:
            return self.outcomes[name].possible
        value = getattr(self, part, None) if part in _FIXED else None
        if value is not None:
            return (value,)
        if part in _FIXED:
            return tuple(self._kept.get(f"possible.{part}", ()))
        raise UnknownName.among("part", part, self.parts)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The names of all parts."""
        return tuple(dict.fromkeys((*_FIXED, *self.outcomes, *(f"duties.{duty.id}" for duty in self.duties))))

    def why(self, part: str) -> Reason:
        """Return the reason for a part, or for a duty by its id, or raise `UnknownName` with the nearest."""
        if part.startswith("duties."):
            return self.duty(part.removeprefix("duties.")).reason
        if part == "repeat":
            return self.repeat.reason
        if part not in self.parts and f"duties.{part}" in self.parts:
            return self.duty(part).reason
        if part not in self.parts:
            raise UnknownName.among("part", part, self.parts)
        reason: Reason = self._kept["reasons"][part] if self._basis is None else _why(self, self._basis, part)
        return reason

    def why_not(self, rule: str) -> WhyNot:
        """Say why a rule (its id, `table.id` or path) did not decide, and the smallest change of facts that would make it apply."""
        return self._live("why_not").reasoning.why_not(rule)

    def nearest_flip(self, part: str) -> WhyNot | None:
        """Return the rule with another outcome that comes nearest to applying, for a part that a table decided."""
        name = "routing" if part == "route" else part
        return self._live("nearest_flip").reasoning.nearest(self.outcome(name))

    def _live(self, asked: str) -> Basis:
        if self._basis is None:
            message = f"a decision that was stored or sent does not carry its policy; decide the complaint again to ask for `{asked}`"
            raise ClosedloopError(message)
        return self._basis

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """The reason for every part."""
        return tuple(self.why(part) for part in self.parts)

    def explain(self, lang: Lang) -> str:
        """Return the whole decision as text for people, in Chinese (`zh`) or English (any other language)."""
        if self._basis is None:
            kept: Mapping[str, str] = self._kept["explain"]
            return kept["zh" if lang.startswith("zh") else "en"]
        return narrate(self, self._basis.reasoning, lang)

    def record(self, *, redact: Redact | None = None) -> Record:
        """Return the decision as a record that a service can answer with and a log can keep.

        `redact` is applied to the customer, the subject and the text.
        """
        from closedloop.record import Record

        return Record.of(self, redact=redact)

    def __reduce__(self) -> tuple[Callable[..., Decision], tuple[dict[str, Any]]]:
        """Pickle with reasons, questions and explanations worked out, without the policy."""
        given = {each.name: getattr(self, each.name) for each in fields(self) if not each.name.startswith("_")}
        kept = {
            "questions": self.questions,
            "reasons": {part: self.why(part) for part in self.parts},
            "explain": {lang: self.explain(lang) for lang in KEPT_LANGUAGES},
        }
        return _stored, ({**given, "_duties": self._duties, "_required": self._required, "_basis": None, "_kept": kept},)


def _stored(given: dict[str, Any]) -> Decision:
    return Decision(**given)


def _why(decision: Decision, basis: Basis, part: str) -> Reason:
    name = "routing" if part == "route" else part
    if decision.scope == "out_of_scope" and name in {"routing", "level"}:
        return basis.reasoning.plain(part, "not_applicable", [basis.situation.book.model.tables["scope"].provenance])
    if name in decision.outcomes:
        return basis.reasoning.table(decision.outcomes[name], part)
    value = getattr(decision, part)
    fact = basis.situation.book.model.facts.get(name)
    sources = [fact.provenance] if fact is not None else []
    if value is None:
        return basis.reasoning.plain(part, "not_applicable" if fact is None else "open", sources)
    return basis.reasoning.plain(part, "decided", sources, value)


def _questions(decision: Decision, basis: Basis) -> tuple[Question, ...]:
    """Gather the missing facts of every part, those that block most first; out of scope nothing needs to be known."""
    blocks: dict[str, list[str]] = {}
    if decision.scope == "out_of_scope":
        return ()
    for part, missing in _missing(decision, basis):
        for fact in missing:
            blocks.setdefault(fact, []).append(part)
    order = sorted(blocks, key=lambda fact: (-len(blocks[fact]), fact))
    return tuple(basis.reasoning.question(fact, tuple(blocks[fact])) for fact in order)


def _missing(decision: Decision, basis: Basis) -> Iterator[tuple[str, tuple[str, ...]]]:
    names = {"routing": "route"}
    for name, outcome in decision.outcomes.items():
        yield names.get(name, name), outcome.missing
    if basis.situation.book.model.repeats is not None:
        yield "repeat", basis.situation.repeat.missing
    for duty in basis.situation.book.model.duties:
        yield f"duties.{duty}", basis.duties[duty].missing
