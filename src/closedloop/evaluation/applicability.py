"""Whether a gate applies in a situation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.rules.states import Truth, both, negate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from closedloop.evaluation.situation import Situation
    from closedloop.policy.model import GateRule
    from closedloop.rules.conditions import Condition


def applies(situation: Situation, rule: GateRule, rules: Sequence[GateRule]) -> tuple[Truth, tuple[str, ...]]:
    """Whether a gate applies, the gates of the event that set it aside included, and the fields on which that depends."""
    truth, fields = truth_of(situation, rule.when)
    for other in rules:
        if rule.id in other.overrides:
            theirs, read = truth_of(situation, other.when)
            truth, fields = both(truth, negate(theirs)), (*fields, *read)
    return truth, fields


def truth_of(situation: Situation, condition: Condition) -> tuple[Truth, tuple[str, ...]]:
    """Return whether a condition holds under every way of filling in what is missing, else what it depends on."""
    found = situation.book.program.holds(condition, situation.given)
    values = found.values
    only = values[0] if len(values) == 1 else Truth.UNKNOWN
    return only if isinstance(only, Truth) else Truth.UNKNOWN, found.facts
