"""Made-up caseloads: every packaged policy accepts its own, every draw stands by itself, and whole customers come together."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

import closedloop as cl
from closedloop import whatif
from closedloop.calendars.named import calendar_names, named_calendar
from closedloop.complaint import Event
from closedloop.values.facts import to_plain

if TYPE_CHECKING:
    from pathlib import Path

YEAR: Any = {"start": date(2025, 1, 1), "end": date(2026, 1, 1)}


def loaded(path: Path) -> cl.Policy:
    """Load a packaged policy, with a calendar for each that it leaves to the host."""
    clocks = cl.load_policy(path).book.model.clocks.values()
    left = {clock.calendar for clock in clocks if clock.calendar is not None} - set(calendar_names())
    return cl.load_policy(path, calendars={name: named_calendar("uk_business") for name in left})


def written(case: whatif.Recorded) -> str:
    """Write a case as text, so that two can be compared byte by byte."""
    assert isinstance(case.complaint, cl.Complaint)
    events = [
        (event.kind, event.at.isoformat(), event.by and event.by.party, event.to, {name: to_plain(value) for name, value in event.data.items()})
        for event in case.events
        if isinstance(event, Event)
    ]
    return json.dumps([case.complaint.as_dict(), events], ensure_ascii=False, sort_keys=True)


POLICIES = {f"{info.id} {info.edition}": info.path for info in cl.packaged_policies()}


@pytest.mark.parametrize("name", POLICIES)
def test_every_packaged_policy_decides_and_reviews_what_is_made_up_for_it(name: str) -> None:
    policy = loaded(POLICIES[name])
    caseload = whatif.generate(policy, complaints=40, seed=5, **YEAR)
    assert caseload.last is not None
    states = set[str]()
    for case in caseload:
        assert isinstance(case.complaint, cl.Complaint)
        events = [event for event in case.events if isinstance(event, Event)]
        review = policy.review(policy.open_case(case.complaint, history=()).with_events(*events), at=caseload.last)
        states |= {duty.state for duty in review.duties}
        assert not [finding.id for finding in review.findings if finding.id in {"before_receipt", "future_event", "conflicting_double"}]
        assert {event.kind for event in events} <= set(caseload.events)
        assert {*case.complaint.as_dict(), *case.complaint.facts} - {"facts", "timezone"} <= set(caseload.fields)
    timed = any(duty.within is not None and duty.do for duty in policy.book.model.duties.values())
    assert not timed or states & {"met", "met_late", "late", "running"}


def test_some_are_in_time_some_late_some_never() -> None:
    policy = cl.load_policy("chery_nev")
    caseload = whatif.generate(policy, complaints=150, seed=1, **YEAR)
    states = []
    for case in caseload:
        assert isinstance(case.complaint, cl.Complaint)
        events = [event for event in case.events if isinstance(event, Event)]
        review = policy.review(policy.open_case(case.complaint, history=()).with_events(*events), at=datetime(2026, 6, 1, tzinfo=UTC))
        states.append(review.duty("closure").state)
    assert {"met", "met_late", "late"} <= set(states)


def test_customers_come_back_about_the_same_within_the_window() -> None:
    """Counted from the pairs of neighbouring complaints of one customer that agree in what makes a repeat."""
    policy = cl.load_policy("chery_nev")
    seen: dict[tuple[str | None, ...], datetime] = {}
    repeats = 0
    for case in sorted(whatif.generate(policy, complaints=1_000, seed=3, **YEAR), key=lambda each: str(each.received_at)):
        key = tuple(case.value(name) for name in ("customer", "category", "subject"))
        at = case.received_at
        assert isinstance(at, datetime)
        repeats += key in seen and (at - seen[key]).days < 31
        seen[key] = at
    assert 50 < repeats < 400


def test_the_same_seed_gives_the_same_bytes_on_every_machine() -> None:
    """Recorded once; another machine, another Python or another order of work gives the same."""
    caseload = whatif.generate(cl.load_policy("chery_nev"), complaints=200, seed=42, **YEAR)
    text = "\n".join(written(case) for case in caseload)
    assert hashlib.sha256(text.encode()).hexdigest() == "0921e2ee54f6a53719f53856b31618c30599f2b1574e97cd6c867e4252c2f13e"


def test_another_seed_gives_other_cases() -> None:
    policy = cl.load_policy("chery_nev")
    one, other = ([written(case) for case in whatif.generate(policy, complaints=20, seed=seed, **YEAR)] for seed in (1, 2))
    assert one != other


def test_more_complaints_leave_the_earlier_ones_as_they_are() -> None:
    policy = cl.load_policy("chery_nev")
    few, many = ([written(case) for case in whatif.generate(policy, complaints=count, seed=1, **YEAR)] for count in (57, 90))
    assert many[:57] == few
    assert len(many) == 90


def test_another_fact_in_the_policy_moves_no_other_draw() -> None:
    """One policy asks for one fact more; all that both draw is the same."""
    text = POLICY
    more = text.replace("facts:\n", "facts:\n  colour: {type: choice, values: {red: red, blue: blue}, en: colour}\n")
    one, other = (list(whatif.generate(cl.Policy.from_text(each), complaints=60, seed=9, **YEAR)) for each in (text, more))
    for before, after in zip(one, other, strict=True):
        assert isinstance(before.complaint, cl.Complaint)
        assert isinstance(after.complaint, cl.Complaint)
        assert {name: value for name, value in after.complaint.facts.items() if name != "colour"} == before.complaint.facts
        assert after.events == before.events
    assert any(case.value("colour") for case in other)


POLICY = """
policy: sample
edition: "1"
title: {en: A sample}
source: {title: made up, read: whole}
timezone: Europe/London
clauses: {s/1: Answer within a day.}
parties: {desk: {en: desk}}
facts:
  urgent: {type: yes_no, en: urgent}
  size: {type: number, en: size}
  happened: {type: instant, en: when it happened}
