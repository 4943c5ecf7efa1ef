"""A progress bar on standard error: for long work, and only where a person is watching."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
            _show(title, number, len(items))
        yield item
    _clear()


@contextmanager
def counted(title: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give what is to be told how much is done, of how much, to show it; None where nobody is watching."""
    if not sys.stderr.isatty():
        yield None
    elif find_spec("rich") is None:
        yield lambda done, total: _show(title, done, total)
        _clear()
    else:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(title, total=None)
            yield lambda done, total: progress.update(task, completed=done, total=total)


def _show(title: str, done: int, total: int) -> None:
    bar = "#" * (_WIDTH * done // total)
    sys.stderr.write(f"\r{title} [{bar:<{_WIDTH}}] {100 * done // total}%")
    sys.stderr.flush()


def _clear() -> None:
    sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()
