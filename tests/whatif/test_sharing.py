"""Cases that the edited rules can never touch are worked out once for both policies: that must be seen in nothing."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings

import closedloop as cl
from closedloop import whatif
from tests.whatif import shop
from tests.whatif.shop import at, case, caseload, closed

OLD = shop.SHOP
OWNER = OLD.replace({"tables.routing.rules.staff.then.accountable": "owner"}, name="owner")


def reclassified(category: str) -> cl.Event:
    return cl.Event(kind="reclassified", at=at(3, 3), data={"category": category})


@pytest.mark.parametrize(
    ("category", "events", "changes"),
    [
        ("goods", (), set()),
        ("goods", (reclassified("staff"),), {"later.routing", "duties.closure", "duties.look"}),
        ("staff", (reclassified("goods"),), {"route"}),
        (None, (), {"route"}),
    ],
)
def test_a_case_can_come_under_an_edited_rule_later_on(category: str | None, events: tuple[cl.Event, ...], changes: set[str]) -> None:
    """Only complaints about staff go to the owner now. A category that is not known could be that."""
    found = whatif.compare(OLD, OWNER, caseload(case("A", at(3, 2), *events, category=category)), at=at(3, 20))
    assert {part.part for change in found.changed for part in change.parts} == changes


def test_a_repeat_carries_what_an_edited_rule_made_of_the_earlier_case() -> None:
    """Only the first complaint is of a large loss; the second is as high as the first was, and one more."""
    serious = OLD.replace({"tables.level.rules.middle.then": "high"}, name="serious")
    first = case("A", at(3, 2), closed(at(3, 4)), customer="C", category="goods", loss="large")
    again = case("B", at(3, 9), customer="C", category="goods", loss="small")
    other = case("C", at(3, 9), customer="D", category="goods", loss="small")
    found = whatif.compare(OLD, serious, caseload(first, again, other), at=at(3, 20))
    assert [change.id for change in found.changed] == ["A", "B"]
    (repeat,) = [part for part in found.changed[1].parts if part.part == "repeat"]
    assert isinstance(repeat.before, Mapping)
    assert isinstance(repeat.after, Mapping)
    assert (repeat.before["raised_to"], repeat.after["raised_to"]) == ("high", "high")


@given(pairs=shop.pairs())
@settings(max_examples=20, deadline=None)
def test_whatever_is_shared_the_difference_is_that_of_policies_that_share_nothing(pairs: list[shop.Pair]) -> None:
    """A clause that nothing cites keeps two policies from sharing cases."""
    text = shop.TEXT.replace("s/6: grant", "s/6: grant, s/7: idle").replace("then: {accountable: manager}", "then: {accountable: owner}")
    apart = cl.Policy.from_text(text, name="owner")
    shared, unshared = (whatif.compare(OLD, new, caseload(*pairs), at=at(6, 30)) for new in (OWNER, apart))
    assert shared.summary() == unshared.summary()
    assert [change.as_dict() for change in shared.changed] == [change.as_dict() for change in unshared.changed]


WEIGHED = """
policy: graded
edition: "1"
title: {en: graded}
timezone: Asia/Shanghai
currency: CNY
parties: {desk: {en: desk}, owner: {en: owner}}
facts: {grade: {type: ordered, values: [low, high], cite: g/1}}
tables:
  routing: {rules: {all: {then: {accountable: desk}, cite: g/1}}}
  grade:
    rules:
      small: {when: {value: "<= 1000 CNY"}, then: high, cite: g/1}
      big: {when: {value: "> 1000 CNY"}, then: low, cite: g/1}
gates: {remedy_granted: {graded: {when: [{grade: high}, {value: "> 5000 CNY", grade: high}], approval: [owner], cite: g/2}}}
"""


def test_what_a_gate_supposes_of_several_grants_is_not_settled_at_receipt() -> None:
    """The complaint is worth 600, so its grade is `small`; of two grants without a value the gate knows no value, and so no grade."""
    old = cl.Policy.from_text(WEIGHED, name="graded")
    new = old.replace({"tables.grade.rules.big.then": "high"}, name="graded higher")
    complaint = cl.Complaint(id="A", received_at=at(3, 2), facts={"value": cl.Money.parse("600 CNY")})
    grants = [cl.Event(kind="remedy_granted", at=at(3, day), id=f"g{day}") for day in (3, 4)]
    found = whatif.compare(old, new, whatif.Caseload.from_cases([(complaint, grants)]), at=at(3, 20))
    (change,) = found.changed
    gates = [policy.review(policy.open_case(complaint, history=()).with_events(*grants), at=at(3, 20)).gates for policy in (old, new)]
    assert [gate["remedy_granted"].state for gate in gates] == ["unknown", "shut"]
    assert "gates.remedy_granted" in {part.part for part in change.parts}


SCOPED = """
policy: scoped
edition: "1"
title: {en: scoped}
timezone: Asia/Shanghai
parties: {desk: {en: desk}}
facts: {ours: {type: yes_no, cite: o/1}}
clocks: {default: {calendar: none, cite: o/2}}
tables:
  scope: {rules: {ours: {when: {ours: yes}, then: in, cite: o/1}, others: {when: {ours: no}, then: out, cite: o/1}}}
  routing: {rules: {all: {then: {accountable: desk}, cite: o/1}}}
duties: {answer: {do: final_replied, by: desk, from: received, within: 5 days, cite: o/2}}
"""


@pytest.mark.parametrize(("first", "then", "changed"), [(False, True, True), (True, False, False), (False, False, False)])
def test_duties_are_compared_where_the_case_is_in_scope_by_now(first: bool, then: bool, changed: bool) -> None:
    old = cl.Policy.from_text(SCOPED, name="scoped")
    new = old.replace({"duties.answer.within": "1 day"}, name="a day")
    complaint = cl.Complaint(id="A", received_at=at(3, 2), facts={"ours": first})
    told = cl.Event(kind="reclassified", at=at(3, 2, 10), data={"ours": then})
    found = whatif.compare(old, new, whatif.Caseload.from_cases([(complaint, [told])]), at=at(3, 5))
    assert ["duties.answer" in {part.part for part in change.parts} for change in found.changed] == [True] * changed


def test_an_attribution_of_what_no_policy_has_is_an_error() -> None:
    found = whatif.compare(OLD, OWNER, caseload(case("A", at(3, 2), category="staff")), at=at(3, 20))
    assert found.attribution("late.closure").rows == ()
    with pytest.raises(cl.UnknownName, match=r"did you mean `late\.closure`"):
        found.attribution("late.closur")
