"""What is too intricate to be answered exactly says so, and does so within bounds."""

from __future__ import annotations

import pytest

from closedloop.rules.conditions import Condition
from closedloop.rules.domains import Domain
from closedloop.rules.grammar import parse_test
from closedloop.rules.program import Program, TooIntricate
from closedloop.rules.regions import gap, overlaps, satisfiable
from closedloop.rules.states import UNSET
from closedloop.rules.tables import Rule, Table
from tests.rules.samples import HERE, LEVEL, ROUTE, condition, program, rule, table

pytestmark = pytest.mark.untraced

YES_NO = Domain(type="yes_no")
YES, NO = (parse_test(word, YES_NO) for word in ("yes", "no"))


def test_thirty_facts_that_must_be_pairwise_equal_are_refused() -> None:
    """Fifteen pairs of which all must agree leave 2 to the 15 ways through; the error asks for more facts."""
    names = [f"f{number}" for number in range(30)]
    rows = tuple(
        Rule(id=f"r{number}", when=Condition((((names[number], YES), (names[number + 15], NO)),)), then=f"v{number}", provenance=HERE)
        for number in range(15)
    )
    domains = dict.fromkeys(names, YES_NO) | {"out": Domain(type="choice", values=tuple(row.id for row in rows))}
    of = Program(tables={"out": Table(name="out", domain=domains["out"], rules=rows, provenance=HERE)}, domains=domains)
    with pytest.raises(TooIntricate, match="state more of the facts"):
        of.outcome("out", {})


def test_overlaps_come_with_facts_that_show_them() -> None:
    """Sales and anything large can both apply."""
    rows = table("route", rule("sales", "sales_team", {"category": "sales"}), rule("large", "office", {"loss": ">= large"}))
    found = list(overlaps(program(rows), rows))
    assert [(each.first, each.second) for each in found] == [("sales", "large")]
    assert program(rows).world(found[0].witness).hit("route").rules == ("sales", "large")


def test_rows_behind_one_table_do_not_overlap_by_appearance() -> None:
    """Strong and not strong exclude each other, and so do levels that one set of facts cannot give."""
    assert list(overlaps(program(LEVEL, ROUTE), ROUTE)) == []


def test_presence_tells_rows_apart() -> None:
    """With an amount, without one."""
    rows = table("route", rule("with", "office", {"amount": "present"}), rule("without", "sales_team", {"amount": "missing"}))
    assert list(overlaps(program(rows), rows)) == []


def test_a_gap_comes_with_facts_that_show_it() -> None:
    """No row for finance."""
    rows = table("route", rule("quality", "office", {"category": "quality"}), rule("sales", "office", {"category": "sales"}))
    assert gap(program(rows), rows) == {"category": "finance"}
    assert gap(program(LEVEL), LEVEL) is not None


def test_a_condition_that_nothing_meets() -> None:
    """Above and below at once."""
    assert not satisfiable(
        program(LEVEL), Condition((((("loss"), parse_test(">= large", LEVEL_LOSS)), (("loss"), parse_test("< large", LEVEL_LOSS))),))
    )
    assert satisfiable(program(LEVEL), condition({"loss": ">= large"}))


LEVEL_LOSS = Domain(type="ordered", values=("no_loss", "small", "large", "very_large"))


def test_a_row_that_asks_for_a_known_field_behind_a_table_can_apply() -> None:
    """Strong, with an amount known: nothing stands against it."""
    assert satisfiable(program(LEVEL), condition({"level": "strong", "amount": "present"}))
    assert not satisfiable(program(LEVEL), condition({"level": "strong", "loss": "small", "high_claim": "no"}))


def test_a_row_of_a_set_that_the_source_leaves_out_adds_nothing() -> None:
    """With nothing else it leaves the set to the source; beside another row it does not count."""
    rows = table("tags", rule("lost", UNSET, {"removable": "yes"}), rule("press", frozenset({"media"}), {"high_claim": "yes"}), hit="all")
    of = program(rows)
    assert of.outcome("tags", {"removable": True, "high_claim": False}).values == (UNSET,)
    assert of.outcome("tags", {"removable": True, "high_claim": True}).values == (frozenset({"media"}),)
