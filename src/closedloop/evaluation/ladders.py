"""Ladders: which party may approve an amount, and who else may because it stands higher."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from closedloop.policy.model import AnyAmount
from closedloop.rules.states import Unset
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from closedloop.policy.model import Rung


class Reached(NamedTuple):
    """A step of a ladder, and the amount that it must cover; None is one that is not known."""

    step: int
    amount: Money | None


def covers(ladder: Sequence[Rung], step: int, amount: Money | None) -> bool:
    """Whether a step covers an amount: an unset ceiling covers nothing, and the last step takes the rest.

    An amount that is not known is covered by no number. Raises `InvalidValue` where the ceiling is in another currency.
    """
    up_to = ladder[step].up_to
    return step == len(ladder) - 1 or isinstance(up_to, AnyAmount) or (isinstance(up_to, Money) and amount is not None and amount <= up_to)


def first_covering(ladder: Sequence[Rung], amount: Money | None) -> int:
    """Return the lowest step that covers an amount."""
    return next(step for step in range(len(ladder)) if covers(ladder, step, amount))


def lowest(ladder: Sequence[Rung]) -> int:
    """Return the lowest step that covers anything."""
    return next(step for step, rung in enumerate(ladder) if step == len(ladder) - 1 or not isinstance(rung.up_to, Unset))


def from_there_up(ladder: Sequence[Rung], step: int, amount: Money | None) -> tuple[str, ...]:
    """Return the parties of a step and of those above it that cover the amount."""
    return tuple(ladder[each].party for each in range(step, len(ladder)) if each == step or covers(ladder, each, amount))
