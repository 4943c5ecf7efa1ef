"""Which ends move on with the time while a clock stands still, and which stay where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from closedloop.calendars import Due
from closedloop.calendars.instants import micros
from closedloop.evaluation.limits import Choose, Running, instant_of, run_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from closedloop.calendars import Clock, Pause


@dataclass(frozen=True, slots=True)
class Still:
    """What stands still at an instant: the clock of a duty (`own`), and the ends of other duties whose clocks do."""

    own: bool
    ends: tuple[object, ...] = ()

    def follows(self, counted: object, binds: object) -> bool:
        """Whether an end is that of another duty which has none for now. `counted` are all the amounts of which one `binds`."""
        return bool(self.ends) and any(leaf in self.ends for leaf in _deciding(counted, binds))

    def moves(self, counted: object, binds: object) -> bool:
        """Whether an end moves on. An instant that was given stays where it is, and so does the earliest end once nothing can come before it."""
        return any(leaf in self.ends if isinstance(leaf, (Due, datetime)) else self.own for leaf in _deciding(counted, binds))

    def ends_by(self, clock: Clock, start: datetime, counted: object, pauses: Sequence[Pause]) -> Due | datetime | None:
        """Return the end that an amount has however long the clocks stand still: the earliest that does not move; None where all do."""
        members = counted.members if isinstance(counted, Choose) and counted.how == "earliest" else ()
        ends = (run_out(clock, start, each, pauses) for each in members if not self.moves(each, each))
        return min((end for end in ends if end is not None), key=lambda end: micros(instant_of(end)), default=None)


def _deciding(counted: object, binds: object) -> Iterator[object]:
    """Give what an end hangs on: of the earliest the one that binds, of the latest all, for each may become it."""
    return _leaves(counted) if isinstance(counted, Choose) and counted.how == "latest" else _leaves(binds)


def _leaves(amount: object) -> Iterator[object]:
    if isinstance(amount, Choose):
        for member in amount.members:
            yield from _leaves(member)
    else:
        yield amount.amount if isinstance(amount, Running) else amount
