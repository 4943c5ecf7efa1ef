"""Parts of a review are worked out when they are read: whatever was read before, each says the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closedloop as cl
from tests.packaged import POLICIES, load, made_up

PARTS = tuple(name for name, part in vars(cl.Review).items() if type(part).__name__ == "Part")
START = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def cases(place: int) -> tuple[cl.Policy, tuple[cl.Case, ...]]:
    """Return a packaged policy and made-up cases under it, without their closings, so that some are still open."""
    policy = load(POLICIES[place])
    found = []
    for made in made_up(policy, 12):
        assert isinstance(made.complaint, cl.Complaint)
        events = (event for event in made.events if isinstance(event, cl.Event) and event.kind != "closed")
        found.append(policy.open_case(made.complaint, history=()).with_events(*events))
    return policy, tuple(found)


@pytest.mark.parametrize("place", range(len(POLICIES)), ids=[info.path.stem for info in POLICIES])
@settings(max_examples=15)
@given(hours=st.integers(0, 24 * 150), which=st.integers(0, 11), order=st.permutations(PARTS))
def test_parts_do_not_hang_on_the_order_in_which_they_are_read(place: int, hours: int, which: int, order: list[str]) -> None:
    policy, made = cases(place)
    at = START + timedelta(hours=hours)
    one, other = (policy.review(made[which], at=at) for _ in range(2))
    read = {name: getattr(one, name) for name in order}
    assert {name: read[name] for name in PARTS} == other.parts()


@pytest.mark.parametrize("place", range(len(POLICIES)), ids=[info.path.stem for info in POLICIES])
@settings(max_examples=15)
@given(hours=st.integers(0, 24 * 150), which=st.integers(0, 11))
def test_what_is_late_and_what_is_due_next_are_among_the_duties(place: int, hours: int, which: int) -> None:
    policy, made = cases(place)
    found = policy.review(made[which], at=START + timedelta(hours=hours))
    late, next_due = found.late, found.next_due
    assert late == tuple(duty for duty in found.duties if duty.state == "late")
    running = [duty for duty in found.duties if duty.state == "running" and duty.due is not None]
    assert next_due == min(running, key=lambda duty: (duty.due, duty.id), default=None)
