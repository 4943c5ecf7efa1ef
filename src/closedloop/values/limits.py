"""Amounts of time. Each unit is its own: hours are elapsed hours, days are calendar days, and none becomes another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

from closedloop.errors import InvalidValue, closest

Unit = Literal["minutes", "hours", "working hours", "days", "working days", "weeks", "months", "years"]

UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
#: Units that convert exactly into one another: family and size within it.
_FAMILY: Final[dict[Unit, tuple[str, int]]] = {
    "minutes": ("elapsed", 1),
    "hours": ("elapsed", 60),
    "working hours": ("working hours", 1),
    "days": ("days", 1),
    "weeks": ("days", 7),
    "working days": ("working days", 1),
    "months": ("months", 1),
    "years": ("months", 12),
}
_FORM: Final = re.compile(r"\s*([0-9]{1,6})\s+([a-z]+(?:\s+[a-z]+)?)\s*", re.IGNORECASE)
_MOST: Final = 999_999


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time in one unit, such as `24 hours` or `2 working days`.

    Limits of different kinds do not compare, except minutes with hours, days with weeks, and months with years.
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse what is not a whole, sensible amount of a known unit."""
        amount: object = self.amount
        if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= _MOST:
            message = f"a limit is a whole number from 0 to {_MOST} with a unit, found {self.amount!r} {self.unit}"
            raise InvalidValue(message, found=str(self.amount))
        if self.unit not in _FAMILY:
            raise InvalidValue(_unit_message(str(self.unit)), found=str(self.unit), suggestion=closest(str(self.unit), UNITS))

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read `2 days`; the unit may be singular for 1.

        Raises
        ------
        InvalidValue
            If the text is not an amount with a unit.

        """
        match = _FORM.fullmatch(text)
        if match is None:
            message = f"`{text[:60]}` is not a limit; write an amount and a unit, such as `2 days` or `24 hours`"
            raise InvalidValue(message, found=text[:60])
        unit = " ".join(match[2].lower().split())
        if unit not in _FAMILY and f"{unit}s" in _FAMILY and int(match[1]) == 1:
            unit += "s"
        if unit not in _FAMILY:
            raise InvalidValue(_unit_message(unit), found=unit, suggestion=closest(unit, UNITS))
        return cls(int(match[1]), unit)

    def __str__(self) -> str:
        """Give the limit as a policy writes it, `1 day` or `2 days`."""
        return f"{self.amount} {self.unit.removesuffix('s') if self.amount == 1 else self.unit}"

    @property
    def in_days(self) -> bool:
        """Whether the limit is in days or longer, so that it needs a clock that says how days end."""
        return self.unit in {"days", "working days", "weeks", "months", "years"}

    def comparable(self, other: Limit) -> bool:
        """Whether the two limits are of one kind, so that one can be called longer."""
        return _FAMILY[self.unit][0] == _FAMILY[other.unit][0]

    def _size(self, other: object) -> tuple[int, int]:
        if not isinstance(other, Limit):
            message = f"a limit compares only with a limit, found {type(other).__name__}"
            raise TypeError(message)
        if not self.comparable(other):
            message = f"`{self}` and `{other}` are in units that do not convert into one another"
            raise InvalidValue(message, found=str(other))
        return self.amount * _FAMILY[self.unit][1], other.amount * _FAMILY[other.unit][1]

    def __lt__(self, other: object) -> bool:
        """Compare limits of one kind."""
        mine, theirs = self._size(other)
        return mine < theirs

    def __le__(self, other: object) -> bool:
        """Compare limits of one kind."""
        mine, theirs = self._size(other)
        return mine <= theirs

    def __gt__(self, other: object) -> bool:
        """Compare limits of one kind."""
        mine, theirs = self._size(other)
        return mine > theirs

    def __ge__(self, other: object) -> bool:
        """Compare limits of one kind."""
        mine, theirs = self._size(other)
        return mine >= theirs


def _unit_message(unit: str) -> str:
    near = closest(unit, UNITS)
    hint = f"did you mean `{near}`?" if near else f"units are {', '.join(UNITS)}"
    return f"`{unit[:40]}` is not a unit of time; {hint}"
