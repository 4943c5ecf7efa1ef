"""Runs what a page of documentation shows: its files, its programs, its commands, and the output printed below them.

A fenced block whose first word is followed by a file name is that file. A `python` block runs, after those above it. A `sh`
block in which every line is a `closedloop` command runs as on a terminal. A `text` block is the output of the block above it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FENCE = re.compile(r"^```(?P<kind>[a-z]+)(?: (?P<file>[\w.-]+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_END_OF_BLOCK = "\x1e"
_WITH_FORMAT = frozenset({"decide", "explain", "check", "test", "policies", "compare"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: its kind, the file that it is, its text, the line where it stands, and the output shown below it."""

    kind: str
    file: str | None
    text: str
    line: int
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A block and what it printed."""

    block: Block
    printed: str


def blocks(page: str) -> tuple[Block, ...]:
    """Return the blocks of a page, each with the `text` block that follows it, if one does."""
    found = list(_FENCE.finditer(page))
    following = [*found, None][1:]
    return tuple(
        Block(
            kind=fence["kind"],
            file=fence["file"],
            text=fence["text"],
            line=page.count("\n", 0, fence.start()) + 1,
            shown=after["text"] if after is not None and after["kind"] == "text" else "",
        )
        for fence, after in zip(found, following, strict=True)
    )


def is_run(block: Block) -> bool:
    """Whether a block is something that runs here."""
    if block.file is not None:
        return False
    return block.kind == "python" or (block.kind == "sh" and all(line.startswith("closedloop ") for line in block.text.splitlines()))


def run(page: str, folder: Path) -> Iterator[Ran]:
    """Write the files of a page into a folder, and run its programs and commands there."""
    shown = blocks(page)
    for block in shown:
        if block.file is not None:
            (folder / block.file).write_text(block.text, "utf-8")
    programs = [block for block in shown if is_run(block) and block.kind == "python"]
    source = "".join(f"{block.text}\nprint({_END_OF_BLOCK!r}, end='')\n" for block in programs)
    printed = _output([sys.executable, "-c", source], folder).split(_END_OF_BLOCK) if programs else []
    yield from (Ran(block=block, printed=text) for block, text in zip(programs, printed, strict=False))
    for block in shown:
        if is_run(block) and block.kind == "sh":
            yield Ran(block=block, printed="".join(_output(command(line), folder) for line in block.text.splitlines()))


def command(line: str) -> list[str]:
    """Return how a `closedloop` command runs here; it answers as it does on a terminal."""
    _, name, *rest = shlex.split(line)
    form = ["--format", "text"] if name in _WITH_FORMAT and "--format" not in rest and "--output" not in rest else []
    return [sys.executable, "-m", "closedloop.cli", name, *rest, *form]


def _output(arguments: Sequence[str], folder: Path) -> str:
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}
    ran = subprocess.run(arguments, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    return ran.stdout
