"""Writes a laid-out report as one page of HTML that needs no other file, on a screen or on paper."""

from __future__ import annotations

from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Final

from closedloop.reporting.sheets import cell_text

if TYPE_CHECKING:
    from closedloop.reporting.sheets import Cell, Section, Sheet
    from closedloop.values.text import Lang

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { opacity: .7; } dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .3rem .6rem; border-bottom: 1px solid #8886; text-align: left; }
thead th { border-bottom-width: 2px; } tbody th { font-weight: normal; } td.number { text-align: right; font-variant-numeric: tabular-nums; }
meter { width: 5rem; margin-left: .5rem; vertical-align: middle; }
@media print { body { max-width: none; } section { break-inside: avoid; } }
"""


def page(sheet: Sheet, lang: Lang) -> str:
    """Return the report as a page; every word of a policy is escaped."""
    about = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>\n" for name, text in sheet.about)
    body = "".join(map(_section, sheet.sections))
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(sheet.title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{escape(sheet.title)}</h1>\n<dl>\n{about}</dl>\n{body}</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in section.head)
    rows = "".join(f"<tr>{_name(row[0])}{''.join(map(_cell, row[1:]))}</tr>\n" for row in section.rows)
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    return f'<section>\n<h2>{escape(section.title)}</h2>\n<div class="wide">{table}</div>\n</section>\n'


def _name(cell: Cell) -> str:
    return f'<th scope="row">{escape(cell_text(cell))}</th>'


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    bar = f'<meter value="{cell.numerator / cell.denominator:.4f}"></meter>' if isinstance(cell, Fraction) else ""
    return f'<td class="number">{escape(cell_text(cell))}{bar}</td>'
