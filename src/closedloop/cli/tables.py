"""Tables for people: aligned text, or rich's tables where rich is installed and a person looks."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from closedloop.values.columns import plain_table, shown

if TYPE_CHECKING:
    from collections.abc import Sequence


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, terminal_width: int | None) -> None:
    """Print a table. `terminal_width` is None where no person looks; then nothing is cut and rich is not used."""
    if terminal_width is None or find_spec("rich") is None:
        print(plain_table(header, rows, terminal_width))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in header:
        table.add_column(Text(shown(title)), overflow="ellipsis", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(shown(cell)) for cell in row))
    Console(width=terminal_width).print(table)
