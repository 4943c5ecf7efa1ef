"""Counts and totals over a case and the earlier ones, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.counting import at, complaint, counting, decided, past, repaired, reviewed, shown

OTHER = past("P-2", "2026-03-01 09:00", repaired("2026-03-02 09:00"), vehicle="V-2", subject="lamp", customer="B")
ONE = past("P-1", "2026-05-01 09:00", repaired("2026-05-02 09:00"), repaired("2026-05-09 09:00"))


# --- what is counted ---


def test_each_case_is_one_complaint_and_so_is_this_one() -> None:
    assert decided("complaints", ()) == "1"
    assert decided("complaints", [ONE, OTHER]) == "2"
    assert decided("complaints", [ONE, past("P-3", "2026-06-01 09:00"), OTHER]) == "3"


def test_events_of_this_case_and_of_earlier_ones_are_counted() -> None:
    """Two before, and one in this case once it has happened: 2 + 1."""
    later = repaired("2026-06-03 09:00")
    assert decided("repairs", [ONE, OTHER]) == "2"
    assert reviewed("repairs", [ONE, OTHER], "2026-06-03 08:59:59", later) == "2"
    assert reviewed("repairs", [ONE, OTHER], "2026-06-03 09:00", later) == "3"


def test_without_same_only_this_case_is_counted_and_nobody_needs_to_look() -> None:
    assert decided("repairs_here", None) == "0"
    assert reviewed("repairs_here", [ONE], "2026-06-04 09:00", repaired("2026-06-03 09:00")) == "1"


def test_what_was_taken_back_does_not_count_and_all_rounds_do() -> None:
    """Three repairs, one of them voided, one delivered twice: 3 - 1 = 2; the case was reopened in between."""
    events = (
        cl.Event(kind="repaired", at=at("2026-06-02 09:00"), id="a"),
        cl.Event(kind="repaired", at=at("2026-06-03 09:00"), id="b"),
        cl.Event(kind="repaired", at=at("2026-06-03 09:00"), id="b"),
        cl.Event(kind="closed", at=at("2026-06-04 09:00")),
        cl.Event(kind="reopened", at=at("2026-06-05 09:00")),
        cl.Event(kind="repaired", at=at("2026-06-06 09:00"), id="c"),
        cl.Event(kind="voided", at=at("2026-06-07 09:00"), data={"event": "a"}),
    )
    assert reviewed("repairs_here", (), "2026-06-06 12:00", *events) == "3"
    assert reviewed("repairs_here", (), "2026-06-07 12:00", *events) == "2"
    assert decided("repairs", [replace(ONE, events=events)], complaint("2026-06-08 09:00")) == "2"


def test_a_condition_looks_at_the_case_with_the_facts_that_came_with_the_event() -> None:
    """Of three repairs two were in vain, although the last one worked."""
    repairs = [repaired(f"2026-05-0{day} 09:00", works=works) for day, works in ((2, False), (3, False), (4, True))]
    assert decided("in_vain", [past("P-1", "2026-05-01 09:00", *repairs)]) == "2"
    assert decided("goods_repairs", [replace(ONE, id="P-3", facts={**(ONE.facts or {}), "category": "goods"})], complaint(category="staff")) == "2"
    staff = past("P-1", "2026-05-01 09:00", *repairs, category="staff")
    assert decided("goods_repairs", [staff], complaint(category="goods")) == "0"


def test_a_condition_may_read_what_is_worked_out_for_an_earlier_case() -> None:
    """48 hours from 1 May 09:00 end on 3 May 09:00; this case is not late yet."""
    in_time = past("P-1", "2026-05-01 09:00", cl.Event(kind="closed", at=at("2026-05-03 09:00")))
    late = past("P-2", "2026-05-01 09:00", cl.Event(kind="closed", at=at("2026-05-03 09:00:01")))
    assert reviewed("late_ones", [in_time, late], "2026-06-04 09:00", cl.Event(kind="closed", at=at("2026-06-02 09:00"))) == "1"
    assert reviewed("late_ones", [in_time, late], "2026-06-04 09:00") == "2"


def test_a_total_adds_the_numbers_that_came_with_events_or_with_complaints() -> None:
    """2.5 + 1 + 4 + 0.5 = 8 days; 2 + 3 = 5 pieces."""
    history = [
        past("P-1", "2026-05-01 09:00", repaired("2026-05-02 09:00", days=Decimal("2.5")), repaired("2026-05-03 09:00", days=1), pieces=2),
        past("P-2", "2026-05-04 09:00", repaired("2026-05-05 09:00", days=4), pieces=30, customer="B"),
    ]
    assert reviewed("days_in_all", history, "2026-06-03 09:00", repaired("2026-06-02 09:00", days=Decimal("0.5"))) == "8"
    assert decided("pieces_in_all", history, complaint(facts={"pieces": 3})) == "5"


# --- windows ---


def test_hours_reach_back_to_the_instant() -> None:
    history = [past("P-1", "2026-05-01 09:00", repaired("2026-05-31 09:00:01"), repaired("2026-05-31 09:00"), repaired("2026-05-31 08:59:59"))]
    assert decided("recent", history) == "2"


def test_a_month_reaches_back_to_the_end_of_the_corresponding_day() -> None:
    """As for repeats: received on 30 April, within a month until the end of 30 May; on 31 January until the end of 28 February."""
    first = past("P-1", "2026-04-30 15:00")
    assert decided("of_a_month", [first], complaint("2026-05-30 23:59:59")) == "2"
    assert decided("of_a_month", [first], complaint("2026-05-31 00:00:00.000001")) == "1"
    january = past("P-1", "2026-01-31 09:00")
    assert decided("of_a_month", [january], complaint("2026-02-28 23:00")) == "2"
    assert decided("of_a_month", [january], complaint("2026-03-01 09:00")) == "1"


def test_a_review_is_to_be_repeated_when_a_window_passes_or_something_happens_in_another_case() -> None:
    """A repair of 1 June 10:00 counts until 2 June 10:00, the instant itself included."""
    policy = counting("recent")
    history = [past("P-1", "2026-05-01 09:00", repaired("2026-06-01 10:00"), subject="lamp")]
    case = policy.open_case(complaint(), history=history)
    first = policy.review(case, at=at("2026-06-01 09:00"))
    assert (shown(first.outcomes["shown"]), first.wake_at) == ("0", at("2026-06-01 10:00"))
    second = policy.review(case, at=at("2026-06-01 10:00"))
    after = at("2026-06-02 10:00") + timedelta(microseconds=1)
    assert (shown(second.outcomes["shown"]), second.wake_at) == ("1", after)
    assert shown(policy.review(case, at=after).outcomes["shown"]) == "0"


def test_a_window_in_working_days_is_refused() -> None:
    with pytest.raises(cl.InvalidPolicy, match="a window is counted in whole days of the calendar, or in hours"):
        counting("recent").replace({"facts.recent.window": "5 working days"}, name="working")


# --- what is not known ---


def test_where_nobody_looked_the_history_is_asked_for() -> None:
    decision = counting("complaints").decide(complaint(), history=None)
    assert shown(decision.outcome("shown")) == "1 2 3 4 5 6 7 8 9 more ? history"
    assert decision.why("shown").missing == ("history",)
    assert [question.fact for question in decision.questions] == ["history"]
    assert "earlier" in decision.questions[0].text("en")


def test_a_number_that_the_host_states_stands() -> None:
    """Then nobody has to look, and what is in the history plays no part."""
    stated = complaint(facts={"complaints": 7})
    for history in (None, (), [ONE]):
        assert decided("complaints", history, stated) == "7"
        assert counting("complaints").decide(stated, history=history).relied_on == ()


def test_a_past_case_that_may_agree_leaves_the_number_between_bounds() -> None:
    """One of its own, one that agrees, and one of which the subject is not known: 2 or 3."""
    unknown = past("P-3", "2026-05-01 09:00", subject=None)
    assert decided("complaints", [ONE, unknown]) == "2 3 ? history.facts"
    assert decided("complaints", [replace(unknown, id="P-4", facts=None), unknown]) == "1 2 3 ? history.facts"
    assert decided("complaints", [replace(unknown, key={"subject": "brakes"}), ONE]) == "3"
    assert decided("complaints", [ONE], complaint(subject=None)) == "1 2 ? subject"
    assert decided("complaints", (), complaint(subject=None)) == "1"


def test_events_that_were_not_given_are_not_none() -> None:
    assert decided("repairs", [replace(ONE, events=None)]) == "0 1 2 3 4 5 6 7 8 9 more ? history.events"
    assert decided("repairs", [replace(ONE, events=None), replace(ONE, id="P-3")]) == "2 3 4 5 6 7 8 9 more ? history.events"
    assert decided("repairs", [replace(ONE, events=())]) == "0"
    assert decided("repairs", [replace(OTHER, events=None)]) == "0"
    assert decided("complaints", [replace(ONE, events=None)]) == "2"


def test_a_condition_needs_the_facts_and_the_events_of_an_earlier_case() -> None:
    goods = complaint(category="goods")
    whole = replace(ONE, facts={**(ONE.facts or {}), "category": "goods"}, key={"vehicle": "V-1"})
    assert decided("goods_repairs", [whole], goods) == "2"
    assert decided("goods_repairs", [ONE], goods) == "0 1 2 ? history.facts"
    assert decided("goods_repairs", [replace(whole, facts=None)], goods) == "0 1 2 ? history.facts"
    assert decided("goods_repairs", [replace(whole, events=None)], goods).endswith("? history.events")


def test_a_condition_on_this_case_asks_or_waits_for_what_it_reads() -> None:
    repair = repaired("2026-06-02 09:00")
    assert reviewed("goods_repairs", (), "2026-06-03 09:00", repair) == "0 1 ? category"
    assert reviewed("in_vain", (), "2026-06-03 09:00", repair) == "0 1 ? repaired"


def test_a_total_is_not_known_without_one_of_its_numbers() -> None:
    assert decided("pieces_in_all", ()).endswith("? pieces")
    assert decided("pieces_in_all", [ONE], complaint(facts={"pieces": 3})).endswith("? history.facts")
    assert decided("days_in_all", [ONE]).endswith("? history.events")
    assert reviewed("days_in_all", (), "2026-06-03 09:00", repaired("2026-06-02 09:00")).endswith("? repaired")


def test_what_is_known_of_a_number_may_settle_what_rests_on_it() -> None:
    """Ten cases are more than nine, however many there are besides."""
    many = [past(f"P-{number}", "2026-05-01 09:00") for number in range(9)]
    assert decided("complaints", [*many, past("P-9", "2026-05-01 09:00", subject=None)]) == "more"


def test_facts_and_events_of_an_earlier_case_must_fit_the_policy() -> None:
    wrong = past(
        "P-1", "2026-05-01 09:00", cl.Event(kind="mended", at=at("2026-05-02 09:00")), repaired("2026-05-03 09:00", days="two"), category="parts"
    )
    with pytest.raises(cl.InvalidComplaint) as raised:
        counting("repairs").decide(complaint(), history=[wrong])
    assert [(problem.code, problem.path) for problem in raised.value.problems] == [
        ("unknown_choice", ("history", "P-1", "category")),
        ("unknown_event", ("history", "P-1", "events", 0, "kind")),
        ("wrong_type", ("history", "P-1", "events", 1, "data", "days")),
    ]


# --- what the decision rests on ---


def test_the_decision_names_the_cases_that_can_count_and_its_record_carries_them() -> None:
    policy = counting("repairs")
    decision = policy.decide(complaint(), history=[ONE, OTHER])
    assert decision.relied_on == (ONE,)
    line = decision.record().model_dump_json()
    assert cl.verify(line, [policy]).outcome == "same"
    case = policy.open_case(complaint(), history=[ONE, OTHER]).with_events(repaired("2026-06-02 09:00"))
    found = cl.Case.from_record(line, case.events, policy=policy)
    assert found == case
    assert policy.review(found, at=at("2026-06-03 09:00")) == policy.review(case, at=at("2026-06-03 09:00"))


def test_what_a_redacted_record_hides_is_hidden_in_earlier_cases_too() -> None:
    record = counting("complaints").decide(complaint(), history=[ONE]).record(redact=lambda text: f"<{len(text)}>")
    assert record.history[0]["facts"] == {"vehicle": "V-1", "customer": "<1>", "subject": "<6>"}
    assert cl.verify(record.model_dump_json(), [counting("complaints")]).outcome == "same"


# --- whatever the history ---

NUMBERS = ("complaints", "repairs", "goods_repairs", "in_vain", "recent", "of_a_month", "days_in_all", "pieces_in_all", "late_ones")


@st.composite
def histories(draw: st.DrawFn) -> list[cl.PastCase]:
    """Draw earlier cases of which some agree with the complaint, some do not, and some may."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        received = at("2026-05-01 09:00") + timedelta(hours=draw(st.integers(0, 31 * 24)))
        facts: dict[str, Any] = {
            "vehicle": ["V-1", "V-2", None],
            "subject": ["brakes", "lamp", None],
            "customer": ["A", "B"],
            "category": ["goods", None],
        }
        known = {name: value for name, values in facts.items() if (value := draw(st.sampled_from(values))) is not None}
        data: list[dict[str, Any]] = [{}, {"works": False, "days": 1}, {"works": True, "days": 2}]
        moments = draw(st.lists(st.tuples(st.integers(0, 40 * 24), st.sampled_from(data)), max_size=3))
        events = tuple(cl.Event(kind="repaired", at=received + timedelta(hours=hours), data=brought) for hours, brought in moments)
        known_too = draw(st.sampled_from([("facts", "events"), ("facts",), ("events",)]))
        stated, happened = ({"pieces": 1, **known} if "facts" in known_too else None), (events if "events" in known_too else None)
        found.append(cl.PastCase(id=f"H-{number}", key={}, received_at=received, facts=stated, events=happened))
    return found


