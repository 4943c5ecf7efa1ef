"""Sums of what cases add to the measures, by group. They do not depend on the order in which they are taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal, get_args

from closedloop.whatif.measures import GREATEST, KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.whatif.changes import MeasureKey
    from closedloop.whatif.measures import Amount, Group

#: The value of a measure over many cases: a count, a share, or an elapsed time.
Exact = int | Fraction | timedelta
By = Literal["category", "department", "level", "month"]
#: What a summary can be broken down by, in the order in which a group holds them.
BY: Final[tuple[By, ...]] = get_args(By)


def _combined(measure: str, one: Amount, other: Amount) -> Amount:
    """Add two amounts of a measure, or take the greater where the greatest counts."""
    if isinstance(one, timedelta) and isinstance(other, timedelta):
        return max(one, other) if measure in GREATEST else one + other
    assert isinstance(one, int)
    assert isinstance(other, int)
    return one + other


@dataclass(slots=True)
class Tally:
    """What the cases of one policy add up to, in each group."""

    sums: dict[Group, dict[MeasureKey, Amount]] = field(default_factory=dict)

    def add(self, group: Group, amounts: Mapping[MeasureKey, Amount]) -> None:
        """Take in what the cases of a group add."""
        mine = self.sums.setdefault(group, {})
        for key, amount in amounts.items():
            mine[key] = _combined(key[0], mine[key], amount) if key in mine else amount

    def merge(self, other: Tally) -> None:
        """Take in another tally."""
        for group, amounts in other.sums.items():
            self.add(group, amounts)

    def grouped(self, by: By | None) -> dict[str | None, dict[MeasureKey, Exact]]:
        """Return the measures for each value that cases are grouped by; those of all cases under None where they are not."""
        found: dict[str | None, dict[MeasureKey, Amount]] = {}
        for group, amounts in self.sums.items():
            mine = found.setdefault(None if by is None else group[BY.index(by)], {})
            for key, amount in amounts.items():
                mine[key] = _combined(key[0], mine[key], amount) if key in mine else amount
        return {value: dict(_shares(amounts)) for value, amounts in found.items()}


def _shares(amounts: Mapping[MeasureKey, Amount]) -> Iterator[tuple[MeasureKey, Exact]]:
    """Turn the counts behind a share into the share."""
    for (measure, of), amount in amounts.items():
        known = amounts.get((KNOWN, of))
        if measure == "first_pass" and isinstance(amount, int) and isinstance(known, int):
            yield (measure, of), Fraction(amount, known)
        elif measure != KNOWN:
            yield (measure, of), amount
