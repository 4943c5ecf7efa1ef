"""Writes a comparison as one page of HTML with its plots, which needs no other file; and the piece that a notebook shows."""

from __future__ import annotations

from collections import Counter
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from closedloop.errors import ClosedloopError, UnknownName
from closedloop.whatif.listing import rows
from closedloop.whatif.measures import GREATEST, MEASURES
from closedloop.whatif.plots import NEW, OLD, bars, paired_bars
from closedloop.whatif.summary import amount_text
from closedloop.whatif.tally import BY
from closedloop.whatif.telling import counts, lacking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from os import PathLike

    from closedloop.values.text import Lang
    from closedloop.whatif.comparison import Comparison

_STYLE: Final = f"""
body {{ font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #1a1a1a; background: #fff; max-width: 66rem;
  margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #ccc; }} h3 {{ font-size: 1rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .9rem; }} th, td {{ padding: .25rem .6rem; border-bottom: 1px solid #ddd; text-align: left; }}
td {{ vertical-align: top; overflow-wrap: anywhere; }}
td.number, th.number {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }}
svg {{ max-width: 100%; height: auto; }} svg text {{ font-family: system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif !important; }}
.old, .new {{ display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }}
.old {{ background: {OLD}; }} .new {{ background: {NEW}; }}
"""
_WORDS: Final = {
    "title": ("制度变更对比", "What the change would have done"),
    "as_of": ("观察时点", "as of"),
    "assumed": ("保持不变的条件", "What was held fixed"),
    "summary": ("总览", "Summary"),
    "plots": ("图示", "Plots"),
    "changed_by_month": ("各月变化的案件", "cases that changed, by month of receipt"),
    "category": ("按类别", "By category"),
    "department": ("按部门", "By department"),
    "level": ("按级别", "By level"),
    "month": ("按月份", "By month"),
    "because": ("差异来自哪些条款", "Which clauses the difference comes from"),
    "rules": ("规则", "rules"),
    "clauses": ("条款", "clauses"),
    "cases": ("件数", "cases"),
    "difference": ("差", "difference"),
    "changed": ("变化的案件", "Cases that changed"),
    "received": ("收到时间", "received"),
    "part": ("内容", "part"),
    "before": ("旧", "before"),
    "after": ("新", "after"),
    "more": ("另有 {:,} 行未列出；完整清单见 to_frame 或 to_json", "{:,} more rows; to_frame and to_json have them all"),
    "aside": ("出错的案件与剔除的行", "Cases with errors, and rows set aside"),
    "unavailable": ("数据不支持的指标", "Not available from these data"),
}
_LISTED: Final = 300
_PLOTTED: Final = ("late", "load", "level", "approvals", "shut_gates", "questions")


def write_page(comparison: Comparison, path: str | PathLike[str], lang: Lang) -> None:
    """Write the page into a file."""
    if lang.split("-", 1)[0] not in {"zh", "en"}:
        raise UnknownName.among("language", lang, ("zh", "en"))
    text = page(comparison, lang)
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ClosedloopError(f"{path}: cannot be written: {(error.strerror or 'unknown reason').lower()}") from None


def page(comparison: Comparison, lang: Lang) -> str:
    """Return the page."""
    title = f"{_say('title', lang)}: {' → '.join(comparison.called)}"
    head = f'<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>'
    body = [f"<h1>{escape(title)}</h1>", *_about(comparison, lang), *_sections(comparison, lang)]
    return "\n".join(["<!DOCTYPE html>", f'<html lang="{escape(lang)}">', head, "<body>", *body, "</body>", "</html>", ""])


def notebook(comparison: Comparison) -> str:
    """Return what a notebook shows: the names, the counts, and the summary."""
    title = f"{' → '.join(comparison.called)}"
    return f"<div><p><b>{escape(title)}</b><br>{escape(counts(comparison, 'en'))}</p>\n{comparison.summary().to_html('en')}</div>"


def _say(word: str, lang: Lang) -> str:
    zh, en = _WORDS[word]
    return zh if lang.startswith("zh") else en


