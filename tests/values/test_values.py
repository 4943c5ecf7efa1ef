"""Limits, money, choices, labels and read-only mappings."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from typing import Any

import pytest

from closedloop import InvalidValue, Limit, Money
from closedloop.errors import UnknownName
from closedloop.values.choices import Choices
from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

LEVELS = Choices("level", {name: Label(name, {"zh": zh}) for name, zh in (("general", "一般"), ("strong", "强烈"))}, ordered=True)
ROUTES = Choices("route", {name: Label(name) for name in ("sales", "quality")})


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [("2 days", 2, "days"), ("1 day", 1, "days"), ("24  Hours", 24, "hours"), ("1 working day", 1, "working days"), ("0 months", 0, "months")],
)
def test_limits_are_read(text: str, amount: int, unit: str) -> None:
    """An amount and a unit, singular for 1, in any case and spacing."""
    assert (Limit.parse(text).amount, Limit.parse(text).unit) == (amount, unit)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("2", "is not a limit"),
        ("2 day", "did you mean `days`"),
        ("two days", "is not a limit"),
        ("1.5 days", "is not a limit"),
        ("3 fortnights", "units are"),
    ],
)
def test_wrong_limits_say_what_to_write(text: str, fragment: str) -> None:
    """The message names the form, or the unit that is probably meant."""
    with pytest.raises(InvalidValue, match=fragment):
        Limit.parse(text)


@pytest.mark.parametrize(("amount", "unit"), [(-1, "days"), (True, "days"), (10**6, "days"), (1, "fortnights")])
def test_limits_built_by_hand_are_checked(amount: Any, unit: Any) -> None:
    """A limit is a whole, sensible amount of a known unit."""
    with pytest.raises(InvalidValue):
        Limit(amount, unit)


def test_limits_of_one_kind_compare() -> None:
    """Minutes with hours, days with weeks, months with years; nothing else."""
    assert Limit(90, "minutes") > Limit(1, "hours")
    assert Limit(7, "days") <= Limit(1, "weeks")
    assert Limit(11, "months") < Limit(1, "years")
    assert not Limit(2, "days").comparable(Limit(2, "working days"))
    other: Any = 3
    with pytest.raises(TypeError, match="only with a limit"):
        _ = Limit(1, "days") < other


def test_money_is_exact() -> None:
    """Decimals with a currency: sums and comparisons are exact."""
    assert Money.parse("0.10 CNY") + Money.parse("0.20 cny") == Money(Decimal("0.30"), "CNY")
    assert Money.parse("5 CNY") - Money.parse("7 CNY") < Money.parse("0 CNY")
    assert Money.parse("5 CNY") >= Money.parse("5.00 CNY") > Money.parse("4.99 CNY")
    assert Money.parse("5 CNY") <= Money.parse("5 CNY")
    assert str(Money.parse("1234567.50 CNY")) == "1234567.50 CNY"


@pytest.mark.parametrize("text", ["5", "CNY 5", "5 YUAN", "1e3 CNY", "", "five CNY"])
def test_what_is_no_money(text: str) -> None:
    """An amount and a three-letter currency, or an error."""
    with pytest.raises(InvalidValue, match="amount of money"):
        Money.parse(text)


@pytest.mark.parametrize(("amount", "currency"), [(Decimal("NaN"), "CNY"), (Decimal("1e999999"), "CNY"), (Decimal(1), "yuan"), (True, "CNY")])
def test_money_built_by_hand_is_checked(amount: Any, currency: Any) -> None:
    """No infinities, no endless digits, no made-up currency, no truth values."""
    with pytest.raises(InvalidValue):
        Money(amount, currency)


def test_money_compares_only_with_money() -> None:
    """A bare number has no currency."""
    bare: Any = 5
    with pytest.raises(TypeError, match="only with money"):
        _ = Money.parse("5 CNY") < bare


def test_choices_compare_by_rank_with_choices_and_ids() -> None:
    """The order is that of the list."""
    strong = LEVELS["strong"]
    assert strong > "general"
    assert strong >= LEVELS["general"]
    assert LEVELS["general"] < strong <= "strong"
    assert strong == "strong"
    assert (strong.id, strong.rank, strong.label("zh"), strong.label("en")) == ("strong", 1, "强烈", "strong")
    assert "strong" in LEVELS
    assert [choice.id for choice in LEVELS] == ["general", "strong"]
    assert len(LEVELS) == 2


def test_choices_without_order_and_of_other_lists_refuse() -> None:
    """Comparing what has no order, or is of another vocabulary, is an error, not an alphabetical guess."""
    number: Any = 3
    with pytest.raises(TypeError, match="have no order"):
        _ = ROUTES["sales"] < "quality"
    with pytest.raises(InvalidValue, match="not of `level`"):
        _ = LEVELS["strong"] < ROUTES["sales"]
    with pytest.raises(TypeError, match="only with its own choices"):
        _ = LEVELS["strong"] < number
    with pytest.raises(UnknownName, match="did you mean `strong`"):
        LEVELS["stong"]


def test_choices_are_values() -> None:
    """Read-only, hashable as their id, picklable with rank and labels."""
    strong: Any = LEVELS["strong"]
    again = pickle.loads(pickle.dumps(strong))
    assert (again, again.rank, again.label("zh"), hash(again)) == ("strong", 1, "强烈", hash("strong"))
    with pytest.raises(AttributeError, match="read-only"):
        strong.rank = 5


@pytest.mark.parametrize(
    ("words", "lang", "said"),
    [
        ({"zh": "质量", "en": "quality"}, "zh", "质量"),
        ({"zh": "质量"}, "zh-Hant", "质量"),
        ({"zh": "质量"}, "en", "quality team"),
        ({"en": "quality"}, "zh", "quality"),
        ({"de": "Qualität"}, "zh", "Qualität"),
        ({}, "zh", "quality team"),
    ],
)
def test_labels_fall_back(words: dict[str, str], lang: str, said: str) -> None:
    """The language, its base, for English the id in words, else any language written, else the id."""
    assert Label("quality_team", words).text(lang) == said


def test_frozen_maps_are_read_only_values() -> None:
    """Equal to any mapping, hashable whatever the order, copied as themselves, picklable."""
    one: Any = FrozenMap({"a": 1, "b": 2})
    assert one == {"b": 2, "a": 1}
    assert hash(one) == hash(FrozenMap({"b": 2, "a": 1}))
    assert one != 3
    assert (list(one), len(one), "a" in one, repr(one)) == (["a", "b"], 2, True, "{'a': 1, 'b': 2}")
    assert copy.copy(one) is one
    assert copy.deepcopy(one) is one
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(AttributeError, match="read-only"):
        one.other = 1
    with pytest.raises(TypeError):
        one["a"] = 2
