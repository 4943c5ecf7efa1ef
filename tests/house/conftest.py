"""The tree that the checks of this folder look at."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDERS = ("src", "tests", "examples", "benchmarks", "docs")


@pytest.fixture(scope="session")
def root() -> Path:
    """Give the top of the project."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def files(root: Path) -> tuple[Path, ...]:
    """Give every file that people wrote: those of the project's folders, and those at its top."""
    below = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    return tuple(sorted(path for path in (*root.iterdir(), *below) if path.is_file() and "__pycache__" not in path.parts))


@pytest.fixture(scope="session")
def modules(root: Path) -> tuple[Path, ...]:
    """Give the modules of the package."""
    return tuple(sorted((root / "src").rglob("*.py")))
