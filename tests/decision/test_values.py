"""Decisions, complaints and histories as values: ids, JSON, pickles, and texts that never quote the customer."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from closedloop.errors import ClosedloopError
from tests.decision.chery import complaint, decide, past, policy

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)
zones = st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York"), timezone(timedelta(hours=5, minutes=30))])
instants = st.builds(
    lambda at, zone: at.replace(tzinfo=zone), st.datetimes(datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2100-01-01")), zones
)
values = st.one_of(
    words,
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=3),
    st.builds(cl.Money, st.decimals(0, 10**6, places=2), st.sampled_from(["CNY", "EUR"])),
    st.builds(cl.Limit, st.integers(0, 999), st.sampled_from(["days", "hours", "working days"])),
    instants,
    st.frozensets(words, max_size=3),
)
complaints = st.builds(
    cl.Complaint,
    id=words,
    received_at=instants,
    incident_at=st.none() | instants,
    customer=st.none() | words,
    subject=st.none() | words,
    text=st.none() | words,
    claim=st.none() | st.builds(cl.Money, st.decimals(0, 10**6, places=2), st.just("CNY")),
    facts=st.dictionaries(words, values, max_size=4),
)


@given(complaints)
def test_complaint_json_round_trip_is_exact(given_complaint: cl.Complaint) -> None:
    """Reading what was written gives an equal complaint, with facts of the same types."""
    read = cl.Complaint.from_json(given_complaint.to_json())
    assert read == given_complaint
    assert [type(value) for value in read.facts.values()] == [type(value) for value in given_complaint.facts.values()]
    assert read.to_json() == given_complaint.to_json()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_gives_a_complaint_or_problems(data: Any) -> None:
    """Nothing but the library's own error comes out of a complaint that is none."""
    with pytest.raises(cl.InvalidComplaint) as caught:
        cl.Complaint.from_json(json.dumps(data))
    assert caught.value.problems


def test_history_json_round_trip() -> None:
    """Past cases are kept with their instants and levels."""
    history = cl.History((past("2026-01-31 10:00"), past(None, name="P-2", level=None)))
    assert cl.History.from_json(history.to_json()) == history


def test_the_same_facts_give_the_same_id() -> None:
    """The id is a hash of the policy and the facts; any of them changes it."""
    assert decide().id == decide().id
    ids = {decide().id, decide(history=None).id, decide(facts={"loss": "small"}).id, decide("2026-03-02 09:00:01").id}
    assert len(ids) == 4
    assert len({decide(history=[past("2026-02-20 10:00")]).id, decide().id}) == 2


def test_the_zone_in_which_an_instant_is_written_does_not_change_the_id() -> None:
    """The same instant written in UTC is the same fact."""
    assert policy().decide(complaint().in_zone(UTC), history=()).id == decide().id


def test_a_changed_policy_changes_the_id() -> None:
    """Another limit is another policy."""
    variant = policy().replace({"tables.closing_limit.rules.quality.then": "1 day"}, name="one day")
    assert variant.decide(complaint(), history=()).id != decide().id


def test_a_pickled_decision_carries_its_reasons() -> None:
    """Reasons, questions and texts survive without the policy; what needs the policy says so."""
    decision = decide(facts={"loss": "large"}, history=None)
    stored = pickle.loads(pickle.dumps(decision))
    assert stored == decision
    assert stored.id == decision.id
    assert [reason.as_dict() for reason in stored.reasons] == [reason.as_dict() for reason in decision.reasons]
    assert stored.questions == decision.questions
    assert stored.explain("zh") == decision.explain("zh")
    assert stored.why("level").text("en") == decision.why("level").text("en")
    with pytest.raises(ClosedloopError, match="decide the complaint again"):
        stored.why_not("level.strong")


def test_errors_are_one_line_and_picklable() -> None:
    """An error can cross a process border with its fields."""
    with pytest.raises(cl.InvalidComplaint) as caught:
        cl.Complaint(id="", received_at=datetime.fromisoformat("2026-03-02 09:00"))
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.problems == caught.value.problems
    assert "\n" not in str(again)
    assert [problem.code for problem in again.problems] == ["naive_datetime", "empty"]


def test_nothing_said_quotes_the_customer() -> None:
    """Neither texts nor reasons hold the customer, the subject or the words of the complaint."""
    decision = decide(customer="Zhang-Secret", subject="VIN-Secret", text="Secret words", history=None)
    said = [decision.explain("zh"), decision.explain("en"), *(reason.text(lang) for reason in decision.reasons for lang in ("zh", "en"))]
    assert not [text for text in said if "Secret" in text]


def test_the_record_is_one_line_with_a_schema() -> None:
    """The response model holds every part with rule and clause, and reads back equal."""
    decision = decide(facts={"loss": "large"}, history=[past("2026-02-20 10:00")])
    line = decision.record().model_dump_json()
    record = cl.Record.model_validate_json(line)
    assert "\n" not in line
    assert record == decision.record()
    assert record.policy.hash == policy().hash
    assert record.parts["route"].value["accountable"] == "quality_assurance"
    closure = next(duty for duty in record.duties if duty.id == "closure")
    assert (closure.due, closure.limit, closure.reason.clauses[0]) == ("2026-03-04T16:30:00+08:00", "2 days", "000/5.3.1/quality")
    assert [case["id"] for case in record.history] == ["P-1"]
    assert cl.Record.model_json_schema()["properties"]["format"]["const"] == "closedloop.decision/1"


def test_a_redacted_record_hides_the_customer() -> None:
    """Customer, subject and text pass through the given function, in the complaint and in the history."""
    decision = decide(customer="Zhang-Secret", text="Secret words", history=[past("2026-02-20 10:00", customer="Zhang-Secret")])
    line = decision.record(redact=lambda _: "x").model_dump_json()
    assert "Secret" not in line


def test_read_only_values() -> None:
    """What a decision holds cannot be changed from outside."""
    decision = decide(facts={"loss": "large"})
    held: Any = decision.complaint.facts
    with pytest.raises(TypeError):
        held["loss"] = "small"
    assert hash(decision.complaint.facts) == hash(complaint(facts={"loss": "large"}).facts)


def test_money_and_limits_are_exact() -> None:
    """Amounts refuse floats and other currencies; limits refuse other kinds of unit."""
    inexact: Any = 0.1
    with pytest.raises(cl.InvalidValue, match="exact decimal"):
        cl.Money(inexact, "CNY")
    with pytest.raises(cl.InvalidValue, match="do not mix"):
        _ = cl.Money(Decimal(1), "CNY") + cl.Money(Decimal(1), "EUR")
    with pytest.raises(cl.InvalidValue, match="do not convert"):
        _ = cl.Limit.parse("2 days") < cl.Limit.parse("48 hours")
    assert cl.Limit.parse("1 week") >= cl.Limit.parse("7 days")
    assert str(cl.Limit.parse("1 day")) == "1 day"
