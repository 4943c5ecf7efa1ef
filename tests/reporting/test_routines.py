"""Routines: when they come round, when they are due, and which cases they concern."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import closedloop as cl
from closedloop.errors import InvalidEvent, InvalidValue
from closedloop.reporting.period import recurrence
from tests.reporting.shop import MARCH, at, event, march, opened, shop

MEETINGS = [event("management_met", "2026-03-05 10:00"), event("management_met", "2026-03-25 10:00")]


def due(routine: str, *cases: cl.Case, period: cl.Period = MARCH, **given: Any) -> list[cl.RoutineDue]:
    """Return the occurrences of one routine."""
    return [each for each in shop().routines(cases, period=period, **given).due if each.routine == routine]


def days(first: str, last: str) -> cl.Period:
    """Return a period."""
    return cl.Period(first=date.fromisoformat(first), last=date.fromisoformat(last))


def test_statistics_are_due_on_the_tenth() -> None:
    """Ten days after March 31st: April 10th, which ends at 24:00. The cutoff of the clock is for arrivals, and nothing arrives."""
    (found,) = due("statistics", *march())
    assert (found.begins, found.ends) == (at("2026-03-01 00:00"), at("2026-04-01 00:00"))
    assert (found.due, found.timing, found.provisional) == (at("2026-04-11 00:00"), "dated", False)
    assert ([*found.do], [*found.by], [*found.leaving], [clause.id for clause in found.clauses]) == (["reported"], ["office"], ["figures"], ["s/5"])


def test_a_period_that_ends_on_a_day_off_is_over_all_the_same() -> None:
    """May 31st 2026 is a Sunday; the tenth day after it is June 10th, although arrivals on a Sunday count as Monday's."""
    settings = {"clocks.default.calendar": "cn_office", "clocks.default.off_day_arrival": "next_working_day"}
    policy = shop().replace(settings, name="working days")
    found = {each.routine: each.due for each in policy.routines((), period=cl.Period.month(2026, 5)).due}
    assert found["statistics"] == at("2026-06-11 00:00")


def test_an_event_that_is_present_happened_within_the_period() -> None:
    """A case closed on April 1st belongs to April, one closed on March 31st to March, whenever it came in."""
    last = opened("B-1", "2026-02-27 09:00", "sale", event("closed", "2026-03-31 23:59"))
    next_month = opened("B-2", "2026-03-02 09:00", "sale", event("closed", "2026-04-01 00:00"))
    found = due("statistics", last, next_month, period=days("2026-02-01", "2026-04-30"))
    assert [(each.ends.month, each.cases) for each in found] == [(3, ()), (4, ("B-1",)), (5, ("B-2",))]


def test_cases_are_tabulated() -> None:
    """Closed in March: three repairs and a sale."""
    (found,) = due("statistics", *march())
    assert [label.id for label in found.tabulated] == ["category", "accountable"]
    assert [(line.values, line.cases) for line in found.table] == [(("repair", "workshop"), 3), (("sale", "desk"), 1)]
    assert [label.text("zh") for label in found.table[0].labels if label is not None] == ["维修", "车间"]


def test_three_are_sampled_of_those_received() -> None:
    """Six were received, merged calls and what is out of scope apart. The draw is by a hash, whatever the order given."""
    (found,) = due("callbacks", *march())
    assert found.cases == ("A-1", "A-2", "A-3", "A-4", "A-5", "A-8")
    assert (found.sample, found.shortfall) == (("A-1", "A-2", "A-8"), 0)
    (again,) = due("callbacks", *reversed(march()))
    assert again.sample == found.sample


def test_another_month_draws_another_sample() -> None:
    """Of thirty cases with the same ids, received in March or in April, not the same three are drawn."""
    earlier = [opened(f"B-{number}", "2026-03-01 09:00", "sale") for number in range(30)]
    later = [opened(f"B-{number}", "2026-04-01 09:00", "sale") for number in range(30)]
    (one,) = due("callbacks", *earlier)
    (other,) = due("callbacks", *later, period=cl.Period.month(2026, 4))
    assert len(one.sample) == len(other.sample) == 3
    assert one.sample != other.sample


def test_fewer_cases_than_asked_for() -> None:
    """All of them by default; where the policy says so, the shortfall is reported: 9 asked for, 1 there."""
    case = opened("B-1", "2026-03-02 09:00", "sale")
    (all_there_are,), (strict,) = due("callbacks", case), due("strict", case)
    assert (all_there_are.sample, all_there_are.shortfall) == (("B-1",), 0)
    assert (strict.sample, strict.shortfall) == (("B-1",), 8)


def test_a_limit_in_hours_counts_from_the_end_of_the_period() -> None:
    (found,) = due("strict")
    assert found.due == at("2026-04-01 02:00")


def test_a_limit_that_is_no_number_gives_no_due_instant_and_says_why() -> None:
    assert [each.timing for name in ("callbacks", "publish") for each in due(name)] == ["no_limit", "unset"]
    assert {(each.timing, each.due) for each in due("each_party")} == {("unspecific", None)}