@pytest.mark.parametrize("fact", NUMBERS)
@given(histories(), st.randoms())
@settings(max_examples=15)
def test_neither_the_order_nor_a_case_that_does_not_agree_matters(fact: str, history: list[cl.PastCase], chance: Any) -> None:
    now = complaint(category="goods", facts={"pieces": 2})
    shuffled = [*history, OTHER]
    chance.shuffle(shuffled)
    assert decided(fact, shuffled, now) == decided(fact, history, now)


@pytest.mark.parametrize("fact", ["complaints", "repairs", "goods_repairs"])
@given(histories(), st.booleans())
@settings(max_examples=15)
def test_one_more_case_never_makes_a_count_smaller(fact: str, history: list[cl.PastCase], agrees: bool) -> None:
    now = complaint(category="goods")
    more = past("P-9", "2026-05-05 09:00", repaired("2026-05-06 09:00"), vehicle="V-1" if agrees else None, category="goods")
    outcomes = [counting(fact).decide(now, history=each).outcome("shown") for each in (history, [*history, more])]
    least, most = zip(*((min(outcome.possible), max(outcome.possible)) for outcome in outcomes), strict=True)
    assert least[0] <= least[1]
    assert most[0] <= most[1]


@pytest.mark.parametrize("fact", [fact for fact in NUMBERS if fact != "late_ones"])
@given(histories())
@settings(max_examples=15)
def test_what_is_left_open_is_what_the_missing_pieces_can_still_make_of_it(fact: str, history: list[cl.PastCase]) -> None:
    """Whatever an earlier case turns out to be, the number is one of those that were possible."""
    now = complaint(category="goods", facts={"pieces": 2})
    possible = counting(fact).decide(now, history=history).outcome("shown").possible
    for category, vehicle, works in (("goods", "V-1", False), ("staff", "V-2", True)):
        whole = [_filled(case, {"category": category, "vehicle": vehicle, "subject": "brakes"}, {"works": works, "days": 3}) for case in history]
        found = counting(fact).decide(now, history=whole).outcome("shown")
        assert found.status == "decided"
        assert found.value in possible


