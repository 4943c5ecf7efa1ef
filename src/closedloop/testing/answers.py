"""What a policy answers to a test, aspect by aspect, in the words in which a policy writes values."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from closedloop.policy.model import RemedySet, RouteTo
from closedloop.testing import occurrences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from closedloop.casework import GateResult, Review
    from closedloop.decision import Decision, Duty
    from closedloop.explanation.reasons import Reason
    from closedloop.reporting.routines import NotDue, RoutineDue

#: What may stand in place of a value: why there is none.
STATUSES: Final = ("open", "waiting", "unspecified_by_source", "not_applicable")
Family = Literal["outcome", "remedies", "repeat", "route", "duty", "gate", "closing", "routine", "whole"]
#: Under which heads the table `remedies` names a remedy.
REMEDY_KINDS: Final = tuple(each.name for each in fields(RemedySet))
Words = tuple[str, ...]
#: How the answer names what the table `scope` gives.
SCOPES: Final = {"in": "in_scope", "out": "out_of_scope"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The decision on a complaint and, where the test names an instant, the review at that instant."""

    decision: Decision
    review: Review | None
    routines: occurrences.Occurrences | None
    zone: ZoneInfo

    def reason(self, part: str) -> Reason | None:
        """Return the reason for a part; gates, the answer as a whole, and tables at an instant have none."""
        if part.startswith("duties."):
            return self.duty(part).reason
        if self.review is not None and part in self.review.outcomes:
            return None
        return self.decision.why(part) if part in self.decision.parts else None

    def duty(self, part: str) -> Duty:
        """Return a duty as it stands: at the instant of the review where there is one."""
        name = part.removeprefix("duties.")
        duties = self.decision.duties if self.review is None else self.review.duties
        return next((duty for duty in duties if duty.id == name), None) or self.decision.duty(name)


def words(value: Any, zone: ZoneInfo) -> Words:
    """Write a value as a policy writes it, instants in the zone; several values in their order, a set in that of the alphabet."""
    if value is None:
        return ()
    if isinstance(value, RemedySet):
        value = tuple(code for kind in REMEDY_KINDS for code in getattr(value, kind))
    if isinstance(value, tuple | frozenset):
        found = tuple(word for each in value for word in words(each, zone))
        return found if isinstance(value, tuple) else tuple(sorted(found))
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    if isinstance(value, datetime):
        return (value.astimezone(zone).isoformat(sep=" "),)
    return words(value.accountable, zone) if isinstance(value, RouteTo) else (str(value),)


# --- parts that have a reason ---------------------------------------------------------------------------------------


def _because(answer: Answer, part: str) -> Reason:
    reason = answer.reason(part)
    assert reason is not None
    return reason


def _rules(answer: Answer, part: str) -> Words:
    if answer.review is not None and part in answer.review.outcomes:
        return tuple(f"tables.{part}.rules.{row}" for row in answer.review.outcomes[part].matched)
    return _because(answer, part).rules


_REASON: Final[Mapping[str, Callable[[Answer, str], Any]]] = {
    "rules": _rules,
    "cite": lambda answer, part: tuple(clause.id for clause in _because(answer, part).clauses),
    "reading": lambda answer, part: tuple(name for each in _because(answer, part).readings for name in (str(each), each.reading)),
    "missing": lambda answer, part: _because(answer, part).missing,
    "awaited": lambda answer, part: _because(answer, part).awaited,
}


def _value(answer: Answer, part: str) -> Any:
    decision = answer.decision
    if part == "scope":
        return decision.scope
    if answer.review is not None and part in answer.review.outcomes:
        outcome = answer.review.outcomes[part]
        return outcome.status if outcome.value is None else outcome.value
    value = decision.outcomes[part].value if part in decision.outcomes else getattr(decision, part)
    return decision.why(part).outcome if value is None else value


def _status(answer: Answer, part: str) -> Any:
    return (answer.decision if answer.review is None else answer.review).outcomes[part].status


