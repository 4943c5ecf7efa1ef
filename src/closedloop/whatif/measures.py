"""What each case adds to the measures of a comparison, as reporting defines them; every amount is exact."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from closedloop.calendars.instants import elapsed
from closedloop.deciding import later
from closedloop.evaluation.applicability import applies
from closedloop.evaluation.log import Course
from closedloop.evaluation.requests import request_for
from closedloop.evaluation.weighing import weigh_if_possible
from closedloop.policy.model import RouteTo
from closedloop.policy.terms import InTime
from closedloop.rules.states import Truth, Unset
from closedloop.values.text import Label
from closedloop.whatif.parts import SHUT
from closedloop.whatif.replay import level_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from closedloop.evaluation.weighing import Weighed
    from closedloop.facade import Policy
    from closedloop.policy.model import GateRule, PolicyModel
    from closedloop.whatif.changes import MeasureKey
    from closedloop.whatif.replay import Replayed

Amount = int | timedelta
#: Category, accountable department, level and month of a case; None where it is not settled.
Group = tuple[str | None, str | None, str | None, str | None]

#: The measures, in the order in which they are shown, with their words.
MEASURES: Final[Mapping[str, Label]] = {
    name: Label(name, {"zh": zh, "en": en})
    for name, zh, en in (
        ("cases", "案件", "cases"),
        ("merged", "并入未结案件的来电", "calls merged into an open case"),
        ("out_of_scope", "不适用本制度的投诉", "complaints out of scope"),
        ("late", "逾期案件", "late"),
        ("late_by", "逾期时间合计", "late by, in all"),
        ("longest_late_by", "最长逾期时间", "late by, the longest"),
        ("first_pass", "一次闭环率", "first-pass closure"),
        ("load", "各部门案件", "load"),
        ("level", "各级别案件", "level"),
        ("repeats", "重复投诉", "repeats"),
        ("upgrades", "因重复升级", "upgrades"),
        ("approvals", "审批", "approvals asked for"),
        ("shut_gates", "不满足条件的事件", "events through a shut gate"),
        ("questions", "待答问题", "open questions"),
    )
}
#: Those of a duty: in how many cases it was late, and by how much.
LATENESS: Final = ("late", "late_by", "longest_late_by")
#: Of these the greatest counts, and no sum is taken.
GREATEST: Final = frozenset({"longest_late_by"})
#: How many of the closed cases it is known whether they were closed in time: what `first_pass` is a share of.
KNOWN: Final = "first_pass.known"
#: Stands for what no department or level is settled for.
OPEN: Final = "open"
_CLOSING: Final = frozenset({"closed", "closure_requested"})


def first_pass_facts(model: PolicyModel) -> Mapping[str, InTime]:
    """Return the facts by which a policy says whether a case was closed in time."""
    return {name: fact.derived for name, fact in model.facts.items() if isinstance(fact.derived, InTime) and fact.derived.do in _CLOSING}


def asks_approval(gate: GateRule) -> bool:
    """Whether a gate asks for the approval of somebody that it names, or of a step of its ladder."""
    return bool(gate.ladder) or bool(gate.approval and not isinstance(gate.approval, Unset))


def measured(policy: Policy, found: Replayed) -> dict[MeasureKey, Amount]:
    """Return what a case adds to each measure. A merged call counts with the case it belongs to; out of scope nothing counts."""
    decision = found.decision
    if decision.repeat.state == "merged":
        return {("merged", ""): 1}
    if _table(found, "scope") == "out":
        return {("out_of_scope", ""): 1}
    amounts: dict[MeasureKey, Amount] = {("cases", ""): 1}
    amounts |= _late(found)
    amounts |= _first_pass(policy, found)
    amounts["load", department(found) or OPEN] = 1
    if "level" in policy.book.model.facts:
        amounts["level", level_of(decision, found.review) or OPEN] = 1
    if decision.repeat.state == "again":
        amounts["repeats", ""] = 1
        if policy.book.model.repeats is not None and policy.book.model.repeats.provenance.path in decision.why("level").rules:
            amounts["upgrades", ""] = 1
    amounts |= Counter((*_approvals(policy, found), *_shut(found)))
    amounts |= {("questions", question.fact): 1 for question in decision.questions}
    return amounts


def group_of(found: Replayed, zone: ZoneInfo) -> Group:
    """Return the groups of a case under a policy. The month is that of receipt, on the clocks of the zone."""
    category = found.decision.category
    month = found.case.complaint.received_at.astimezone(zone).strftime("%Y-%m")
    return None if category is None else category.id, department(found), level_of(found.decision, found.review), month


def department(found: Replayed) -> str | None:
    """Return the accountable department as of the comparison; None where it is not settled."""
    route = _table(found, "routing")
    return str(route.accountable) if isinstance(route, RouteTo) and not isinstance(route.accountable, Unset) else None


def _table(found: Replayed, name: str) -> object:
    outcome = found.review.outcomes.get(name)
    return None if outcome is None else outcome.value


def _late(found: Replayed) -> Iterator[tuple[MeasureKey, Amount]]:
    """Give the duties that were ever late: a breach stays one.

    By how much: by now or by when it was done, else by when it ceased; what somebody found late has no due instant to measure from.
    """
    by_now = {duty.id: duty.late_by for duty in found.review.duties}
    for breach in found.review.breaches:
        late_by = by_now[breach.duty]
        yield ("late", breach.duty), 1
        if breach.due is not None:
            amount = elapsed(breach.due, breach.seen_at) if late_by is None else late_by
            yield ("late_by", breach.duty), amount
            yield ("longest_late_by", breach.duty), amount


def _first_pass(policy: Policy, found: Replayed) -> Iterator[tuple[MeasureKey, Amount]]:
    """Say of a closed case whether it was closed in time, for each fact by which the policy says what that is."""
    facts = first_pass_facts(policy.book.model)
    if found.closed_at is None or not facts:
        return
    assert found.review.basis is not None
    for name in facts:
        state = found.review.basis.situation.states[name]
        if isinstance(state, bool):
            yield (KNOWN, name), 1
            yield ("first_pass", name), int(state)


def _shut(found: Replayed) -> Iterator[MeasureKey]:
    for finding in found.review.findings:
        if finding.id == SHUT:
            yield "shut_gates", found.case.events[finding.place.line - 1].kind


# --- approvals ---


def _approvals(policy: Policy, found: Replayed) -> Iterator[MeasureKey]:
    """Give the approvals that the gates of the events that happened asked for, each time."""
    asking = {rule.event for rule in policy.book.model.gates.values() if asks_approval(rule)}
    if not asking:
        return
    course = Course(policy.book.model, found.case.events)
    for event, _ in course.until(found.review.at):
        if event.kind in asking:
            assert found.decision.basis is not None
            before = course.until(event.at, apart=event)
            then = later(found.decision.basis, before, max(event.at, found.case.complaint.received_at), event)
            rules = [rule for rule in policy.book.model.gates.values() if rule.event == event.kind]
            request = request_for(then.situation, event.kind, event)
            for rule in rules:
                weighed = weigh_if_possible(then.situation, then.duties, rule, rules, request)
                if applies(weighed.situation, rule, rules)[0] is Truth.YES:
                    yield from (("approvals", party) for party in _asked(weighed, rule))


def _asked(weighed: Weighed, rule: GateRule) -> Iterator[str]:
    """Name who must approve: the parties that the gate names, and the step of its ladder that covers what is given in all."""
    if not isinstance(rule.approval, Unset):
        yield from rule.approval
    if rule.ladder:
        yield OPEN if weighed.least is None else rule.ladder[weighed.least.step].party
