"""`import closedloop` stays light: what is slow or optional is loaded on first need."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = "import sys, closedloop; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Give the top-level modules that a fresh interpreter has loaded after `import closedloop`."""
    run = subprocess.run([sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["numpy", "holidays", "rich", "pandas", "pyarrow", "matplotlib", "narwhals", "durable", "pytest", "argparse"])
def test_import_does_not_load(module: str, loaded: set[str]) -> None:
    assert module not in loaded


def test_the_import_was_seen(loaded: set[str]) -> None:
    """The check above looks at the right interpreter."""
    assert "closedloop" in loaded
