"""The grammar of tests and conditions, and what each says of known, missing and left-out fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from closedloop.errors import InvalidValue
from closedloop.rules.domains import Domain
from closedloop.rules.grammar import parse_test
from closedloop.rules.states import MISSING, PENDING, UNSET, Truth
from closedloop.values.limits import Limit
from closedloop.values.money import Money
from tests.rules.samples import DOMAINS, condition

YES, NO, UNKNOWN, SILENT = Truth.YES, Truth.NO, Truth.UNKNOWN, Truth.SILENT


@pytest.mark.parametrize(
    ("field", "test", "value", "expected"),
    [
        ("loss", "small", "small", YES),
        ("loss", ["small", "large"], "very_large", NO),
        ("loss", ">= large", "very_large", YES),
        ("loss", "< large", "large", NO),
        ("loss", {"not": "small"}, "large", YES),
        ("loss", "small..large", "large", YES),
        ("amount", "10..20", Decimal(10), YES),
        ("amount", "10..20", Decimal(20), YES),
        ("amount", "10..<20", Decimal(20), NO),
        ("amount", "4<..8", Decimal(4), NO),
        ("amount", "> 8", Decimal("8.01"), YES),
        ("amount", "8", Decimal("8.0"), YES),
        ("removable", "yes", True, YES),
        ("removable", "no", True, NO),
        ("tags", "media", frozenset({"media", "crime"}), YES),
        ("tags", ["media", "crime"], frozenset({"other_tag"}), NO),
        ("words", {"mentions": ["合格证", "Certificate"]}, "the CERTIFICATE is late", YES),
        ("words", {"mentions": ["合格证"]}, "车坏了", NO),
        ("amount", ["<= 1", ">= 9"], Decimal(9), YES),
    ],
)
def test_known_value(field: str, test: object, value: Any, expected: Truth) -> None:
    """A known value meets a test or does not."""
    assert parse_test(test, DOMAINS[field]).on(value) is expected


@pytest.mark.parametrize("test", ["small", ">= large", {"not": "small"}, ["small", "large"]])
def test_missing_is_neither(test: object) -> None:
    """A test on a field that is not known is neither true nor false, and negation does not change that."""
    assert parse_test(test, DOMAINS["loss"]).on(MISSING) is UNKNOWN


def test_presence_alone_sees_a_missing_field() -> None:
    """`missing` and `present` answer for a field that is not known."""
    missing, present = (parse_test(word, DOMAINS["loss"]) for word in ("missing", "present"))
    assert (missing.on(MISSING), missing.on("small"), present.on(MISSING), present.on("small")) == (YES, NO, NO, YES)


def test_left_out_by_the_source() -> None:
    """A comparison with `unset`, and a test of an outcome that is unset, are undecided for want of text."""
    assert parse_test(">= unset", DOMAINS["loss"]).on("small") is SILENT
    assert parse_test("small", DOMAINS["loss"]).on(UNSET) is SILENT


def test_pending_is_not_yet_yes_and_not_yet_no() -> None:
    """A pending fact is neither, so `not: yes` holds while `yes` and `no` wait."""
    yes_no = DOMAINS["removable"]
    assert parse_test({"not": "yes"}, yes_no).on(PENDING) is YES
    assert parse_test("yes", yes_no).on(PENDING) is UNKNOWN


def test_a_failing_test_outweighs_a_missing_fact() -> None:
    """All tests of a mapping must hold, so one that fails settles it whatever is missing."""
    both = condition({"loss": "small", "removable": "yes"})
    assert both.on({"loss": "large", "removable": MISSING}) is NO
    assert both.on({"loss": "small", "removable": MISSING}) is UNKNOWN


def test_one_alternative_suffices() -> None:
    """Any mapping of a list may hold."""
    any_of = condition({"loss": "small"}, {"removable": "yes"})
    assert any_of.on({"loss": MISSING, "removable": True}) is YES
    assert any_of.on({"loss": MISSING, "removable": False}) is UNKNOWN


def test_no_condition_always_holds() -> None:
    """A rule without a condition applies to everything."""
    assert condition().on({}) is YES


@pytest.mark.parametrize(
    ("field", "test", "fragment"),
    [
        ("loss", "larg", "did you mean `large`"),
        ("loss", ">= larg", "did you mean `large`"),
        ("category", "> sales", "has no order"),
        ("amount", "20..10", "smaller bound first"),
        ("amount", "5<..5", "smaller bound first"),
        ("amount", "many", "not a number"),
        ("loss", [], "can never match"),
        ("loss", {"unless": "small"}, "a test is a value"),
        ("loss", {"mentions": ["x"]}, "looks into a text"),
        ("words", {"mentions": []}, "needs a list of phrases"),
        ("removable", "true", "`yes` or `no`"),
    ],
)
def test_wrong_tests_say_what_is_wrong(field: str, test: object, fragment: str) -> None:
    """A test that does not fit its field is refused with what was expected."""
    with pytest.raises(InvalidValue, match=fragment.replace("(", r"\(")):
        parse_test(test, DOMAINS[field])


@pytest.mark.parametrize(
    ("domain", "text", "value"),
    [
        (Domain(type="money"), "5000 CNY", Money(Decimal(5000), "CNY")),
        (Domain(type="limit"), "2 working days", Limit(2, "working days")),
        (Domain(type="choice", values=("a",), open_list=True), "zzz", "other"),
        (Domain(type="choice", values=("a", "b"), many=True), "a, b", frozenset({"a", "b"})),
        (Domain(type="number", counts=1), "3", Decimal(3)),
    ],
)
def test_domains_read_values(domain: Domain, text: str, value: object) -> None:
    """A domain reads what a policy or a table writes."""
    assert domain.parse(text) == value


@pytest.mark.parametrize("text", ["0", "1.5", "NaN", "Infinity", "1e999999999", ""])
def test_a_counting_number_is_whole_and_from_one(text: str) -> None:
    """What is no whole number from one on is refused, however it is written."""
    with pytest.raises(InvalidValue):
        Domain(type="number", counts=1).parse(text)


def test_a_test_reads_back_as_it_was_written() -> None:
    """Messages show tests as the policy writes them."""
    written = [str(parse_test(test, DOMAINS["amount"])) for test in ("10..<20", "4<..8", ">= 3", ["1", "2"], {"not": "5"})]
    assert written == ["10..<20", "4<..8", ">= 3", "[1, 2]", "{not: 5}"]
