"""Returned goods: what came back against what was approved, and whether that is posted, held, or approved first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from closedloop.evaluation.gates import gate
from closedloop.policy.terms import Compare
from closedloop.redress.settlement import SETTLED, check_gate
from closedloop.reviewing import blocker, examine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from closedloop.casework import Blocker, Case
    from closedloop.decision import Basis
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.rules.states import Value
    from closedloop.values.choices import Choice

_PAPERS = frozenset({"record", "one_of"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two numbers or amounts that the policy compares: `below`, `equal`, `within` the tolerance or `above`; None while one is not known."""

    fact: Choice
    found: Value | None
    approved: Value | None
    result: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reconciliation:
    """What to do with returned goods: `post` what was `found`, have it approved first (by `approver`), or `hold` it.

    Held is what the policy has no way for, and what is not known yet; `unmet` says which requirements are behind it.
    Papers do not play a part here; `settle` asks for them.
    """

    outcome: Literal["post", "approve", "hold"]
    approver: Choice | None
    comparisons: tuple[Comparison, ...]
    unmet: tuple[Blocker, ...]

    def __bool__(self) -> NoReturn:
        """Refuse: there are three outcomes."""
        message = "a reconciliation is post, approve or hold; read `outcome`"
        raise TypeError(message)


def reconcile(book: Rulebook, case: Case, at: datetime, event: str = SETTLED) -> Reconciliation:
    """Say what to do with returned goods, by the gates of the event that books them.

    Raises `UnknownName` where the policy has no gate on the event, or `PolicyMismatch`.
    """
    check_gate(book, event)
    found = examine(book, case, at)
    unmet = [each for each in gate(found.situation, found.duties, event).unmet if each.kind not in _PAPERS]
    approvals = [each for each in unmet if each.kind == "approval" and each.state == "shut"]
    compared = tuple(_comparisons(found))
    outcome: Literal["post", "approve", "hold"] = "post"
    if len(approvals) < len(unmet) or not any(each.result is not None for each in compared):
        outcome = "hold"
    elif approvals:
        outcome = "approve"
    return Reconciliation(
        outcome=outcome,
        approver=book.vocabulary.party(approvals[0].what) if approvals else None,
        comparisons=compared,
        unmet=tuple(map(blocker, unmet)),
    )


def _comparisons(found: Basis) -> Iterator[Comparison]:
    """Give what the policy compares of numbers and amounts."""
    model, states = found.situation.book.model, found.situation.states
    for name, fact in model.facts.items():
        if not isinstance(fact.derived, Compare) or not {_type(found, fact.derived.left), _type(found, fact.derived.right)} <= {"number", "money"}:
            continue
        result = states[name]
        yield Comparison(
            fact=found.situation.book.vocabulary.facts[name],
            found=found.situation.known.get(fact.derived.left),
            approved=found.situation.known.get(fact.derived.right),
            result=result if isinstance(result, str) else None,
        )


def _type(found: Basis, name: str) -> Any:
    fact = found.situation.book.model.facts.get(name)
    return None if fact is None else fact.domain.type