def _remedies(kind: str) -> Callable[[Answer, str], Any]:
    """Find the remedies that every row that applies names under one head; why there are none where the table is not decided."""

    def find(answer: Answer, part: str) -> Any:
        value = _value(answer, part)
        return frozenset(code for given in value for code in getattr(given, kind)) if isinstance(value, frozenset) else value

    return find


def _rule(answer: Answer, part: str) -> Any:
    if answer.review is not None and part in answer.review.outcomes:
        return answer.review.outcomes[part].rule
    return _because(answer, part).rule


def _accountable(answer: Answer, part: str) -> Any:
    route = answer.decision.route
    return answer.decision.why(part).outcome if route is None else route.accountable


def _on_route(name: str) -> Callable[[Answer, str], Any]:
    return lambda answer, _: () if answer.decision.route is None else getattr(answer.decision.route, name)


def _of_repeat(name: str) -> Callable[[Answer, str], Any]:
    return lambda answer, _: getattr(answer.decision.repeat, name)


def _of_duty(name: str) -> Callable[[Answer, str], Any]:
    return lambda answer, part: getattr(answer.duty(part), name)


# --- gates, and the answer as a whole -------------------------------------------------------------------------------


def _review(answer: Answer) -> Review:
    assert answer.review is not None
    return answer.review


def _gate(answer: Answer, part: str) -> GateResult:
    return _review(answer).gates[part.removeprefix("gates.")]


def _routine(find: Callable[[RoutineDue | NotDue], Any]) -> Callable[[Answer, str], Any]:
    def found(answer: Answer, part: str) -> Any:
        assert answer.routines is not None
        return find(answer.routines.of(part.removeprefix("routines.")))

    return found


def _ids(paths: Iterable[str]) -> Words:
    return tuple(dict.fromkeys(path.rsplit(".", 1)[-1] for path in paths))


def _deciding_rules(answer: Answer, _: str) -> Words:
    """Return the rows that gave a value, and what obliges somebody; a row that was only looked at decided nothing."""
    decision, review = answer.decision, answer.review
    outcomes = decision.outcomes if review is None else review.outcomes
    rows = [f"tables.{name}.rules.{row}" for name, outcome in outcomes.items() if outcome.status == "decided" for row in outcome.matched]
    repeats = ["repeats"] if decision.repeat.state in {"merged", "again"} else []
    duties = decision.duties if review is None else review.duties
    return (*rows, *repeats, *(f"duties.{duty.id}" for duty in duties if duty.state not in {"needs_fact", "not_owed"}))


def _cited(answer: Answer, _: str) -> Words:
    return tuple(dict.fromkeys(clause.id for reason in answer.decision.reasons for clause in reason.clauses))


@dataclass(frozen=True, slots=True)
class Aspect:
    """How to find an aspect, and what a test must write for it: `one` word, `many`, `yes_no`, a `count` or an `instant`."""

    find: Callable[[Answer, str], Any]
    kind: Literal["one", "many", "yes_no", "count", "instant"] = "one"

    def found(self, answer: Answer, part: str) -> Words:
        """Return what the answer says."""
        return words(self.find(answer, part), answer.zone)


