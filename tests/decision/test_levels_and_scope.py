"""Document 000: scope, what is a complaint, level by highest match, routes, and what missing facts leave open."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closedloop.errors import UnknownName
from tests.decision.chery import decide

FACTS: dict[str, list[Any]] = {
    "dissatisfaction": ["low", "high"],
    "loss": ["no_loss", "small", "large", "very_large"],
    "deficiency": ["no_deficiency", "some", "severe"],
    "quickly_removable": [True, False],
    "high_claim": [True, False],
}


def level_by_hand(facts: dict[str, Any]) -> str | None:
    """Read 3.2 to 3.4 of the document, strongest first; None where it names no level."""
    if facts["high_claim"] and (facts["deficiency"] == "severe" or facts["loss"] == "very_large"):
        return "strong"
    if facts["dissatisfaction"] == "high" or facts["loss"] in {"large", "very_large"}:
        return "intermediate"
    if facts["quickly_removable"] and (facts["dissatisfaction"] == "low" or facts["loss"] == "small"):
        return "general"
    return None


def completions(known: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every way of filling in the facts that are not known."""
    names = [name for name in FACTS if name not in known]
    return [known | dict(zip(names, values, strict=True)) for values in product(*(FACTS[name] for name in names))]


@pytest.mark.parametrize("facts", completions({}))
def test_level_with_all_facts_known(facts: dict[str, Any]) -> None:
    """Of the levels that match the highest stands; where none does, the source says nothing."""
    decision = decide(facts=facts)
    assert decision.level == level_by_hand(facts)
    assert decision.outcome("level").status == ("decided" if level_by_hand(facts) else "unspecified_by_source")


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FACTS.items()}))
def test_open_levels_are_exactly_those_of_all_completions(known: dict[str, Any]) -> None:
    """A level is decided exactly when every completion gives it, and `possible` lists what the completions give."""
    decision = decide(facts=known)
    found = {level_by_hand(facts) for facts in completions(known)}
    assert set(decision.possible("level")) == found - {None}
    assert decision.outcome("level").may_be_unspecified is (None in found)
    assert (decision.level is not None) is (len(found) == 1 and None not in found)


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FACTS.items()}))
def test_questions_are_exactly_the_facts_that_can_matter(known: dict[str, Any]) -> None:
    """A fact is asked for the level when some completion of the others leaves it to that fact."""
    asked = {question.fact for question in decide(facts=known).questions if "level" in question.blocks}
    matters = set()
    for name, answers in FACTS.items():
        for facts in completions(known) if name not in known else ():
            if len({level_by_hand(facts | {name: value}) for value in answers}) > 1:
                matters.add(name)
    assert asked == matters


@pytest.mark.parametrize("proxy", [None, "association", "media", "institution", "lawyer", "other_proxy"])
def test_actual_and_proxy_customers_are_in_scope(proxy: str | None) -> None:
    """Clause 2 names the actual customer and five kinds of proxy."""
    assert decide(proxy=proxy, facts={"dissatisfied": True, "seeks": "compensation"}).scope == "in_scope"


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"dissatisfied": True, "seeks": "explanation"}, "complaint"),
        ({"dissatisfied": False, "entitlement_harmed": True, "seeks": "compensation"}, "complaint"),
        ({"dissatisfied": True, "seeks": "neither"}, "other"),
        ({"dissatisfied": False, "entitlement_harmed": False}, "other"),
        ({"seeks": "neither"}, "other"),
        ({"dissatisfied": False, "seeks": "explanation"}, None),
    ],
)
def test_what_is_a_complaint(facts: dict[str, Any], kind: str | None) -> None:
    """Dissatisfaction or harm, and a demand for explanation or compensation (3.1)."""
    assert decide(facts=facts).kind == kind


@pytest.mark.parametrize(
    ("category", "accountable", "responsible", "clause"),
    [
        ("product_quality", "quality_assurance", [], "000/5.1/quality"),
        ("technical_ability", "product_technology", [], "000/5.1/technical"),
        ("service_process", "new_energy_sales", ["service_station"], "000/5.1/service"),
        ("sales_process", "new_energy_sales", ["dealer"], "000/5.1/sales"),
        ("parts_supply", "parts_company", [], "000/5.1/parts"),
        ("vehicle_documents", "logistics_company", [], "000/5.1/documents"),
        ("finance", "finance", [], "000/5.1/finance"),
    ],
)
def test_routes(category: str, accountable: str, responsible: list[str], clause: str) -> None:
    """Each category has its accountable party (5.1), reached through customer service."""
    decision = decide(category=category)
    assert decision.route is not None
    assert (decision.route.accountable, list(decision.route.responsible)) == (accountable, responsible)
    assert decision.route.through[0] == "customer_service"
    assert clause in {each.id for each in decision.why("route").clauses}


def test_ordered_choices_compare_by_rank() -> None:
    """`strong` is above `intermediate`, whatever the alphabet says; an unknown word is refused."""
    level = decide(facts={"deficiency": "severe", "high_claim": True}).level
    assert level is not None
    assert level > "intermediate"
    with pytest.raises(UnknownName, match="did you mean `intermediate`"):
        assert level > "intermediat"


def test_why_names_rule_clause_and_facts() -> None:
    """The reason of a decided part carries what it rests on."""
    reason = decide(facts={"dissatisfaction": "high", "high_claim": False}).why("level")
    assert (reason.outcome, reason.rule, reason.clause.id) == ("decided", "intermediate", "000/3.3")
    assert reason.facts["dissatisfaction"] == "high"


def test_why_not_gives_the_smallest_change() -> None:
    """With a severe deficiency only the claim stands between intermediate and strong."""
    decision = decide(facts={"dissatisfaction": "high", "deficiency": "severe", "high_claim": False, "loss": "small"})
    nearest = decision.nearest_flip("level")
    assert nearest is not None
    assert nearest.rule == "tables.level.rules.strong"
    assert [(change.fact, change.now, change.to) for change in nearest.changes] == [("high_claim", False, True)]
    assert decision.why_not("level.strong").changes == nearest.changes


def test_names_that_do_not_exist_are_refused_with_the_nearest() -> None:
    """A misspelt duty, part, table or rule is no silent None."""
    decision = decide()
    for ask, name, near in (
        (decision.duty, "closur", "closure"),
        (decision.why, "levl", "level"),
        (decision.outcome, "closing_limt", "closing_limit"),
        (decision.possible, "levle", "level"),
        (decision.why_not, "level.strongg", "level.strong"),
    ):
        with pytest.raises(UnknownName, match=near):
            ask(name)


def test_what_is_out_of_scope_has_no_route_level_or_duty() -> None:
    """Nothing of the document applies, so nothing more is asked."""
    decision = decide(facts={"seeks": "neither", "dissatisfaction": "high"})
    assert (decision.scope, decision.route, decision.level, decision.duties) == ("out_of_scope", None, None, ())
    assert decision.complete
    assert decision.why("route").outcome == decision.why("level").outcome == "not_applicable"
    assert "out of scope" in decision.explain("en")
