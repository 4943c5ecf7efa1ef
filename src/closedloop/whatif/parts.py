"""What a policy says of one case, part by part: the value as plain text, and the rules, clauses and readings behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from closedloop.policy.model import RemedySet, RouteTo
from closedloop.rules.states import Unset
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from closedloop.casework import Breach, GateResult
    from closedloop.decision import Decision, Duty, Repeat, Route
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.explanation.reasons import Reason
    from closedloop.facade import Policy
    from closedloop.policy.model import PolicyModel
    from closedloop.values.clauses import Provenance
    from closedloop.whatif.replay import Replayed

#: A part as plain data: text, named texts, or None where the policy has no such part or it does not arise.
Value = str | FrozenMap[str, str] | None

_CODES: Final = ("kind", "category", "level")
SHUT: Final = "shut_gate"


@dataclass(frozen=True, slots=True)
class Trace:
    """What a part rests on: paths of rules, ids of clauses, and readings as `reading=choice`."""

    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()

    @classmethod
    def of_reason(cls, reason: Reason) -> Trace:
        """Take what a reason names; one without a rule stands on no clause."""
        if not reason.rules:
            return cls()
        return cls(reason.rules, tuple(clause.id for clause in reason.clauses), tuple(map(str, reason.readings)))

    @classmethod
    def of_sources(cls, sources: Iterable[Provenance]) -> Trace:
        """Gather what stands behind several rules."""
        found = tuple(sources)
        return cls(
            tuple(dict.fromkeys(source.path for source in found)),
            tuple(dict.fromkeys(clause.id for source in found for clause in source.clauses)),
            tuple(dict.fromkeys(str(choice) for source in found for choice in source.readings)),
        )

    def __or__(self, other: Trace) -> Trace:
        """Return what stands in one or the other."""
        return Trace(*(tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name)))) for name in ("rules", "clauses", "readings")))


NOTHING: Final = Trace()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a case. Where `raw` of two policies is equal, so are the values, and the rules by their paths."""

    raw: object
    value: Callable[[], Value]
    trace: Callable[[], Trace]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a case under one policy. Instants are written in `zone`."""

    policy: Policy
    found: Replayed
    zone: ZoneInfo

    def all(self) -> dict[str, Part]:
        """Return every part by its name; each table stands once more as `later.TABLE`, as of the comparison."""
        decision = self.found.decision
        parts = {name: self._fixed(name) for name in ("scope", *_CODES, "route")} | {"repeat": self._repeat()}
        parts |= {name: self._table(name) for name in decision.outcomes if name != "routing" and name not in parts}
        parts |= {f"later.{name}": self._later(name) for name in self.found.review.outcomes}
        if not self.out_of_scope:
            broken = {breach.duty: breach for breach in self.found.review.breaches}
            parts |= {f"duties.{duty.id}": self._duty(duty, broken.get(duty.id)) for duty in self.found.review.duties}
        parts |= {f"gates.{event}": self._gate(result) for event, result in self.found.review.gates.items()}
        return parts | {"questions": self._questions(), "findings": self._findings()}

    @property
    def out_of_scope(self) -> bool:
        """Whether the policy does not apply to the case, as of the comparison: then nothing is owed, and nothing is measured."""
        scope = self.found.review.outcomes.get("scope")
        return scope is not None and scope.value == "out"

    @property
    def moved(self) -> frozenset[str]:
        """The `later` tables that no longer stand as they did at receipt."""
        at_receipt = self.found.decision.outcomes
        return frozenset(f"later.{name}" for name, outcome in self.found.review.outcomes.items() if outcome != at_receipt.get(name))

    # --- at receipt ---

    def _fixed(self, name: str) -> Part:
        decision = self.found.decision
        outcome = decision.outcomes.get("routing" if name == "route" else name)
        given: Any = getattr(decision, name)
        raw = (given, outcome, decision.scope == "out_of_scope", *self._raised(name))
        return Part(raw, lambda: self._fixed_value(name, given, outcome), lambda: Trace.of_reason(decision.why(name)))

    def _fixed_value(self, name: str, given: Any, outcome: Outcome | None) -> Value:
        if given is not None:
            return _route(given) if name == "route" else str(given)
        arises = self.found.decision.scope != "out_of_scope" or name not in {"route", "level"}
        return self._outcome(outcome) if arises and outcome is not None else None

    def _raised(self, table: str) -> tuple[object, ...]:
        """Return what makes the level of a repeat rest on the repeat rule rather than on its own row."""
        repeat = self.found.decision.repeat
        return (repeat.state, repeat.raised_to) if table == "level" else ()

    def _repeat(self) -> Part:
        repeat = self.found.decision.repeat
        return Part(repeat, lambda: _repeat(repeat), lambda: Trace.of_reason(repeat.reason))

    def _table(self, name: str) -> Part:
        decision = self.found.decision
        outcome = decision.outcomes[name]
        return Part((outcome, *self._raised(name)), lambda: self._outcome(outcome), lambda: Trace.of_reason(decision.why(name)))

    def _questions(self) -> Part:
        asked = tuple(sorted(question.fact for question in self.found.decision.questions))
        return Part(asked, lambda: ", ".join(asked) or None, Trace)

    # --- as of the comparison ---

    def _later(self, name: str) -> Part:
        outcome = self.found.review.outcomes[name]
        return Part(
            (outcome, *self._raised(name)),
            lambda: self._outcome(outcome),
            lambda: Trace.of_sources(outcome_sources(self.policy.book.model, outcome, self.found.decision)),
        )

    def _duty(self, duty: Duty, breach: Breach | None) -> Part:
        rows = self.found.review.outcomes.get(limit_table(self.policy.book.model, duty.id))
        raw = (duty, _broken(duty, breach), None if rows is None else rows.matched)
        return Part(raw, lambda: self._duty_value(duty, breach), lambda: Trace.of_reason(duty.reason))

    def _duty_value(self, duty: Duty, breach: Breach | None) -> FrozenMap[str, str]:
        given: dict[str, object] = {
            "state": duty.state,
            "party": duty.party.id,
            "start": duty.start,
            "limit": "promptly" if duty.promptly else duty.limit,
            "due": duty.due,
            "met_at": duty.met_at,
            "late_by": duty.late_by,
        } | _broken(duty, breach)
        return FrozenMap({name: self._text(value) for name, value in given.items() if value is not None})

    def _gate(self, result: GateResult) -> Part:
        model = self.policy.book.model
        rules = {f"gates.{result.event}.{rule}": None for rule in result.rules} | {blocker.rule: None for blocker in result.unmet}
        provenance = {gate.provenance.path: gate.provenance for gate in model.gates.values()}
        unmet = ", ".join(f"{blocker.code} {blocker.what}" for blocker in result.unmet)
        value = FrozenMap({"state": str(result.state)} | ({"unmet": unmet} if unmet else {}))
        return Part(result, lambda: value, lambda: Trace.of_sources(provenance[path] for path in rules if path in provenance))

    def _findings(self) -> Part:
        found = [finding for finding in self.found.review.findings if finding.id == SHUT]
        rules, clauses = (tuple(dict.fromkeys(each for finding in found for each in getattr(finding, name))) for name in ("rules", "clauses"))
        raw = tuple((finding.place.path, finding.message, finding.rules, finding.clauses) for finding in found)
        value = "; ".join(f"{finding.place.path}: {finding.message}" for finding in found) or None
        return Part(raw, lambda: value, lambda: Trace(rules, clauses, ()))

    # --- as plain text ---

    def _outcome(self, outcome: Outcome) -> Value:
        if outcome.status == "decided":
            return self._plain(outcome.value)
        possible = [text if isinstance(text := self._plain(value), str) else ", ".join(text.values()) for value in outcome.possible]
        if outcome.may_be_unspecified:
            possible.append("unspecified_by_source")
        return f"{outcome.status}: {' | '.join(possible)}" if possible and outcome.status != "unspecified_by_source" else outcome.status

    def _plain(self, value: object) -> str | FrozenMap[str, str]:
        if isinstance(value, RouteTo):
            return _route(value)
        if isinstance(value, RemedySet):
            given = {name: getattr(value, name) for name in ("owed", "open", "preferred", "discouraged", "excluded")}
            return FrozenMap({name: ", ".join(names) for name, names in given.items() if names})
        return self._text(value)

    def _text(self, value: object) -> str:
        if isinstance(value, datetime):
            return value.astimezone(self.zone).isoformat()
        if isinstance(value, timedelta):
            return time_text(value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, frozenset):
            return ", ".join(sorted(map(str, value)))
        return "unset" if isinstance(value, Unset) else str(value)


def time_text(time: timedelta) -> str:
    """Write an amount of elapsed time exactly, such as `2 d 03:30:00`."""
    sign = "-" if time < timedelta() else ""
    span = abs(time)
    hours, rest = divmod(span.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{span.microseconds:06}" if span.microseconds else ""
    days = f"{span.days} d " if span.days else ""
    return f"{sign}{days}{hours:02}:{minutes:02}:{seconds:02}{fraction}"


def _broken(duty: Duty, breach: Breach | None) -> dict[str, object]:
    """Return the due instant of a breach that is not the one in force, or, where none was missed, when somebody found the delay.

    A duty that is late by a correction alone is no breach, and says so.
    """
    if breach is None:
        return {"breach": "none"} if duty.state in {"late", "met_late"} else {}
    return {"found_late": breach.seen_at} if breach.due is None else {"breach": breach.due if breach.due != duty.due else None}


def _route(route: Route | RouteTo) -> FrozenMap[str, str]:
    accountable = "unset" if isinstance(route.accountable, Unset) else str(route.accountable)
    lists = {name: ", ".join(map(str, getattr(route, name))) for name in ("responsible", "informed", "through")}
    return FrozenMap({"accountable": accountable} | {name: names for name, names in lists.items() if names})


def _repeat(repeat: Repeat) -> FrozenMap[str, str]:
    given: Mapping[str, object] = {
        "state": repeat.state,
        "of": repeat.of,
        "count": repeat.count or None,
        "raised_to": repeat.raised_to,
        "at_cap": "yes" if repeat.at_cap else None,
    }
    return FrozenMap({name: str(value) for name, value in given.items() if value is not None})


def limit_table(model: PolicyModel, duty: str) -> str:
    """Return the table that sets the limit of a duty; empty where none does."""
    name = getattr(model.duties[duty].within, "fact", "")
    return name if name in model.tables else ""


def outcome_sources(model: PolicyModel, outcome: Outcome, decision: Decision) -> list[Provenance]:
    """Return what stands behind the outcome of a table, as the reason for it at receipt would name it."""
    table = model.tables[outcome.table]
    rules = [rule.provenance for name in outcome.matched for rule in table.rules if rule.id == name]
    own = [rule.then for rule in table.rules if rule.id in outcome.matched]
    raised = decision.repeat.raised_to
    lifted = table.floor is not None and outcome.status == "decided" and raised is not None and outcome.value == raised and str(raised) not in own
    if lifted and model.repeats is not None:
        return [model.repeats.provenance, *rules]
    if rules:
        return rules
    return [table.provenance] if table.provenance.clauses else [rule.provenance for rule in table.rules]