_REASON_ASPECTS: Final = {name: Aspect(find, "many") for name, find in _REASON.items()}
#: The aspects of each family of parts; the first is what a plain word instead of a mapping means.
ASPECTS: Final[Mapping[Family, Mapping[str, Aspect]]] = {
    "outcome": {"value": Aspect(_value), "rule": Aspect(_rule), **_REASON_ASPECTS},
    "remedies": {
        "status": Aspect(_status),
        "rule": Aspect(_rule),
        **{kind: Aspect(_remedies(kind), "many") for kind in REMEDY_KINDS},
        **_REASON_ASPECTS,
    },
    "repeat": {
        "state": Aspect(_of_repeat("state")),
        "of": Aspect(_of_repeat("of")),
        "count": Aspect(_of_repeat("count"), "count"),
        "at_cap": Aspect(_of_repeat("at_cap"), "yes_no"),
        "raised_to": Aspect(_of_repeat("raised_to")),
        **_REASON_ASPECTS,
    },
    "route": {
        "accountable": Aspect(_accountable),
        "responsible": Aspect(_on_route("responsible"), "many"),
        "informed": Aspect(_on_route("informed"), "many"),
        "through": Aspect(_on_route("through"), "many"),
        "rule": Aspect(lambda answer, part: _because(answer, part).rule),
        **_REASON_ASPECTS,
    },
    "duty": {
        "state": Aspect(_of_duty("state")),
        "rule": Aspect(_of_duty("rule")),
        "party": Aspect(_of_duty("party")),
        "start": Aspect(_of_duty("start"), "instant"),
        "limit": Aspect(_of_duty("limit")),
        "due": Aspect(_of_duty("due"), "instant"),
        "provisional": Aspect(_of_duty("provisional"), "yes_no"),
        "met_at": Aspect(_of_duty("met_at"), "instant"),
        "late_by": Aspect(_of_duty("late_by")),
        **_REASON_ASPECTS,
    },
    "gate": {
        "state": Aspect(lambda answer, part: _gate(answer, part).state),
        "rules": Aspect(lambda answer, part: _gate(answer, part).rules, "many"),
        "unmet": Aspect(lambda answer, part: _ids(each.rule for each in _gate(answer, part).unmet), "many"),
        "cite": Aspect(lambda answer, part: tuple(clause.id for each in _gate(answer, part).unmet for clause in each.clauses), "many"),
    },
    "routine": {
        "state": Aspect(_routine(occurrences.state)),
        "due": Aspect(_routine(occurrences.due), "instant"),
        "cite": Aspect(_routine(lambda found: tuple(clause.id for clause in found.clauses)), "many"),
        "reading": Aspect(_routine(occurrences.readings), "many"),
    },
    "closing": {
        "allowed": Aspect(lambda answer, _: _review(answer).closing.allowed, "yes_no"),
        "blockers": Aspect(lambda answer, _: _ids(each.rule for each in _review(answer).closing.blockers), "many"),
    },
    "whole": {
        "questions": Aspect(lambda answer, _: tuple(question.fact for question in answer.decision.questions), "many"),
        "only_questions": Aspect(lambda answer, _: tuple(question.fact for question in answer.decision.questions), "many"),
        "complete": Aspect(lambda answer, _: answer.decision.complete, "yes_no"),
        "rules": Aspect(_deciding_rules, "many"),
        "not_rules": Aspect(_deciding_rules, "many"),
        "cites": Aspect(_cited, "many"),
        "required": Aspect(lambda answer, _: tuple(each.record for each in answer.decision.required if each.certain), "many"),
        "not_required": Aspect(lambda answer, _: tuple(each.record for each in answer.decision.required if each.certain), "many"),
        "late": Aspect(lambda answer, _: tuple(duty.id for duty in _review(answer).late), "many"),
        "findings": Aspect(lambda answer, _: tuple(finding.id for finding in _review(answer).findings), "many"),
        "next_due": Aspect(lambda answer, _: None if (duty := _review(answer).next_due) is None else duty.id),
    },
}
#: What a reason does not say in full: a test names some of it.
PARTIAL: Final = frozenset({"rules", "cite", "reading", "missing", "awaited", "questions", "cites", "required"})
#: What a review says of a table.
AT_AN_INSTANT: Final = frozenset({"value", "status", "rule", "rules", *REMEDY_KINDS})
#: Aspects of the whole that only a review has.
OF_REVIEW: Final = frozenset({"late", "findings", "next_due"})


def possible(answer: Answer, part: str) -> Words:
    """Return what a part can still become; of remedies, which are named by a row that may apply."""
    found = words(answer.decision.possible(part), answer.zone)
    return tuple(dict.fromkeys(SCOPES.get(word, word) for word in found) if part == "scope" else dict.fromkeys(found))
