"""The fixed words of a printed policy, in Chinese and in English. Other languages get English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.values.text import Lang

_Pairs = dict[str, tuple[str, str]]

_TESTS: Final[_Pairs] = {
    "open": ("原文未规定", "not specified by the source"),
    "always": ("一律适用", "always"),
    "quoted": ("“{name}”", "“{name}”"),
    "and": ("，且", " and "),
    "alternative": ("（{number}）{text}", "({number}) {text}"),
    "or_else": ("；或", "; or "),
    "stated": ("{name}：{value}", "{name}: {value}"),
    "is": ("{name}为{value}", "{name} is {value}"),
    "is_not": ("{name}不是{value}", "{name} is not {value}"),
    "includes": ("{name}包括{value}", "{name} includes {value}"),
    "duty_is": ("“{name}”{value}", "“{name}” is {value}"),
    "duty_is_not": ("“{name}”不是{value}", "“{name}” is not {value}"),
    "happened": ("“{name}”已发生", "“{name}” has happened"),
    "not_happened": ("“{name}”尚未发生", "“{name}” has not happened"),
    "given": ("已知{name}", "{name} is known"),
    "not_given": ("{name}未知", "{name} is not known"),
    "mentions": ("{name}提到{phrases}", "{name} mentions {phrases}"),
    "compared": ("{name}{how}{value}", "{name} is {how} {value}"),
    "between": ("{name}{low}{least}，且{high}{most}", "{name} is {low} {least} and {high} {most}"),
    "not": ("并非（{text}）", "not ({text})"),
    "against_unset": ("{name}达到原文未规定的标准", "{name} meets a standard that is not specified by the source"),
}
_COMPARISONS: Final[Mapping[str, _Pairs]] = {
    "instant": {"<": ("早于", "before"), "<=": ("不晚于", "no later than"), ">": ("晚于", "after"), ">=": ("不早于", "no earlier than")},
    "limit": {"<": ("短于", "shorter than"), "<=": ("不长于", "at most"), ">": ("长于", "longer than"), ">=": ("不短于", "at least")},
    "": {"<": ("低于", "below"), "<=": ("不高于", "at most"), ">": ("高于", "above"), ">=": ("不低于", "at least")},
}
_TIME: Final[_Pairs] = {
    "fact_limit": ("“{name}”规定的时间", "the time given by “{name}”"),
    "first_given": ("下列中最先给出的一项：{members}", "the first of these that is given: {members}"),
    "earliest": ("下列中最早的一项：{members}", "the earliest of: {members}"),
    "latest": ("下列中最晚的一项：{members}", "the latest of: {members}"),
    "duty_due": ("“{name}”到期之时", "when “{name}” falls due"),
    "runs_from": ("自“{name}”起{limit}", "{limit} from “{name}”"),
    "as_first_known": (
        "{limit}（以最初情形为准，此后的更正不影响期限）",
        "{limit} (as it was first known; what is corrected later does not move it)",
    ),
    "some_time": ("原文未规定的期限", "a time that is not specified by the source"),
    "promptly": ("及时（不设具体期限）", "promptly, without a number"),
    "clock": ("（计时：{clock}）", " (time: {clock})"),
    "late": ("“{name}”超期", "“{name}” is late"),
    "due": ("“{name}”到期", "“{name}” falls due"),
    "event": ("“{name}”", "“{name}”"),
    "day": ("每天", "every day"),
    "week": ("每周", "every week"),
    "month": ("每月", "every month"),
    "quarter": ("每季度", "every quarter"),
    "half_year": ("每半年", "every half-year"),
    "year": ("每年", "every year"),
    "each_time": ("每当“{name}”", "whenever “{name}” happens"),
}
_PHRASES: Final = _TESTS | _TIME
_STATES: Final[_Pairs] = {
    "waiting": ("等待前一步", "waiting"),
    "running": ("计时中", "running"),
    "paused": ("暂停", "paused"),
    "late": ("已超期", "late"),
    "met": ("已完成", "met"),
    "met_late": ("超期完成", "met late"),
    "not_owed": ("不需要", "not owed"),
}
_TYPES: Final[_Pairs] = {
    "yes_no": ("是 / 否", "yes / no"),
    "number": ("数字", "a number"),
    "money": ("金额", "an amount of money"),
    "limit": ("时限", "a limit of time"),
    "instant": ("时刻", "an instant"),
    "party": ("部门或人员", "a party"),
    "text": ("文字", "text"),
    "choice": ("选项", "a choice"),
    "event": ("事件", "an event"),
}


def pick(pair: tuple[str, str], lang: Lang) -> str:
    """Return the Chinese of a pair for a kind of Chinese, else the English."""
    return pair[0] if lang.startswith("zh") else pair[1]


def words(key: str, lang: Lang, **gaps: object) -> str:
    """Return the words of a condition or of a limit, with the gaps filled."""
    return pick(_PHRASES[key], lang).format(**gaps)


def comparison(kind: str, operator: str, lang: Lang) -> str:
    """Return the words of a comparison of fields of a type."""
    return pick(_COMPARISONS.get(kind, _COMPARISONS[""])[operator], lang)


def duty_state(state: str, lang: Lang) -> str:
    """Return the words for the state of a duty."""
    return pick(_STATES[state], lang)


def type_words(kind: str, lang: Lang) -> str:
    """Return the words for a type of fact."""
    return pick(_TYPES[kind], lang)
