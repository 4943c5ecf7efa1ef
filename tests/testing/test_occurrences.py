"""What may be expected of the routines of a policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from closedloop.testing import InvalidTests, load_tests, run
from tests.cli.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROUTINES = """\
clocks: {default: {zh: 日, en: days, calendar: none, cite: shop/25}}
routines:
  figures: {zh: 统计, en: figures, every: month, within: 10 days, do: reported, by: desk, among: {received: present}, cite: shop/20}
  digest: {zh: 简报, en: digest, every: quarter, if_at_least: 2, do: reported, by: desk, among: {received: present}, cite: shop/21}
  talks: {zh: 座谈, en: talks, every: unset, do: reported, by: desk, cite: shop/22}
  after_reply: {zh: 讲评, en: lessons, every: final_replied, within: 2 days, do: reported, by: desk, cite: shop/23}
  illness: {zh: 病例, en: illness, when: {ill: yes}, every: week, do: reported, by: desk, cite: shop/24}
"""
AT = "history: none, at: 2026-03-31 23:00:00"
REPLY = "history: none, events: [{kind: final_replied, at: 2026-03-05 12:00:00, by: kitchen}], at: 2026-03-05 13:00:00"


# The complaint of the test came on 2 March 2026. Ten days after 31 March are 10 April, to its end, and ten after 30 April are 10 May.
@pytest.mark.parametrize(
    ("given", "expected", "wrong"),
    [
        (AT, "routines.figures: {state: owed, due: 2026-04-11 00:00:00, cite: shop/20}", "routines.figures.due: 2026-04-10 00:00:00"),
        ("history: none, at: 2026-04-01 00:00:00", "routines.figures.due: 2026-05-11 00:00:00", "routines.figures.due: 2026-04-11 00:00:00"),
        (AT, "routines.digest: {state: not_owed, due: none}", "routines.digest: owed"),
        (AT, "routines.talks: {state: unset, cite: shop/22}", "routines.talks: no_occasion"),
        (AT, "routines.illness: not_owed", "routines.illness: needs_fact"),
        (AT, "routines.after_reply: no_occasion", "routines.after_reply: owed"),
        (REPLY, "routines.after_reply: {state: owed, due: 2026-03-08 00:00:00}", "routines.after_reply.due: 2026-03-07 00:00:00"),
    ],
)
def test_each_expectation_can_hold_and_can_fail(given: str, expected: str, wrong: str, tests_file: Callable[..., Path]) -> None:
    (right,) = run(load_tests(tests_file(f"tests: [{{name: a, {given}, expect: {{{expected}}}}}]\n", policy=POLICY + ROUTINES)))
    assert right.report("en").splitlines()[1:] == []
    (other,) = run(load_tests(tests_file(f"tests: [{{name: a, {given}, expect: {{{wrong}}}}}]\n", policy=POLICY + ROUTINES)))
    assert not other.passed


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("at: 2026-03-31 23:00:00, expect: {routines.figurs: owed}", "did you mean `routines.figures`?"),
        ("at: 2026-03-31 23:00:00, expect: {routines.figures: due}", "`due` is none of owed, open, not_owed"),
        ("expect: {routines.figures: owed}", "there is nothing named `routines.figures` to expect"),
    ],
)
def test_a_slip_is_named(test: str, message: str, tests_file: Callable[..., Path]) -> None:
    with pytest.raises(InvalidTests) as caught:
        load_tests(tests_file(f"tests: [{{name: a, {test}}}]\n", policy=POLICY + ROUTINES))
    assert message in str(caught.value)


@pytest.mark.parametrize("year", ["9998", "9999"])
def test_an_instant_at_the_end_of_the_calendar_is_refused_in_words(year: str, tests_file: Callable[..., Path]) -> None:
    text = f"tests: [{{name: a, history: none, at: {year}-12-30 09:00:00, expect: {{routines.figures: owed}}}}]\n"
    (only,) = run(load_tests(tests_file(text, policy=POLICY + ROUTINES)))
    assert only.error is not None
