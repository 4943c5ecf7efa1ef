"""Real streams as caseloads: replayed case by case under a small policy they give what a plain program counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

import closedloop as cl
from closedloop import whatif
from tests.whatif.streams import STREAMS, Counts, Stream, there

if TYPE_CHECKING:
    from closedloop.history import PastCase

pytestmark = pytest.mark.untraced


def replayed(policy: cl.Policy, caseload: whatif.Caseload) -> Counts:
    """Decide and review every case in the order of time, each with the cases before it as history."""
    assert caseload.last is not None
    states: Counter[str | None] = Counter()
    late: Counter[str] = Counter()
    earlier: dict[tuple[str | None, ...], list[PastCase]] = {}
    for case in caseload:
        complaint = case.complaint if isinstance(case.complaint, cl.Complaint) else policy.complaint(case.complaint)
        events = [each if isinstance(each, cl.Event) else policy.event(each) for each in case.events]
        query = policy.repeat_query(complaint)
        known = earlier.setdefault(tuple(query.key.values()), []) if query is not None else []
        opened = policy.open_case(complaint, history=known if query is not None else None).with_events(*events)
        review = policy.review(opened, at=caseload.last)
        states[opened.decision.repeat.state] += 1
        if opened.decision.repeat.state != "merged":
            late.update(breach.duty for breach in review.breaches)
        closed = max((event.at for event in events if event.kind == "closed"), default=None)
        if query is not None and opened.decision.repeat.state != "merged":
            known.append(
                cl.PastCase(id=complaint.id, received_at=complaint.received_at, closed_at=closed, key=query.key, level=opened.decision.level)
            )
    timed = [duty.id for duty in policy.book.model.duties.values()]
    return Counts(cases=len(caseload) - states["merged"], repeats=states["again"], merged=states["merged"], late={duty: late[duty] for duty in timed})


@pytest.mark.parametrize("stream", there(), ids=lambda stream: stream.name)
def test_replaying_a_stream_agrees_with_a_plain_count(stream: Stream) -> None:
    caseload = stream.caseload()
    assert caseload.rejected == ()
    counted, found = stream.count(), replayed(stream.policy(), caseload)
    assert {duty: found.late[duty] for duty in counted.late} == counted.late
    assert (found.cases, found.repeats, found.merged) == (counted.cases, counted.repeats, counted.merged)
    assert counted.repeats > 20
    assert min(counted.late.values()) > 100


@pytest.mark.parametrize("stream", there(), ids=lambda stream: stream.name)
def test_comparing_a_stream_agrees_with_a_plain_count(stream: Stream) -> None:
    policy, counted = stream.policy(), stream.count()
    outcome = whatif.compare(policy, policy, stream.caseload())
    found = {(row.measure, row.of): row.old for row in outcome.summary().rows}
    assert {duty: found["late", duty] for duty in counted.late} == counted.late
    assert (found["cases", ""], found["repeats", ""], found["merged", ""]) == (counted.cases, counted.repeats, counted.merged)


def test_the_stream_that_is_shipped_is_always_there() -> None:
    assert STREAMS[0] in there()
