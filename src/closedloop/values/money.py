"""Amounts of money: exact decimals with a currency. Currencies never mix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from closedloop.errors import InvalidValue
from closedloop.values.numbers import sensible

#: Wide enough for every amount that there may be, so that sums are exact.
_EXACT: Final = Context(prec=80)
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_FORM: Final = re.compile(r"\s*([+-]?[0-9]{1,18}(?:\.[0-9]{1,9})?)\s+([A-Za-z]{3})\s*")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency, such as `5000 CNY`. A `float` is refused, for it is not exact."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Check the form; a whole number becomes a decimal."""
        amount: object = self.amount
        if isinstance(amount, bool) or not isinstance(amount, (int, Decimal)):
            message = f"an amount of money is an exact decimal, found {type(amount).__name__}; write Decimal('10.50') or Money.parse('10.50 CNY')"
            raise InvalidValue(message, found=type(amount).__name__)
        exact = Decimal(amount)
        if not sensible(exact):
            message = f"an amount of money is a number of at most 30 digits, found `{str(exact)[:40]}`"
            raise InvalidValue(message, found=str(exact)[:40])
        currency: object = self.currency
        if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
            message = f"`{str(currency)[:20]}` is not a currency code; write three capitals, such as CNY"
            raise InvalidValue(message, found=str(currency)[:20])
        object.__setattr__(self, "amount", exact)

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read `5000 CNY`.

        Raises
        ------
        InvalidValue
            If the text is not an amount and a currency.

        """
        match = _FORM.fullmatch(text)
        if match is None:
            message = f"`{text[:60]}` is not an amount of money; write an amount and a currency, such as `5000 CNY`"
            raise InvalidValue(message, found=text[:60])
        return cls(Decimal(match[1]), match[2].upper())

    def __str__(self) -> str:
        """Give the amount and the currency, without an exponent."""
        return f"{self.amount:f} {self.currency}"

    def _same(self, other: object) -> Decimal:
        if not isinstance(other, Money):
            message = f"money compares and adds only with money, found {type(other).__name__}"
            raise TypeError(message)
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency} do not mix; convert one of them first"
            raise InvalidValue(message, found=other.currency, expected=self.currency)
        return other.amount

    def __add__(self, other: Money) -> Money:
        """Add an amount of the same currency."""
        return Money(_EXACT.add(self.amount, self._same(other)), self.currency)

    def __sub__(self, other: Money) -> Money:
        """Take away an amount of the same currency."""
        return Money(_EXACT.subtract(self.amount, self._same(other)), self.currency)

    def __lt__(self, other: object) -> bool:
        """Compare amounts of one currency."""
        return self.amount < self._same(other)

    def __le__(self, other: object) -> bool:
        """Compare amounts of one currency."""
        return self.amount <= self._same(other)

    def __gt__(self, other: object) -> bool:
        """Compare amounts of one currency."""
        return self.amount > self._same(other)

    def __ge__(self, other: object) -> bool:
        """Compare amounts of one currency."""
        return self.amount >= self._same(other)
