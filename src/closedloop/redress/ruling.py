"""A ruling on an offer: allowed, needs approval, or forbidden, by whom, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NoReturn

if TYPE_CHECKING:
    from closedloop.casework import Blocker
    from closedloop.explanation.reasons import Later, Question, Reason
    from closedloop.values.choices import Choice
    from closedloop.values.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What a policy says to an actor who would grant an offer. While facts are missing (`questions`) it is the strictest that is possible.

    `approver` is whose approval comes next and `approvals` all that are still needed, in order; None and empty where the source
    does not name them. `value` is what the offer counts as, `used` what counted before it, `ceiling` up to what the actor may go
    alone (None: no such number). `documents` are needed with it, and one of each set of `one_of`. `unmet` is what else is not so
    yet; `preferred` are remedies that the policy puts before this one.
    """

    outcome: Literal["allowed", "needs_approval", "forbidden"]
    approver: Choice | None
    approvals: tuple[Choice, ...]
    documents: tuple[Choice, ...]
    one_of: tuple[tuple[Choice, ...], ...]
    value: Money
    used: Money
    ceiling: Money | None
    unmet: tuple[Blocker, ...]
    preferred: tuple[Choice, ...]
    discouraged: bool
    questions: tuple[Question, ...]
    _reason: Later[Reason] = field(compare=False, repr=False)

    @property
    def reason(self) -> Reason:
        """The clauses, and the sentence that says why."""
        return self._reason.get()

    def __bool__(self) -> NoReturn:
        """Refuse: a ruling has three outcomes."""
        message = "a ruling is allowed, needs_approval or forbidden; read `outcome`"
        raise TypeError(message)
