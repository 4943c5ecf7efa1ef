"""The chapter on what a complaint is and who answers for it: tables, and repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from closedloop.explanation.wording import join, limit_words
from closedloop.policy.model import RemedySet, RouteTo
from closedloop.policy.terms import Promptly
from closedloop.rendering.conditions import condition_words
from closedloop.rendering.parts import Entry, Section
from closedloop.rendering.phrases import pick
from closedloop.rules.conditions import ALWAYS
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.policy.model import RepeatRule
    from closedloop.rendering.speech import Speech
    from closedloop.rules.tables import Rule, Table

_HITS: Final = {
    "unique": ("至多一行适用。", "At most one row applies."),
    "highest": ("适用的各行中，取最高的一级。", "Of the rows that apply, the highest value counts."),
    "all": ("凡适用的各行，结果一并取用。", "The results of all rows that apply count together."),
}
_REMEDIES: Final = {
    "owed": ("应给予", "owed"),
    "open": ("可给予", "open"),
    "preferred": ("优先", "preferred"),
    "discouraged": ("不宜", "discouraged"),
    "excluded": ("不得给予", "excluded"),
}


def tables(speech: Speech) -> Section:
    """Return the chapter with every table and the rule for repeats."""
    model = speech.model
    repeats = (_repeats(speech, model.repeats),) if model.repeats is not None else ()
    found = tuple(_table(speech, table) for table in model.tables.values())
    return Section(title=speech.of("判定：是什么投诉，由谁负责", "What a complaint is, and who answers for it"), entries=(*found, *repeats))


def _table(speech: Speech, table: Table) -> Entry:
    routed = table.name == "routing"
    then = _route_header(speech) if routed else (speech.of("结果", "Then"),)
    header = (speech.of("情形", "Case"), speech.of("条件", "If"), *then)
    silent = table.closed and isinstance(table.otherwise, Unset)
    return Entry(
        title=speech.name(table.name),
        sentences=(pick(_HITS[table.hit], speech.lang), _otherwise(speech, table)),
        header=header,
        rows=tuple(_row(speech, table, rule) for rule in table.rules),
        open=(speech.of("其余情形的结果", "what holds in all other cases"),) if silent else (),
        provenance=table.provenance,
    )


def _otherwise(speech: Speech, table: Table) -> str:
    if not table.closed:
        return speech.of("没有适用的行时，本办法不给出结果。", "Where no row applies, the policy gives no result.")
    result = join(_outcome(speech, table.name, table.otherwise), "semicolon", speech.lang)
    return speech.of(f"没有适用的行时：{result}。", f"Where no row applies: {result}.")


def _row(speech: Speech, table: Table, rule: Rule) -> Entry:
    title, where = _label(speech, rule), condition_words(speech, rule.when)
    if rule.overrides:
        names = (_label(speech, table.rule(other)) or other.replace("_", " ") for other in sorted(rule.overrides))
        others = join((speech.say("quoted", name=each) for each in names), "and", speech.lang)
        where += speech.of(f"（此时不适用{others}）", f" (then {others} does not apply)")
    cells = (title, where, *_outcome(speech, table.name, rule.then))
    left_open = rule.then.accountable if isinstance(rule.then, RouteTo) else rule.then
    return Entry(
        title=title or rule.id.replace("_", " "),
        cells=cells,
        open=(speech.of("结果", "the outcome"),) if isinstance(left_open, Unset) else (),
        provenance=rule.provenance,
    )


def _label(speech: Speech, rule: Rule) -> str:
    words = rule.provenance.words
    return words.get(speech.lang, words.get("zh" if speech.lang.startswith("zh") else "en", next(iter(words.values()), "")))


def _route_header(speech: Speech) -> tuple[str, ...]:
    return (
        speech.of("责任部门", "Accountable"),
        speech.of("经办", "Does the work"),
        speech.of("知会", "Is told"),
        speech.of("传递路径", "Passes through"),
    )


def _outcome(speech: Speech, table: str, value: Any) -> tuple[str, ...]:
    """Return the cells of an outcome: four for a route, one for all else."""
    if table == "routing" and not isinstance(value, RouteTo):
        return speech.unset, "", "", ""
    if isinstance(value, RouteTo):
        accountable = speech.unset if isinstance(value.accountable, Unset) else speech.parties([value.accountable])
        others = (speech.parties(value.responsible, "and"), speech.parties(value.informed, "and"), speech.parties(value.through, "then"))
        return accountable, *others
    if isinstance(value, RemedySet):
        return (join(_remedies(speech, value), "semicolon", speech.lang),)
    if isinstance(value, Unset):
        return (speech.unset,)
    if isinstance(value, frozenset):
        return (join((speech.value(table, each) for each in sorted(value)), "and", speech.lang),)
    return (limit_words(value, speech.lang) if isinstance(value, Promptly) else speech.value(table, value),)


def _remedies(speech: Speech, given: RemedySet) -> Iterator[str]:
    for name, words in _REMEDIES.items():
        if remedies := getattr(given, name):
            listed = join((speech.value("remedy", each) for each in remedies), "and", speech.lang)
            yield speech.say("stated", name=pick(words, speech.lang), value=listed)


def _repeats(speech: Speech, rule: RepeatRule) -> Entry:
    same = speech.named(rule.same)
    window = speech.within(rule.window, rule.clock)
    merged = rule.while_open == "merge"
    still_open = (
        speech.of("前一投诉尚未了结的，合并为一次。", "While the earlier complaint is open, the new one is merged with it.")
        if merged
        else speech.of("前一投诉尚未了结的，另作一件处理。", "While the earlier complaint is open, the new one is a complaint of its own.")
    )
    again = speech.of(f"前一投诉了结后{window}之内再次提出的，为重复。", f"Within {window} after the earlier complaint was closed, it is a repeat.")
    which = condition_words(speech, rule.when)
    sentences = (
        *((speech.of(f"适用情形：{which}。", f"It applies where {which}."),) if rule.when != ALWAYS else ()),
        speech.of(f"{same}均相同的，视为同一问题。", f"Two complaints are about the same problem when these are the same: {same}."),
        still_open,
        again,
        *_raised(speech, rule),
    )
    return Entry(
        title=speech.of("重复投诉", "Repeats"),
        sentences=sentences,
        open=(speech.of("多长时间内算重复", "how long a repeat counts as one"),) if isinstance(rule.window, Unset) else (),
        provenance=rule.provenance,
    )


def _raised(speech: Speech, rule: RepeatRule) -> Iterator[str]:
    if rule.raise_level_by:
        whose = speech.of("最近一次", "the last") if rule.raise_from == "last" else speech.of("最初一次", "the first")
        steps = rule.raise_level_by
        yield speech.of(
            f"重复的，其级别不低于{whose}投诉的级别加{steps}级，以最高一级为限。",
            f"A repeat is at least {steps} level{'s' if steps > 1 else ''} above {whose} of these complaints, up to the highest level.",
        )
