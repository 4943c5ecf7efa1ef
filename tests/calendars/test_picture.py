"""The picture of a week in the documentation is what its program draws."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_picture_is_what_its_program_draws() -> None:
    drawn = runpy.run_path(str(ROOT / "examples" / "pictures" / "working_week.py"))["picture"]()
    assert (ROOT / "docs" / "images" / "working-week.svg").read_text("utf-8") == drawn
