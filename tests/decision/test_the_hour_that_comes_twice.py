"""Instants of the hour that comes twice when summer time ends: what happened later in it is later, whatever the walls show.

In London on 25 October 2026 the clocks go back at 02:00 to 01:00: 01:50 summer time is 00:50 UTC, 01:10 winter time is 01:10 UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl

LONDON = ZoneInfo("Europe/London")
TEXT = """
policy: shop
edition: "1"
title: {en: Shop}
timezone: Europe/London
parties: {desk: {en: desk}}
facts: {promised_for: {type: instant, at: promised, cite: s/1}}
clocks: {plain: {calendar: none, cite: s/2}}
duties:
  explain: {do: explained, by: desk, from: queried, within: 30 minutes, clock: plain, cite: s/2}
  remind: {do: reminded, by: desk, from: [explained, confirmed], within: 10 minutes, clock: plain, cite: s/2}
  keep: {do: executed, by: desk, from: promised, within: promised_for, clock: plain, cite: s/2}
  chase: {do: analysed, by: desk, from: explain.late, within: 5 minutes, clock: plain, cite: s/2}
"""


@cache
def shop() -> cl.Policy:
    return cl.Policy.from_text(TEXT, name="shop.yaml")


def at(wall: str, *, winter: bool = False) -> datetime:
    return datetime.fromisoformat(f"2026-10-25T{wall}").replace(tzinfo=LONDON, fold=int(winter))


def utc(instant: datetime | None) -> str | None:
    """Return an instant in UTC: Python holds one of that hour equal to none of another zone."""
    return None if instant is None else f"{instant.astimezone(UTC):%H:%M:%S.%f}".removesuffix(":00.000000")


def review(when: datetime, *events: cl.Event) -> cl.Review:
    case = shop().open_case(cl.Complaint(id="1", received_at=at("00:30")), history=())
    return shop().review(case.with_events(*events), at=when)


QUERIED = cl.Event(kind="queried", at=at("01:50"))
EXPLAINED = cl.Event(kind="explained", at=at("01:10", winter=True))


def test_what_happens_in_the_second_hour_has_not_happened_in_the_first() -> None:
    """Queried at 00:50 UTC, explained at 01:10 UTC; seen at 00:55 UTC the half hour still runs, until 01:20 UTC."""
    found = review(at("01:55"), QUERIED, EXPLAINED)
    assert [(duty.id, duty.state) for duty in found.duties][:2] == [("explain", "running"), ("remind", "waiting")]
    assert (utc(found.duty("explain").due), utc(found.wake_at)) == ("01:20", "01:10")


def test_what_was_done_in_the_second_hour_was_done_after_the_start_in_the_first() -> None:
    """Twenty of thirty minutes."""
    found = review(at("01:12", winter=True), QUERIED, EXPLAINED)
    assert (found.duty("explain").state, found.duty("explain").met_at) == ("met", EXPLAINED.at)
    assert utc(found.duty("remind").due) == "01:20"


def test_of_two_due_instants_the_earlier_is_next() -> None:
    """Queried at 00:25 UTC: due at 00:55 UTC, 01:55 on the wall. Confirmed at 00:52 UTC: due at 01:02 UTC, 01:02 on the wall."""
    log = [cl.Event(kind="queried", at=at("01:25")), cl.Event(kind="confirmed", at=at("01:52"))]
    found = review(at("01:53"), *log)
    assert found.next_due is not None
    assert found.next_due.id == "explain"
    assert utc(found.wake_at) == "00:55:00.000001"
    assert [duty.id for duty in review(at("01:01", winter=True), *log).late] == ["explain", "chase"]


def test_a_duty_that_begins_when_another_is_late_begins_then() -> None:
    """Queried at 00:35 UTC: late after 01:05 UTC, 01:05 on the wall; at 00:58 UTC, 01:58 on the wall, nothing is late yet."""
    queried = cl.Event(kind="queried", at=at("01:35"))
    assert review(at("01:58"), queried).duty("chase").state == "waiting"
    assert utc(review(at("01:06", winter=True), queried).duty("chase").due) == "01:10"


def test_a_promise_for_the_second_hour_still_runs_in_the_first() -> None:
    promised = cl.Event(kind="promised", at=at("01:20"), data={"promised_for": at("01:10", winter=True)})
    assert review(at("01:40"), promised).duty("keep").state == "running"
    assert review(at("01:11", winter=True), promised).duty("keep").state == "late"


def test_a_case_can_be_closed_in_the_second_hour_that_was_received_in_the_first() -> None:
    closed = cl.PastCase(id="P", key={}, received_at=at("01:50"), closed_at=at("01:10", winter=True), level=None)
    assert cl.PastCase.from_dict(closed.as_dict()) == closed
    with pytest.raises(cl.InvalidComplaint, match="a closing before receipt"):
        cl.PastCase(id="P", key={}, received_at=at("01:10", winter=True), closed_at=at("01:50"), level=None)


minutes = st.integers(0, 4 * 60 - 1).map(lambda count: datetime(2026, 10, 24, 23, 0, tzinfo=UTC) + timedelta(minutes=count))
kinds = st.sampled_from(["queried", "explained", "confirmed", "reminded", "promised"])


@given(st.lists(st.tuples(kinds, minutes, minutes), max_size=5), minutes)
def test_the_zone_in_which_instants_are_written_does_not_matter(log: list[tuple[str, datetime, datetime]], when: datetime) -> None:
    def said(zone: ZoneInfo | None) -> object:
        def written(instant: datetime) -> datetime:
            return instant.astimezone(zone) if zone else instant

        events = [
            cl.Event(kind=kind, at=written(happened), data={"promised_for": written(value)} if kind == "promised" else {})
            for kind, happened, value in log
        ]
        complaint = cl.Complaint(id="1", received_at=written(datetime(2026, 10, 24, 22, 30, tzinfo=UTC)))
        found = shop().review(shop().open_case(complaint, history=()).with_events(*events), at=written(when))
        duties = [(duty.state, utc(duty.due), utc(duty.met_at)) for duty in found.duties]
        return duties, utc(found.wake_at), found.next_due and found.next_due.id, [each.id for each in found.findings]

    assert said(LONDON) == said(None)