def _filled(case: cl.PastCase, facts: dict[str, Any], data: dict[str, Any]) -> cl.PastCase:
    """Return the case with what was not known filled in."""
    events = (cl.Event(kind="repaired", at=at("2026-05-20 09:00")),) if case.events is None else case.events
    told = tuple(replace(event, data={**data, **event.data}) for event in events)
    return replace(case, facts={"pieces": 1, "customer": "A", **facts, **(case.facts or {})}, events=told)


@pytest.mark.parametrize(
    ("fact", "keys"), [("repairs", [{"vehicle": "V-1"}]), ("pieces_in_all", [{"customer": "A"}]), ("complaints", [{}]), ("repairs_here", [])]
)
def test_the_host_is_told_which_cases_to_look_up(fact: str, keys: list[dict[str, str]]) -> None:
    """What is not known of the complaint is left out of the key; a number over the case alone needs no look."""
    now = cl.Complaint(id="N", received_at=at("2026-06-01 09:00"), customer="A", facts={"vehicle": "V-1"})
    assert counting(fact).count_queries(now) == tuple(cl.CountQuery(fact=fact, key=key) for key in keys)


def test_a_number_that_the_host_states_needs_no_look() -> None:
    stated = cl.Complaint(id="N", received_at=at("2026-06-01 09:00"), facts={"vehicle": "V-1", "repairs": 2})
    assert counting("repairs").count_queries(stated) == ()


