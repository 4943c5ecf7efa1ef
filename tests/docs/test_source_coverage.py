"""Every clause of the sources that can be computed or judged is cited by a packaged policy, and the page that says where is current."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "docs" / "reference" / "source_coverage.py"


def script() -> ModuleType:
    """Return the script that writes the page."""
    spec = importlib.util.spec_from_file_location("source_coverage", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_clause_that_can_be_computed_or_judged_is_dropped() -> None:
    """Each id marked M or A is cited."""
    assert script().uncited() == []


def test_the_page_is_current() -> None:
    """`make coverage-page` would change nothing."""
    found = script()
    assert found.PAGE.read_text(encoding="utf-8") == found.page()


def test_every_clause_of_document_000_is_quoted_where_it_is_cited() -> None:
    """The packaged policy holds the words of the clauses that it cites."""
    found = script()
    cited = [row["clause"] for row in found.clauses() if row["clause"].startswith("000/") and row["mark"] in {"M", "A"}]
    quoted = found.cl.load_policy("chery_nev").book.model.clauses
    assert [clause for clause in cited if clause not in quoted or not quoted[clause].text] == []
