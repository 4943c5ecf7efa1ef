"""Reads tests and conditions as a policy writes them: strings, lists and small mappings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

from closedloop.errors import InvalidValue
from closedloop.rules.conditions import AgainstUnset, AnyOf, Between, Compared, Mentions, Not, OneOf, Presence
from closedloop.rules.domains import COMPARABLE

if TYPE_CHECKING:
    from closedloop.rules.conditions import Operator, Test
    from closedloop.rules.domains import Domain
    from closedloop.rules.states import Value

_COMPARISON: Final = re.compile(r"\s*(<=|>=|<|>)\s*(.+?)\s*", re.DOTALL)
_RANGE: Final = re.compile(r"\s*(.+?)\s*(<?)\.\.(<?)\s*(.+?)\s*", re.DOTALL)
_PRESENCE: Final = {"present": True, "missing": False}


def parse_test(raw: object, domain: Domain) -> Test:
    """Read one test of a field of that domain.

    Raises
    ------
    InvalidValue
        If it is not a test, or not one that this type of field admits.

    """
    if isinstance(raw, str):
        return _scalar(raw, domain)
    if isinstance(raw, (list, tuple)):
        return _any_of([parse_test(each, domain) for each in raw])
    if isinstance(raw, dict) and len(raw) == 1:
        word, inner = next(iter(raw.items()))
        if word == "not":
            return Not(parse_test(inner, domain))
        if word == "mentions":
            return _mentions(inner, domain)
    message = "a test is a value, a list of values, a comparison, a range, {not: ...}, {mentions: [...]}, `present` or `missing`"
    raise InvalidValue(message, found=str(raw)[:60])


def _any_of(tests: list[Test]) -> Test:
    if not tests:
        message = "an empty list of values can never match; leave the field out or name a value"
        raise InvalidValue(message, found="[]")
    if all(isinstance(test, OneOf) for test in tests):
        ones = cast("list[OneOf]", tests)
        return OneOf(frozenset().union(*(one.values for one in ones)), tuple(word for one in ones for word in one.written))
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def _scalar(raw: str, domain: Domain) -> Test:
    text = raw.strip()
    if text in _PRESENCE:
        return Presence(_PRESENCE[text])
    if domain.type == "event":
        message = f"`{text[:60]}` is not a test of an event; an event is `present` or `missing`"
        raise InvalidValue(message, found=text[:60])
    if text == "unset":
        return AgainstUnset(text)
    if match := _COMPARISON.fullmatch(text):
        return _compared(cast("Operator", match[1]), match[2], domain)
    if domain.type in COMPARABLE and (match := _RANGE.fullmatch(text)):
        return _between(match, domain)
    return OneOf(frozenset({_value(text, domain)}), (text,))


def _value(text: str, domain: Domain) -> Value:
    value = domain.parse(text)
    return next(iter(value)) if isinstance(value, frozenset) and len(value) == 1 else value


def _compared(operator: Operator, bound: str, domain: Domain) -> Test:
    if domain.type not in COMPARABLE:
        message = f"`{operator} {bound[:40]}` compares, but the field has no order; its values are {domain.expected()}"
        raise InvalidValue(message, found=f"{operator} {bound[:40]}")
    if bound == "unset":
        return AgainstUnset(f"{operator} {bound}")
    return Compared(operator, domain.parse(bound), domain)


def _between(match: re.Match[str], domain: Domain) -> Test:
    low = _compared(">" if match[2] else ">=", match[1], domain)
    high = _compared("<" if match[3] else "<=", match[4], domain)
    if not isinstance(low, Compared) or not isinstance(high, Compared):
        return AgainstUnset(match[0])
    if not _lies_open(low, high):
        message = f"`{match[0].strip()[:60]}` holds no value; write the smaller bound first"
        raise InvalidValue(message, found=match[0].strip()[:60])
    return Between(low, high)


def _lies_open(low: Compared, high: Compared) -> bool:
    """Whether some value can lie between the bounds."""
    ordered = Compared("<=" if (low.operator, high.operator) == (">=", "<=") else "<", high.bound, low.domain)
    return bool(ordered.on(low.bound))


def _mentions(inner: object, domain: Domain) -> Test:
    phrases = [inner] if isinstance(inner, str) else inner
    if domain.type != "text":
        message = "`mentions` looks into a text; this field is not one"
        raise InvalidValue(message, found="mentions")
    if not isinstance(phrases, (list, tuple)) or not phrases or not all(isinstance(each, str) and each for each in phrases):
        message = "`mentions` needs a list of phrases"
        raise InvalidValue(message, found="mentions")
    return Mentions(tuple(phrases))