def test_a_case_that_several_queries_found_is_counted_once() -> None:
    """One of its own and one earlier, however often that was found; the record of the decision comes back."""
    assert decided("complaints", [ONE, ONE]) == "2"
    policy = counting("complaints")
    case = policy.open_case(complaint(), history=[ONE, ONE])
    assert cl.Case.from_record(case.decision.record(), [], policy=policy).decision == case.decision


class Compared(cl.PastCase):
    """An earlier case that says when it is compared."""

    __slots__ = ()
    __hash__ = cl.PastCase.__hash__

    def __eq__(self, other: object) -> bool:
        """Complain about being compared with anything."""
        raise AssertionError(other)


def test_a_case_that_is_given_again_as_it_is_need_not_be_compared() -> None:
    case = Compared(id="P-1", key={"subject": "brakes"}, received_at=at("2026-01-05 09:00"), facts={}, events=())
    assert decided("complaints", [case, case]) == "2"
    equal = cl.PastCase(id="P-1", key={"subject": "brakes"}, received_at=at("2026-01-05 09:00"), facts={}, events=())
    assert decided("complaints", [equal, replace(equal)]) == "2"


def test_two_cases_of_one_id_that_differ_are_refused() -> None:
    with pytest.raises(cl.InvalidComplaint, match=r"history.P-1: found two cases of this id that differ"):
        counting("complaints").decide(complaint(), history=[ONE, replace(ONE, events=())])
