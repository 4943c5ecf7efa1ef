"""Fact values as JSON, so that reading back gives the same value of the same type."""

from __future__ import annotations

from datetime import UTC, datetime, timezone, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from closedloop.errors import InvalidValue, Problem
from closedloop.values.limits import Limit
from closedloop.values.money import Money
from closedloop.values.numbers import parse_number, shortest

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Beyond these years an instant cannot be written in every zone, nor a limit added to it.
_FIRST_YEAR: Final = 1000
_LAST_YEAR: Final = 9000
#: What a fact can be. Yes/no facts are `bool`, never text; an amount is never a `float`.
FactValue = str | bool | int | Decimal | Money | Limit | datetime | frozenset[str]


def to_plain(value: FactValue) -> Any:
    """Turn a fact value into plain JSON data: text, true/false and whole numbers as they are, the rest as a small object."""
    if isinstance(value, Money):
        return {"amount": f"{value.amount:f}", "currency": value.currency}
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, Limit):
        return {"limit": str(value)}
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, frozenset):
        return {"set": sorted(value)}
    return str(value) if isinstance(value, str) else value


def canonical(value: FactValue) -> Any:
    """Return a value as plain data to order by: equal values have the same, whatever the zone of an instant or the order in a set."""
    if isinstance(value, datetime):
        return to_plain(value.astimezone(UTC))
    if isinstance(value, frozenset):
        return {"set": sorted(map(str, value))}
    if isinstance(value, Money):
        return to_plain(Money(shortest(value.amount), value.currency))
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return {"number": str(shortest(Decimal(value)))}
    return to_plain(value)


def from_plain(plain: Any, zone: tzinfo | None = None) -> FactValue:
    """Read what `to_plain` wrote. Instants are given in `zone` where they are written with its offset.

    Raises
    ------
    InvalidValue
        If the data is of no known form.

    """
    if isinstance(plain, (str, bool, int)):
        return plain
    if isinstance(plain, dict):
        match plain:
            case {"amount": str(amount), "currency": str(currency), **rest} if not rest:
                return Money(parse_number(amount), currency)
            case {"number": str(number)}:
                return parse_number(number)
            case {"limit": str(limit)}:
                return Limit.parse(limit)
            case {"instant": str(text)}:
                return instant(text, zone)
            case {"set": list(members)} if all(isinstance(each, str) for each in members):
                return frozenset(members)
    message = "a fact is text, true or false, a whole number, or an object such as {'amount': '10.50', 'currency': 'CNY'}"
    raise InvalidValue(message, found=type(plain).__name__)


def instant(text: str, zone: tzinfo | None = None) -> datetime:
    """Read an RFC 3339 instant with its offset; where `zone` had that offset then, it is given in that zone."""
    try:
        value = datetime.fromisoformat(text)
        if value.utcoffset() is not None:
            local = value.astimezone(zone) if zone else value
            return local if local.utcoffset() == value.utcoffset() else value
    except (ValueError, OverflowError):
        pass
    message = f"`{text[:40]}` is not an instant with an offset, such as `2026-02-13T10:00:00+08:00`"
    raise InvalidValue(message, found=text[:40])


def unambiguous(at: datetime) -> datetime:
    """Return the instant, with its offset in place of its zone in the hour that comes twice in autumn.

    Within one zone Python compares what the walls show, and would take what happened later in that hour for the earlier.
    """
    offset = at.utcoffset()
    if type(at.tzinfo) is timezone or offset is None or at.replace(fold=1 - at.fold).utcoffset() == offset:
        return at
    return at.replace(tzinfo=timezone(offset), fold=0)


def instant_problems(path: tuple[str | int, ...], value: datetime) -> Iterator[Problem]:
    """Say what is wrong with an instant: no zone, or a year so far off that no limit can be added to it."""
    if value.utcoffset() is None:
        expected = "an aware datetime; give naive local time its zone with closedloop.localise(value, ZONE), such as 'Europe/London'"
        yield Problem(code="naive_datetime", path=path, found="a datetime without a time zone", expected=expected)
    elif not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        yield Problem(code="out_of_range", path=path, found=f"the year {value.year}", expected=f"a year from {_FIRST_YEAR} to {_LAST_YEAR}")
