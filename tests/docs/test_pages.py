"""What the documentation shows is what the library does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import blocks, is_run, run

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")) if any(map(is_run, blocks(path.read_text("utf-8")))))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_program_and_command_of_the_page_prints_what_is_shown_below_it(page: Path, tmp_path: Path) -> None:
    for ran in run(page.read_text("utf-8"), tmp_path):
        assert f"line {ran.block.line}:\n{ran.printed}" == f"line {ran.block.line}:\n{ran.block.shown}"


def test_the_pages_for_newcomers_are_among_those_that_run() -> None:
    names = {str(path.relative_to(ROOT)) for path in PAGES}
    assert {"README.md", "docs/tutorial/first-policy.md", "docs/how-to/embed-in-a-crm.md", "docs/how-to/adapt-a-policy.md"} <= names


def test_output_that_is_not_shown_is_noticed(tmp_path: Path) -> None:
    (ran,) = run("# A page\n\n```python\nprint(1 + 1)\n```\n", tmp_path)
    assert (ran.printed, ran.block.shown) == ("2\n", "")


def test_a_program_that_fails_is_noticed(tmp_path: Path) -> None:
    """Its error takes the place of its output, and the programs below it print nothing."""
    (ran,) = run("```python\nraise SystemExit('no')\n```\n```text\n```\n", tmp_path)
    assert ran.printed == "no\n"


def test_a_program_reads_the_files_of_its_page(tmp_path: Path) -> None:
    program = "from pathlib import Path\nprint(Path('a.csv').read_text('utf-8'))"
    (ran,) = run(f"```csv a.csv\nid\n```\n\n```python\n{program}\n```\n```text\nid\n\n```\n", tmp_path)
    assert ran.printed == ran.block.shown
