"""Liability: what a loss comes to, and its shares to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

import closedloop as cl
from tests.decision.chery import at
from tests.redress.mill import case, event, mill
from tests.redress.shop import money

RETURNED = event("goods_returned", "2026-03-03 09:00")
SOLD = event("goods_resold", "2026-04-03 23:00")
SOLD_LATE = event("goods_resold", "2026-04-04 00:00")


def amounts(shares: tuple[cl.Share, ...]) -> dict[str, str]:
    return {share.bearer: str(share.amount) for share in shares}


@pytest.mark.parametrize(
    ("loss", "fault", "expected"),
    [
        # 100.00 / 3 = 33.33 each; the cent that remains goes to the first of three equal remainders.
        ("100 CNY", {"a": 1, "b": 1, "c": 1}, {"a": "33.34 CNY", "b": "33.33 CNY", "c": "33.33 CNY"}),
        # 0.05 x 3/5 = 0.03, 0.05 x 2/5 = 0.02.
        ("0.05 CNY", {"a": 3, "b": 2}, {"a": "0.03 CNY", "b": "0.02 CNY"}),
        # 10.00 x 1/7 = 1.428571..., x 6/7 = 8.571428...: 1.42 and 8.57, and the cent goes to the remainder .86, which is the first.
        ("10 CNY", {"a": 1, "b": 6}, {"a": "1.43 CNY", "b": "8.57 CNY"}),
        # 0.01 by 0.3 and 0.7: the only cent goes to the larger remainder.
        ("0.01 CNY", {"a": Decimal("0.3"), "b": Decimal("0.7")}, {"a": "0.00 CNY", "b": "0.01 CNY"}),
        ("250.50 CNY", {"a": 100, "b": 0}, {"a": "250.50 CNY", "b": "0.00 CNY"}),
        ("0 CNY", {"a": 1, "b": 2}, {"a": "0.00 CNY", "b": "0.00 CNY"}),
    ],
)
def test_shares_by_largest_remainder(loss: str, fault: dict[str, Decimal | int], expected: dict[str, str]) -> None:
    assert amounts(mill().apportion(cl.Money.parse(loss), fault)) == expected


@pytest.mark.parametrize(("loss", "expected"), [("100 JPY", ["34 JPY", "33 JPY", "33 JPY"]), ("1 KWD", ["0.334 KWD", "0.333 KWD", "0.333 KWD"])])
def test_the_smallest_unit_is_that_of_the_currency(loss: str, expected: list[str]) -> None:
    anywhere = cl.Policy.from_text("policy: any_money\nedition: '1'\ntitle: {en: Any}\ntimezone: Asia/Shanghai\n", name="any.yaml")
    assert [str(share.amount) for share in anywhere.apportion(cl.Money.parse(loss), {"a": 1, "b": 1, "c": 1})] == expected


@pytest.mark.parametrize(
    ("loss", "fault", "code", "path"),
    [
        ("5 CNY", {}, "out_of_range", ("fault",)),
        ("5 CNY", {"a": 0, "b": Decimal(0)}, "out_of_range", ("fault",)),
        ("5 CNY", {"a": -1, "b": 2}, "out_of_range", ("fault", "a")),
        ("5 CNY", {"a": 1, "b": Decimal("NaN")}, "out_of_range", ("fault", "b")),
        ("5 CNY", {"a": 0.5}, "wrong_type", ("fault", "a")),
        ("5 CNY", {"a": True}, "wrong_type", ("fault", "a")),
        ("5 USD", {"a": 1}, "wrong_currency", ("loss",)),
    ],
)
def test_ratios_and_losses_that_do_not_fit(loss: str, fault: dict[str, Decimal | int], code: str, path: tuple[str, ...]) -> None:
    with pytest.raises(cl.InvalidOffer) as raised:
        mill().apportion(cl.Money.parse(loss), fault)
    assert [(each.code, each.path) for each in raised.value.problems] == [(code, path)]


def test_a_loss_is_an_amount_of_money() -> None:
    number: Any = Decimal(5)
    with pytest.raises(cl.InvalidOffer, match="found Decimal, expected an amount of money"):
        mill().apportion(number, {"a": 1})


@pytest.mark.parametrize("loss", ["0.001 CNY", "-1 CNY"])
def test_a_loss_is_in_whole_cents_from_nothing_on(loss: str) -> None:
    with pytest.raises(cl.InvalidValue, match=r"whole units of 0\.01 CNY"):
        mill().apportion(cl.Money.parse(loss), {"a": 1})


def test_a_loss_borne_whole_has_one_bearer() -> None:
    """The fault of an individual is not split; that of several is."""
    alone, joint = (case(event("analysed", "2026-03-03 09:00", fault=fault)) for fault in ("individual", "joint"))
    with pytest.raises(cl.InvalidOffer, match="borne whole"):
        mill().apportion(money(5), {"a": 1, "b": 1}, case=alone)
    assert amounts(mill().apportion(money(5), {"a": 1, "b": 0}, case=alone)) == {"a": "5.00 CNY", "b": "0.00 CNY"}
    assert amounts(mill().apportion(money(5), {"a": 1, "b": 1}, case=joint)) == {"a": "2.50 CNY", "b": "2.50 CNY"}


def test_a_loss_is_not_split_before_the_fault_is_found() -> None:
    with pytest.raises(cl.InvalidOffer, match="expected first analysed"):
        mill().apportion(money(5), {"a": 1}, case=case())


def test_sold_within_the_window_the_loss_is_in_the_price() -> None:
    """Returned on 3 March: up to the end of 3 April; what was not sold of it is added as it actually is."""
    sold = case(RETURNED, SOLD)
    found = mill().loss(sold, at=at("2026-04-10 09:00"), price_loss=money(120))
    assert (found.amount, found.basis, found.reason.clause.id) == (money(120), "price_loss", "m/4a")
    assert mill().loss(sold, at=at("2026-04-10 09:00"), price_loss=money(120), actual_loss=money(30)).amount == money(150)


def test_not_sold_in_time_the_loss_is_the_actual_one() -> None:
    late = case(RETURNED, SOLD_LATE)
    found = mill().loss(late, at=at("2026-04-10 09:00"), actual_loss=money(300))
    assert (found.amount, found.basis, found.reason.clause.id) == (money(300), "actual_loss", "m/4b")
    with pytest.raises(cl.InvalidValue, match="nothing was sold in time"):
        mill().loss(late, at=at("2026-04-10 09:00"), price_loss=money(120))


def test_while_the_window_runs_the_basis_is_open() -> None:
    found = mill().loss(case(RETURNED), at=at("2026-03-20 09:00"), actual_loss=money(300))
    assert (found.amount, found.basis, found.awaited) == (None, None, ("resold",))


@pytest.mark.parametrize(("events", "asked"), [((RETURNED, SOLD), "price_loss"), ((RETURNED,), "actual_loss")])
def test_a_figure_that_is_not_given_is_asked_for(events: tuple[cl.Event, ...], asked: str) -> None:
    found = mill().loss(case(*events), at=at("2026-04-10 09:00"))
    assert (found.amount, found.basis, found.missing) == (None, asked, (asked,))


def test_a_policy_without_a_basis_is_not_guessed_for() -> None:
    bare = cl.Policy.from_text("policy: bare\nedition: '1'\ntitle: {en: Bare}\ntimezone: Asia/Shanghai\n", name="bare.yaml")
    opened = bare.open_case(cl.Complaint(id="B", received_at=at("2026-03-02 09:00")), history=())
    with pytest.raises(cl.UnknownName, match="no table `loss_basis`"):
        bare.loss(opened, at=at("2026-03-02 09:00"), actual_loss=money(1))
