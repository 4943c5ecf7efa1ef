"""How reasons, questions and instants are said in Chinese and in English. Other languages get English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from closedloop.policy.model import RemedySet, RouteTo
from closedloop.policy.terms import Count, Promptly
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from closedloop.explanation.reasons import FactChange
    from closedloop.policy.vocabulary import Vocabulary
    from closedloop.values.clauses import Clause
    from closedloop.values.text import Lang

_WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_UNITS: Final = {
    "minutes": "分钟",
    "hours": "小时",
    "working hours": "个工作小时",
    "days": "天",
    "working days": "个工作日",
    "weeks": "周",
    "months": "个月",
    "years": "年",
}
_PARTS: Final = {
    "scope": ("适用范围", "scope"),
    "kind": ("性质", "kind"),
    "category": ("类别", "category"),
    "level": ("级别", "level"),
    "repeat": ("是否重复", "repeat"),
    "route": ("责任部门", "accountable"),
    "routing": ("责任部门", "accountable"),
    "in": ("在适用范围内", "in scope"),
    "out": ("不在适用范围内", "out of scope"),
    "new": ("不是重复抱怨", "not a repeat"),
    "merged": ("与处理中的抱怨合并，视作一次", "merged with a complaint that is still open"),
    "again": ("重复抱怨", "a repeat complaint"),
    "history": ("是否有{fields}相同的以往案件", "whether there are earlier cases of the same {fields}"),
    "history.facts": ("以往案件的情况", "the facts of earlier cases"),
    "history.events": ("以往案件的处理经过", "what happened in earlier cases"),
    "history.level": ("以往抱怨的级别", "the level of the earlier complaint"),
}
_PHRASES: Final = {
    "decided": ("{part}：{value}。依据{clauses}{words}{because}。", "{part}: {value}, by {clauses}{words}{because}."),
    "stated": ("{part}：{value}。", "{part}: {value}."),
    "otherwise": ("{part}：{value}（没有其他条款适用）。", "{part}: {value}; no other clause applies."),
    "open": ("{part}：待定，可能为{possible}。取决于：{missing}。", "{part}: open, possibly {possible}. It depends on: {missing}."),
    "waiting": ("{part}：等待{awaited}。", "{part}: waiting for {awaited}."),
    "unspecified_by_source": ("{part}：原文未规定（{clauses}）。", "{part}: the source does not say ({clauses})."),
    "not_applicable": ("{part}：不适用。", "{part}: does not apply."),
    "unspecified": ("原文未规定", "not specified by the source"),
    "words": ("：{words}", ": {words}"),
    "because": ("（{facts}）", " ({facts})"),
    "fact": ("{name}：{value}", "{name}: {value}"),
    "now": ("{name}为{now}，须为{to}", "{name} is {now}, and would have to be {to}"),
    "unknown": ("{name}未填写，须为{to}", "{name} is not stated, and would have to be {to}"),
    "not_applied": ("{rule}未适用：{changes}。", "{rule} does not apply: {changes}."),
    "not_settled": ("{rule}尚不能确定：{changes}。", "{rule} is not settled: {changes}."),
    "set_aside": ("{rule}未适用：被{others}排除。", "{rule} does not apply: it is set aside by {others}."),
    "applied": ("{rule}适用。", "{rule} applies."),
    "question": ("{name}？", "{name}?"),
    "choices": ("（{choices}）", " ({choices})"),
    "none": ("无", "none"),
}
_LISTS: Final = {"and": ("、", ", "), "or": ("或", " or "), "then": (" → ", " → "), "semicolon": ("；", "; ")}


def _of(pair: tuple[str, str], lang: Lang) -> str:
    return pair[0] if lang.startswith("zh") else pair[1]


def phrase(key: str, lang: Lang, **words: object) -> str:
    """Return a phrase in a language, with its gaps filled."""
    return _of(_PHRASES[key], lang).format(**words)


def join(items: Iterable[str], how: str, lang: Lang) -> str:
    """Join items as a list of that kind."""
    return _of(_LISTS[how], lang).join(items)


def when(at: datetime, lang: Lang) -> str:
    """Write an instant with its weekday; seconds only where there are some."""
    clock = f"{at:%H:%M:%S}" if at.second or at.microsecond else f"{at:%H:%M}"
    weekday = _WEEKDAYS[at.weekday()] if lang.startswith("zh") else f"{at:%a}"
    return f"{at:%Y-%m-%d} {weekday} {clock}"


def limit_words(amount: object, lang: Lang) -> str:
    """Write an amount of time."""
    if isinstance(amount, Promptly):
        return _of(("及时", "promptly"), lang)
    if isinstance(amount, Unset):
        return phrase("unspecified", lang)
    if isinstance(amount, datetime):
        return when(amount, lang)
    number, _, unit = str(amount).partition(" ")
    if not lang.startswith("zh"):
        return str(amount)
    return f"{number}{_UNITS.get(unit if unit.endswith('s') else unit + 's', unit)}"


def clause_words(clauses: Iterable[Clause], lang: Lang) -> str:
    """Write clauses by their ids."""
    return (" " if lang.startswith("zh") else "") + join((clause.id for clause in clauses), "and", lang)


@dataclass(frozen=True)
class Wording:
    """Says things in the words of one policy."""

    words: Vocabulary

    def part(self, name: str, lang: Lang) -> str:
        """Name a part of a decision."""
        if name in _PARTS:
            return _of(_PARTS[name], lang)
        return self.words.label(name.removeprefix("duties."), lang)

    def fact(self, name: str, lang: Lang) -> str:
        """Name a fact."""
        if name.partition(".")[0] == "history":
            return _of(_PARTS[name], lang).format(fields=join((self.words.label(each, lang) for each in self._compared), "and", lang))
        return self.words.label(name, lang)

    @property
    def _compared(self) -> Iterable[str]:
        """The fields in which cases agree that a repeat, or a count, looks at."""
        model = self.words.model
        counted = (name for fact in model.facts.values() if isinstance(fact.derived, Count) for name in fact.derived.same)
        return dict.fromkeys((*(model.repeats.same if model.repeats is not None else ()), *counted))

    def value(self, part: str, value: Any, lang: Lang) -> str:
        """Write the outcome of a part."""
        if isinstance(value, RouteTo):
            return self.route(value, lang)
        if isinstance(value, RemedySet):
            given = (*value.owed, *value.open, *value.preferred, *value.discouraged, *value.excluded)
            return join((self.words.value_label("remedy", each, lang) for each in given), "and", lang)
        if isinstance(value, frozenset):
            return join(sorted(self.value(part, each, lang) for each in value), "and", lang)
        if part in {"scope", "repeat"} and value in _PARTS:
            return _of(_PARTS[value], lang)
        declared = self.words.model.facts.get(part)
        if declared is not None and declared.domain.type == "limit":
            return limit_words(value, lang)
        return self.words.value_label(part, value, lang)

    def route(self, route: RouteTo, lang: Lang) -> str:
        """Write who answers and, where the rule says so, who does the work."""
        if isinstance(route.accountable, Unset):
            return phrase("unspecified", lang)
        return join((self.words.party(name).label(lang) for name in (route.accountable, *route.responsible)), "and", lang)

    def facts(self, facts: Mapping[str, Any], lang: Lang) -> str:
        """Write known facts, without the customer and without free text."""
        shown = {name: value for name, value in facts.items() if self._may_show(name, value)}
        return join(
            (phrase("fact", lang, name=self.fact(name, lang), value=self._shown(name, value, lang)) for name, value in shown.items()), "and", lang
        )

    def _may_show(self, name: str, value: Any) -> bool:
        declared = self.words.model.facts.get(name)
        return declared is not None and declared.domain.type != "text" and name not in {"customer", "subject"} and value is not None

    def _shown(self, name: str, value: Any, lang: Lang) -> str:
        return when(value, lang) if isinstance(value, datetime) else self.words.value_label(name, value, lang)

    def question(self, name: str, choices: tuple[str, ...], lang: Lang) -> str:
        """Put a question for a fact: the policy's own words where it has some, else the name of the fact and its values."""
        declared = self.words.model.facts.get(name)
        if declared is not None and declared.ask.words:
            return declared.ask.text(lang)
        listed = join((self.words.value_label(name, each, lang) for each in choices), "and", lang)
        return phrase("question", lang, name=self.fact(name, lang)) + (phrase("choices", lang, choices=listed) if listed else "")

    def change(self, change: FactChange, lang: Lang) -> str:
        """Write what a fact is and what it would have to be."""
        name = self.fact(change.fact, lang)
        to = change.test if change.to is None else self.value(change.fact, change.to, lang)
        if change.now is None:
            return phrase("unknown", lang, name=name, to=to)
        now = self.value(change.fact, change.now, lang) if self._may_show(change.fact, change.now) else "…"
        return phrase("now", lang, name=name, now=now, to=to)
