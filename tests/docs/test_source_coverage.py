"""Every clause of the sources that can be computed or judged is cited by a packaged policy, and the page that says where is current."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.untraced

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
    found = script()
    assert found.uncited(found.packaged()) == []


def test_without_its_last_rule_a_clause_is_dropped_although_words_cite_it() -> None:
    """Only the duty `mail` carries 004/6.4 out; its record, an event and a fact that cite the clause too do not do it by themselves."""
    found = script()
    models = found.packaged()
    policy = models["infant_food"]
    fewer = FrozenMap({name: duty for name, duty in policy.duties.items() if name != "mail"})
    assert found.uncited(models | {"infant_food": replace(policy, duties=fewer)}) == ["004/6.4"]


def test_every_ambiguity_is_still_resolved_where_the_register_says() -> None:
    """Each is a reading with those choices and that default, a finding, an open slot, or a rule; 48, 49 and 51 are no numbers of the register."""
    found = script()
    assert found.unresolved() == []
    assert [*dict.fromkeys(int(row["ambiguity"]) for row in found.ambiguities())] == [*range(1, 48), 50, *range(52, 71)]


def test_every_authority_that_document_004_leaves_open_is_in_the_register() -> None:
    """The table of 6.2.6 is lost, for own product and for cash."""
    found = script()
    listed = {row["path"] for row in found.ambiguities() if row["policy"] == "infant_food"}
    open_limits = {each.place.path for each in found.cl.load_policy("infant_food").check() if ".ladder." in each.place.path}
    assert len(open_limits) > 1
    assert open_limits <= listed


def test_every_reading_of_a_document_resolves_an_ambiguity() -> None:
    """No reading is left out of the register, and no choice of one."""
    found = script()
    listed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in found.ambiguities():
        if row["kind"] == "reading":
            listed[row["policy"], row["path"]] |= set(row["value"].split())
    readings = {(name, each.id): set(each.choices) for name, model in found.packaged().items() for each in model.readings.values()}
    assert readings == listed


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
