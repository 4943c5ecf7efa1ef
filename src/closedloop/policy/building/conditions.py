"""Reads conditions: tests on fields, each typed by what the field is declared to be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from closedloop.errors import InvalidValue
from closedloop.rules.conditions import ALWAYS, AnyOf, Between, Compared, Condition, Not, OneOf
from closedloop.rules.grammar import parse_test
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.policy.building.draft import Draft
    from closedloop.policy.tree import Path
    from closedloop.rules.conditions import Alternative, Test
    from closedloop.rules.domains import Domain

_FORM = "a condition is a mapping from field to test, or a list of such mappings"


def condition(draft: Draft, path: Path, raw: object, *, may_be_unset: bool = False) -> Condition:
    """Read a condition; where it is left out, it always holds."""
    if raw is None:
        return ALWAYS
    if raw == "unset" and may_be_unset:
        return Condition(silent=True)
    if isinstance(raw, dict):
        return Condition((_alternative(draft, path, raw),))
    if not isinstance(raw, list) or not raw or not all(isinstance(each, dict) for each in raw):
        draft.fault("bad_condition", path, f"found {_found(raw)}, expected a condition", _FORM)
        return ALWAYS
    return Condition(tuple(_alternative(draft, (*path, number), each) for number, each in enumerate(raw)))


def _found(raw: object) -> str:
    return f"`{raw[:60]}`" if isinstance(raw, str) else "an empty list" if not raw else "a list that holds something else"


def _alternative(draft: Draft, path: Path, raw: dict[str, object]) -> Alternative:
    tests = ((name, _test(draft, (*path, name), name, test)) for name, test in raw.items())
    return tuple((name, test) for name, test in tests if test is not None)


def _test(draft: Draft, path: Path, name: str, raw: object) -> Test | None:
    domain = draft.domain(path, name)
    if domain is None:
        return None
    try:
        test = parse_test(raw, strict(domain))
    except InvalidValue as error:
        draft.fault("bad_test", path, f"{name}: {error}")
        return None
    for amount in _amounts(test):
        check_currency(draft, path, amount)
    return test


def strict(domain: Domain) -> Domain:
    """Return the domain in which a policy writes single values: where a list is open, only `other` stands for the rest."""
    if not (domain.many or domain.open_list):
        return domain
    return replace(domain, many=False, open_list=False, values=domain.codes if domain.values else ())


def check_currency(draft: Draft, path: Path, amount: Money) -> None:
    """Check that an amount is in the currency of the policy."""
    if draft.currency is None:
        draft.fault("no_currency", path, f"`{amount}` is an amount of money, but the policy names no currency", f"add `currency: {amount.currency}`")
    elif amount.currency != draft.currency:
        draft.fault("other_currency", path, f"`{amount}` is not in {draft.currency}, the currency of the policy")


def _amounts(test: Test) -> Iterator[Money]:
    match test:
        case OneOf():
            yield from (value for value in test.values if isinstance(value, Money))
        case Compared():
            yield from (value for value in (test.bound,) if isinstance(value, Money))
        case Between():
            yield from _amounts(test.low)
            yield from _amounts(test.high)
        case Not():
            yield from _amounts(test.inner)
        case AnyOf():
            for each in test.tests:
                yield from _amounts(each)
        case _:
            pass
