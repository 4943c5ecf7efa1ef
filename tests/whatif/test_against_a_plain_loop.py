"""A comparison is what deciding and reviewing case by case gives."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closedloop as cl
from closedloop import whatif
from tests.whatif import shop
from tests.whatif.loop import replay

if TYPE_CHECKING:
    from tests.whatif.loop import Answer, Told

LAST = shop.at(6, 30)


def differing(old: Told, new: Told) -> set[str]:
    """Name the parts that differ; what only one policy has counts where it says anything."""
    return {name for name in {*old, *new} if old.get(name) != new.get(name)}


@pytest.mark.parametrize("variant", shop.VARIANTS)
@given(pairs=shop.pairs())
@settings(max_examples=25, deadline=None)
def test_the_parts_that_change_are_those_that_differ_in_the_loop(variant: str, pairs: list[shop.Pair]) -> None:
    new = shop.VARIANTS[variant]
    found = whatif.compare(shop.SHOP, new, shop.caseload(*pairs), at=LAST)
    before, after = replay(shop.SHOP, pairs, LAST), replay(new, pairs, LAST)
    wanted = {name: parts for name in before if (parts := differing(before[name].told, after[name].told))}
    given_parts = {change.id: {part.part for part in change.parts if not part.part.startswith("later.")} for change in found.changed}
    assert {name: parts for name, parts in given_parts.items() if parts} == wanted
    assert (found.errors, found.cases) == ((), len(pairs))


def _pair(case: whatif.Recorded) -> shop.Pair:
    assert isinstance(case.complaint, cl.Complaint)
    return case.complaint, tuple(event for event in case.events if isinstance(event, cl.Event))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("chery_nev", {"tables.closing_limit.rules.quality.then": "1 day"}),
        ("chery_nev", {"tables.level.rules.general.then": "intermediate"}),
        ("chery_nev", {"tables.routing.rules.quality.then.accountable": "finance"}),
        ("chery_nev", {"readings.finance_limit.take": "two_days"}),
        ("hotel", {"duties.reply.within": "30 hours"}),
        ("hotel", {"tables.routing.rules.house.then.accountable": "assistant_manager"}),
        ("it_desk", {"tables.level.rules.normal.then": "direct"}),
        ("ferris_wheel", {"duties.handle_public.within": "30 hours"}),
    ],
)
@pytest.mark.parametrize("seed", [5, 6])
def test_packaged_policies_differ_where_the_loop_does(name: str, changes: dict[str, str], seed: int) -> None:
    """Made-up complaints, some of them out of scope, no complaints, or corrected later on; only some of the edited rules can touch."""
    old = cl.load_policy(name)
    new = old.replace(changes, name="edited")
    caseload = whatif.generate(old, complaints=40, seed=seed, start=date(2026, 1, 1), end=date(2026, 3, 1))
    pairs = [_pair(each) for each in caseload]
    last = caseload.last
    assert last is not None
    found = whatif.compare(old, new, caseload, at=last)
    before, after = replay(old, pairs, last), replay(new, pairs, last)
    wanted = {case: parts for case in before if (parts := differing(before[case].told, after[case].told))}
    listed = {change.id: {part.part for part in change.parts if not part.part.startswith("later.")} for change in found.changed}
    assert {case: parts for case, parts in listed.items() if parts} == wanted


def counted(answers: dict[str, Answer]) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for answer in answers.values():
        if answer.decision.repeat.state == "merged":
            counts["merged", ""] += 1
            continue
        counts["cases", ""] += 1
        counts.update(("late", breach.duty) for breach in answer.review.breaches)
        counts.update(("questions", question.fact) for question in answer.decision.questions)
        counts["repeats", ""] += answer.decision.repeat.state == "again"
        counts["upgrades", ""] += "repeats" in answer.decision.why("level").rules
        level = answer.review.outcomes["level"].value
        counts["level", "open" if level is None else level] += 1
        route = answer.review.outcomes["routing"].value
        counts["load", "open" if route is None else route.accountable] += 1
    return counts


@pytest.mark.parametrize("variant", ["a day", "60 days", "two levels", "reading", "route"])
@given(pairs=shop.pairs())
@settings(max_examples=25, deadline=None)
def test_the_measures_are_those_of_the_loop(variant: str, pairs: list[shop.Pair]) -> None:
    new = shop.VARIANTS[variant]
    found = whatif.compare(shop.SHOP, new, shop.caseload(*pairs), at=LAST)
    before, after = counted(replay(shop.SHOP, pairs, LAST)), counted(replay(new, pairs, LAST))
    lacking = {(each.measure, each.of) for each in found.unavailable} | {(each.measure, "") for each in found.unavailable if not each.of}
    for key in {*before, *after}:
        row = found.summary().row(*key)
        if key not in lacking and (before[key] or after[key]):
            assert row is not None
            assert (row.old, row.new) == (before[key], after[key])


@given(pairs=shop.pairs(), batch=st.integers(1, 10), data=st.data())
@settings(max_examples=25, deadline=None)
def test_neither_batches_nor_the_order_of_rows_change_a_byte(pairs: list[shop.Pair], batch: int, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(pairs))))
    new = shop.VARIANTS["two levels"]
    whole = whatif.compare(shop.SHOP, new, shop.caseload(*pairs), at=LAST)
    parts = whatif.compare(shop.SHOP, new, shop.caseload(*shop.shuffled(pairs, order)), at=LAST, batch=batch)
    assert parts.to_json() == whole.to_json()


@given(pairs=shop.pairs())
@settings(max_examples=25, deadline=None)
def test_a_renamed_reading_lists_exactly_the_cases_whose_trace_names_it(pairs: list[shop.Pair]) -> None:
    found = whatif.compare(shop.SHOP, shop.RENAMED, shop.caseload(*pairs), at=LAST)
    told = replay(shop.SHOP, pairs, LAST)
    # Of the rules only `middle` rests on the reading; an event can bring the loss that makes it match later on.
    later = {name for name, answer in told.items() if "middle" in answer.review.outcomes["level"].matched}
    named = {name for name, answer in told.items() if "severity=loss_alone" in str(answer.told)} | later
    assert {change.id for change in found.changed} == named
    assert all(part.trace_only for change in found.changed for part in change.parts)
    assert all(part.readings == ("severity=loss_alone", "gravity=loss_alone") for change in found.changed for part in change.parts)


@given(pairs=shop.pairs())
@settings(max_examples=25, deadline=None)
def test_the_attribution_adds_up_to_the_difference(pairs: list[shop.Pair]) -> None:
    found = whatif.compare(shop.SHOP, shop.VARIANTS["reading"], shop.caseload(*pairs), at=LAST)
    for measure in ("cases", "merged", "repeats", "upgrades"):
        row = found.summary().row(measure)
        if row is not None and row.difference is not None:
            assert sum(each.difference for each in found.attribution(measure).rows if isinstance(each.difference, int)) == row.difference
