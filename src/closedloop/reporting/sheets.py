"""The statistics of a period laid out for people: titled tables in Chinese or English, before they are written as Markdown or HTML."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    from closedloop.reporting.measures import Measure
    from closedloop.reporting.statistics import Distribution, OnTime, Statistics
    from closedloop.values.clauses import Clause
    from closedloop.values.text import Lang

#: A cell: words, a count, or a share. None is a share of nothing.
Cell = str | int | Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table with its title. The first cell of a row is its name."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A report for people: its title, what it is about, line by line, and its tables."""

    title: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "report": ("客户投诉统计报告", "complaint statistics"),
    "policy": ("依据", "policy"),
    "edition": ("版本", "edition"),
    "period": ("统计期间", "period"),
    "to": ("至", "to"),
    "counted": ("统计口径", "cases counted"),
    "in_period": ("期间内发生“{}”的案件 {} 件", "{1} to which `{0}` happened in the period"),
    "as_at": ("截至", "as they stand at"),
    "merged": ("并入未结案件的来电", "calls merged into an open case"),
    "out_of_scope": ("不适用本制度的投诉", "complaints out of scope"),
    "targets": ("目标", "Targets"),
    "target": ("目标", "target"),
    "goal": ("要求", "goal"),
    "unset": ("未规定", "not set"),
    "met": ("是否达成", "reached"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "open": ("未定", "open"),
    "figures": ("主要指标", "Figures"),
    "figure": ("指标", "figure"),
    "cases": ("件数", "cases"),
    "of": ("基数", "of"),
    "share": ("比例", "share"),
    "undecided": ("未定件数", "undecided"),
    "clauses": ("条款", "clauses"),
    "duties": ("各项义务及时情况", "In time, by duty"),
    "parties": ("各部门及时情况", "In time, by party"),
    "duty": ("义务", "duty"),
    "party": ("部门", "party"),
    "in_time": ("及时", "in time"),
    "late": ("逾期", "late"),
    "running": ("未到期", "running"),
    "by": ("按“{}”分布", "By {}"),
    "value": ("类别", "value"),
    "unknown": ("未知", "not known"),
    "handling": ("各部门处理时效", "Handling time, by party"),
    "whole": ("自收到至闭环", "from receipt to closing"),
    "what": ("环节", "of what"),
    "mean": ("平均", "mean"),
    "median": ("中位", "median"),
    "shortest": ("最短", "shortest"),
    "longest": ("最长", "longest"),
    "unavailable": ("无法给出的指标", "Not available"),
    "lacks": ("缺少", "what it lacks"),
    "days": ("{}天", "{} d"),
    "hours": ("{}小时", "{} h"),
    "minutes": ("{}分", "{} min"),
    "seconds": ("{}秒", "{} s"),
}


