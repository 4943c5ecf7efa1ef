"""Writes a printed policy as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from closedloop.rendering.wording import codes, joined, notes, quotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from closedloop.rendering.flow import Flow
    from closedloop.rendering.parts import Entry, Listing, Page, Section

_SPECIAL: Final = re.compile(r"([\\`*\[\]<>|&~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
#: What begins a list or a heading where it begins a line.
_AT_START: Final = re.compile(r"^(\d*)([#+=.)-])(?=\s|$|[#=-])")
_SHAPES: Final = {"event": ('["', '"]'), "late": ('{{"', '"}}'), "open": ('(["', '"])')}


def markdown(page: Page) -> str:
    """Return the page as Markdown: tables, and the flow as a Mermaid diagram."""
    blocks = [f"# {escaped(page.title)}", _table(("", ""), page.head), escaped(page.intro)]
    blocks += [f"## {escaped(page.flow_title)}", escaped(page.flow_intro), _mermaid(page.flow)] if page.flow.arrows else []
    for number, section in enumerate(page.sections, 1):
        blocks += _section(page, section, number)
    for number, listing in enumerate((*page.listings, page.signatures), len(page.sections) + 1):
        blocks += [f"## {number} {escaped(listing.title)}", escaped(listing.intro), _listing(listing)]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Make a text stand for itself, in one line."""
    return _AT_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def _section(page: Page, section: Section, number: int) -> Iterator[str]:
    yield f"## {number} {escaped(section.title)}"
    if section.intro:
        yield escaped(section.intro)
    for place, entry in enumerate(section.entries, 1):
        yield from _entry(page, section, f"{number}.{place}", entry)


def _entry(page: Page, section: Section, number: str, entry: Entry) -> Iterator[str]:
    code = f" `{entry.path}`" if entry.path else ""
    yield f"### {number} {escaped(entry.title)}{code}"
    if entry.lead:
        yield escaped(entry.lead)
        yield "\n".join(f"- {escaped(each)}" for each in entry.sentences)
    elif entry.sentences:
        yield escaped(joined(page.lang, entry.sentences))
    if entry.steps:
        yield _table(entry.steps[0], entry.steps[1:])
    if entry.rows:
        columns, rows = entry.table()
        header = (codes(page.lang, "number"), *columns, codes(page.lang, "clauses"), codes(page.lang, "code"))
        yield _table(header, [_row(f"{number}.{line}", row, cells) for line, (row, cells) in enumerate(rows, 1)], raw_last=True)
    if told := notes(page, number, entry):
        # Another mark than that of the list above, so that the two stay apart.
        yield "\n".join(f"* {escaped(note)}" for note in told)
    if quoted := quotes(page.lang, entry, whole=section.quoted):
        yield "\n>\n".join(f"> {escaped(line)}" for line in quoted)


def _row(number: str, row: Entry, cells: tuple[str, ...]) -> tuple[str, ...]:
    clauses = ", ".join(clause.id for clause in row.provenance.clauses)
    return (number, *cells, clauses, f"`{row.path}`")


def _listing(listing: Listing) -> str:
    return _table(listing.header, listing.rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], *, raw_last: bool = False) -> str:
    """Lay out a table; the last cell is written as it is where `raw_last` says so."""
    lines = [_line([escaped(cell) for cell in header]), _line(["---"] * len(header))]
    for row in rows:
        cells = [escaped(cell) for cell in row]
        lines.append(_line([*cells[:-1], row[-1]] if raw_last else cells))
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _mermaid(flow: Flow) -> str:
    names = {step.id: f"n{number}" for number, step in enumerate(flow.steps)}
    lines = ["```mermaid", "flowchart TD"]
    for step in flow.steps:
        left, right = _SHAPES[step.kind]
        lines.append(f"  {names[step.id]}{left}{_plain(step.text)}{right}")
    for arrow in flow.arrows:
        shaft = "-.->" if arrow.needed else "-->"
        lines.append(f'  {names[arrow.start]} {shaft}|"{", ".join(arrow.numbers)}"| {names[arrow.end]}')
    return "\n".join([*lines, "```"])


def _plain(text: str) -> str:
    """Write a text so that Mermaid takes it as text."""
    coded = "".join(f"#{ord(character)};" if character in '"<>&#;`\\' else character for character in text)
    return " ".join(coded.split())
