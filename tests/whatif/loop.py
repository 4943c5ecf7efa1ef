"""The plain loop that a comparison must agree with: one policy, one case after the other, by public calls only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import closedloop as cl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tests.whatif.shop import Pair

Told = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a policy says of a case, in all."""

    complaint: cl.Complaint
    decision: cl.Decision
    review: cl.Review

    @property
    def told(self) -> Told:
        """Every part, with its value and what stands behind it."""
        decision, review = self.decision, self.review
        fixed: dict[str, Any] = {name: getattr(decision, name) for name in ("scope", "kind", "category", "level", "route", "repeat")}
        for name in ("kind", "category", "level", "route"):
            outcome = decision.outcomes.get("routing" if name == "route" else name)
            arises = decision.scope != "out_of_scope" or name not in {"level", "route"}
            if outcome is not None and fixed[name] is None and arises:
                fixed[name] = (outcome.status, outcome.possible)
        parts: Told = {name: (value, _trace(decision.why(name))) for name, value in fixed.items()}
        for name, outcome in decision.outcomes.items():
            if name not in {*parts, "routing"}:
                parts[name] = ((outcome.value, outcome.status, outcome.possible), _trace(decision.why(name)))
        breaches = {breach.duty: (breach.due, breach.seen_at if breach.due is None else None) for breach in review.breaches}
        scope = review.outcomes.get("scope")
        for duty in review.duties if scope is None or scope.value != "out" else ():
            value = (duty.state, duty.party, duty.start, duty.limit, duty.due, duty.met_at, duty.late_by, breaches.get(duty.id))
            parts[f"duties.{duty.id}"] = (value, _trace(duty.reason))
        for event, gate in review.gates.items():
            parts[f"gates.{event}"] = ((gate.state, [(each.code, each.what) for each in gate.unmet]), gate.rules)
        parts["questions"] = ({question.fact for question in decision.questions}, None)
        parts["findings"] = ([str(finding) for finding in review.findings if finding.id == "shut_gate"], None)
        return parts


def _trace(reason: cl.Reason) -> tuple[Any, ...]:
    return (reason.rules, [clause.id for clause in reason.clauses] if reason.rules else [], [str(each) for each in reason.readings])


def closing(events: Iterable[cl.Event], at: datetime) -> datetime | None:
    """Return when a case was closed, as known at an instant: the last closing that was not taken back, unless it was reopened since."""
    known = [event for event in events if event.at <= at]
    taken_back = {event.data["event"] for event in known if event.kind == "voided"}
    last = {kind: max((e.at for e in known if e.kind == kind and e.id not in taken_back), default=None) for kind in ("closed", "reopened")}
    done, again = last["closed"], last["reopened"]
    return None if done is None or (again is not None and again > done) else done


def replay(policy: cl.Policy, pairs: Iterable[Pair], at: datetime) -> dict[str, Answer]:
    """Decide and review the cases by receipt and id, each with the earlier ones as this policy left them."""
    found: dict[str, Answer] = {}
    seen: list[tuple[dict[str, str], cl.Case]] = []
    for complaint, events in sorted(pairs, key=lambda pair: (pair[0].received_at, pair[0].id)):
        query = policy.repeat_query(complaint)
        history: list[cl.PastCase] | None = None if policy.book.model.repeats is not None else []
        if query is not None:
            history = [
                _past(policy, key, case, complaint.received_at)
                for key, case in seen
                if key == query.key and ((done := closing(case.events, complaint.received_at)) is None or done >= query.closed_since)
            ]
        case = policy.open_case(complaint, history=history).with_events(*events)
        found[complaint.id] = Answer(complaint=complaint, decision=case.decision, review=policy.review(case, at=at))
        if query is not None and _can_be_repeated(case.decision):
            seen.append((dict(query.key), case))
    return found


def _can_be_repeated(decision: cl.Decision) -> bool:
    """Say whether later complaints can repeat it: a merged call is part of its case; what is out of scope, or no complaint, is none."""
    complaint = decision.kind is None or "complaint" not in decision.kind.among or decision.kind == "complaint"
    return decision.repeat.state != "merged" and decision.scope != "out_of_scope" and complaint


def _past(policy: cl.Policy, key: dict[str, str], case: cl.Case, now: datetime) -> cl.PastCase:
    done = closing(case.events, now)
    level = None if done is None else policy.review(case, at=done).outcomes["level"].value
    return cl.PastCase(id=case.complaint.id, key=key, received_at=case.complaint.received_at, closed_at=done, level=level)
