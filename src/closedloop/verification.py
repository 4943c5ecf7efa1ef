"""Decides a stored decision again, to see whether it still comes out the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

from closedloop.decision import SEMANTICS
from closedloop.errors import ClosedloopError, InvalidRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from closedloop.facade import Policy
    from closedloop.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether a record comes out the same: `same`, `different` (and in which parts), or why that cannot be said.

    `unknown_policy`: none of the policies given has its hash. `newer_semantics`: a later version of the library wrote it.
    `incomplete`: it is no whole record, or what was redacted is needed.
    """

    outcome: Literal["same", "different", "unknown_policy", "newer_semantics", "incomplete"]
    differences: tuple[str, ...] = ()

    def __bool__(self) -> NoReturn:
        """Refuse: there are more than two outcomes."""
        message = "a verification has more than two outcomes; read `outcome`"
        raise TypeError(message)


def verify(record: str | Record, policies: Iterable[Policy]) -> Verification:
    """Decide a recorded complaint again under the policy with the recorded hash, and compare every part: a record, or its line of JSON."""
    from closedloop.record import Record

    try:
        stored = record if isinstance(record, Record) else Record.from_json(record)
    except InvalidRecord as error:
        return Verification(outcome="incomplete", differences=(f"it is no record of format 1: {len(error.problems)} problems",))
    if stored.semantics > SEMANTICS:
        return Verification(outcome="newer_semantics", differences=(f"it was written with semantics {stored.semantics}, here are {SEMANTICS}",))
    policy = next((each for each in policies if each.hash == stored.policy.hash), None)
    if policy is None:
        return Verification(outcome="unknown_policy", differences=(f"no policy given has the hash {stored.policy.hash}",))
    try:
        again = stored.decided_again(policy).record()
    except ClosedloopError as error:
        return Verification(outcome="incomplete", differences=(str(error),))
    found = tuple(stored.differences(again))
    return Verification(outcome="different" if found else "same", differences=found)
