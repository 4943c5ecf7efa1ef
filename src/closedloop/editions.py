"""A policy in its editions: picks the edition that applies to a complaint, and to a case that was open when it changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from closedloop.policy.book import Editions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from closedloop.casework import Case, Review
    from closedloop.complaint import Complaint
    from closedloop.decision import Decision
    from closedloop.facade import Policy
    from closedloop.history import History, PastCase


@dataclass(frozen=True, init=False)
class PolicyBook:
    """The editions of one policy. Raises `PolicyMismatch` where they are not editions of one policy, in one order."""

    policies: tuple[Policy, ...]
    _editions: Editions = field(repr=False, compare=False)

    def __init__(self, policies: Iterable[Policy]) -> None:
        """Put the editions in order."""
        given = tuple(policies)
        editions = Editions.of(policy.book.model for policy in given)
        by_hash = {policy.hash: policy for policy in given}
        object.__setattr__(self, "policies", tuple(by_hash[model.hash] for model in editions.models))
        object.__setattr__(self, "_editions", editions)

    def edition(self, *, received: datetime, incident: datetime | None = None, decided: datetime | None = None) -> Policy:
        """Return the edition in force, by the date that the edition itself names.

        Raises `UnknownPolicy` where none was in force yet, and `InvalidValue` where the date that picks it is not given.
        """
        return self._of(self._editions.pick(received=received, incident=incident, decided=decided).hash)

    def decide(self, complaint: Complaint, *, history: Iterable[PastCase] | History | None, decided: datetime | None = None) -> Decision:
        """Decide a complaint under the edition that applies to it."""
        policy = self.edition(received=complaint.received_at, incident=complaint.incident_at, decided=decided)
        return policy.decide(complaint, history=history)

    def review(self, case: Case, *, at: datetime) -> Review:
        """Review a case under the edition under which it stands at that instant, by what each later edition says of open cases."""
        decided = self._of(case.decision.policy.hash)
        stands = self._of(self._editions.for_open_case(decided.book.model, at).hash)
        if stands is decided:
            return decided.review(case, at=at)
        known = None if "history" in case.decision.why("repeat").missing else case.decision.relied_on
        moved = replace(case, decision=stands.decide(case.complaint, history=known))
        return stands.review(moved, at=at)

    def _of(self, edition_hash: str) -> Policy:
        return next(policy for policy in self.policies if policy.hash == edition_hash)
