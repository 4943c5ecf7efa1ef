"""A comparison told in lines of text, in Chinese or English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.values.text import Label
from closedloop.whatif.measures import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.values.text import Lang
    from closedloop.whatif.comparison import Comparison


def counts(comparison: Comparison, lang: Lang) -> str:
    """Say in one line how many cases there are, and how many changed."""
    told = (comparison.cases, len(comparison.changed), comparison.unchanged, len({error.case for error in comparison.errors}))
    aside, later = len(comparison.rejected), comparison.later
    if lang.startswith("zh"):
        return "案件 {} 件:变化 {} 件,不变 {} 件;出错 {} 件,剔除 {} 行,晚于观察时点 {} 件".format(*told, aside, later)
    return "{:,} cases: {:,} changed, {:,} unchanged; {:,} with errors, {:,} rows set aside, {:,} received later".format(*told, aside, later)


def told(comparison: Comparison, lang: Lang) -> Iterator[str]:
    """Give the lines of a comparison: what was compared, how many cases changed, the summary, and what it does not cover."""
    zh = lang.startswith("zh")
    yield " -> ".join(comparison.called)
    yield counts(comparison, lang)
    yield ""
    yield comparison.summary().to_text(lang)
    if lines := lacking(comparison, lang):
        yield ""
        yield "数据不支持的指标：" if zh else "not available from these data:"
        yield from (f"  {line}" for line in lines)


def lacking(comparison: Comparison, lang: Lang) -> list[str]:
    """Say in a line for each lack of the data which measures it makes unavailable."""
    found: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for each in comparison.unavailable:
        if each.because == "data":
            found.setdefault((each.of, each.lacks), {})[MEASURES[each.measure].text(lang)] = None
    lines = []
    for (of, lacks), measures in found.items():
        label = next((comparison.names[space, of] for space in ("duty", "fact", "event") if (space, of) in comparison.names), Label(of))
        named = f"{label.text(lang)}: " if of else ""
        wanted = ", ".join(lacks)
        lines.append(f"{named}{', '.join(measures)} ({f'缺少 {wanted}' if lang.startswith('zh') else f'lacks {wanted}'})")
    return lines
