"""Conditions in natural words: the labels of facts and values, and no syntax of a policy document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.policy.terms import Compare
from closedloop.rendering.phrases import comparison
from closedloop.rules.conditions import AnyOf, Between, Compared, Mentions, Not, OneOf, Presence
from closedloop.rules.domains import Domain

if TYPE_CHECKING:
    from closedloop.rendering.speech import Speech
    from closedloop.rules.conditions import Alternative, Condition, Test

_STATE: Final = ".state"
_PLAIN: Final = Domain(type="choice")


def condition_words(speech: Speech, condition: Condition) -> str:
    """Return the words for a condition; several alternatives are numbered."""
    if condition.silent:
        return speech.unset
    texts = [_alternative(speech, each) for each in condition.alternatives]
    if len(texts) == 1:
        return texts[0]
    return speech.say("or_else").join(speech.say("alternative", number=number, text=text) for number, text in enumerate(texts, 1))


def _alternative(speech: Speech, tests: Alternative) -> str:
    return speech.say("and").join(_test(speech, field, test) for field, test in tests) or speech.say("always")


def _test(speech: Speech, field: str, test: Test) -> str:
    match test:
        case Not(inner=OneOf() as inner):
            return _one_of(speech, field, inner, "is_not")
        case Not(inner=inner):
            return speech.say("not", text=_test(speech, field, inner))
        case AnyOf(tests=tests):
            return speech.listed((_test(speech, field, each) for each in tests), "or")
        case OneOf():
            return _one_of(speech, field, test, "is")
        case Compared() | Between():
            return _bounds(speech, field, test)
        case _:
            return _seen(speech, field, test)


def _seen(speech: Speech, field: str, test: Test) -> str:
    """Say whether something is there at all, is mentioned, or is measured by what the source leaves out."""
    name = speech.name(field.removesuffix(_STATE))
    match test:
        case Presence(present=present) if field in speech.model.events:
            return speech.say("happened" if present else "not_happened", name=name)
        case Presence(present=present):
            return speech.say("given" if present else "not_given", name=name)
        case Mentions(phrases=phrases):
            return speech.say("mentions", name=name, phrases=speech.listed((speech.say("quoted", name=each) for each in phrases), "or"))
        case _:
            return speech.say("against_unset", name=name)


def _bounds(speech: Speech, field: str, test: Compared | Between) -> str:
    name = speech.name(field.removesuffix(_STATE))
    if isinstance(test, Compared):
        return speech.say("compared", name=name, how=_how(speech, test), value=speech.value(field, test.bound))
    least, most = speech.value(field, test.low.bound), speech.value(field, test.high.bound)
    return speech.say("between", name=name, low=_how(speech, test.low), least=least, high=_how(speech, test.high), most=most)


def _how(speech: Speech, test: Compared) -> str:
    return comparison(test.domain.type, test.operator, speech.lang)


def _one_of(speech: Speech, field: str, test: OneOf, word: str) -> str:
    fact = speech.model.facts.get(field)
    domain = fact.domain if fact is not None else _PLAIN
    given = dict.fromkeys(next(iter(value)) if isinstance(value := domain.parse(text), frozenset) else value for text in test.written)
    values = speech.listed((speech.value(field, each) for each in given), "or")
    name = speech.name(field.removesuffix(_STATE))
    if field.endswith(_STATE) and field not in speech.model.facts:
        return speech.say("duty_is" if word == "is" else "duty_is_not", name=name, value=values)
    said_plainly = domain.type == "yes_no" or (fact is not None and isinstance(fact.derived, Compare))
    if said_plainly and word == "is":
        return speech.say("stated", name=name, value=values)
    return speech.say("includes" if domain.many and word == "is" else word, name=name, value=values)
