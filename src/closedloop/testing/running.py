"""Runs policy tests, and says of each that fails what was expected, what was found, and why the policy says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from closedloop.errors import ClosedloopError
from closedloop.testing.answers import ASPECTS, Answer, possible
from closedloop.testing.occurrences import Occurrences

if TYPE_CHECKING:
    from closedloop.explanation.reasons import Reason
    from closedloop.facade import Policy
    from closedloop.testing.answers import Family, Words
    from closedloop.testing.cases import Expectation, PolicyTest, PolicyTests
    from closedloop.values.text import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """An expectation that was not met: what was found instead, and the reason for the part, where it has one."""

    expectation: Expectation
    found: tuple[str, ...]
    reason: Reason | None

    def text(self, lang: Lang) -> str:
        """Say it in a few lines for people."""
        wanted, place = self.expectation, self.expectation.place
        lines = [f"{place.file}:{place.line}:{place.column}: {wanted}: expected {_wanted(wanted)}, found {_listed(self.found)}"]
        if self.reason is not None:
            lines += [f"  {line}" for line in _because(self.reason, lang)]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """What came of a test: the expectations that were not met, or the error that stopped it."""

    __test__: ClassVar[bool] = False

    test: PolicyTest
    mismatches: tuple[Mismatch, ...] = ()
    error: str | None = None

    @property
    def passed(self) -> bool:
        """Whether every expectation was met."""
        return not self.mismatches and self.error is None

    def report(self, lang: Lang) -> str:
        """Say what was expected, what was found and why, in lines for people."""
        place = self.test.place
        head = f"{place.file}:{place.line}: {self.test.name}"
        if self.error is not None:
            return f"{head}\n{self.error}"
        return "\n".join([head, *(mismatch.text(lang) for mismatch in self.mismatches)])


def run(tests: PolicyTests, *, policy: Policy | None = None) -> tuple[TestResult, ...]:
    """Run all tests of a file, under their own policy or another one."""
    return tuple(run_test(test, policy=policy) for test in tests.tests)


def run_test(test: PolicyTest, *, policy: Policy | None = None) -> TestResult:
    """Run one test, under its own policy or (with the change that the test makes) another one."""
    try:
        if policy is not None and test.change:
            policy = policy.replace(test.change, name=test.policy.name)
        answer = _answer(test, policy or test.policy)
        mismatches = [_compared(answer, expectation) for expectation in test.expected]
    except ClosedloopError as error:
        return TestResult(test=test, error=str(error))
    return TestResult(test=test, mismatches=tuple(mismatch for mismatch in mismatches if mismatch is not None))


def _answer(test: PolicyTest, policy: Policy) -> Answer:
    if test.at is None:
        return Answer(decision=policy.decide(test.complaint, history=test.history), review=None, routines=None, zone=policy.book.zone)
    case = policy.open_case(test.complaint, history=test.history).with_events(*test.events)
    routines = Occurrences(policy=policy, case=case, at=test.at)
    return Answer(decision=case.decision, review=policy.review(case, at=test.at), routines=routines, zone=policy.book.zone)


def _compared(answer: Answer, expectation: Expectation) -> Mismatch | None:
    found = possible(answer, expectation.part) if expectation.aspect == "possible" else _found(answer, expectation)
    if _holds(expectation, found):
        return None
    return Mismatch(expectation=expectation, found=found, reason=answer.reason(expectation.part))


def _found(answer: Answer, expectation: Expectation) -> Words:
    return ASPECTS[family_of(expectation.part)][expectation.aspect].found(answer, expectation.part)


def family_of(part: str) -> Family:
    """Return the family of a part by its name."""
    families: dict[str, Family] = {
        "": "whole",
        "remedies": "remedies",
        "repeat": "repeat",
        "route": "route",
        "closing": "closing",
        "duties": "duty",
        "gates": "gate",
        "routines": "routine",
    }
    return families.get(part.partition(".")[0], "outcome")


def _holds(expectation: Expectation, found: Words) -> bool:
    wanted = expectation.wanted
    if expectation.relation == "is":
        return wanted == found
    if expectation.relation == "same":
        return sorted(wanted) == sorted(found)
    there = [any(each == word or (expectation.aspect in _RULES and each.endswith(f".{word}")) for each in found) for word in wanted]
    return all(there) if expectation.relation == "has" else not any(there)


_RULES = frozenset({"rules", "not_rules"})
_RELATION = {"is": "", "same": "exactly ", "has": "", "lacks": "not "}


def _wanted(expectation: Expectation) -> str:
    return _RELATION[expectation.relation] + _listed(expectation.wanted)


def _listed(texts: Words) -> str:
    return ", ".join(texts) or "nothing"


def _because(reason: Reason, lang: Lang) -> list[str]:
    lines = [f"because: {reason.text(lang)}"]
    details = {
        "rules": ", ".join(reason.rules),
        "clauses": ", ".join(clause.id for clause in reason.clauses),
        "readings": reason.reading or "",
        "facts": ", ".join(f"{name} = {value}" for name, value in reason.facts.items()),
        "missing": ", ".join(reason.missing),
        "awaited": ", ".join(reason.awaited),
    }
    return [*lines, *(f"{name}: {text}" for name, text in details.items() if text)]
