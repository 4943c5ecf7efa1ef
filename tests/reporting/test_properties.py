"""What holds of every caseload: counts add up, order plays no part, and a period split in two loses and doubles nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from closedloop.reporting.period import periods
from tests.reporting.shop import SHANGHAI, event, opened, shop

FIRST = date(2026, 3, 1)
days = st.integers(0, 60)
SPAN = cl.Period(first=FIRST, last=FIRST + timedelta(days=60))


def stamp(hours: int) -> str:
    """Return an instant some hours into the span."""
    return (datetime(2026, 3, 1, tzinfo=SHANGHAI) + timedelta(hours=hours)).strftime("%Y-%m-%d %H:%M")


@st.composite
def caseloads(draw: st.DrawFn) -> list[cl.Case]:
    """Draw some cases, each with a log that may hold an answer, a rejection, a survey and a closing."""
    cases = []
    for number in range(draw(st.integers(0, 5))):
        received = draw(st.integers(0, 60 * 24))
        events = []
        for kind in draw(st.lists(st.sampled_from(["final_replied", "customer_rejected", "called_back", "closed", "reopened"]), max_size=5)):
            data: dict[str, Any] = {"answer": "x"} if kind == "final_replied" else {}
            if kind == "called_back":
                data = {"satisfaction": draw(st.sampled_from(["dissatisfied", "satisfied"]))}
            events.append(event(kind, stamp(received + draw(st.integers(0, 200))), **data))
        asked: dict[str, Any] = {} if draw(st.booleans()) else {"urgent": draw(st.booleans())}
        category = draw(st.sampled_from(["repair", "sale", "noise"]))
        cases.append(opened(f"C-{number}", stamp(received), category, *events, **asked))
    return cases


def parts(day: int) -> tuple[cl.Period, ...]:
    """Split the span after a day; after its last day there is nothing to split."""
    middle = FIRST + timedelta(days=day)
    first = cl.Period(first=FIRST, last=middle)
    return (first,) if middle == SPAN.last else (first, cl.Period(first=middle + timedelta(days=1), last=SPAN.last))


@given(caseloads().flatmap(lambda cases: st.tuples(st.just(cases), st.permutations(cases))))
def test_the_order_of_cases_plays_no_part(pair: tuple[list[cl.Case], list[cl.Case]]) -> None:
    """A caseload is a set of cases."""
    cases, shuffled = pair
    assert shop().statistics(cases, period=SPAN) == shop().statistics(shuffled, period=SPAN)
    assert shop().routines(cases, period=SPAN) == shop().routines(shuffled, period=SPAN)


@given(caseloads())
def test_the_counts_of_a_report_add_up(cases: list[cl.Case]) -> None:
    """Every case given is counted or listed; every breakdown and table holds each of its cases once; a share is at most 1."""
    found = shop().statistics(cases, period=SPAN)
    assert len(found.cases) + len(found.merged) + len(found.out_of_scope) == len(cases)
    for each in (found.rounds, found.satisfaction, *found.breakdowns):
        assert each is not None
        assert sum(part.cases for part in each.slices) + each.unknown == len(found.cases)
        assert not each.slices or sum(part.share for part in each.slices) == 1
    assert all(figure.numerator <= figure.denominator for figure in found.figures)
    for number in ("in_time", "late", "running"):
        assert sum(getattr(duty, number) for duty in found.duties) == sum(getattr(party, number) for party in found.parties)
    for due in shop().routines(cases, period=SPAN).due:
        assert not due.table or sum(line.cases for line in due.table) == len(due.cases)
        assert len(due.sample) <= len(due.cases)


@given(caseloads(), days)
def test_the_parts_of_a_period_hold_its_cases(cases: list[cl.Case], day: int) -> None:
    """Looked at from the same instant, what two parts of a period count adds up to what the whole counts."""
    at = SPAN.end(SHANGHAI)
    whole = shop().statistics(cases, period=SPAN, at=at)
    split = [shop().statistics(cases, period=part, at=at) for part in parts(day)]
    assert sorted(name for part in split for name in part.cases) == list(whole.cases)
    closed = [sum(figure.numerator for part in split for figure in part.figures if figure.id == each.id) for each in whole.figures]
    assert closed == [figure.numerator for figure in whole.figures]


@given(caseloads(), days)
def test_the_parts_of_a_period_hold_its_routines(cases: list[cl.Case], day: int) -> None:
    """Each occurrence of a routine belongs to exactly one part."""
    whole = shop().routines(cases, period=SPAN).due
    split = [due for part in parts(day) for due in shop().routines(cases, period=part).due]
    assert split == list(whole)


@given(caseloads())
def test_a_measure_lies_within_its_bounds(cases: list[cl.Case]) -> None:
    """Undecided cases widen the bounds; without any there is one share, and a goal is reached or not."""
    for each in shop().targets(cases, at=SPAN.end(SHANGHAI)):
        if each.denominator == 0:
            assert (each.share, each.met) == (None, None)
            continue
        assert each.least is not None
        assert each.most is not None
        assert 0 <= each.least <= each.most <= 1
        assert each.undecided or (each.least == each.most == each.share)
        assert each.undecided or each.goal is None or each.met is not None


@given(st.sampled_from(["day", "week", "month", "quarter", "half_year", "year"]), st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 800))
def test_periods_of_a_kind_follow_one_another_without_gap_or_overlap(every: str, first: date, length: int) -> None:
    """Each begins on the day after the last; those of a range are those whose last day lies in it."""
    found = periods(every, cl.Period(first=first, last=first + timedelta(days=length)))
    assert all(later.first == earlier.last + timedelta(days=1) for earlier, later in pairwise(found))
    assert all(first <= each.last <= first + timedelta(days=length) for each in found)
    assert not found or found[0].first <= first