def _about(comparison: Comparison, lang: Lang) -> Iterator[str]:
    yield f"<p>{escape(counts(comparison, lang))}<br>{_say('as_of', lang)} {escape(comparison.at.isoformat())}</p>"
    yield f"<h2>{_say('assumed', lang)}</h2>"
    yield _list(each.text(lang) for each in comparison.assumptions)


def _sections(comparison: Comparison, lang: Lang) -> Iterator[str]:
    yield f"<h2>{_say('summary', lang)}</h2>"
    yield f'<div class="wide">{comparison.summary().to_html(lang)}</div>'
    yield from _plots(comparison, lang)
    for by in BY:
        yield f"<h2>{_say(by, lang)}</h2>"
        yield f'<div class="wide">{comparison.summary(by).to_html(lang)}</div>'
    yield from _causes(comparison, lang)
    yield from _changed(comparison, lang)
    told = [*map(str, comparison.errors), *(f"{row.place}: {'; '.join(map(str, row.problems))}" for row in comparison.rejected)]
    for title, lines in (("aside", told), ("unavailable", lacking(comparison, lang))):
        if lines:
            yield f"<h2>{_say(title, lang)}</h2>"
            yield _list(lines)


def _plots(comparison: Comparison, lang: Lang) -> Iterator[str]:
    """Draw the counts side by side, a plot for each measure, and the changed cases month by month."""
    summary = comparison.summary()
    yield f'<h2>{_say("plots", lang)} <small><span class="old"></span>{escape(comparison.called[0])}'
    yield f'<span class="new"></span>{escape(comparison.called[1])}</small></h2>'
    for measure in _PLOTTED:
        shown = [row for row in summary.rows if row.measure == measure]
        labels = [summary.name(row, lang) for row in shown]
        sides = [[amount if isinstance(amount, int) else 0 for amount in side] for side in ([r.old for r in shown], [r.new for r in shown])]
        if shown:
            yield _figure(MEASURES[measure].text(lang), paired_bars(labels, *sides, name=measure))
    months = Counter(change.received_at.strftime("%Y-%m") for change in comparison.changed)
    if months:
        yield _figure(_say("changed_by_month", lang), bars(sorted(months), [months[month] for month in sorted(months)], name="months"))


def _figure(title: str, drawing: str) -> str:
    return f"<figure><figcaption><b>{escape(title)}</b></figcaption>\n{drawing}</figure>"


def _causes(comparison: Comparison, lang: Lang) -> Iterator[str]:
    yield f"<h2>{_say('because', lang)}</h2>"
    for measure, label in MEASURES.items():
        found = () if measure in GREATEST else comparison.attribution(measure).rows
        if found:
            yield f"<h3>{escape(label.text(lang))}</h3>"
            header = [_say(name, lang) for name in ("rules", "clauses", "cases", "difference")]
            lines = [(", ".join(row.rules), ", ".join(row.clauses), f"{row.cases:,}", amount_text(row.difference, signed=True)) for row in found]
            yield _table(header, lines)


def _changed(comparison: Comparison, lang: Lang) -> Iterator[str]:
    listed = list(rows(comparison.changed))
    yield f"<h2>{_say('changed', lang)}</h2>"
    header = ["id", *(_say(name, lang) for name in ("received", "part", "before", "after", "rules", "clauses"))]
    shown = [(id_, f"{at:%Y-%m-%d %H:%M}", part, before or "-", after or "-", rules, clauses)
             for id_, at, part, before, after, rules, clauses, _, _ in listed[:_LISTED]]  # fmt: skip
    yield _table(header, shown)
    if len(listed) > _LISTED:
        yield f"<p>{escape(_say('more', lang).format(len(listed) - _LISTED))}</p>"


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in header)
    body = "\n".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in lines)
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>'


def _list(lines: Iterable[str]) -> str:
    return "\n".join(["<ul>", *(f"<li>{escape(line)}</li>" for line in lines), "</ul>"])
