"""Earlier cases with their facts and events, as values and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
instants = st.integers(0, 10_000).map(lambda minutes: START + timedelta(minutes=minutes))
values = st.one_of(
    st.text(max_size=5),
    st.booleans(),
    st.decimals(-999, 999, places=2),
    instants,
    st.just(cl.Money.parse("5.50 CNY")),
    st.frozensets(st.sampled_from(["a", "b"])),
)
facts = st.dictionaries(st.sampled_from(["days", "subject", "note"]), values, max_size=3)
actors = st.none() | st.just(cl.Actor(id="p", party="front"))
events = st.builds(
    cl.Event, kind=st.just("repaired"), at=instants, by=actors, id=st.none() | st.just("e"), data=facts, recorded_at=st.none() | instants
)


@given(st.lists(st.tuples(st.none() | facts, st.none() | st.lists(events, max_size=3)), max_size=3))
def test_a_history_comes_back_from_json(cases: list[tuple[dict[str, Any] | None, list[cl.Event] | None]]) -> None:
    """What was not given stays so, and is not the same as none."""
    made = [
        cl.PastCase(id=str(number), key={"customer": "A"}, received_at=START, facts=stated, events=None if happened is None else tuple(happened))
        for number, (stated, happened) in enumerate(cases)
    ]
    found = cl.History.from_json(cl.History(tuple(made)).to_json())
    assert found.cases == tuple(made)
    assert [(case.facts is None, case.events is None) for case in found.cases] == [(a is None, b is None) for a, b in cases]


def test_what_happened_in_a_case_must_be_of_its_shape() -> None:
    event = cl.Event(kind="repaired", at=START)
    wrong: Any = {"facts": {"days": 1.5}, "events": (event, "closed")}
    with pytest.raises(cl.InvalidComplaint) as raised:
        cl.PastCase(id="P", key={}, received_at=START, **wrong)
    assert [problem.path for problem in raised.value.problems] == [("history", "P", "facts", "days"), ("history", "P", "events", 1)]


def test_an_event_that_cannot_be_read_is_refused() -> None:
    """Its kind and instant are needed, and its facts must be of a known form."""
    for data in (
        {"at": START.isoformat()},
        {"kind": "closed"},
        {"kind": "closed", "at": "soon"},
        {"kind": "closed", "at": START.isoformat(), "data": {"n": None}},
    ):
        with pytest.raises(cl.InvalidEvent):
            cl.Event.from_dict(data)


def test_instants_are_written_in_one_zone() -> None:
    """They stay equal, and so does the case."""
    event = cl.Event(kind="repaired", at=START, data={"until": START, "days": Decimal(2)})
    case = cl.PastCase(id="P", key={}, received_at=START, facts={"since": START}, events=(event,))
    moved = case.in_zone(ZoneInfo("Asia/Shanghai"))
    assert moved == case
    assert moved.as_dict()["events"][0]["data"]["until"] == {"instant": "2026-01-05T17:00:00+08:00"}


def test_a_history_of_a_list_is_that_of_a_tuple() -> None:
    given: Any = [cl.PastCase(id="P", key={}, received_at=START)]
    assert cl.History(given) == cl.History(tuple(given)) == cl.History.from_json(cl.History(given).to_json())
