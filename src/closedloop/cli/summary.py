"""What a whole file came to: how often each answer was given."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from closedloop.cli.words import say
from closedloop.values.columns import padded, shown, width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from closedloop.cli.stream import DecidedStream
    from closedloop.decision import Decision
    from closedloop.policy.vocabulary import Vocabulary
    from closedloop.values.choices import Choice
    from closedloop.values.text import Lang

_NOTHING_YET: Final = frozenset({"waiting", "not_owed"})
_HISTORY: Final = {
    "stream": {"en": "the earlier rows of the file, and what was given as history", "zh": "文件中较早的记录,以及另行给出的历史"},
    "unknown": {"en": "not looked up", "zh": "未查"},
}


def summary(stream: DecidedStream, vocabulary: Vocabulary, lang: Lang) -> str:
    """Return the counts as aligned lines: routes, levels, repeats, the states of each duty, open questions, rows set aside."""
    decisions = [each.decision for each in stream.decided]
    tongue = "zh" if lang.startswith("zh") else "en"
    lines = [
        ("decided", str(len(decisions))),
        ("set aside", str(len(stream.set_aside))),
        ("earlier cases", _HISTORY[stream.history][tongue]),
        *_parts(decisions, lang),
    ]
    titled = [(say(title, lang), text) for title, text in lines if text]
    owed = [(f"  {duty}", text) for duty, text in _duties(decisions, vocabulary, lang)]
    asked = Counter(_asked(vocabulary, question.fact, lang) for decision in decisions for question in decision.questions)
    last = [(say("questions", lang), _counted(asked))] if asked else []
    blocks = [_aligned([*titled, *last])]
    if owed:
        blocks.append(f"{say('duties', lang)}\n{_aligned(owed)}")
    return "\n".join(blocks)


def _parts(decisions: list[Decision], lang: Lang) -> Iterable[tuple[str, str]]:
    yield "scope", _counted(Counter(say(decision.scope, lang) for decision in decisions))
    yield "kind", _answers(decisions, "kind", lang)
    yield "category", _answers(decisions, "category", lang)
    taken = [decision for decision in decisions if decision.scope != "out_of_scope"]
    yield "accountable", _answers(taken, "route", lang)
    yield "level", _answers(taken, "level", lang)
    yield "repeat", _counted(Counter(say(decision.repeat.state, lang) for decision in taken))


def _answers(decisions: list[Decision], part: str, lang: Lang) -> str:
    answered = [decision for decision in decisions if part in decision.parts and decision.why(part).outcome != "not_applicable"]
    return _counted(Counter(_answer(decision, part, lang) for decision in answered))


def _answer(decision: Decision, part: str, lang: Lang) -> str:
    if part == "route" and decision.route is not None:
        return decision.route.accountable.label(lang)
    value: Choice | None = getattr(decision, part)
    return say(decision.why(part).outcome, lang) if value is None else value.label(lang)


def _duties(decisions: list[Decision], vocabulary: Vocabulary, lang: Lang) -> Iterable[tuple[str, str]]:
    """Count the states of each duty; duties that nothing was to be done for yet make one line together."""
    states: dict[str, Counter[str]] = {}
    for decision in decisions:
        for duty in decision.duties:
            states.setdefault(duty.id, Counter())[duty.state] += 1
    others: Counter[str] = Counter()
    for duty_id, counter in states.items():
        if counter.keys() <= _NOTHING_YET:
            others += counter
        else:
            yield vocabulary.label(duty_id, lang), _counted(_said(counter, lang))
    if others:
        yield say("others", lang), _counted(_said(others, lang))


def _said(counter: Counter[str], lang: Lang) -> Counter[str]:
    return Counter({say(state, lang): number for state, number in counter.items()})


def _asked(vocabulary: Vocabulary, fact: str, lang: Lang) -> str:
    return vocabulary.label(fact, lang) if fact in vocabulary.facts else say(fact, lang)


def _counted(counter: Counter[str]) -> str:
    return " · ".join(f"{name} {number}" for name, number in counter.most_common())


def _aligned(lines: list[tuple[str, str]]) -> str:
    widest = max(width(title) for title, _ in lines)
    return "\n".join(f"{padded(title, widest)}  {shown(text)}".rstrip() for title, text in lines)
