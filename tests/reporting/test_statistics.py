"""The statistics of a month, counted by hand from the comments on each case in `shop.py`."""

from __future__ import annotations

import pickle
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

import closedloop as cl
from tests.reporting.shop import MARCH, at, event, march, opened, shop

BARE = """
policy: bare
edition: "1"
title: {en: Bare}
timezone: Asia/Shanghai
parties: {desk: {en: desk}}
facts: {satisfaction: {type: choice, values: [good, bad], at: called_back, cite: b/1}}
duties: {reply: {do: final_replied, by: desk, cite: b/1}}
"""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def statistics() -> cl.Statistics:
    """Return the statistics of March."""
    return shop().statistics(march(), period=MARCH)


def test_which_cases_count() -> None:
    """A-7 was a call about A-1 while that was open; A-6 is nothing that the policy is about."""
    found = statistics()
    assert found.cases == ("A-1", "A-2", "A-3", "A-4", "A-5", "A-8")
    assert (found.merged, found.out_of_scope) == (("A-7",), ("A-6",))


@pytest.mark.parametrize(
    ("figure", "numerator", "denominator"),
    [
        ("closure_rate", 4, 6),
        ("first_pass.closed_in_time", 3, 4),  # after 2 days, 2 days 6 hours and 1 day; A-2 after 4
        ("one_time_resolution", 2, 4),  # A-3 took two rounds, A-1 was complained about again
        ("repeat_rate", 1, 6),
    ],
)
def test_figures(figure: str, numerator: int, denominator: int) -> None:
    found = next(each for each in statistics().figures if each.id == figure)
    assert (found.numerator, found.denominator, found.share) == (numerator, denominator, Fraction(numerator, denominator))


def test_on_time_by_duty_and_by_party() -> None:
    """Answered within 48 hours: A-1 (24), A-8 (12). Late: A-2 (72), A-3 (51, in its second round), A-4 (never). A-5 still has time."""
    found = statistics()
    assert [(each.id, each.in_time, each.late, each.running, each.share) for each in found.duties] == [("answer_it", 2, 3, 1, Fraction(2, 5))]
    # The desk answers for sales, the workshop for repairs.
    assert [(each.id, each.in_time, each.late, each.running) for each in found.parties] == [("desk", 0, 2, 0), ("workshop", 2, 1, 1)]


def test_a_breach_stays_one_when_the_duty_is_no_longer_owed() -> None:
    """Only sales are to be answered: late as a sale from March 4th on, it became a repair on the 6th."""
    policy = shop().replace({"duties.answer_it.when": {"category": "sale"}}, name="sales only")
    complaint = cl.Complaint(id="B-1", received_at=at("2026-03-02 09:00"), customer="c", category="sale")
    case = policy.open_case(complaint, history=()).with_events(event("reclassified", "2026-03-06 09:00", category="repair"))
    assert policy.review(case, at=at("2026-03-07 09:00")).duty("answer_it").state == "not_owed"
    assert [(each.in_time, each.late, each.running) for each in policy.statistics([case], period=MARCH).duties] == [(0, 1, 0)]


def test_a_duty_that_somebody_found_late_is_not_done_in_time() -> None:
    """To be answered promptly: one was found late, one answered without that, one is still to be answered. Where nobody looks, nothing is said."""
    policy = shop().replace({"duties.answer_it.within": "promptly"}, name="promptly")
    said = event("delay_found", "2026-03-03 09:00", duty="answer_it")
    answered = event("final_replied", "2026-03-04 09:00", answer="done")
    cases = [
        policy.open_case(cl.Complaint(id=name, received_at=at("2026-03-02 09:00"), customer=name, category="sale"), history=()).with_events(*events)
        for name, events in (("B-1", (said, answered)), ("B-2", (answered,)), ("B-3", ()))
    ]
    (found,) = policy.statistics(cases, period=MARCH).duties
    assert (found.id, found.in_time, found.late, found.running, found.share) == ("answer_it", 1, 1, 1, Fraction(1, 2))
    assert policy.statistics(cases[1:], period=MARCH).duties == ()


def test_rounds_and_satisfaction() -> None:
    found = statistics()
    assert found.rounds is not None
    assert found.satisfaction is not None
    assert [(each.value, each.cases, each.share) for each in found.rounds.slices] == [("1", 5, Fraction(5, 6)), ("2", 1, Fraction(1, 6))]
    grades = [(each.value, each.cases, each.share) for each in found.satisfaction.slices]
    assert (grades, found.satisfaction.unknown) == ([("dissatisfied", 1, Fraction(1, 2)), ("satisfied", 1, Fraction(1, 2))], 4)


def test_shares_by_dimension() -> None:
    found = {each.id: [(slice_.value, slice_.share) for slice_ in each.slices] for each in statistics().breakdowns}
    assert found["category"] == [("repair", Fraction(4, 6)), ("sale", Fraction(2, 6))]
    assert found["accountable"] == [("workshop", Fraction(4, 6)), ("desk", Fraction(2, 6))]


def test_a_dimension_may_be_chosen() -> None:
    (found,) = shop().statistics(march(), period=MARCH, dimensions=["urgent", "urgent"]).breakdowns
    assert ([(each.value, each.cases) for each in found.slices], found.unknown) == ([("no", 1)], 5)


