"""Holds a row of a stream against the history, where that tells of the same case: they must not contradict each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from closedloop.errors import Problem
from closedloop.evaluation.facts import ATTRIBUTES, complaint_of, intake_facts, key_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from closedloop.complaint import Complaint
    from closedloop.history import PastCase
    from closedloop.policy.model import PolicyModel


def contradictions(model: PolicyModel, row: Mapping[str, Any], complaint: Complaint, closed_at: datetime | None, case: PastCase) -> Iterator[Problem]:
    """Name whatever the row and the history say differently of one case. What only one of them says is no contradiction.

    A case that was not closed is open in a history; a row that does not say when it was closed says nothing of it.
    """
    mine, theirs = _said(model, complaint), _said(model, complaint_of(model, case))
    # A key is text, also where the fact that it stands for is none.
    mine_as_text = {name: key_text(value) for name, value in mine.items()}
    differing = [name for name in mine if name in theirs and mine[name] != theirs[name]]
    differing += [name for name in mine if name not in theirs and case.key.get(name) not in {None, mine_as_text[name]}]
    differing += ["closed_at"] if closed_at is not None and closed_at != case.closed_at else []
    for name in differing:
        path = ("facts", name) if name in complaint.facts and name not in row else (name,)
        yield Problem(code="given_twice", path=path, found="something else than the history says of this case", expected="the same, or another id")


def _said(model: PolicyModel, complaint: Complaint) -> dict[str, Any]:
    """Return what a complaint states, each fact in the one form in which rules compare it."""
    typed = intake_facts(model, complaint)
    stated = [name for name in ATTRIBUTES if getattr(complaint, name) is not None]
    said = {name: typed[name] for name in (*stated, *complaint.facts)}
    return said | {name: value for name in ("received_at", "incident_at", "proxy") if (value := getattr(complaint, name)) is not None}
