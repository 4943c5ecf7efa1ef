"""Every program under `examples/` runs, and prints what is recorded beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PROGRAMS = sorted(EXAMPLES.glob("*.py"))
STORIES = sorted((EXAMPLES / "stories").glob("*.yaml"))
TOLD = {
    *("chery_nev", "vanke", "satisfaction_callback", "eight_steps", "service_company", "parts_maker", "it_desk", "dealer"),
    *("generic_company", "ferris_wheel", "hotel", "sales_complaint_flow", "industrial", "infant_food"),
}


def printed(folder: Path, *words: str) -> str:
    """Run a program in its folder, without a word of complaint, and return what it prints."""
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONWARNINGS": "error"}
    run = subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (run.stderr, run.returncode) == ("", 0)
    return run.stdout


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_the_program_prints_what_is_recorded(program: Path) -> None:
    assert printed(EXAMPLES, program.name) == program.with_suffix(".out").read_text("utf-8")


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_the_story_is_told_as_recorded(story: Path) -> None:
    assert printed(story.parent, "tell.py", story.stem) == story.with_suffix(".out").read_text("utf-8")


def test_each_procedure_has_its_story() -> None:
    assert {story.stem for story in STORIES} == TOLD


def test_there_are_programs_to_run() -> None:
    assert {"first_five_minutes", "ticket_intake", "bad_input", "decision_log", "http_service"} <= {path.stem for path in PROGRAMS}