def test_one_for_each_party_that_may_be_accountable() -> None:
    """The desk has its own although nothing was sold."""
    found = due("each_party", opened("B-1", "2026-03-02 09:00", "repair"))
    assert [(each.group, each.cases) for each in found] == [("workshop", ("B-1",)), ("desk", ())]


def test_one_for_each_value_of_a_fact() -> None:
    """Noise is out of scope, and has its empty report."""
    found = due("each_category", *march())
    assert [(each.group, each.cases) for each in found] == [("repair", ("A-1", "A-2", "A-5", "A-8")), ("sale", ("A-3", "A-4")), ("noise", ())]


def test_a_rule_for_a_scheduler() -> None:
    """The quarters that end in the second half of 2026."""
    found = recurrence("quarter", days("2026-07-01", "2026-12-31"))
    assert [f"{last:%m-%d}" for last in found] == ["09-30", "12-31"]
    with pytest.raises(cl.UnknownName, match="did you mean `quarter`"):
        recurrence("quarters", MARCH)


def test_a_case_of_no_known_party_is_not_lost() -> None:
    unrouted = shop().open_case(cl.Complaint(id="U", received_at=at("2026-03-02 09:00")), history=())
    found = due("each_party", unrouted)
    assert [(each.group, each.cases) for each in found] == [("workshop", ()), ("desk", ()), (None, ("U",))]


def test_owed_only_from_a_number_of_cases_on() -> None:
    """Six of the seven needed were received."""
    (found,) = due("publish", *march())
    (enough,) = due("publish", *march(), opened("B-1", "2026-03-31 23:00", "sale"))
    assert (found.owed, enough.owed) == (False, True)


def test_undecided_cases_leave_open_whether_it_is_owed() -> None:
    """It is owed from one urgent case on; of five nobody said whether they are urgent."""
    (found,) = due("urgent_ones", *march())
    assert (found.cases, found.owed, [each.case for each in found.undecided]) == ((), None, ["A-1", "A-2", "A-4", "A-5", "A-8"])


def test_weeks_end_on_sunday() -> None:
    """March 2026 begins with a Sunday; the last of its weeks that ends in it ends on the 29th."""
    found = due("watch")
    assert [f"{each.begins:%m-%d}" for each in found] == ["02-23", "03-02", "03-09", "03-16", "03-23"]
    assert found[0].unset == {"by"}


def test_each_meeting_calls_for_a_report_on_what_happened_since_the_last() -> None:
    """A-1 was closed before the first meeting, A-2, A-3 and A-8 between the two. Two days from the 5th end with the 7th."""
    first, second = due("minutes", *march(), events=MEETINGS)
    assert (first.begins, first.cases, first.due) == (None, ("A-1",), at("2026-03-08 00:00"))
    assert (second.cases, second.due) == (("A-2", "A-3", "A-8"), at("2026-03-28 00:00"))


def test_the_meeting_before_the_period_is_where_the_first_stretch_begins() -> None:
    (found,) = due("minutes", *march(), events=MEETINGS, period=days("2026-03-20", "2026-03-31"))
    assert found.cases == ("A-2", "A-3", "A-8")


def test_what_is_not_due_is_listed_with_the_reason() -> None:
    agenda = shop().routines((), period=MARCH)
    reasons = {each.routine: (each.reason, each.missing) for each in agenda.not_due}
    assert reasons == {
        "minutes": ("no_occasion", ()),
        "prize": ("no_occasion", ()),
        "half_yearly": ("needs_fact", ("yearly",)),
        "sharing": ("unset", ()),
    }


@pytest.mark.parametrize(("yearly", "found"), [(False, [(1, 6), (7, 12)]), (True, [])])
def test_a_routine_may_ask_about_the_company(yearly: bool, found: list[tuple[int, int]]) -> None:
    """Half years of 2026: to June and to December."""
    year = days("2026-01-01", "2026-12-31")
    halves = due("half_yearly", period=year, facts={"yearly": yearly})
    assert [(each.begins.month if each.begins else 0, (each.ends.month - 2) % 12 + 1) for each in halves] == found


def test_the_due_list_is_in_the_order_of_time() -> None:
    ends = [each.ends for each in shop().routines(march(), period=MARCH, events=MEETINGS).due]
    assert ends == sorted(ends)


def test_bad_input() -> None:
    with pytest.raises(InvalidEvent, match="managment_met"):
        shop().routines((), period=MARCH, events=[event("managment_met", "2026-03-05 10:00")])
    with pytest.raises(cl.InvalidComplaint, match="did you mean `yearly`"):
        shop().routines((), period=MARCH, facts={"yearli": True})
    with pytest.raises(InvalidValue, match="before it begins"):
        days("2026-03-02", "2026-03-01")
    with pytest.raises(InvalidValue, match="no month 13"):
        cl.Period.month(2026, 13)
    with pytest.raises(InvalidValue, match="no month 1 of the year 9999"):
        cl.Period.month(9999, 1)
    with pytest.raises(InvalidValue, match="at the latest"):
        days("2026-03-02", "9999-01-01")
    with pytest.raises(InvalidValue, match="is a date, found datetime"):
        cl.Period(first=at("2026-03-01 00:00"), last=date(2026, 3, 2))
