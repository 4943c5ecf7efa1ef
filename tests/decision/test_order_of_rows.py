"""The order of rows in a document carries no meaning: the same text in another order gives equal answers."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import at

HEAD = """
policy: rows
edition: "1"
title: {en: Rows}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, shop: {en: shop}}
facts:
  category: {type: choice, values: [goods, staff, other], cite: r/1}
  level: {type: ordered, values: [low, high], cite: r/2}
  answer_limit: {type: limit, cite: r/3}
clocks: {default: {calendar: none, cite: r/3}}
repeats: {same: [customer], window: 1 month, raise_level_by: 1, cite: r/5}
duties: {answer: {do: final_replied, by: accountable, from: received, within: answer_limit, cite: r/3}}
tables:
"""
ROWS = {
    "routing": [
        "goods: {when: {category: goods}, then: {accountable: shop}, cite: r/1}",
        "rest: {when: {category: {not: goods}}, then: {accountable: desk}, cite: r/1}",
    ],
    "level": [
        "calm: {then: low, cite: r/2}",
        "staff: {when: {category: staff}, then: high, cite: r/2}",
        "other: {when: {category: other}, then: high, cite: r/2}",
    ],
    "answer_limit": [
        "goods: {when: {category: goods}, then: 2 days, cite: r/3}",
        "staff: {when: {category: staff}, then: 1 day, cite: r/3}",
        "other: {when: {category: other}, then: unset, cite: r/3}",
    ],
    "remedies": [
        "goods: {when: {category: goods}, then: {owed: [replacement]}, cite: r/4}",
        "all: {then: {preferred: [refund]}, cite: r/4}",
    ],
}
HITS = {"level": "highest", "remedies": "all"}


def text(rows: dict[str, list[str]]) -> str:
    hits = {name: f"hit: {HITS[name]}, " if name in HITS else "" for name in rows}
    return HEAD + "".join(f"  {name}: {{{hits[name]}rules: {{{', '.join(found)}}}}}\n" for name, found in rows.items())


@cache
def policy(shape: str) -> cl.Policy:
    return cl.Policy.from_text(shape, name="rows.yaml")


@given(order=st.fixed_dictionaries({name: st.permutations(rows) for name, rows in ROWS.items()}), category=st.sampled_from([None, "goods", "other"]))
def test_rows_in_another_order_give_equal_decisions(order: dict[str, list[str]], category: str | None) -> None:
    first, second = policy(text(ROWS)), policy(text(order))
    complaint = cl.Complaint(id="R", received_at=at("2026-03-02 09:00"), customer="c", category=category)
    one, other = (each.decide(complaint, history=()) for each in (first, second))
    assert first.hash == second.hash
    assert one == other
    assert [str(reason.text("en")) for reason in one.reasons] == [str(reason.text("en")) for reason in other.reasons]
    assert cl.Case.from_record(one.record(), [], policy=second).decision == one
    assert cl.verify(one.record(), [second]).outcome == "same"


def test_what_is_possible_is_in_the_order_of_its_list_or_as_it_is_written() -> None:
    complaint = cl.Complaint(id="R", received_at=at("2026-03-02 09:00"), customer="c")
    found = policy(text(ROWS)).decide(complaint, history=())
    assert [str(limit) for limit in found.possible("answer_limit")] == ["1 day", "2 days"]
    assert found.possible("level") == ("low", "high")


@pytest.mark.parametrize("level", ["low", None])
def test_a_raised_level_rests_on_the_rule_for_repeats_also_where_the_earlier_level_is_not_known(level: str | None) -> None:
    """From low to high, and high stays high: whatever it was, the repeat is high."""
    past = cl.PastCase(id="P", key={"customer": "c"}, received_at=at("2026-02-20 09:00"), closed_at=at("2026-02-21 09:00"), level=level)
    complaint = cl.Complaint(id="R", received_at=at("2026-03-02 09:00"), customer="c", category="goods")
    found = policy(text(ROWS)).decide(complaint, history=[past])
    assert (found.level, found.why("level").clause.id) == ("high", "r/5")


def test_what_no_clause_speaks_of_names_none() -> None:
    complaint = cl.Complaint(id="R", received_at=at("2026-03-02 09:00"), customer="c", category="goods")
    found = policy(text(ROWS)).decide(complaint, history=())
    assert (found.why("kind").clauses, found.why("kind").clause.id) == ((), "")
    assert '"clauses":["kind"]' not in found.record().model_dump_json()
