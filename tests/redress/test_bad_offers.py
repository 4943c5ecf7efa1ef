"""Offers that do not fit are refused with a place, and currencies never mix."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

import closedloop as cl
from tests.decision.chery import at
from tests.redress.shop import actor, case, granted, money, offer, shop


def problems(asked: cl.Offer, by: Any = None, **given: Any) -> list[tuple[str, tuple[str | int, ...], str | None]]:
    """Return what is wrong with an offer."""
    with pytest.raises(cl.InvalidOffer) as raised:
        shop().authorise(asked, by=by or actor("desk"), case=case(), **given)
    return [(each.code, each.path, each.suggestion) for each in raised.value.problems]


def test_an_unknown_remedy_and_another_currency_are_told_together() -> None:
    asked = cl.Offer(remedy="repare", amount=cl.Money.parse("5 USD"), at=at("2026-03-05 12:00"))
    assert problems(asked) == [("unknown_choice", ("remedy",), "repair"), ("wrong_currency", ("amount",), None)]


def test_the_value_at_retail_is_in_the_currency_of_the_amount() -> None:
    assert problems(offer("gift", 1, value_retail=cl.Money.parse("5 USD"))) == [("wrong_currency", ("value_retail",), None)]


def test_parties_are_those_of_the_policy() -> None:
    asked = offer("gift", 1, requested_by=actor("desc"))
    assert problems(asked, actor("manger")) == [("unknown_party", ("by", "party"), "manager"), ("unknown_party", ("requested_by", "party"), "desk")]


def test_an_actor_is_an_actor() -> None:
    assert problems(offer("gift", 1), "desk") == [("wrong_type", ("by",), None)]


def test_earlier_offers_are_checked_too() -> None:
    assert problems(offer("gift", 1), prior=[offer("gift", 1), offer("gfit", 1)]) == [("unknown_choice", ("prior", 1, "remedy"), "gift")]
    assert problems(offer("gift", 1), prior=["O-1"]) == [("wrong_type", ("prior", 0), None)]


def test_a_way_of_payment_needs_a_fact_for_it() -> None:
    assert problems(offer("gift", 1, payment="cash")) == [("unknown_key", ("payment",), None)]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"amount": Decimal(5)}, "wrong_type", ("amount",)),
        ({"amount": cl.Money.parse("-5 CNY")}, "out_of_range", ("amount",)),
        ({"at": datetime.fromisoformat("2026-03-05 12:00")}, "naive_datetime", ("at",)),
        ({"at": "2026-03-05"}, "wrong_type", ("at",)),
        ({"remedy": ""}, "wrong_type", ("remedy",)),
        ({"id": 5}, "wrong_type", ("id",)),
        ({"requested_by": "ann"}, "wrong_type", ("requested_by",)),
    ],
)
def test_the_shape_is_checked_when_the_offer_is_made(given: dict[str, Any], code: str, path: tuple[str]) -> None:
    with pytest.raises(cl.InvalidOffer) as raised:
        cl.Offer(**{"remedy": "gift", "amount": money(5), "at": at("2026-03-05 12:00"), **given})
    assert [(each.code, each.path) for each in raised.value.problems] == [(code, path)]


def test_a_case_of_another_policy_is_refused() -> None:
    other = shop().replace({"gates.remedy_granted.cash.cite": "s/99"}, name="other")
    with pytest.raises(cl.PolicyMismatch):
        other.authorise(offer("cash", 1), by=actor("desk"), case=case())


def test_currencies_do_not_mix_where_the_policy_names_none() -> None:
    """Without a currency of its own a policy takes any, but never adds two: 5 USD were given, 5 CNY are asked."""
    text = """
policy: free
edition: "1"
title: {en: Free}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, head: {en: head}}
gates: {remedy_granted: {all: {ladder: [{party: desk, up_to: unset}, {party: head, up_to: any}], cite: f/1}}}
"""
    free = cl.Policy.from_text(text, name="free.yaml")
    opened = free.open_case(cl.Complaint(id="F-1", received_at=at("2026-03-02 09:00")), history=())
    dollars = cl.Event(kind="remedy_granted", at=at("2026-03-04 09:00"), data={"remedy": "cash", "value": cl.Money.parse("5 USD")})
    with pytest.raises(cl.InvalidValue, match="CNY and USD do not mix"):
        free.authorise(offer("cash", 5), by=actor("head"), case=opened.with_events(dollars))
    assert free.authorise(offer("cash", 5), by=actor("head"), case=opened.with_events(granted("2026-03-04 09:00", "cash", 5))).used == money(5)
