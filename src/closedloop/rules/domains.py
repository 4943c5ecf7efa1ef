"""What values a field may take, and how a policy or a host writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal

from closedloop.errors import InvalidValue, closest
from closedloop.values.limits import Limit
from closedloop.values.money import Money
from closedloop.values.numbers import parse_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from closedloop.rules.states import Value

FieldType = Literal["choice", "ordered", "yes_no", "number", "money", "limit", "instant", "party", "text", "event"]

#: What stands for any value outside the list of an open choice.
OTHER: Final = "other"
#: Types whose values have an order, so that they can be compared and lie in a range.
COMPARABLE: Final[frozenset[FieldType]] = frozenset({"ordered", "number", "money", "limit", "instant"})
#: Words that mean something in a policy or to the tools that read tables, so that no code may be one of them.
RESERVED: Final = frozenset({"none", "null", "na", "nan", "missing", "present", "open", "pending", "unset", "any", "yes", "no"})
_YES_NO: Final = {"yes": True, "no": False}
_EXPECTED: Final[dict[FieldType, str]] = {
    "yes_no": "`yes` or `no`",
    "number": "a number, such as `3` or `2.5`",
    "money": "an amount and a currency, such as `5000 CNY`",
    "limit": "an amount and a unit of time, such as `2 days`",
    "instant": "an instant with an offset, such as `2026-02-13T10:00:00+08:00`",
    "text": "text",
    "event": "`present` or `missing`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The type of a field and the values it may take.

    `values` are codes, weakest first where the type is `ordered`; `open_list` admits others, which read as `other`;
    `many` makes the value a set of codes; `counts` restricts a number to whole numbers from that one on.
    """

    type: FieldType
    values: tuple[str, ...] = ()
    open_list: bool = False
    many: bool = False
    counts: int | None = None

    @property
    def listed(self) -> bool:
        """Whether the values are codes from a list."""
        return self.type in {"choice", "ordered", "party"} and bool(self.values)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes, `other` included where the list is open."""
        return (*self.values, OTHER) if self.open_list and OTHER not in self.values else self.values

    def rank(self, code: str) -> int:
        """Return the place of a code in the order of the list."""
        return self.values.index(code)

    def expected(self) -> str:
        """Say in words what a value looks like."""
        if self.listed:
            return f"{'a set of' if self.many else 'one of'} {', '.join(self.codes)}"
        return _EXPECTED.get(self.type, "a code")

    def parse(self, text: str) -> Value:
        """Read a value as a policy, a form or a CSV file writes it.

        Raises
        ------
        InvalidValue
            With what was expected, and the nearest code where the values are listed.

        """
        if self.many:
            return frozenset(self._code(part.strip()) for part in text.split(",") if part.strip())
        return self._one(text)

    def _one(self, text: str) -> Value:
        reader = _READERS.get(self.type)
        if reader is None:
            return self._code(text)
        try:
            value = reader(text)
        except (ValueError, OverflowError):
            raise self._refusal(text) from None
        if self.counts is not None and isinstance(value, Decimal) and (value != value.to_integral_value() or value < self.counts):
            message = f"`{text[:40]}` is not a whole number from {self.counts} on"
            raise InvalidValue(message, found=text[:40])
        return value

    def _code(self, text: str) -> str:
        if not self.listed or text in self.values:
            return text
        if self.open_list:
            return OTHER
        raise self._refusal(text)

    def _refusal(self, text: str) -> InvalidValue:
        near = closest(text, self.values) if self.listed else None
        hint = f"; did you mean `{near}`?" if near else ""
        return InvalidValue(f"`{text[:60]}` is not {self.expected()}{hint}", found=text[:60], expected=self.expected(), suggestion=near)

    def render(self, value: Value) -> str:
        """Write a value as a policy writes it."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, frozenset):
            return ", ".join(sorted(value))
        return str(value)


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text.strip())
    if value.utcoffset() is None:
        raise ValueError(text)
    return value


_READERS: Final[dict[FieldType, Callable[[str], Value]]] = {
    "yes_no": lambda text: _YES_NO[text] if text in _YES_NO else _refuse(text),
    "number": parse_number,
    "money": Money.parse,
    "limit": Limit.parse,
    "instant": _instant,
    "text": str,
}


def _refuse(text: str) -> bool:
    raise ValueError(text)
