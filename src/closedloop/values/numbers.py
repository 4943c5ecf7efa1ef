"""Exact decimals of a sensible size."""

from __future__ import annotations

from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal, InvalidOperation
from typing import Final

from closedloop.errors import InvalidValue

_MOST_DIGITS: Final = 30
_EXACT: Final = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


def sensible(number: Decimal) -> bool:
    """Whether a number is finite, with at most 30 digits before or after the point: one of 1e999999999 fills the memory when written out."""
    if not number.is_finite():
        return False
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DIGITS and number.adjusted() <= _MOST_DIGITS


def shortest(number: Decimal) -> Decimal:
    """Return an equal number without zeros at its end, the same for all that are equal; nothing is rounded."""
    return (number or Decimal(0)).normalize(_EXACT)


def parse_number(text: str) -> Decimal:
    """Read a number, or raise `InvalidValue`."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not sensible(number):
        message = f"`{text[:40]}` is not a number, such as `3` or `2.5`"
        raise InvalidValue(message, found=text[:40])
    return number
