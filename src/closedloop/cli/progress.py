"""A progress bar on standard error: for long work, and only where a person is watching."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_T = TypeVar("_T")
#: Shorter work is done before a bar could be read.
_LONG: Final = 500
_WIDTH: Final = 30


def watched(items: Sequence[_T], title: str) -> Iterator[_T]:
    """Go through the items; show how far it has got where that takes long and standard error is a terminal."""
    if len(items) < _LONG or not sys.stderr.isatty():
        return iter(items)
    return _plain_bar(items, title) if find_spec("rich") is None else _rich_bar(items, title)


def _rich_bar(items: Sequence[_T], title: str) -> Iterator[_T]:
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=title, console=Console(stderr=True), transient=True)


def _plain_bar(items: Sequence[_T], title: str) -> Iterator[_T]:
    step = max(1, len(items) // 100)
    for number, item in enumerate(items):
        if number % step == 0:
            bar = "#" * (_WIDTH * number // len(items))
            sys.stderr.write(f"\r{title} [{bar:<{_WIDTH}}] {100 * number // len(items)}%")
            sys.stderr.flush()
        yield item
    sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()
