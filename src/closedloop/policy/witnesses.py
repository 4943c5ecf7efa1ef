"""The complaints that show a finding, and the facts of one in the words of the policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from closedloop.complaint import Complaint
from closedloop.rules.domains import Domain
from closedloop.rules.states import Unknown, Unset
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.history import PastCase
    from closedloop.policy.model import Fact
    from closedloop.rules.program import Program
    from closedloop.rules.states import State

_ANY: Domain = Domain(type="text")
#: What a complaint carries as attributes of its own.
_ATTRIBUTES = ("customer", "subject", "category", "channel", "text", "claim")
_RECEIVED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A complaint that shows a finding about a rule.

    `states` are all fields that matter, also those that no complaint can carry (facts of later events, events, outcomes of
    tables); what a complaint can carry is in `complaint`.
    """

    rule: str
    side: Literal["match", "just_outside"]
    complaint: Complaint
    history: tuple[PastCase, ...] = ()
    states: Mapping[str, State] = field(default_factory=FrozenMap)


def witness(rule: str, states: Mapping[str, State], facts: Mapping[str, Fact], *, side: Literal["match", "just_outside"] = "match") -> Witness:
    """Make the complaint that shows a finding, from the states of the fields that matter."""
    known = {name: value for name, value in states.items() if not isinstance(value, (Unknown, Unset)) and _at_intake(facts.get(name))}
    attributes: dict[str, Any] = {name: value for name, value in known.items() if name in _ATTRIBUTES}
    rest = {name: value for name, value in known.items() if name not in attributes}
    complaint = Complaint(id="witness", received_at=_RECEIVED, **attributes, facts=rest)
    return Witness(rule=rule, side=side, complaint=complaint, states=FrozenMap(states))


def _at_intake(fact: Fact | None) -> bool:
    return fact is not None and fact.at is None and fact.table is None and fact.derived is None and fact.id not in {"round", "repeat"}


def shown(witness: Mapping[str, State], program: Program) -> str:
    """Write facts as `category: finance, loss: large`."""
    return ", ".join(f"{name}: {_state(state, program.domains.get(name, _ANY))}" for name, state in sorted(witness.items())) or "any facts"


def _state(state: State, domain: Domain) -> str:
    if isinstance(state, Unknown):
        return "missing"
    if isinstance(state, Unset):
        return "unset"
    if domain.type == "event":
        return "present"
    return domain.render(state)
