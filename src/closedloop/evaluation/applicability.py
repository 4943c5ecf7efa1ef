"""Whether a gate applies, in a situation or in one that is only supposed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from closedloop.evaluation.derived import derive
from closedloop.evaluation.duties import Duties
from closedloop.rules.states import Truth, both, negate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from closedloop.evaluation.situation import Situation
    from closedloop.policy.model import GateRule
    from closedloop.rules.conditions import Condition
    from closedloop.rules.states import State


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
    found = situation.book.program.holds(condition, situation.states)
    values = found.values
    only = values[0] if len(values) == 1 else Truth.UNKNOWN
    return only if isinstance(only, Truth) else Truth.UNKNOWN, found.facts


def watch(situation: Situation, duties: Duties) -> None:
    """Let conditions read the states of duties, where any does."""
    for duty, state in [(duty, duties[duty].state) for duty in situation.book.watched]:
        if state not in {"needs_fact", "unspecified_by_source"}:
            situation.learn(f"{duty}.state", state)


def supposing(situation: Situation, states: Mapping[str, State]) -> tuple[Situation, Duties]:
    """Return the situation as it would be with other states of some fields, and what then follows from them."""
    other = replace(situation, states=situation.book.program.known({**situation.states, **states}), _worlds=[])
    duties = Duties(other)
    derive(other, duties)
    watch(other, duties)
    return other, duties
