"""What may be expected of tables that give sets, of remedies, and of a scope that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from closedloop.testing import InvalidTests, load_tests, run
from tests.cli.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FACTS = "  helpers: {type: choice, many: yes, zh: 协助, en: helpers, values: {cook: {zh: 厨师, en: cook}, doctor: {zh: 医生, en: doctor}}}\n"
TABLES = """\
tables:
  scope:
    rules: {food: {when: {category: food}, then: in, cite: shop/9}}
    otherwise: out
  helpers:
    hit: all
    rules:
      food: {when: {category: food}, then: [cook], cite: shop/10}
      ill: {when: {ill: yes}, then: [doctor], cite: shop/11}
  remedies:
    hit: all
    rules:
      food: {when: {category: food}, then: {owed: [refund], preferred: [replacement], discouraged: [cash]}, cite: shop/12}
      ill: {when: {ill: yes}, then: {owed: [visit], open: [gift], excluded: [voucher]}, cite: shop/13}
"""
SETS = POLICY.replace("tables:\n", TABLES).replace("  answer_limit: {type", f"{FACTS}  answer_limit: {{type")
ILL = "history: none, complaint: {ill: yes}"
UNSURE = "history: none, complaint: {ill: missing}"
LATER = f"{ILL}, at: 2026-03-02 12:00:00"


@pytest.mark.parametrize(
    ("given", "expected", "wrong"),
    [
        (ILL, "helpers: [doctor, cook]", "helpers: [cook]"),
        (ILL, "helpers: {value: [cook, doctor], rules: [food, tables.helpers.rules.ill], cite: shop/11}", "helpers.rules: manners"),
        ("history: none", "helpers: cook", "helpers: [cook, doctor]"),
        ("history: none", "helpers.rules: food", "helpers.rules: [food, ill]"),
        (LATER, "helpers: {value: [doctor, cook], rules: [ill, food]}", "helpers: doctor"),
        (UNSURE, "helpers: open, possible.helpers: [cook, doctor]", "possible.helpers: [cook]"),
        (ILL, "remedies: {owed: [visit, refund], open: gift, preferred: replacement}", "remedies.owed: refund"),
        (ILL, "remedies: {discouraged: cash, excluded: voucher, rules: [food, ill]}", "remedies.excluded: none"),
        ("history: none", "remedies: {status: decided, owed: refund, open: none}", "remedies: open"),
        (LATER, "remedies: {owed: [refund, visit], rules: ill}", "remedies.open: none"),
        (UNSURE, "remedies: {status: open, owed: open, missing: ill}", "remedies.owed: refund"),
        (UNSURE, "possible.remedies: [refund, replacement, cash, visit, gift, voucher]", "possible.remedies: refund"),
        (UNSURE, "possible.scope: in_scope", "possible.scope: out_of_scope"),
        ("history: none, complaint: {category: missing}", "scope: open, possible.scope: [out_of_scope, in_scope]", "possible.scope: in_scope"),
    ],
)
def test_each_expectation_can_hold_and_can_fail(given: str, expected: str, wrong: str, tests_file: Callable[..., Path]) -> None:
    (right,) = run(load_tests(tests_file(f"tests: [{{name: a, {given}, expect: {{{expected}}}}}]\n", policy=SETS)))
    assert right.report("en").splitlines()[1:] == []
    (other,) = run(load_tests(tests_file(f"tests: [{{name: a, {given}, expect: {{{wrong}}}}}]\n", policy=SETS)))
    assert not other.passed


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ("helpers: [cok]", "did you mean `cook`?"),
        ("remedies.owed: [refnd]", "did you mean `refund`?"),
        ("remedies: refund", "`refund` is none of decided, open, waiting, unspecified_by_source, not_applicable"),
        ("remedies.oved: refund", "there is nothing named `remedies.oved`"),
        ("possible.remedies: refnd", "did you mean `refund`?"),
        ("possible.scope: in", "`in` is none of in_scope, out_of_scope, open"),
        ("level: [minor, major]", "`value` is one value, found 2"),
    ],
)
def test_a_slip_is_named(expected: str, message: str, tests_file: Callable[..., Path]) -> None:
    with pytest.raises(InvalidTests) as caught:
        load_tests(tests_file(f"tests: [{{name: a, expect: {{{expected}}}}}]\n", policy=SETS))
    assert message in str(caught.value)
