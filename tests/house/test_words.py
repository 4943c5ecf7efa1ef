"""What no file of the project may hold: unfinished work, silenced checks, paths of one machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# One letter of each word stands in brackets, so that this file does not hold what it looks for.
FORBIDDEN = {
    "unfinished work": r"\bTOD[O]\b|\bFIXM[E]\b|\bXX[X]\b|NotImplementedErro[r]",
    "a silenced check": r"# noq[a]|type: ignor[e]|pragma: no cove[r]|pytest\.ski[p]|xfai[l]\(",
    "a path of one machine": r"/(?:wor[k]|hom[e]|User[s]|roo[t])/\w",
}
# The Makefile and pyproject.toml configure the checks by name.
TEXT = {".py", ".yaml", ".md", ".toml", ".sh", ".jsonl", ".csv", ".out"}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str, root: Path, files: tuple[Path, ...]) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:100]}"
        for path in files
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(("what", "line"), [("unfinished work", "# " + "TO" + "DO: later"), ("a silenced check", "x = 1  # " + "no" + "qa")])
def test_the_patterns_find_what_they_are_for(what: str, line: str) -> None:
    assert re.search(FORBIDDEN[what], line)
