"""Text laid out in columns, which knows how wide Chinese is."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP: Final = "  "
_NARROWEST: Final = 4


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shown(text: str) -> str:
    """Return a text that is safe to print in one line: control characters, which could steer a terminal, become `?`."""
    return text if text.isprintable() else "".join(map(_safe, text))


def _safe(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else "?"


def shortened(text: str, most: int) -> str:
    """Cut a text to a width, and mark that it was cut."""
    if width(text) <= most:
        return text
    kept, used = [], 1
    for character in text:
        used += _character_width(character)
        if used > most:
            break
        kept.append(character)
    return "".join(kept) + "…"


def padded(text: str, to: int) -> str:
    """Fill a text up to a width."""
    return text + " " * (to - width(text))


def plain_table(header: Sequence[str], rows: Sequence[Sequence[str]], most: int | None = None) -> str:
    """Lay out rows under a header as aligned text, at most that wide in all: the widest columns give way first."""
    lines = [[shown(cell) for cell in row] for row in (header, *rows)]
    widths = [max(width(line[column]) for line in lines) for column in range(len(header))]
    if most is not None:
        while sum(widths) + len(_GAP) * (len(widths) - 1) > most and max(widths) > _NARROWEST:
            widths[widths.index(max(widths))] -= 1
    lines.insert(1, ["-" * each for each in widths])
    return "\n".join(_GAP.join(padded(shortened(cell, to), to) for cell, to in zip(line, widths, strict=True)).rstrip() for line in lines)
