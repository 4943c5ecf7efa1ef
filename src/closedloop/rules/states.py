"""What is known of a field: a value, nothing yet, or that the text does not say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Final, Literal

from closedloop.values.limits import Limit
from closedloop.values.money import Money

#: A known value of a field.
Value = str | bool | Decimal | Money | Limit | datetime | frozenset[str]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A field without a value yet.

    `missing`: it can be asked for. `awaited`: an event will bring it, and `event` names it. `pending`: time or events
    will decide it. `open`: a table whose outcome still depends on such fields. For a missing one `event` names the fact
    to ask for in its place. `among` narrows down what it can be.
    """

    cause: Literal["missing", "awaited", "pending", "open"]
    event: str | None = None
    among: tuple[Value, ...] = ()


class Unset(Enum):
    """The source document does not say."""

    UNSET = "unset"

    def __repr__(self) -> str:
        """Give the word that a policy uses."""
        return "UNSET"


UNSET: Final = Unset.UNSET
MISSING: Final = Unknown("missing")
PENDING: Final = Unknown("pending")
OPEN: Final = Unknown("open")

#: What a field can be in: a value, not known yet, or left out by the source.
State = Value | Unknown | Unset


class Truth(IntEnum):
    """Whether a test holds: no, yes, not known until facts are, or undecided because the text is silent."""

    NO = 0
    YES = 1
    UNKNOWN = 2
    SILENT = 3


def both(first: Truth, second: Truth) -> Truth:
    """Combine two truths that must both hold: a `NO` settles it, then what is not known, then what the text omits."""
    return _BOTH[first][second]


def either(first: Truth, second: Truth) -> Truth:
    """Combine two truths of which one suffices."""
    return _EITHER[first][second]


def negate(truth: Truth) -> Truth:
    """Turn yes into no and back; what is undecided stays so."""
    return _NOT[truth]


_NO, _YES, _UNKNOWN, _SILENT = Truth.NO, Truth.YES, Truth.UNKNOWN, Truth.SILENT
_NOT: Final = (_YES, _NO, _UNKNOWN, _SILENT)
_BOTH: Final = (
    (_NO, _NO, _NO, _NO),
    (_NO, _YES, _UNKNOWN, _SILENT),
    (_NO, _UNKNOWN, _UNKNOWN, _UNKNOWN),
    (_NO, _SILENT, _UNKNOWN, _SILENT),
)
_EITHER: Final = (
    (_NO, _YES, _UNKNOWN, _SILENT),
    (_YES, _YES, _YES, _YES),
    (_UNKNOWN, _YES, _UNKNOWN, _UNKNOWN),
    (_SILENT, _YES, _UNKNOWN, _SILENT),
)