def test_a_set_of_values_and_a_party_are_dimensions_too() -> None:
    """Each combination counts by itself, so that cases are not counted twice."""
    both = opened("B-1", "2026-03-02 09:00", "sale", event("assessed", "2026-03-03 09:00", blamed="desk"), parts=frozenset({"wheel", "door"}))
    one = opened("B-2", "2026-03-02 09:00", "sale", parts=frozenset({"door"}))
    parts, blamed, routing = shop().statistics([both, one], period=MARCH, dimensions=["parts", "blamed", "routing"]).breakdowns
    assert [(each.value, each.label.text("zh"), each.cases) for each in parts.slices] == [("door", "车门", 1), ("door, wheel", "车门、车轮", 1)]
    assert [(each.value, each.label.text("zh"), each.cases) for each in blamed.slices] == [("desk", "前台", 1)]
    assert [(each.value, each.label.text("zh"), each.cases) for each in routing.slices] == [("desk", "前台", 2)]


def test_handling_time_of_each_department() -> None:
    """The workshop closed A-1 after 2 days, A-2 after 4, A-8 after 1: 7 in all, 2 days 8 hours in the mean."""
    found = {(each.party.id, each.duty): each for each in statistics().handling}
    whole = found["workshop", None]
    assert (whole.cases, whole.total, whole.mean) == (3, 7 * DAY, 2 * DAY + 8 * HOUR)
    assert (whole.shortest, whole.median, whole.longest) == (DAY, 2 * DAY, 4 * DAY)
    # It answered after 24, 72 and 12 hours; the desk called back 23 hours after the answer.
    assert found["workshop", "answer_it"].total == 108 * HOUR
    assert (found["desk", "call"].cases, found["desk", "call"].median) == (2, 23 * HOUR)
    # The second answer to A-3 counts.
    assert found["desk", "answer_it"].total == 51 * HOUR


def test_by_the_month_of_closing() -> None:
    """Closed in March are four; received in March and not closed are two."""
    found = shop().statistics(march(), period=MARCH, by="closed")
    assert found.cases == ("A-1", "A-2", "A-3", "A-8")


def test_as_things_stand_later() -> None:
    """On April 3rd the time of A-5 has run out too."""
    (found,) = shop().statistics(march(), period=MARCH, at=at("2026-04-03 00:00")).duties
    assert (found.in_time, found.late, found.running) == (2, 4, 0)


def test_a_reopened_case_is_open_and_not_resolved_at_once() -> None:
    events = [event("closed", "2026-03-03 09:00"), event("reopened", "2026-03-04 09:00")]
    case = opened("B-1", "2026-03-02 09:00", "sale", *events)
    found = {each.id: each for each in shop().statistics([case], period=MARCH).figures}
    assert found["closure_rate"].numerator == 0
    closed_again = case.with_events(event("closed", "2026-03-05 09:00"))
    found = {each.id: each for each in shop().statistics([closed_again], period=MARCH).figures}
    assert (found["closure_rate"].numerator, found["one_time_resolution"].numerator) == (1, 0)


def test_a_history_that_nobody_looked_up_is_undecided() -> None:
    found = shop().statistics([opened("B-1", "2026-03-02 09:00", "sale", history=None)], period=MARCH)
    repeat = next(each for each in found.figures if each.id == "repeat_rate")
    assert (repeat.denominator, repeat.share, repeat.undecided) == (0, None, 1)


def test_what_the_policy_or_the_data_lacks_is_listed() -> None:
    assert [(each.id, each.because) for each in statistics().unavailable] == [("on_time.call", "policy"), ("channel", "data")]
    bare = cl.Policy.from_text(BARE, name="bare.yaml")
    case = bare.open_case(cl.Complaint(id="B", received_at=at("2026-03-02 09:00")), history=())
    found = bare.statistics([case], period=MARCH)
    assert [(each.id, each.because) for each in found.unavailable] == [
        ("first_pass", "policy"),
        ("repeat_rate", "policy"),
        ("rounds", "policy"),
        ("satisfaction", "data"),
        ("channel", "data"),
    ]
    assert (found.rounds, [each.id for each in found.figures]) == (None, ["closure_rate", "one_time_resolution"])


def test_targets_are_measured_over_the_same_cases() -> None:
    """The closed sale and the one that is late are the only sales."""
    found = {each.target: (each.numerator, each.denominator) for each in statistics().targets}
    assert (found["closed_loop"], found["satisfaction"], found["few_urgent"]) == ((4, 5), (1, 2), (0, 2))


def test_a_word_that_the_policy_does_not_know_is_refused() -> None:
    with pytest.raises(cl.UnknownName, match="did you mean `closed`"):
        shop().statistics((), period=MARCH, by="closd")
    with pytest.raises(cl.UnknownName, match="did you mean `category`"):
        shop().statistics((), period=MARCH, dimensions=["categry"])


def test_statistics_can_be_stored_and_sent() -> None:
    found = statistics()
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_period_is_a_period() -> None:
    given: Any = "2026-03"
    for ask in (shop().statistics, shop().routines):
        with pytest.raises(cl.InvalidValue, match=r"such as `Period.month\(2026, 3\)`, found str"):
            ask([], period=given)