class _Words:
    """The words of a report in one language."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self._column = 0 if lang.startswith("zh") else 1

    def __call__(self, *names: str) -> tuple[str, ...]:
        return tuple(_WORDS[name][self._column] for name in names)

    def one(self, name: str, *given: object) -> str:
        return _WORDS[name][self._column].format(*given)

    def joined(self, parts: Iterable[str]) -> str:
        return ("" if self._column == 0 else " ").join(parts)

    def clauses(self, clauses: tuple[Clause, ...]) -> str:
        return ("、" if self._column == 0 else ", ").join(clause.id for clause in clauses)


def sheet(found: Statistics, lang: Lang) -> Sheet:
    """Lay the statistics out in Chinese (`zh`) or English (any other language); a table without a line is left out."""
    words = _Words(lang)
    tables = (section for section in _sections(found, words) if section.rows)
    return Sheet(title=f"{found.title.text(lang)}: {words.one('report')}", about=tuple(_about(found, words)), sections=tuple(tables))


def percent(share: Fraction | None) -> str:
    """Write a share as a percentage with at most two decimals; `≈` says that it is rounded, to the nearest, half up."""
    if share is None:
        return "–"
    hundredths = (share.numerator * 20_000 + share.denominator) // (2 * share.denominator)
    whole, rest = divmod(hundredths, 100)
    decimals = f".{rest:02d}".rstrip("0").rstrip(".")
    return f"{'' if share * 10_000 == hundredths else '≈ '}{whole}{decimals}%"


def cell_text(cell: Cell) -> str:
    """Write a cell."""
    return percent(cell) if cell is None or isinstance(cell, Fraction) else str(cell)


def _about(found: Statistics, words: _Words) -> Iterator[tuple[str, str]]:
    policy = found.policy
    yield words.one("policy"), f"{policy.id}, {words.one('edition')} {policy.edition} ({policy.hash[:12]})"
    yield words.one("period"), f"{found.period.first} {words.one('to')} {found.period.last}"
    yield words.one("counted"), words.one("in_period", found.by.label(words.lang), len(found.cases))
    yield words.one("as_at"), _instant(found.at)
    for name, left_out in (("merged", found.merged), ("out_of_scope", found.out_of_scope)):
        if left_out:
            yield words.one(name), str(len(left_out))


def _sections(found: Statistics, words: _Words) -> Iterator[Section]:
    yield _targets(found.targets, words)
    yield _figures(found, words)
    for name, head, lines in (("duties", "duty", found.duties), ("parties", "party", found.parties)):
        columns = words(head, "in_time", "late", "running", "share", "clauses")
        yield Section(title=words.one(name), head=columns, rows=tuple(_on_time(each, words) for each in lines))
    for each in (found.satisfaction, found.rounds, *found.breakdowns):
        if each is not None and each.slices:
            yield _distribution(each, words)
    yield _handling(found, words)
    missing = tuple((each.label.text(words.lang), each.lacks.text(words.lang)) for each in found.unavailable)
    yield Section(title=words.one("unavailable"), head=words("figure", "lacks"), rows=missing)


def _targets(measures: tuple[Measure, ...], words: _Words) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (
            each.label.text(words.lang),
            each.numerator,
            each.denominator,
            _share(each),
            each.goal or words.one("unset"),
            _met(each, words),
            len(each.undecided),
            words.clauses(each.clauses),
        )
        for each in measures
    ]
    head = words("target", "cases", "of", "share", "goal", "met", "undecided", "clauses")
    return Section(title=words.one("targets"), head=head, rows=tuple(rows))


def _share(each: Measure) -> Cell:
    """Give the share, or the bounds between which undecided cases leave it."""
    if each.share is None and each.undecided:
        return f"{percent(each.least)}–{percent(each.most)}"
    return each.share


def _met(each: Measure, words: _Words) -> str:
    if each.met is not None:
        return words.one("yes" if each.met else "no")
    return "–" if each.goal is None or not each.undecided else words.one("open")


def _figures(found: Statistics, words: _Words) -> Section:
    rows = tuple(
        (each.label.text(words.lang), each.numerator, each.denominator, each.share, each.undecided, words.clauses(each.clauses))
        for each in found.figures
    )
    return Section(title=words.one("figures"), head=words("figure", "cases", "of", "share", "undecided", "clauses"), rows=rows)


def _on_time(each: OnTime, words: _Words) -> tuple[Cell, ...]:
    return each.label.text(words.lang), each.in_time, each.late, each.running, each.share, words.clauses(each.clauses)


def _distribution(found: Distribution, words: _Words) -> Section:
    rows: list[tuple[Cell, ...]] = [(each.label.text(words.lang), each.cases, each.share) for each in found.slices]
    if found.unknown:
        rows.append((words.one("unknown"), found.unknown, ""))
    return Section(title=words.one("by", found.label.text(words.lang)), head=words("value", "cases", "share"), rows=tuple(rows))


def _handling(found: Statistics, words: _Words) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (
            each.party.label(words.lang),
            words.one("whole") if each.duty is None else each.label.text(words.lang),
            each.cases,
            *(_duration(time, words) for time in (each.mean, each.median, each.shortest, each.longest)),
        )
        for each in found.handling
    ]
    return Section(title=words.one("handling"), head=words("party", "what", "cases", "mean", "median", "shortest", "longest"), rows=tuple(rows))


def _duration(time: timedelta, words: _Words) -> str:
    """Write a time to the second, without the units of which there are none."""
    minutes, seconds = divmod(time.seconds, 60)
    units = (("days", time.days), ("hours", minutes // 60), ("minutes", minutes % 60), ("seconds", seconds))
    return words.joined(words.one(name, number) for name, number in units if number) or words.one("seconds", 0)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %z}"
