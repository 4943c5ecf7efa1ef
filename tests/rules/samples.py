"""Fields, conditions and tables in the words of the policy format, for tests of the rule language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from closedloop.rules.conditions import Condition
from closedloop.rules.domains import Domain
from closedloop.rules.grammar import parse_test
from closedloop.rules.program import Program
from closedloop.rules.states import UNSET
from closedloop.rules.tables import Rule, Table
from closedloop.values.clauses import Provenance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from closedloop.rules.tables import HitPolicy

HERE = Provenance(path="sample")

DOMAINS = {
    "dissatisfaction": Domain(type="ordered", values=("low", "high")),
    "loss": Domain(type="ordered", values=("no_loss", "small", "large", "very_large")),
    "deficiency": Domain(type="ordered", values=("no_deficiency", "some", "severe")),
    "removable": Domain(type="yes_no"),
    "high_claim": Domain(type="yes_no"),
    "category": Domain(type="choice", values=("quality", "sales", "finance")),
    "tags": Domain(type="choice", values=("media", "crime", "other_tag"), many=True),
    "amount": Domain(type="number"),
    "words": Domain(type="text"),
    "level": Domain(type="ordered", values=("general", "intermediate", "strong")),
    "route": Domain(type="choice", values=("quality_team", "sales_team", "office")),
}


def condition(*alternatives: Mapping[str, object]) -> Condition:
    """Read a condition as a policy writes it: any of the mappings, all tests of each."""
    if not alternatives:
        return Condition()
    return Condition(tuple(tuple((name, parse_test(test, DOMAINS[name])) for name, test in each.items()) for each in alternatives))


def rule(name: str, then: Any, *alternatives: Mapping[str, object], overrides: Sequence[str] = ()) -> Rule:
    """Make a row."""
    return Rule(id=name, when=condition(*alternatives), then=then, overrides=frozenset(overrides), provenance=HERE)


def table(name: str, *rules: Rule, hit: HitPolicy = "unique", otherwise: Any = UNSET, floor: str | None = None) -> Table:
    """Make a table that decides the field of its name."""
    return Table(name=name, domain=DOMAINS[name], hit=hit, rules=rules, otherwise=otherwise, floor=floor, provenance=HERE)


def program(*tables: Table) -> Program:
    """Make a program of the tables over the sample fields."""
    return Program(tables={each.name: each for each in tables}, domains=DOMAINS)


LEVEL = table(
    "level",
    rule("general", "general", {"dissatisfaction": "low", "removable": "yes"}, {"loss": "small", "removable": "yes"}),
    rule("intermediate", "intermediate", {"dissatisfaction": "high"}, {"loss": ">= large"}),
    rule("strong", "strong", {"deficiency": "severe", "high_claim": "yes"}, {"loss": "very_large", "high_claim": "yes"}),
    hit="highest",
)
ROUTE = table(
    "route",
    rule("quality", "quality_team", {"category": "quality"}),
    rule("sales", "sales_team", {"category": "sales", "level": "< strong"}),
    rule("grave", "office", {"category": "sales", "level": "strong"}),
    otherwise="office",
)
