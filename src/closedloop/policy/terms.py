"""What rules are made of: how much time there is, and what the library works out for a policy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from closedloop.rules.conditions import ALWAYS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from closedloop.rules.conditions import Condition
    from closedloop.rules.states import Unset
    from closedloop.values.limits import Limit


class Promptly(Enum):
    """At once, without a number: there is no due instant."""

    PROMPTLY = "promptly"


PROMPTLY: Final = Promptly.PROMPTLY


@dataclass(frozen=True, slots=True)
class FactLimit:
    """The limit, or the instant, that a fact or a table gives."""

    fact: str


@dataclass(frozen=True, slots=True)
class Combined:
    """Several limits: the `first_given` that is known, or the `earliest` or `latest` of all that are given."""

    how: Literal["first_given", "earliest", "latest"]
    members: tuple[Within, ...]


@dataclass(frozen=True, slots=True)
class DutyDue:
    """The instant at which another duty falls due."""

    duty: str


@dataclass(frozen=True, slots=True)
class RunsFrom:
    """A limit that runs from an event, or from the instant that a fact gives, wherever the limit around it runs from."""

    start: str
    within: Within


@dataclass(frozen=True, slots=True)
class AsFirstKnown:
    """A limit as the facts gave it when each was first known; what corrects a fact later does not move it."""

    within: Within


#: How much time there is. None: the text sets no time.
Within: TypeAlias = "Limit | FactLimit | Combined | DutyDue | RunsFrom | AsFirstKnown | Promptly | Unset"

Derivation: TypeAlias = "InTime | Took | InHours | Count | Compare"


def fields_of(within: Within | None) -> Iterator[str]:
    """Give the facts, tables, events and duties that a limit reads."""
    match within:
        case FactLimit():
            yield within.fact
        case DutyDue():
            yield within.duty
        case Combined():
            for member in within.members:
                yield from fields_of(member)
        case RunsFrom():
            yield within.start
            yield from fields_of(within.within)
        case AsFirstKnown():
            yield from fields_of(within.within)
        case _:
            pass


def due_with(within: Within | None) -> Iterator[str]:
    """Give the duties whose due instants a limit reads."""
    match within:
        case DutyDue():
            yield within.duty
        case Combined():
            for member in within.members:
                yield from due_with(member)
        case RunsFrom() | AsFirstKnown():
            yield from due_with(within.within)
        case _:
            pass


@dataclass(frozen=True, slots=True, kw_only=True)
class InTime:
    """`yes` when the event happened within the limit from the start, `no` when it did not, `pending` before either."""

    do: str
    from_: str
    within: Within
    clock: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """The time between two events, in a unit, on a clock."""

    start: str
    end: str
    unit: str
    clock: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InHours:
    """Whether an event fell into the open hours of a clock's calendar."""

    event: str
    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many events (`how` is `count`), or the sum of a number (`how` is `total`), over history and case."""

    how: Literal["count", "total"]
    of: str
    same: tuple[str, ...] = ()
    window: Limit | None = None
    where: Condition = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """Two numbers, amounts or instants: `below`, `equal`, `within` (above by no more than the tolerance) or `above`.

    `tolerance` lists shares (0.05 for 5 %) and facts, of which the first that is known counts; none means no tolerance.
    """

    left: str
    right: str
    tolerance: tuple[Decimal | FactLimit, ...] | Unset = ()


def operands(derived: Derivation) -> Iterator[str]:
    """Give the facts that a derivation works with, those of its conditions apart."""
    match derived:
        case Count(how="total"):
            yield derived.of
        case Compare():
            yield from (derived.left, derived.right)
            if isinstance(derived.tolerance, tuple):
                yield from (each.fact for each in derived.tolerance if isinstance(each, FactLimit))
        case _:
            pass
