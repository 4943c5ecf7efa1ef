"""Writes a laid-out report as Markdown, which is readable as plain text too."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from closedloop.reporting.sheets import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from closedloop.reporting.sheets import Cell, Section, Sheet


_TAG: Final = re.compile(r"<(?=[A-Za-z/!?])")


def markdown(sheet: Sheet) -> str:
    """Return the report as Markdown."""
    about = "".join(f"- {_plain(name)}: {_plain(text)}\n" for name, text in sheet.about)
    return f"# {_plain(sheet.title)}\n\n{about}" + "".join(f"\n{_section(each)}" for each in sheet.sections)


def _section(section: Section) -> str:
    kinds = [_is_number(cell) for cell in section.rows[0]]
    rule = "|" + "|".join(" ---: " if number else " --- " for number in kinds) + "|"
    lines = [_line(section.head), rule, *(_line(map(cell_text, row)) for row in section.rows)]
    return f"## {_plain(section.title)}\n\n" + "".join(f"{line}\n" for line in lines)


def _is_number(cell: Cell) -> bool:
    return cell is None or isinstance(cell, (int, Fraction))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Keep what a policy calls things from being read as Markdown or ending a cell."""
    return _TAG.sub("&lt;", " ".join(text.split())).replace("\\", "\\\\").replace("|", "\\|")
