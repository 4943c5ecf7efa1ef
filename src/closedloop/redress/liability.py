"""Liability: a loss and its shares, exact to the smallest unit of the currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from closedloop.errors import InvalidOffer, InvalidValue, Problem
from closedloop.evaluation.outcomes import table_outcome
from closedloop.reviewing import examine
from closedloop.values.money import Money
from closedloop.values.numbers import sensible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.casework import Case
    from closedloop.evaluation.rulebook import Rulebook

#: How many digits after the point the smallest unit of a currency has (ISO 4217), where it is not two.
_DIGITS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_EXACT: Final = Context(prec=80)
_SHARING: Final = "sharing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """What one bearer (a person, a group, a department) bears of a loss."""

    bearer: str
    amount: Money


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency, such as 0.01 for CNY."""
    return Decimal(1).scaleb(-_DIGITS.get(currency, 2))


def apportion(book: Rulebook, loss: Money, fault: Mapping[str, Decimal | int], case: Case | None = None) -> tuple[Share, ...]:
    """Split a loss by ratio of fault, such as 7 to 3; the shares add up to it exactly.

    Each share is rounded down to the smallest unit, and the units that remain go to the largest remainders, ties in the order
    given. One at fault bears all. Raises `InvalidValue` or `InvalidOffer`.
    """
    problems = [*_problems(fault), *_currency(book, loss)] or list(_sharing(book, fault, case))
    if problems:
        raise InvalidOffer(problems)
    unit = smallest_unit(loss.currency)
    units = Fraction(loss.amount) / Fraction(unit)
    if units < 0 or units.denominator != 1:
        message = f"a loss is an amount from 0 on in whole units of {unit} {loss.currency}, found `{loss}`; round it first"
        raise InvalidValue(message, found=str(loss))
    parts = _largest_remainder(units.numerator, [Fraction(weight) for weight in fault.values()])
    amounts = [Money(_EXACT.multiply(part, unit), loss.currency) for part in parts]
    return tuple(Share(bearer=bearer, amount=amount) for bearer, amount in zip(fault, amounts, strict=True))


def _largest_remainder(units: int, weights: list[Fraction]) -> list[int]:
    whole = sum(weights)
    exact = [units * weight / whole for weight in weights]
    parts = [int(each) for each in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[: units - sum(parts)]:
        parts[place] += 1
    return parts


def _problems(fault: Mapping[str, Decimal | int]) -> Iterator[Problem]:
    """Say what is wrong with the ratios."""
    for bearer, weight in fault.items():
        if isinstance(weight, bool) or not isinstance(weight, (int, Decimal)):
            yield Problem(code="wrong_type", path=("fault", bearer), found=type(weight).__name__, expected="a whole number or a Decimal")
        elif not sensible(Decimal(weight)) or weight < 0:
            yield Problem(code="out_of_range", path=("fault", bearer), found=str(weight)[:40], expected="a number from 0 on")
    if not any(fault.values()):
        yield Problem(code="out_of_range", path=("fault",), found="nobody at fault", expected="at least one bearer with a ratio above 0")


def _currency(book: Rulebook, loss: object) -> Iterator[Problem]:
    currency = book.model.currency
    if not isinstance(loss, Money):
        yield Problem(code="wrong_type", path=("loss",), found=type(loss).__name__, expected="an amount of money, such as Money.parse('5000 CNY')")
    elif currency is not None and loss.currency != currency:
        yield Problem(code="wrong_currency", path=("loss",), found=loss.currency, expected=f"an amount in {currency}")


def _sharing(book: Rulebook, fault: Mapping[str, Decimal | int], case: Case | None) -> Iterator[Problem]:
    """Hold the ratios against the table `sharing`: where a loss is borne whole, one alone is at fault."""
    if case is None or _SHARING not in book.program.tables:
        return
    at = max([case.complaint.received_at, *(event.at for event in case.events)])
    outcome = table_outcome(examine(book, case, at).situation, _SHARING)
    bearers = [bearer for bearer, weight in fault.items() if weight]
    if outcome.status != "decided":
        wanted = ", ".join((*outcome.missing, *outcome.awaited)) or "a clause that the source leaves out"
        yield Problem(code="not_decided", path=("sharing",), found="a loss whose sharing is open", expected=f"first {wanted}")
    elif outcome.value == "whole" and len(bearers) > 1:
        yield Problem(code="out_of_range", path=("fault",), found=f"{len(bearers)} at fault", expected="one: the loss is borne whole")
