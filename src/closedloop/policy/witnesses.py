"""Writes the facts that show a finding, in the words of the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.rules.domains import Domain
from closedloop.rules.states import Unknown, Unset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.rules.program import Program
    from closedloop.rules.states import State

_ANY: Domain = Domain(type="text")


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
