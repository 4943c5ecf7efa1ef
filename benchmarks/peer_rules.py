"""The classifying and routing rules of document 000, as two general rule engines write them.

They cover what such an engine can say: kind, level, accountable party and closing limit of a complaint of which every fact
is known. Repeats, due instants, missing facts, duties and reasons have no counterpart there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rule_engine
from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.fields import FIELD_TEXT
from business_rules.variables import BaseVariables, boolean_rule_variable, string_rule_variable

if TYPE_CHECKING:
    from collections.abc import Mapping

Answers = dict[str, str]

ROUTES = {
    "product_quality": ("quality_assurance", "2 days"),
    "technical_ability": ("product_technology", "2 days"),
    "vehicle_documents": ("logistics_company", "2 days"),
    "sales_process": ("new_energy_sales", "1 day"),
    "service_process": ("new_energy_sales", "1 day"),
    "parts_supply": ("parts_company", "1 day"),
    "finance": ("finance", "unset"),
}
#: Strongest first: the first that holds is the highest.
LEVELS = {
    "strong": [{"deficiency": ["severe"], "high_claim": True}, {"loss": ["very_large"], "high_claim": True}],
    "intermediate": [{"dissatisfaction": ["high"]}, {"loss": ["large", "very_large"]}],
    "general": [{"dissatisfaction": ["low"], "quickly_removable": True}, {"loss": ["small"], "quickly_removable": True}],
}
KIND = [
    {"dissatisfied": True, "seeks": ["explanation", "compensation"]},
    {"entitlement_harmed": True, "seeks": ["explanation", "compensation"]},
]
_YES_NO = ("dissatisfied", "entitlement_harmed", "quickly_removable", "high_claim")
_CODES = ("category", "seeks", "dissatisfaction", "loss", "deficiency")


def _expression(alternatives: list[dict[str, Any]]) -> str:
    tests = (" and ".join(f"{name} == true" if value is True else f"{name} in {value}" for name, value in each.items()) for each in alternatives)
    return " or ".join(f"({test})" for test in tests)


class WithRuleEngine:
    """The rules for `rule-engine`: one compiled expression a row, tried in order."""

    def __init__(self) -> None:
        """Compile the expressions."""
        types = dict.fromkeys(_YES_NO, rule_engine.DataType.BOOLEAN) | dict.fromkeys(_CODES, rule_engine.DataType.STRING)
        context = rule_engine.Context(type_resolver=rule_engine.type_resolver_from_dict(types))
        self.kind = rule_engine.Rule(_expression(KIND), context=context)
        self.levels = [(level, rule_engine.Rule(_expression(when), context=context)) for level, when in LEVELS.items()]
        self.routes = [(route, rule_engine.Rule(f"category == '{category}'", context=context)) for category, route in ROUTES.items()]

    def decide(self, facts: Mapping[str, Any]) -> Answers:
        """Return kind, level, accountable party and closing limit."""
        accountable, limit = next(route for route, rule in self.routes if rule.matches(facts))
        return {
            "kind": "complaint" if self.kind.matches(facts) else "other",
            "level": next((level for level, rule in self.levels if rule.matches(facts)), "unset"),
            "accountable": accountable,
            "limit": limit,
        }


def _variable(name: str) -> Any:
    def read(self: Any) -> Any:
        return self.facts[name]

    read.__name__ = name
    return boolean_rule_variable()(read) if name in _YES_NO else string_rule_variable()(read)


def _facts(self: Any, facts: Mapping[str, Any]) -> None:
    self.facts = facts


ComplaintVariables: Any = type(
    "ComplaintVariables", (BaseVariables,), {"__init__": _facts, **{name: _variable(name) for name in (*_YES_NO, *_CODES)}}
)


class ComplaintActions(BaseActions):
    """What the rules of `business-rules` do: note an answer."""

    def __init__(self, answers: Answers) -> None:
        """Note answers here."""
        self.answers = answers

    @rule_action(params={"part": FIELD_TEXT, "value": FIELD_TEXT})
    def answer(self, part: str, value: str) -> None:
        """Note the first answer for a part."""
        self.answers.setdefault(part, value)


def _conditions(alternatives: list[dict[str, Any]]) -> dict[str, Any]:
    def leaf(name: str, value: Any) -> dict[str, Any]:
        if value is True:
            return {"name": name, "operator": "is_true", "value": ""}
        return {"any": [{"name": name, "operator": "equal_to", "value": each} for each in value]}

    return {"any": [{"all": [leaf(name, value) for name, value in each.items()]} for each in alternatives]}


def _rule(alternatives: list[dict[str, Any]], **answers: str) -> dict[str, Any]:
    actions = [{"name": "answer", "params": {"part": part, "value": value}} for part, value in answers.items()]
    return {"conditions": _conditions(alternatives), "actions": actions}


class WithBusinessRules:
    """The rules for `business-rules`: one dictionary a row, of which each that holds runs its action."""

    def __init__(self) -> None:
        """Write the rules down."""
        self.rules = [_rule(KIND, kind="complaint")]
        self.rules += [_rule(when, level=level) for level, when in LEVELS.items()]
        self.rules += [_rule([{"category": [name]}], accountable=party, limit=limit) for name, (party, limit) in ROUTES.items()]

    def decide(self, facts: Mapping[str, Any]) -> Answers:
        """Return kind, level, accountable party and closing limit."""
        answers: Answers = {}
        run_all(rule_list=self.rules, defined_variables=ComplaintVariables(facts), defined_actions=ComplaintActions(answers))
        return {"kind": "other", "level": "unset", **answers}
