"""Made-up values of facts: for each fact of a policy the values that its rules tell apart, each as likely as the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from closedloop.evaluation.facts import ACTUAL, ATTRIBUTES
from closedloop.policy.standard import WORKED_OUT
from closedloop.rules.states import Unset
from closedloop.values.limits import Limit
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import Fact

#: What comes with an offer, where a policy says nothing else of it.
OFFERED: Final = ("remedy", "value")
OFFERS: Final = frozenset({"remedy_offered", "remedy_granted"})
#: How many texts of a kind a customer has: things complained about, say.
_TEXTS_EACH: Final = 3
_DAYS_AROUND: Final = 30
_LIMITS: Final = tuple(Limit(days, "days") for days in (1, 3, 7, 15, 30))


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes values of one fact. `values` are what to choose from; without any, a text or an instant of the customer's own is made."""

    fact: str
    purpose: bytes
    values: tuple[Any, ...]
    attribute: bool
    instant: bool = False

    @property
    def owned(self) -> bool:
        """Whether no two customers have a value in common."""
        return not self.values and not self.instant

    def make(self, customer: str, received_at: datetime, number: int) -> Any:
        """Make a value from a drawn number."""
        if self.values:
            return self.values[number % len(self.values)]
        if self.instant:
            return received_at + timedelta(days=number % (2 * _DAYS_AROUND) - _DAYS_AROUND)
        return customer if self.fact == "customer" else f"{customer} {self.fact} {number % _TEXTS_EACH + 1}"


def at_intake(book: Rulebook) -> tuple[Maker, ...]:
    """Return the makers of what a complaint can state when it is received."""
    return tuple(_maker(book, fact) for fact in book.model.facts.values() if fact.at is None and _stated(book, fact))


def with_event(book: Rulebook, kind: str) -> tuple[Maker, ...]:
    """Return the makers of the facts that come with an event."""
    facts = [fact for fact in book.model.facts.values() if fact.at == kind and fact.table is None and fact.derived is None]
    if kind in OFFERS:
        facts += [fact for name in OFFERED if (fact := book.model.facts[name]).at is None and fact.table is None and fact.derived is None]
    if kind == "reclassified" and (category := book.model.facts.get("category")) is not None and category.table is None:
        facts.append(category)
    return tuple(_maker(book, fact) for fact in facts if _priced(book, fact))


def proxies(book: Rulebook) -> tuple[str, ...]:
    """Return the kinds of complainant other than the customer."""
    fact = book.model.facts.get("complainant")
    if fact is None or fact.standard or fact.table is not None or fact.at is not None:
        return ()
    return tuple(code for code in fact.domain.codes if code != ACTUAL)


def _stated(book: Rulebook, fact: Fact) -> bool:
    """Whether a complaint can state the fact, and the policy has a use for it."""
    if fact.table is not None or fact.derived is not None or fact.id in {*WORKED_OUT, *OFFERED, "complainant"} or not _priced(book, fact):
        return False
    if not fact.standard or fact.id in {"customer", "subject"}:
        return True
    in_records = any(fact.id in record.fields for record in book.model.records.values() if not isinstance(record.fields, Unset))
    return fact.domain.type != "choice" and (in_records or bool(book.program.atoms(fact.id).tests))


def _priced(book: Rulebook, fact: Fact) -> bool:
    """Whether amounts can be made: a policy without a currency says of none what it is in."""
    return fact.domain.type != "money" or book.model.currency is not None


def _maker(book: Rulebook, fact: Fact) -> Maker:
    values = tuple(_values(book, fact))
    return Maker(
        fact=fact.id, purpose=f"fact {fact.id}".encode(), values=values, attribute=fact.id in ATTRIBUTES, instant=fact.domain.type == "instant"
    )


def _values(book: Rulebook, fact: Fact) -> Iterator[Any]:
    domain = fact.domain
    atoms = book.program.atoms(fact.id)
    if domain.many:
        yield from (frozenset({code}) for code in domain.codes)
        yield frozenset(domain.codes[:2])
    elif domain.type == "yes_no":
        yield from (True, False)
    elif domain.type == "party":
        yield from domain.values or tuple(book.model.parties)
    elif domain.type in {"choice", "ordered"}:
        yield from domain.codes
    elif domain.type == "number":
        yield from _numbers(atoms.representatives if atoms.tests else [Decimal(number) for number in range(domain.counts or 0, 10)])
    elif domain.type == "money":
        yield from (Money(amount, book.model.currency or "") for amount in _amounts(atoms.representatives if atoms.tests else ()))
    elif domain.type == "limit":
        yield from (value for value in atoms.representatives if isinstance(value, Limit)) if atoms.tests else _LIMITS
    elif domain.type == "text" and atoms.tests:
        yield from (value for value in atoms.representatives if isinstance(value, str) and value.strip())


def _numbers(values: Sequence[Any]) -> list[Decimal]:
    """Leave out what is below zero, which nobody counts, where there is anything else."""
    numbers = [value for value in values if isinstance(value, Decimal)]
    return [value for value in numbers if value >= 0] or numbers


def _amounts(values: Sequence[Any]) -> list[Decimal]:
    amounts = [value.amount for value in values if isinstance(value, Money) and value.amount >= 0]
    return amounts or [Decimal(text) for text in ("50", "300", "2000", "8000", "60000")]
