"""Policies that count over earlier cases: each case sees those that the same policy has seen, with their facts and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closedloop as cl
from closedloop import whatif
from tests.whatif import shop
from tests.whatif.loop import closing
from tests.whatif.shop import at, case, caseload, closed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from random import Random

LAST = at(6, 30)


def counting(number: int, counted: str = "received", more: str = "", *, repeats: bool = False) -> cl.Policy:
    """Return the shop where a customer's cases, or what happened in them, make a complaint serious from a number on."""
    fact = f"  before: {{count: {counted}, same: [customer]{more}, zh: 次数, en: how often, cite: s/2}}\n"
    text = shop.TEXT.replace("  closing_limit: {type: limit", f"{fact}  closing_limit: {{type: limit")
    rule = f'when: {{before: ">= {number}"}}, then: middle, cite: s/2'
    lines = text.replace("when: {loss: large}, then: middle, cite: s/2", rule).partition("readings:")[0].splitlines()
    return cl.Policy.from_text("\n".join(line for line in lines if repeats or not line.startswith("repeats:")), name="shop")


def test_the_second_complaint_of_a_customer_is_serious_or_the_third() -> None:
    """A complains three times and B once: from 2 on two of four are serious, from 3 on one."""
    pairs = [case(name, at(month, 2), closed(at(month, 3)), customer=name[0]) for name, month in (("A1", 1), ("B1", 2), ("A2", 3), ("A3", 5))]
    found = whatif.compare(counting(2), counting(3), caseload(*pairs), at=LAST)
    row = found.summary().row("level", "middle")
    assert row is not None
    assert (row.old, row.new) == (2, 1)
    assert [change.id for change in found.changed] == ["A2"]
    assert found.errors == ()


def test_what_happens_in_another_case_after_receipt_counts_from_then_on() -> None:
    """Both cases of A are open when the first is looked into: at receipt of the second once, at the end twice."""
    first = case("A1", at(1, 2), cl.Event(kind="investigated", at=at(1, 5)), cl.Event(kind="investigated", at=at(1, 9)), customer="A")
    second = case("A2", at(1, 7), customer="A")
    replayed = counting(2, "investigated")
    found = whatif.compare(replayed, counting(3, "investigated"), caseload(first, second), at=LAST)
    (change,) = [change for change in found.changed if change.id == "A2"]
    assert "level" not in {part.part for part in change.parts}
    assert {(part.part, part.before, part.after) for part in change.parts if part.part == "later.level"} == {("later.level", "middle", "low")}


def loop(policy: cl.Policy, pairs: Iterable[shop.Pair]) -> dict[str, tuple[object, object, object]]:
    """Decide and review the cases by receipt and id, each with all earlier ones as its history."""
    answers: dict[str, tuple[object, object, object]] = {}
    seen: list[cl.Case] = []
    for complaint, events in sorted(pairs, key=lambda pair: (pair[0].received_at, pair[0].id)):
        history = [past(policy, earlier, complaint.received_at) for earlier in seen]
        case = policy.open_case(complaint, history=history).with_events(*events)
        level = policy.review(case, at=LAST).outcomes["level"]
        answers[complaint.id] = (case.decision.outcomes["level"].possible, level.possible, level.value)
        if case.decision.repeat.state != "merged":
            seen.append(case)
    return answers


def past(policy: cl.Policy, case: cl.Case, now: datetime) -> cl.PastCase:
    """Return a case as a later one sees it."""
    query = policy.repeat_query(case.complaint)
    done = closing(case.events, now)
    level = None if done is None or query is None else policy.review(case, at=done).outcomes["level"].value
    return cl.PastCase.of(case.complaint, key={} if query is None else query.key, closed_at=done, level=level, events=case.events)


@pytest.mark.parametrize("more", ["", ", window: 30 days", ", where: {category: goods}", ", where: {loss: large}"])
@pytest.mark.parametrize("counted", ["received", "investigated"])
@pytest.mark.parametrize("repeats", [False, True])
@given(pairs=shop.pairs())
@settings(max_examples=10, deadline=None)
def test_a_replay_is_the_plain_loop(repeats: bool, counted: str, more: str, pairs: list[shop.Pair]) -> None:
    policies = counting(2, counted, more, repeats=repeats), counting(3, counted, more, repeats=repeats)
    old, new = (loop(policy, pairs) for policy in policies)
    found = whatif.compare(*policies, caseload(*pairs), at=LAST)
    changed = {change.id for change in found.changed if {"level", "later.level"} & {part.part for part in change.parts if part.before != part.after}}
    assert changed == {name for name in old if old[name] != new[name]}


@given(pairs=shop.pairs(), order=st.randoms())
@settings(max_examples=10, deadline=None)
def test_neither_order_nor_batches_nor_workers_matter(pairs: list[shop.Pair], order: Random) -> None:
    old, new = counting(2), counting(2, "closed")
    shuffled = list(pairs)
    order.shuffle(shuffled)
    wanted = whatif.compare(old, new, caseload(*pairs), at=LAST).to_json()
    assert whatif.compare(old, new, caseload(*shuffled), at=LAST, batch=2).to_json() == wanted
