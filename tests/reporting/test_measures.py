"""Targets over cases: exact shares, what is undecided, and whether a goal is reached."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import closedloop as cl
from closedloop.errors import InvalidValue, NaiveDatetime
from tests.reporting.shop import at, event, march, opened, shop

END = at("2026-04-01 00:00")


def measure(target: str, *cases: cl.Case) -> cl.Measure:
    """Measure one target at the end of March."""
    return next(each for each in shop().targets(cases, at=END) if each.target == target)


def surveyed(number: int, satisfaction: str) -> cl.Case:
    """Return a case with an answer to the survey."""
    return opened(f"S-{number}", "2026-03-02 09:00", "repair", event("called_back", "2026-03-03 09:00", satisfaction=satisfaction))


def test_a_share_that_reaches_the_goal_exactly_has_met_it() -> None:
    """499 of 500 are 99.8 %, the goal; 498 of 499 are not quite."""
    asked = [surveyed(number, "very_satisfied" if number else "neutral") for number in range(500)]
    found = measure("satisfaction", *asked)
    # 499 of 500 = 0.998
    assert (found.numerator, found.denominator, found.share, found.met) == (499, 500, Fraction("0.998"), True)
    worse = measure("satisfaction", *asked[:499])
    # 498 of 499 = 0.99799...
    assert (worse.share, worse.met, worse.goal) == (Fraction(498, 499), False, ">= 99.8%")


def test_neutral_is_not_satisfied_and_who_was_not_asked_does_not_count() -> None:
    found = measure("satisfaction", surveyed(1, "neutral"), surveyed(2, "satisfied"), opened("S-3", "2026-03-02 09:00", "repair"))
    assert (found.numerator, found.denominator) == (1, 2)


def test_an_open_case_counts_once_its_limit_has_run_out() -> None:
    """Closed: A-1, A-2, A-3, A-8; late: A-4. A-5 still has time, A-6 is out of scope, A-7 was merged: 4 of 5."""
    found = measure("closed_loop", *march())
    assert (found.numerator, found.denominator, found.share, found.met) == (4, 5, Fraction(4, 5), False)
    assert [clause.id for clause in found.clauses] == ["s/2"]


def test_without_a_case_there_is_no_share() -> None:
    found = measure("satisfaction")
    assert (found.denominator, found.share, found.least, found.met) == (0, None, None, None)


def test_an_unset_goal_is_neither_met_nor_missed() -> None:
    """A-1, A-3 and A-8 were closed within three days, A-2 was not."""
    found = measure("first_pass", *march())
    assert (found.share, found.goal, found.met) == (Fraction(3, 4), None, None)


def test_a_missing_fact_leaves_the_share_between_bounds() -> None:
    """Of two sales one is not urgent, the other may be: between 0 and 1 of 2; below 50 % or not."""
    found = measure("few_urgent", *march())
    assert (found.denominator, found.share, found.least, found.most, found.met) == (2, None, Fraction(0), Fraction(1, 2), None)
    assert [(each.case, each.missing) for each in found.undecided] == [("A-4", ("urgent",))]


def test_undecided_cases_that_cannot_change_the_answer_leave_it_settled() -> None:
    """Two of three sales are not urgent: at most 1 of 3 is, which is below 50 % either way."""
    sales = [opened(f"S-{number}", "2026-03-02 09:00", "sale", urgent=False) for number in range(2)]
    found = measure("few_urgent", *sales, opened("S-9", "2026-03-02 09:00", "sale"))
    assert (found.share, found.least, found.most, found.met) == (None, Fraction(0), Fraction(1, 3), True)


def test_a_case_that_may_not_count_at_all_is_in_neither_number() -> None:
    """Without a category it may be a sale: then 1 of 2 sales is urgent, else 1 of 1."""
    unknown = shop().open_case(cl.Complaint(id="U", received_at=at("2026-03-02 09:00"), facts={"urgent": False}), history=())
    found = measure("few_urgent", opened("S-1", "2026-03-02 09:00", "sale", urgent=True), unknown)
    assert (found.numerator, found.denominator, found.share) == (1, 1, None)
    assert (found.least, found.most, found.met) == (Fraction(1, 2), Fraction(1), False)


def test_where_no_case_is_certain_to_count_there_is_no_answer() -> None:
    unknown = shop().open_case(cl.Complaint(id="U", received_at=at("2026-03-02 09:00"), facts={"urgent": True}), history=())
    found = measure("few_urgent", unknown)
    assert (found.denominator, found.share, found.met, len(found.undecided)) == (0, None, None, 1)


def test_a_standard_that_the_source_leaves_out_is_undecided_for_want_of_text() -> None:
    found = measure("standard", *march())
    assert (found.met, [each.unspecified for each in found.undecided]) == (None, [True] * 4)


def test_a_case_counts_from_its_receipt() -> None:
    """At noon of March 10th, A-1 and A-2 are closed and A-3 has just come in."""
    found = {each.target: each.denominator for each in shop().targets(march(), at=at("2026-03-10 12:00"))}
    assert (found["first_pass"], found["few_urgent"]) == (2, 1)


def test_a_case_given_twice_is_refused() -> None:
    case = opened("S-1", "2026-03-02 09:00", "sale")
    with pytest.raises(InvalidValue, match="`S-1` is given twice"):
        shop().targets([case, case], at=END)


def test_what_is_no_case_is_refused() -> None:
    complaints: list[Any] = [cl.Complaint(id="S-1", received_at=at("2026-03-02 09:00"))]
    with pytest.raises(InvalidValue, match="found Complaint; make one with `open_case`"):
        shop().targets(complaints, at=END)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(NaiveDatetime):
        shop().targets([], at=END.replace(tzinfo=None))


def test_a_case_of_another_policy_is_refused() -> None:
    other = shop().replace({"repeats.window": "2 months"}, name="other")
    with pytest.raises(cl.PolicyMismatch):
        other.targets(march(), at=END)