duties:
  answer: {en: answer, do: final_replied, by: desk, from: received, within: 24 hours, cite: s/1}
"""


@pytest.mark.parametrize("together", [("customer",), ("subject", "customer"), (), ("subject",)])
@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_partitions_hold_every_case_once_and_customers_whole(together: tuple[str, ...], size: int) -> None:
    caseload = whatif.generate(cl.load_policy("chery_nev"), complaints=80, seed=1, **YEAR)
    parts = list(caseload.partitions(together, size))
    assert sorted(case.id for part in parts for case in part) == sorted(case.id for case in caseload)
    assert all(len(part) >= size for part in parts[:-1])
    homes: dict[tuple[str, ...], set[int]] = {}
    for number, part in enumerate(parts):
        for case in part:
            key = [value for name in together if (value := case.value(name)) is not None]
            if together and len(key) == len(together):
                homes.setdefault(tuple(key), set()).add(number)
    assert all(len(parts) == 1 for parts in homes.values())


def test_a_partition_by_what_customers_share_keeps_its_groups_whole_too() -> None:
    caseload = whatif.generate(cl.load_policy("chery_nev"), complaints=80, seed=1, **YEAR)
    parts = list(caseload.partitions(("category",), 1))
    homes = [{case.value("category") for case in part} for part in parts]
    named = [code for home in homes for code in home if code is not None]
    assert len(named) == len(set(named))
    assert [len(part) for part in caseload.partitions(None, 1)] == [80]


def test_a_partition_is_made_only_when_it_is_asked_for() -> None:
    """A caseload of ten to the twelfth could never be held; its first partition is there at once."""
    caseload = whatif.generate(cl.load_policy("chery_nev"), complaints=10**12, seed=1, **YEAR)
    assert len(caseload) == 10**12
    assert 10 <= len(next(caseload.partitions(("customer",), 10))) <= 60


def test_most_complaints_come_in_working_hours_and_all_in_the_period() -> None:
    caseload = whatif.generate(cl.load_policy("chery_nev"), complaints=400, seed=2, **YEAR)
    at = [case.received_at for case in caseload]
    assert all(isinstance(each, datetime) and caseload.first <= each < caseload.last for each in at if caseload.first and caseload.last)
    inside = sum(each.weekday() < 5 and 9 <= each.hour < 18 for each in at if isinstance(each, datetime))
    # 45 of the 168 hours of a week are 27 %; of the made-up complaints more than half fall into them.
    assert inside > 200


def test_the_share_that_nobody_states_is_left_out() -> None:
    policy = cl.load_policy("chery_nev")
    stated = {share: sum(len(case.complaint.facts) for case in cases(policy, share)) for share in (0.0, 0.5, 1.0)}
    assert stated[1.0] == 0
    assert stated[0.0] * 0.4 < stated[0.5] < stated[0.0] * 0.6


def cases(policy: cl.Policy, unknown: float) -> list[cl.Case]:
    found = whatif.generate(policy, complaints=100, seed=1, unknown=unknown, **YEAR)
    return [policy.open_case(case.complaint, history=()) for case in found if isinstance(case.complaint, cl.Complaint)]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"complaints": -1}, "whole number from 0"),
        ({"complaints": 2.5}, "whole number, found float"),
        ({"seed": "x"}, "`seed` is a whole number"),
        ({"unknown": 1.5}, "from 0 to 1"),
        ({"unknown": float("nan")}, "from 0 to 1"),
        ({"end": date(2025, 1, 1)}, "not after it starts"),
        ({"start": datetime.fromisoformat("2025-01-01T00:00")}, "time zone"),
        ({"start": "2025-01-01"}, "by dates or by instants"),
    ],
)
def test_a_wrong_argument_gets_a_plain_word(wrong: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"complaints": 1, "seed": 1, **YEAR, **wrong}
    with pytest.raises(cl.InvalidValue, match=message):
        whatif.generate(cl.load_policy("chery_nev"), **given)


def test_no_complaints_are_a_caseload_too() -> None:
    caseload = whatif.generate(cl.load_policy("chery_nev"), complaints=0, seed=1, **YEAR)
    assert list(caseload) == []
    assert list(caseload.partitions(("customer",), 5)) == []
    assert list(caseload.partitions(None, 5)) == []
