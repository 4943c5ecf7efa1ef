"""Decides a stored decision again, to see whether it still comes out the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn

from closedloop.complaint import Complaint
from closedloop.decision import SEMANTICS
from closedloop.errors import ClosedloopError
from closedloop.history import PastCase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def verify(record: str, policies: Iterable[Policy]) -> Verification:
    """Decide a recorded complaint again under the policy with the recorded hash, and compare every part."""
    from pydantic import ValidationError

    from closedloop.record import Record

    try:
        stored = Record.model_validate_json(record)
    except ValidationError as error:
        return Verification(outcome="incomplete", differences=(f"it is no record of format 1: {error.error_count()} problems",))
    if stored.semantics > SEMANTICS:
        return Verification(outcome="newer_semantics", differences=(f"it was written with semantics {stored.semantics}, here are {SEMANTICS}",))
    policy = next((each for each in policies if each.hash == stored.policy.hash), None)
    if policy is None:
        return Verification(outcome="unknown_policy", differences=(f"no policy given has the hash {stored.policy.hash}",))
    try:
        again = _decided_again(stored, policy)
    except ClosedloopError as error:
        return Verification(outcome="incomplete", differences=(str(error),))
    found = tuple(_differences(stored, again))
    return Verification(outcome="different" if found else "same", differences=found)


def _decided_again(stored: Record, policy: Policy) -> Record:
    complaint = Complaint.from_dict(stored.complaint)
    examined = "history" not in stored.repeat.reason.missing
    history = [PastCase.from_dict(case) for case in stored.history] if examined else None
    return policy.decide(complaint, history=history).record()


def _differences(stored: Record, again: Record) -> Iterator[str]:
    """Name the fields that differ. The id of a redacted record is of what was redacted, and says nothing."""
    left, right = stored.model_dump(), again.model_dump()
    for name in left:
        if name == "redacted" or (name == "id" and stored.redacted) or left[name] == right[name]:
            continue
        if isinstance(left[name], dict) and isinstance(right[name], dict):
            keys = sorted({*left[name], *right[name]})
            yield from (f"{name}.{key}" for key in keys if left[name].get(key) != right[name].get(key))
        else:
            yield name
