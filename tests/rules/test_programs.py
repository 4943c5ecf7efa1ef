"""Tables: hit policies, and what missing facts leave possible, held against trying every way of filling them in."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from closedloop.rules.program import Program
from closedloop.rules.states import MISSING, UNSET
from tests.rules.samples import DOMAINS, LEVEL, ROUTE, condition, program, rule, table

if TYPE_CHECKING:
    from closedloop.rules.tables import Table

VALUES: dict[str, list[Any]] = {
    "dissatisfaction": ["low", "high"],
    "loss": ["no_loss", "small", "large", "very_large"],
    "deficiency": ["no_deficiency", "some", "severe"],
    "removable": [True, False],
    "high_claim": [True, False],
    "category": ["quality", "sales", "finance"],
    # Whole numbers and halves around every threshold that the tests below use.
    "amount": [Decimal(number) / 2 for number in range(-2, 14)],
    "words": ["", "late", "broken", "late and broken", "fine"],
    "tags": [frozenset(tags) for tags in ([], ["media"], ["crime"], ["media", "crime"], ["other_tag"])],
}


def enumerated(of: Program, name: str, known: dict[str, Any]) -> set[Any]:
    """Return the outcomes over every way of filling in the missing facts, one by one."""
    fields = [field for field in of.support(name) if field not in known]
    completions = product(*(VALUES[field] for field in fields))
    return {of.outcome(name, {**known, **dict(zip(fields, values, strict=True))}).values[0] for values in completions}


def test_highest_takes_the_strongest_row() -> None:
    """Of the rows that apply, the highest value stands."""
    found = program(LEVEL).outcome("level", {"loss": "very_large", "high_claim": True})
    assert found.values == ("strong",)


def test_an_undecided_higher_row_leaves_the_level_open() -> None:
    """A large loss is intermediate at least, and strong if the deficiency is severe and the claim high."""
    found = program(LEVEL).outcome("level", {"loss": "large", "dissatisfaction": "low"})
    assert set(found.values) == {"intermediate", "strong"}
    assert set(found.facts) == {"deficiency", "high_claim"}


def test_a_gap_is_left_out_by_the_source() -> None:
    """Low, not quickly removable, no claim: no row says anything."""
    known: dict[str, Any] = {"dissatisfaction": "low", "loss": "small", "removable": False, "high_claim": False}
    assert program(LEVEL).outcome("level", known).values == (UNSET,)


def test_missing_facts_that_change_nothing_are_not_asked_for() -> None:
    """Quality goes to one team whatever its level is."""
    found = program(LEVEL, ROUTE).outcome("route", {"category": "quality"})
    assert (found.values, found.facts) == (("quality_team",), ())


def test_agreement_of_all_completions_decides() -> None:
    """A row per answer with one outcome: the answer need not be known."""
    rows = table("route", rule("a", "office", {"removable": "yes"}), rule("b", "office", {"removable": "no"}))
    assert program(rows).outcome("route", {}).values == ("office",)


def test_an_override_sets_a_row_aside() -> None:
    """The more particular row stands although both match."""
    rows = table("route", rule("all", "office"), rule("sales", "sales_team", {"category": "sales"}, overrides=["all"]))
    assert program(rows).outcome("route", {"category": "sales"}).values == ("sales_team",)
    assert set(program(rows).outcome("route", {}).values) == {"office", "sales_team"}


def test_a_floor_is_never_undercut() -> None:
    """A table with a floor gives at least its value, and at the top nothing needs to be asked."""
    raised = table("level", *LEVEL.rules, hit="highest", floor="category")
    domains = {**DOMAINS, "category": DOMAINS["level"]}
    of = Program(tables={"level": raised}, domains=domains)
    known: dict[str, Any] = {"dissatisfaction": "low", "removable": True, "high_claim": False, "loss": "small"}
    assert of.outcome("level", {**known, "category": "intermediate"}).values == ("intermediate",)
    assert of.outcome("level", {"category": "strong"}).values == ("strong",)


def test_facts_in_a_diagram_are_those_that_matter() -> None:
    """Two facts of which only equality matters both matter, although either alone changes no set of outcomes."""
    rows = table(
        "route",
        rule("same", "office", {"removable": "yes", "high_claim": "yes"}, {"removable": "no", "high_claim": "no"}),
        otherwise="sales_team",
    )
    assert set(program(rows).outcome("route", {}).facts) == {"removable", "high_claim"}


def test_presence_is_no_question() -> None:
    """A row that asks whether a fact is known is decided by its absence."""
    rows = table("route", rule("none", "office", {"amount": "missing"}), otherwise="sales_team")
    assert program(rows).outcome("route", {}).values == ("office",)


TESTS: dict[str, list[object]] = {
    "dissatisfaction": ["low", "high", {"not": "low"}],
    "loss": ["small", ">= large", "< large", ["no_loss", "large"], "small..large", {"not": "small"}],
    "removable": ["yes", "no"],
    "high_claim": ["yes", {"not": "yes"}],
    "category": ["quality", ["sales", "finance"], {"not": "finance"}],
    "amount": ["> 2", "<= 2", "1..<4", "3", {"not": "0..5"}],
    "words": [{"mentions": ["late"]}, {"mentions": ["broken", "late"]}, {"not": {"mentions": ["broken"]}}],
    "tags": ["media", ["media", "crime"], {"not": "crime"}],
}
alternatives = st.lists(st.sampled_from(sorted(TESTS)), min_size=0, max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(TESTS[name]) for name in names})
)
conditions = st.lists(alternatives, min_size=1, max_size=2)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, ...]:
    """Draw a level table of either hit policy, and a route that reads it."""
    levels = draw(st.lists(st.tuples(conditions, st.sampled_from(DOMAINS["level"].values)), min_size=1, max_size=4))
    rows = [rule(f"r{place}", level, *when) for place, (when, level) in enumerate(levels)]
    otherwise = draw(st.sampled_from(["general", UNSET]))
    level = table("level", *rows, hit="highest", otherwise=otherwise)
    by_level = draw(st.sampled_from(["strong", ">= intermediate", {"not": "general"}]))
    route = table("route", rule("grave", "office", {"level": by_level}), otherwise=draw(st.sampled_from(["sales_team", UNSET])))
    return level, route


known_facts = st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 50), max_size=6).map(
    lambda chosen: {name: VALUES[name][place % len(VALUES[name])] for name, place in chosen.items()}
)


@settings(max_examples=150, deadline=None)
@given(tables(), known_facts)
def test_possible_outcomes_are_exactly_those_of_all_completions(drawn: tuple[Table, ...], known: dict[str, Any]) -> None:
    """What is possible is what trying every value of every missing fact gives, through tables that read one another."""
    of = program(*drawn)
    for name in ("level", "route"):
        assert set(of.outcome(name, known).values) == enumerated(of, name, known)


@settings(max_examples=100, deadline=None)
@given(tables(), known_facts)
def test_a_fact_is_asked_for_exactly_when_it_can_matter(drawn: tuple[Table, ...], known: dict[str, Any]) -> None:
    """A missing fact stands in the diagram when, all others filled in somehow, changing it changes the outcome."""
    of = program(*drawn)
    fields = [field for field in of.support("level") if field not in known]
    table_of = {
        values: of.outcome("level", {**known, **dict(zip(fields, values, strict=True))}).values[0]
        for values in product(*(VALUES[field] for field in fields))
    }
    matters = set()
    for place, field in enumerate(fields):
        by_rest: dict[Any, set[Any]] = {}
        for values, outcome in table_of.items():
            by_rest.setdefault(values[:place] + values[place + 1 :], set()).add(outcome)
        if any(len(outcomes) > 1 for outcomes in by_rest.values()):
            matters.add(field)
    assert set(of.outcome("level", known).facts) == matters


@given(conditions, known_facts)
def test_more_facts_never_make_more_possible(when: list[dict[str, object]], known: dict[str, Any]) -> None:
    """Learning a fact keeps the possible outcomes or narrows them."""
    of = program(table("route", rule("one", "office", *when), otherwise="sales_team"))
    before = set(of.outcome("route", {}).values)
    assert set(of.outcome("route", known).values) <= before


def test_paths_lead_to_their_outcomes() -> None:
    """Each way through a diagram gives its outcome when its answers are stated."""
    of = program(LEVEL)
    for answers, outcome in of.outcome("level", {}).paths():
        assert of.outcome("level", answers).values == (outcome,)


def test_conditions_are_decided_like_tables() -> None:
    """A condition of a duty is decided when every completion agrees."""
    of = program(LEVEL)
    covered = condition({"removable": "yes"}, {"removable": "no"})
    assert len(of.holds(covered, {"removable": MISSING}).values) == 1
