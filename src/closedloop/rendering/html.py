"""Writes a printed policy as one self-contained HTML page."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from closedloop.rendering.drawing import svg
from closedloop.rendering.phrases import words
from closedloop.rendering.wording import codes, joined, notes, quotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from closedloop.rendering.parts import Entry, Listing, Page, Section

_STYLE: Final = """\
body { font: 15px/1.55 Georgia, "Songti SC", SimSun, "Noto Serif CJK SC", serif; color: #1a1a1a; background: #fff; max-width: 62rem;
  margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.8rem; text-align: center; margin: 1rem 0 1.5rem; }
h2 { font-size: 1.25rem; border-bottom: 2px solid #444; padding-bottom: .2rem; margin: 2.2rem 0 .8rem; }
h3 { font-size: 1rem; margin: 1.3rem 0 .3rem; }
p { margin: .35rem 0; }
code { font: 11px/1.3 ui-monospace, Menlo, Consolas, monospace; color: #666; font-weight: normal; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .9rem; }
th, td { border: 1px solid #999; padding: .3rem .5rem; text-align: left; vertical-align: top; }
th { background: #eee; }
table.head th { width: 14rem; }
table.signatures td { height: 3.2rem; }
ul { margin: .3rem 0; padding-left: 1.4rem; }
ul.notes { font-size: .85rem; color: #444; }
blockquote { margin: .4rem 0; padding: .1rem .8rem; border-left: 3px solid #bbb; font-size: .85rem; color: #444; }
mark { background: #fff1b8; padding: 0 .15rem; }
nav a { color: inherit; }
svg { max-width: 100%; height: auto; display: block; margin: 1rem auto; font: 12px sans-serif; }
svg path { stroke: #555; stroke-width: 1.2; } svg path.needed { stroke-dasharray: 4 3; } svg marker path { fill: #555; stroke: none; }
svg rect { fill: #f5f7fa; stroke: #444; } svg .late rect { fill: #fbeaea; } svg .open rect { fill: #fff1b8; stroke-dasharray: 4 3; }
svg text { text-anchor: middle; fill: #1a1a1a; } svg .number { font-size: 10.5px; stroke: #fff; stroke-width: 3px; paint-order: stroke; }
@page { size: A4; margin: 18mm 15mm; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; } nav { display: none; }
  h2, h3 { break-after: avoid; } section.entry, tr, blockquote, svg { break-inside: avoid; } section.table { break-inside: auto; }
  svg { max-height: 240mm; } }"""


def html(page: Page) -> str:
    """Return the page as HTML; everything it needs is in it."""
    body = [f"<h1>{escape(page.title)}</h1>", _head(page.head), f"<p>{_marked(page, page.intro)}</p>", _contents(page)]
    if page.flow.arrows:
        drawing = svg(page.flow, page.flow_title)
        body += [
            '<section class="entry">',
            f'<h2 id="flow">{escape(page.flow_title)}</h2>',
            f"<p>{escape(page.flow_intro)}</p>",
            f"<figure>{drawing}</figure>",
            "</section>",
        ]
    for number, section in enumerate(page.sections, 1):
        body += _section(page, section, number)
    for number, listing in enumerate((*page.listings, page.signatures), len(page.sections) + 1):
        body += _listing(page, listing, number, "signatures" if listing is page.signatures else "listing")
    head = f'<head>\n<meta charset="utf-8">\n<title>{escape(page.title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>'
    lines = ["<!DOCTYPE html>", f'<html lang="{page.lang}">', head, "<body>", *body, "</body>", "</html>"]
    return "\n".join(lines) + "\n"


def _marked(page: Page, text: str) -> str:
    """Escape a text, and mark what the source leaves open."""
    unset = escape(words("open", page.lang))
    return re.sub(re.escape(unset), f"<mark>{unset}</mark>", escape(text))


def _head(rows: Iterable[tuple[str, str]]) -> str:
    lines = (f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    return "\n".join(['<table class="head">', *lines, "</table>"])


def _contents(page: Page) -> str:
    titles = [each.title for each in page.sections] + [each.title for each in (*page.listings, page.signatures)]
    items = (f'<li><a href="#s{number}">{escape(title)}</a></li>' for number, title in enumerate(titles, 1))
    return "\n".join([f"<nav><h2>{codes(page.lang, 'contents')}</h2>", "<ol>", *items, "</ol></nav>"])


def _section(page: Page, section: Section, number: int) -> Iterator[str]:
    yield f'<h2 id="s{number}">{number} {escape(section.title)}</h2>'
    if section.intro:
        yield f"<p>{escape(section.intro)}</p>"
    for place, entry in enumerate(section.entries, 1):
        yield from _entry(page, section, f"{number}.{place}", entry)


def _entry(page: Page, section: Section, number: str, entry: Entry) -> Iterator[str]:
    code = f" <code>{escape(entry.path)}</code>" if entry.path else ""
    yield f'<section class="entry{" table" if entry.rows else ""}">'
    yield f"<h3>{number} {escape(entry.title)}{code}</h3>"
    if entry.lead:
        yield f"<p>{_marked(page, entry.lead)}</p>"
        yield _list((_marked(page, each) for each in entry.sentences), "points")
    elif entry.sentences:
        yield f"<p>{_marked(page, joined(page.lang, entry.sentences))}</p>"
    if entry.steps:
        yield _table(entry.steps[0], ([_marked(page, cell) for cell in step] for step in entry.steps[1:]))
    if entry.rows:
        columns, rows = entry.table()
        header = (codes(page.lang, "number"), *columns, codes(page.lang, "clauses"), codes(page.lang, "code"))
        yield _table(header, (_row(page, f"{number}.{line}", row, cells) for line, (row, cells) in enumerate(rows, 1)))
    if told := notes(page, number, entry):
        yield _list(map(escape, told), "notes")
    if quoted := quotes(page.lang, entry, whole=section.quoted):
        yield "\n".join(["<blockquote>", *(f"<p>{escape(line)}</p>" for line in quoted), "</blockquote>"])
    yield "</section>"


def _row(page: Page, number: str, row: Entry, cells: tuple[str, ...]) -> list[str]:
    clauses = ", ".join(clause.id for clause in row.provenance.clauses)
    return [number, *(_marked(page, cell) for cell in cells), escape(clauses), f"<code>{escape(row.path)}</code>"]


def _listing(page: Page, listing: Listing, number: int, style: str) -> Iterator[str]:
    # Those who sign see all places for a signature on one sheet.
    yield f'<section class="entry{" table" if style == "listing" else ""}">'
    yield f'<h2 id="s{number}">{number} {escape(listing.title)}</h2>'
    yield f"<p>{escape(listing.intro)}</p>"
    yield _table(listing.header, ([_marked(page, cell) for cell in row] for row in listing.rows), style)
    yield "</section>"


def _list(items: Iterable[str], style: str) -> str:
    return "\n".join([f'<ul class="{style}">', *(f"<li>{item}</li>" for item in items), "</ul>"])


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], style: str = "rows") -> str:
    """Lay out a table; the cells of the rows are HTML already."""
    lines = [f'<table class="{style}">', f"<thead><tr>{''.join(f'<th>{escape(name)}</th>' for name in header)}</tr></thead>", "<tbody>"]
    lines += [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows]
    return "\n".join([*lines, "</tbody>", "</table>"])
