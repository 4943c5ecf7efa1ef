"""Every program under `examples/` runs, and prints what is recorded beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PROGRAMS = sorted(EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_the_program_prints_what_is_recorded(program: Path) -> None:
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}
    run = subprocess.run([sys.executable, program.name], cwd=EXAMPLES, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (run.stderr, run.returncode) == ("", 0)
    assert run.stdout == program.with_suffix(".out").read_text("utf-8")


def test_there_are_programs_to_run() -> None:
    assert {"first_five_minutes", "ticket_intake", "bad_input", "decision_log", "http_service"} <= {path.stem for path in PROGRAMS}
