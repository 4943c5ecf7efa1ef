"""Cuts the values of a field into the classes that the policy's tests tell apart, one representative each.

Two values on which every test of the policy answers alike give the same outcome everywhere. So it is enough to try
one value of each class to know what every value would give: that makes open outcomes exact although most domains
are infinite.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

from closedloop.rules.conditions import AnyOf, Between, Compared, Mentions, Not, OneOf
from closedloop.rules.domains import OTHER, Domain
from closedloop.values.limits import Limit
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from closedloop.rules.conditions import Test
    from closedloop.rules.states import Truth, Value
    from closedloop.values.limits import Unit

_TICK: Final = timedelta(microseconds=1)
_ANY_NUMBER: Final = Domain(type="number")
_FINEST: Final[dict[Unit, tuple[Unit, int]]] = {
    "hours": ("minutes", 60),
    "weeks": ("days", 7),
    "years": ("months", 12),
}


@dataclass(frozen=True, slots=True)
class Atoms:
    """The classes of one field: a representative value each, and the class of any value."""

    tests: tuple[Test, ...]
    representatives: tuple[Value, ...]
    by_signature: dict[tuple[Truth, ...], int]
    by_code: dict[Value, int]

    def index(self, value: Value) -> int:
        """Return the number of the class to which a value belongs; -1 for a value that is outside the domain."""
        if not self.tests:
            return 0
        if isinstance(value, (str, bool)):
            known = self.by_code.get(value)
            if known is not None:
                return known
        return self.by_signature.get(_signature(self.tests, value), -1)


def cut(domain: Domain, tests: Iterable[Test]) -> Atoms:
    """Cut a domain by tests."""
    leaves = tuple(dict.fromkeys(leaf for test in tests for leaf in _leaves(test)))
    classes: dict[tuple[Truth, ...], Value] = {}
    for value in _candidates(domain, leaves):
        classes.setdefault(_signature(leaves, value), value)
    numbers = {signature: place for place, signature in enumerate(classes)}
    # Listed values are looked up; only what has no list is tested anew.
    codes: tuple[Value, ...] = domain.codes if domain.listed and not domain.many else (False, True) if domain.type == "yes_no" else ()
    return Atoms(leaves, tuple(classes.values()), numbers, {code: numbers[_signature(leaves, code)] for code in codes})


def _signature(leaves: tuple[Test, ...], value: Value) -> tuple[Truth, ...]:
    return tuple(leaf.on(value) for leaf in leaves)


def _leaves(test: Test) -> Iterator[Test]:
    if isinstance(test, Not):
        yield from _leaves(test.inner)
    elif isinstance(test, AnyOf):
        for each in test.tests:
            yield from _leaves(each)
    elif isinstance(test, Between):
        yield from (test.low, test.high)
    elif isinstance(test, (OneOf, Compared, Mentions)):
        yield test


def _constants(leaves: tuple[Test, ...]) -> list[Value]:
    values: list[Value] = []
    for leaf in leaves:
        if isinstance(leaf, OneOf):
            values.extend(sorted(leaf.values, key=str))
        elif isinstance(leaf, Compared):
            values.append(leaf.bound)
    return values


def _candidates(domain: Domain, leaves: tuple[Test, ...]) -> Iterator[Value]:
    constants = _constants(leaves)
    if domain.many:
        yield from _sets(domain, leaves)
    elif domain.type == "yes_no":
        yield from (True, False)
    elif domain.type == "text":
        yield from _texts(leaves)
    elif domain.listed:
        yield from domain.codes
    elif domain.type == "number":
        yield from _numbers(domain, [cast("Decimal", value) for value in constants])
    elif domain.type == "money":
        yield from _amounts([cast("Money", value) for value in constants])
    elif domain.type == "limit":
        yield from _limits([cast("Limit", value) for value in constants])
    elif domain.type == "instant":
        yield from _instants([cast("datetime", value) for value in constants])
    else:
        yield from (*constants, _fresh(constants))


def _fresh(constants: Iterable[object]) -> str:
    taken = set(map(str, constants))
    return next(name for name in (OTHER, *(f"{OTHER}_{number}" for number in range(len(taken) + 1))) if name not in taken)


def _sets(domain: Domain, leaves: tuple[Test, ...]) -> Iterator[frozenset[str]]:
    """Give the sets that positive tests tell apart: each test asks for an overlap, so a union answers as its parts do."""
    named = [str(value) for value in _constants(leaves)]
    codes = [code for code in domain.codes if code in named] if domain.listed else sorted(set(named))
    reached: dict[tuple[Truth, ...], frozenset[str]] = {_signature(leaves, frozenset()): frozenset()}
    for code in codes:
        for known in tuple(reached.values()):
            union = known | {code}
            reached.setdefault(_signature(leaves, union), union)
    yield from reached.values()


def _texts(leaves: tuple[Test, ...]) -> Iterator[str]:
    reached: dict[tuple[Truth, ...], str] = {}
    for text in ("", *(str(value) for value in _constants(leaves)), _fresh(_constants(leaves))):
        reached.setdefault(_signature(leaves, text), text)
    phrases = dict.fromkeys(phrase for leaf in leaves if isinstance(leaf, Mentions) for phrase in leaf.phrases)
    for phrase in phrases:
        for known in tuple(reached.values()):
            longer = f"{known}\n{phrase}"
            reached.setdefault(_signature(leaves, longer), longer)
    yield from reached.values()


def _numbers(domain: Domain, bounds: list[Decimal]) -> Iterator[Decimal]:
    marks = sorted(set(bounds)) or [Decimal(domain.counts or 0)]
    points = [marks[0] - 1, *marks, *((low + high) / 2 for low, high in pairwise(marks)), marks[-1] + 1]
    if domain.counts is None:
        yield from points
        return
    whole = {point.to_integral_value(ROUND_FLOOR) + step for point in points for step in (-1, 0, 1)} | {Decimal(domain.counts)}
    yield from sorted(number for number in whole if number >= domain.counts)


def _amounts(bounds: list[Money]) -> Iterator[Money]:
    # Without a bound no test looks at the amount, and any currency will do.
    currency = bounds[0].currency if bounds else "CNY"
    for amount in _numbers(_ANY_NUMBER, [bound.amount for bound in bounds]):
        yield Money(amount, currency)


def _limits(bounds: list[Limit]) -> Iterator[Limit]:
    yield from bounds
    for bound in bounds:
        unit, size = _FINEST.get(bound.unit, (bound.unit, 1))
        yield from (Limit(max(0, bound.amount * size + step), unit) for step in (-1, 1))
    if not bounds:
        yield Limit(1, "days")


def _instants(bounds: list[datetime]) -> Iterator[datetime]:
    yield from bounds
    for bound in bounds:
        yield from (bound - _TICK, bound + _TICK)
    if not bounds:
        yield datetime.fromisoformat("2000-01-01T00:00:00+00:00")
