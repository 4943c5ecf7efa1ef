"""Repeats held against a plain reading of the rule, and against the order and number of the cases given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import SHANGHAI, complaint, policy

if TYPE_CHECKING:
    from collections.abc import Sequence

START = datetime(2026, 1, 1, tzinfo=SHANGHAI)
instants = st.integers(0, 200 * 24 * 4).map(lambda quarter: START + timedelta(minutes=15 * quarter))


@st.composite
def cases(draw: st.DrawFn) -> cl.PastCase:
    """Draw an earlier case of the same customer, about one of two problems."""
    received = draw(instants)
    closed = draw(st.none() | st.integers(0, 60 * 24).map(lambda hours: received + timedelta(hours=hours)))
    key = {"customer": "C-7", "category": "product_quality", "subject": draw(st.sampled_from(["battery", "door"]))}
    name = draw(st.uuids()).hex
    return cl.PastCase(id=name, key=key, received_at=received, closed_at=closed, level=draw(st.sampled_from(["general", "strong"])))


def by_hand(received: datetime, history: Sequence[cl.PastCase]) -> str:
    """Read 3.6: merged while one is open; again when one was closed before and within a month; else new."""
    same = [case for case in history if case.key["subject"] == "battery" and case.received_at <= received]
    if any(case.closed_at is None or case.closed_at >= received for case in same):
        return "merged"
    for case in same:
        assert case.closed_at is not None
        if received.date() <= case.closed_at.date() + relativedelta(months=1):
            return "again"
    return "new"


@given(instants, st.lists(cases(), max_size=6))
def test_repeats_are_those_of_the_rule(received: datetime, history: list[cl.PastCase]) -> None:
    """The state is what the clause says, whatever the order of the cases."""
    now = complaint(received.strftime("%Y-%m-%d %H:%M"))
    found = policy().decide(now, history=history).repeat
    assert found.state == by_hand(received, history)
    assert policy().decide(now, history=history[::-1]).repeat == found


@given(instants, st.lists(cases(), max_size=6))
def test_the_query_leaves_out_nothing_that_matters(received: datetime, history: list[cl.PastCase]) -> None:
    """Deciding with what the query finds gives the same repeat, level and closing limit as with everything."""
    now = complaint(received.strftime("%Y-%m-%d %H:%M"), facts={"dissatisfaction": "high", "high_claim": False})
    asked = policy().repeat_query(now)
    assert asked is not None
    narrow, wide = (policy().decide(now, history=each) for each in (cl.History(tuple(history)).find(asked), history))
    assert (narrow.repeat.state, narrow.repeat.of, narrow.level, narrow.repeat.raised_to) == (
        wide.repeat.state,
        wide.repeat.of,
        wide.level,
        wide.repeat.raised_to,
    )
    assert narrow.duty("closure").due == wide.duty("closure").due


@given(st.lists(cases(), max_size=6))
def test_a_repeat_is_never_below_the_level_raised_from_the_last(history: list[cl.PastCase]) -> None:
    """The level is at least the raised one, and never above the highest."""
    now = complaint("2026-05-01 09:00", facts={"dissatisfaction": "high", "high_claim": False})
    decision = policy().decide(now, history=history)
    assert decision.level is not None
    if decision.repeat.raised_to is not None:
        assert decision.level >= decision.repeat.raised_to
