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
