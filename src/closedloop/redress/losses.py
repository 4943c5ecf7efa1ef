"""What a loss comes to: goods resold in time cost the difference in price, those not resold what the host puts them at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from closedloop.errors import InvalidValue, UnknownName
from closedloop.evaluation.outcomes import table_outcome
from closedloop.explanation.reasons import Later, Reason
from closedloop.reviewing import examine

if TYPE_CHECKING:
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.values.money import Money

_TABLE: Final = "loss_basis"


@dataclass(frozen=True, kw_only=True, slots=True)
class Loss:
    """A loss to be borne. `amount` is None while the basis is open or a figure for it is not given; `missing` says what is asked for."""

    amount: Money | None
    basis: Literal["price_loss", "actual_loss"] | None
    missing: tuple[str, ...]
    awaited: tuple[str, ...]
    _reason: Later[Reason] = field(compare=False, repr=False)

    @property
    def reason(self) -> Reason:
        """The clause behind the basis."""
        return self._reason.get()


def loss(book: Rulebook, case: Case, at: datetime, price_loss: Money | None = None, actual_loss: Money | None = None) -> Loss:
    """Work out a loss by the table `loss_basis`: on `price_loss`, that of the goods sold and what the unsold rest actually lost.

    Raises `UnknownName` where the policy has no such table, `InvalidValue` for a price loss where nothing was sold in time.
    """
    if _TABLE not in book.program.tables:
        raise UnknownName.among("table", _TABLE, book.program.tables)
    found = examine(book, case, at)
    outcome = table_outcome(found.situation, _TABLE)
    basis: Literal["price_loss", "actual_loss"] | None = outcome.value if outcome.status == "decided" else None
    amount, missing = _amount(basis, price_loss, actual_loss)
    return Loss(
        amount=amount,
        basis=basis,
        missing=(*outcome.missing, *missing),
        awaited=outcome.awaited,
        _reason=Later(lambda: found.reasoning.table(outcome, _TABLE)),
    )


def _amount(basis: str | None, price_loss: Money | None, actual_loss: Money | None) -> tuple[Money | None, tuple[str, ...]]:
    if basis == "price_loss":
        whole = price_loss + actual_loss if price_loss is not None and actual_loss is not None else price_loss
        return whole, () if price_loss is not None else ("price_loss",)
    if basis == "actual_loss":
        if price_loss is not None:
            message = f"a price loss of `{price_loss}` is given, and nothing was sold in time; give the whole as `actual_loss`"
            raise InvalidValue(message, found=str(price_loss))
        return actual_loss, () if actual_loss is not None else ("actual_loss",)
    return None, ()
