"""Returned goods: posted, approved first, or held."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import closedloop as cl
from tests.decision.chery import at
from tests.redress.mill import case, event, mill

WHEN = at("2026-03-05 09:00")


def reconcile(returned: str | None, amount: str | None = None, ratios: dict[str, int] | None = None) -> cl.Reconciliation:
    """Reconcile what came back against the 1000 approved, worth 500 CNY."""
    data: dict[str, Any] = {} if amount is None else {"returned_amount": cl.Money.parse(amount)}
    log = () if returned is None else (event("goods_returned", "2026-03-04 09:00", returned_quantity=Decimal(returned), **data),)
    approved = {"approved_quantity": 1000, "approved_amount": cl.Money.parse("500 CNY")}
    return mill().reconcile(case(*log, **approved, **(ratios or {})), at=WHEN, event="reported")


@pytest.mark.parametrize(
    ("returned", "ratios", "outcome", "result"),
    [
        ("999", {}, "post", "below"),
        ("1000", {}, "post", "equal"),
        ("1030", {"over_acceptance": 3}, "post", "within"),
        ("1030.01", {"over_acceptance": 3}, "approve", "above"),
        ("1050", {"over_acceptance": 3, "company_over_acceptance": 5}, "approve", "above"),
        ("1050", {"company_over_acceptance": 5}, "post", "within"),
        ("1001", {}, "hold", None),
    ],
)
def test_quantity_against_the_over_acceptance_ratio(returned: str, ratios: dict[str, int], outcome: str, result: str | None) -> None:
    """1000 x 1.03 = 1030, itself still accepted; the customer's ratio goes before the company's; without either, more than was approved is held."""
    found = reconcile(returned, ratios=ratios)
    assert (found.outcome, found.comparisons[0].result, found.comparisons[0].found) == (outcome, result, Decimal(returned))
    assert found.approver == ("gm" if outcome == "approve" else None)


def test_beyond_the_ratio_it_is_posted_once_approved() -> None:
    log = (event("goods_returned", "2026-03-04 09:00", returned_quantity=1100), event("approved", "2026-03-04 10:00", "gm", of="reported"))
    assert mill().reconcile(case(*log, approved_quantity=1000, over_acceptance=5), at=WHEN, event="reported").outcome == "post"


def test_an_amount_that_differs_is_held_for_the_text_has_no_rule_for_it() -> None:
    held = reconcile("1000", amount="499.99 CNY")
    assert (held.outcome, [(each.code, each.rule) for each in held.unmet]) == ("hold", [("condition.shut", "gates.reported.amounts")])
    assert reconcile("1000", amount="500 CNY").outcome == "post"


def test_what_is_not_known_yet_is_held() -> None:
    found = reconcile(None)
    assert (found.outcome, found.comparisons[0].result, found.comparisons[0].found) == ("hold", None, None)


def test_a_reconciliation_is_never_a_truth_value() -> None:
    with pytest.raises(TypeError, match="read `outcome`"):
        bool(reconcile("1000"))


def test_an_event_without_a_gate_is_refused() -> None:
    with pytest.raises(cl.UnknownName, match="no gate on the event `booked`"):
        mill().reconcile(case(), at=WHEN, event="booked")
