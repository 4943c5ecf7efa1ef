"""Whoever installs PyYAML without its C parser can read every policy that the project ships or shows."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.docs.pages import blocks

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for folder in ("src", "examples") for path in (ROOT / folder).rglob("*.yaml"))
SHOWN = sorted(path for path in (ROOT / "docs").rglob("*.md") if any(block.kind == "yaml" for block in blocks(path.read_text("utf-8"))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_both_parsers_read_the_same_from_the_file(path: Path) -> None:
    text = path.read_text("utf-8")
    assert yaml.load(text, Loader=yaml.SafeLoader) == yaml.load(text, Loader=yaml.CSafeLoader)


@pytest.mark.parametrize("page", SHOWN, ids=lambda path: path.name)
def test_both_parsers_read_the_same_from_the_page(page: Path) -> None:
    for block in blocks(page.read_text("utf-8")):
        if block.kind == "yaml":
            assert yaml.load(block.text, Loader=yaml.SafeLoader) == yaml.load(block.text, Loader=yaml.CSafeLoader)
