"""What passes, what fails, and how a failure reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from closedloop.testing import TestResult, load_tests, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OPEN = "[{id: P, received_at: 2026-03-02 09:00:00, level: minor}]"
CLOSED = "[{id: P, received_at: 2026-02-02 09:00:00, closed_at: 2026-02-03 09:00:00, level: minor}]"
ANSWERED = "{kind: final_replied, at: 2026-03-02 14:00:01, by: kitchen}"


def result(path: Path) -> TestResult:
    (only,) = run(load_tests(path))
    return only


@pytest.mark.parametrize(
    ("given", "expected", "wrong"),
    [
        ("history: none", "level: minor", "level: major"),
        ("history: none", "level: {rule: minor, cite: shop/1}", "level: {rule: major}"),
        ("history: none", "level.cite: [shop/1]", "level.cite: [shop/1, shop/2]"),
        ("history: none, complaint: {ill: missing}", "level: open", "level: waiting"),
        ("history: none, complaint: {ill: missing}", "possible.level: [major, minor]", "possible.level: [major]"),
        ("history: none, complaint: {ill: missing}", "only_questions: [ill]", "only_questions: []"),
        ("history: none, complaint: {ill: missing, category: missing}", "questions: [ill]", "only_questions: [ill]"),
        ("history: none", "complete: yes", "complete: no"),
        ("history: none", "route: kitchen", "route: desk"),
        ("history: none", "route: {accountable: kitchen, responsible: [], rule: food, cite: shop/3}", "route: {responsible: [desk]}"),
        ("history: none", "answer_limit: 4 hours", "answer_limit: 5 hours"),
        ("history: none, complaint: {category: manners}", "answer_limit: unspecified_by_source", "answer_limit: 4 hours"),
        ("history: none", "duties.answer: {due: 2026-03-02 14:00:00, limit: 4 hours, party: kitchen}", "duties.answer.due: 2026-03-02 14:00:01"),
        ("history: none", "duties.answer.due: 2026-03-02T06:00:00+00:00", "duties.answer.due: 2026-03-02T14:00:00+00:00"),
        (
            "history: none, complaint: {category: manners}",
            "duties.answer: {state: unspecified_by_source, due: none}",
            "duties.answer.due: 2026-03-02 14:00:00",
        ),
        ("history: none", "repeat: {state: new, of: none}", "repeat: merged"),
        ("history: unknown", "repeat: not_examined", "repeat: new"),
        (f"history: {OPEN}", "repeat: {state: merged, of: P}", "repeat: {of: Q}"),
        (f"history: {CLOSED}", "repeat: {state: again, count: 1, raised_to: major, at_cap: no}", "repeat: {count: 2}"),
        ("history: none", "rules: [tables.level.rules.minor, routing.rules.food]", "rules: [major]"),
        ("history: none", "not_rules: [major, manners]", "not_rules: [minor]"),
        ("history: none", "cites: [shop/1, shop/8]", "cites: [shop/2]"),
        (
            f"history: none, events: [{ANSWERED}], at: 2026-03-02 15:00:00",
            "duties.answer: {state: met_late, late_by: '0:00:01'}",
            "duties.answer: met",
        ),
        ("history: none, at: 2026-03-02 14:00:00", "next_due: answer", "late: [answer]"),
        ("history: none, at: 2026-03-02 14:00:01", "late: [answer]", "next_due: answer"),
        ("history: none, at: 2026-03-02 14:00:00", "closing: {allowed: yes, blockers: []}", "closing.allowed: no"),
        ("history: none, at: 2026-03-02 14:00:00", "level: {value: minor, rule: minor}", "level: major"),
    ],
)
def test_each_expectation_can_hold_and_can_fail(given: str, expected: str, wrong: str, tests_file: Callable[..., Path]) -> None:
    assert result(tests_file(f"tests: [{{name: a, {given}, expect: {{{expected}}}}}]\n")).mismatches == ()
    assert not result(tests_file(f"tests: [{{name: a, {given}, expect: {{{wrong}}}}}]\n")).passed


def test_a_failure_shows_expected_found_and_the_reason(tests_file: Callable[..., Path]) -> None:
    path = tests_file("tests:\n  - name: food\n    history: none\n    expect:\n      duties.answer: {due: 2026-03-02 15:00:00}\n")
    lines = result(path).report("en").splitlines()
    assert lines[0] == f"{path}:4: food"
    assert lines[1] == f"{path}:7:28: duties.answer.due: expected 2026-03-02 15:00:00+08:00, found 2026-03-02 14:00:00+08:00"
    assert lines[2].startswith("  because: ")
    assert "  clauses: shop/5, shop/8" in lines
    assert "  facts: category = food" in lines


def test_a_test_that_cannot_be_decided_fails_with_the_error(tests_file: Callable[..., Path]) -> None:
    """No level `small` is known, so the earlier case does not fit the policy."""
    history = "[{id: P, received_at: 2026-02-02 09:00:00, closed_at: 2026-02-03 09:00:00, level: small}]"
    found = result(tests_file(f"tests: [{{name: a, history: {history}, expect: {{level: minor}}}}]\n"))
    assert not found.passed
    assert "`small`" in found.report("en")


def test_the_same_tests_run_under_another_policy(tests_file: Callable[..., Path]) -> None:
    tests = load_tests(tests_file("tests: [{name: a, history: none, expect: {duties.answer.due: 2026-03-02 14:00:00}}]\n"))
    slower = tests.policy.replace({"tables.answer_limit.rules.food.then": "5 hours"}, name="slower")
    assert [each.passed for each in (*run(tests), *run(tests, policy=slower))] == [True, False]


def test_a_test_that_changes_the_policy_changes_the_other_one_too(tests_file: Callable[..., Path]) -> None:
    text = "tests: [{name: a, change: {tables.level.rules.minor.then: major}, history: none, expect: {duties.answer.due: 2026-03-02 15:00:00}}]\n"
    tests = load_tests(tests_file(text))
    slower = tests.policy.replace({"tables.answer_limit.rules.food.then": "5 hours"}, name="slower")
    assert [each.passed for each in (*run(tests), *run(tests, policy=slower))] == [False, True]
