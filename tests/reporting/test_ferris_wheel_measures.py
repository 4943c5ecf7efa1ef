"""What the readings of document 002.4 change that only shows over many cases: the goal, whose satisfaction counts, and the callbacks."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import closedloop as cl

SHANGHAI = ZoneInfo("Asia/Shanghai")
(INFO,) = (info for info in cl.packaged_policies() if info.id == "ferris_wheel")
POLICY = cl.load_policy(INFO.path)


def at(text: str) -> datetime:
    """Read a local instant of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def reading(name: str, choice: str) -> cl.Policy:
    """Return the policy with another choice of a reading."""
    return POLICY.replace({f"readings.{name}.take": choice}, name=f"{name}={choice}")


def asked(policy: cl.Policy, number: int, satisfaction: str, surveyed_as: str = "as_complainant") -> cl.Case:
    """Return a case in which somebody was asked about satisfaction."""
    name = f"V-{number}"
    complaint = cl.Complaint(id=name, received_at=at("2026-03-02 09:00"), customer=name, channel="service_desk", facts={"compensation_sought": False})
    data: dict[str, Any] = {"satisfaction": satisfaction, "surveyed_as": surveyed_as}
    event = cl.Event(kind="satisfaction_asked", at=at("2026-03-03 09:00"), data=data)
    return policy.open_case(complaint, history=()).with_events(event)


def satisfaction(policy: cl.Policy, cases: list[cl.Case]) -> cl.Measure:
    """Measure the satisfaction at the end of March."""
    return next(each for each in policy.targets(cases, at=at("2026-04-01 00:00")) if each.target == "satisfaction")


def callbacks(policy: cl.Policy, cases: list[cl.Case]) -> cl.RoutineDue:
    """Return the callbacks of March."""
    (found,) = (each for each in policy.routines(cases, period=cl.Period.month(2026, 3)).due if each.routine == "callbacks")
    return found


def test_the_bound_itself_is_reached_or_must_be_passed() -> None:
    """499 of 500 are 99.8 %: enough where 以上 includes the number, and not where it does not."""
    results = {}
    for policy in (POLICY, reading("satisfaction_bound", "more_than")):
        found = satisfaction(policy, [asked(policy, number, "satisfied" if number else "dissatisfied") for number in range(500)])
        results[found.goal] = (found.numerator, found.denominator, found.met)
    assert results == {">= 99.8%": (499, 500, True), "> 99.8%": (499, 500, False)}


def test_other_visitors_count_or_do_not() -> None:
    """A satisfied complainant and a dissatisfied visitor: 1 of 1 among complainants, 1 of 2 among visitors."""
    results = []
    for policy in (POLICY, reading("satisfaction_of", "visitors")):
        found = satisfaction(policy, [asked(policy, 1, "satisfied"), asked(policy, 2, "dissatisfied", "as_visitor")])
        results.append((found.numerator, found.denominator))
    assert results == [(1, 1), (1, 2)]


def test_two_complaints_in_a_month_are_all_or_one_short() -> None:
    """Three callbacks are asked for: of two complaints both, or both and one missing."""
    results = []
    for policy in (POLICY, reading("few_complaints", "still_three")):
        found = callbacks(policy, [asked(policy, number, "satisfied") for number in (1, 2)])
        results.append((len(found.sample), found.shortfall))
    assert results == [(2, 0), (2, 1)]


def test_an_attempt_is_a_callback_or_is_not() -> None:
    """Callbacks are met by contact alone, or by a call that nobody answered too."""
    results = [[*callbacks(policy, []).do] for policy in (POLICY, reading("callback_counts", "attempt"))]
    assert results == [["called_back"], ["called_back", "callback_tried"]]
