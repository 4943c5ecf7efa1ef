"""Which ends move on with the time while a clock stands still, and which stay where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from closedloop.calendars import Due
from closedloop.evaluation.limits import Choose, Running, met_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stands still at an instant: the clock of a duty (`own`), and the ends of other duties whose clocks do.

    `end_of` says when an amount of time ends as things stand.
    """

    own: bool
    ends: tuple[object, ...]
    at: datetime
    end_of: Callable[[object], Due | datetime | None]

    def follows(self, counted: object, binds: object) -> bool:
        """Whether an end is that of another duty which has none for now. `counted` are all the amounts of which one `binds`."""
        return any(_counted(leaf) in self.ends for leaf in _deciding(counted, binds))

    def moves(self, counted: object, binds: object) -> bool:
        """Whether an end moves on. An instant that was given stays where it is, and so does what had run out before the clock stopped."""
        return any(self._moves(leaf) for leaf in _deciding(counted, binds))

    def moving(self, counted: object, binds: object) -> object:
        """Return what of the amounts moves on: it is what stands still, whichever of them is ahead for now."""
        if not (isinstance(counted, Choose) and counted.how == "latest"):
            return binds
        found = tuple(leaf for leaf in _leaves(counted) if self._moves(leaf))
        return found[0] if len(found) == 1 else Choose(counted.how, found)

    def _moves(self, leaf: object) -> bool:
        if isinstance(counted := _counted(leaf), (Due, datetime)):
            return counted in self.ends
        end = self.end_of(leaf) if self.own else None
        return end is not None and met_by(end, self.at)

    def staying(self, counted: object) -> object | None:
        """Return what of the earliest of several amounts does not move: it binds as long as the others stand still; None where all do."""
        members = counted.members if isinstance(counted, Choose) and counted.how == "earliest" else ()
        fixed = tuple(each for each in members if not self.moves(each, each) and self.end_of(each) is not None)
        return Choose("earliest", fixed) if fixed else None


def _deciding(counted: object, binds: object) -> Iterator[object]:
    """Give what an end hangs on: of the earliest the one that binds, of the latest all, for each may become it."""
    return _leaves(counted) if isinstance(counted, Choose) and counted.how == "latest" else _leaves(binds)


def _leaves(amount: object) -> Iterator[object]:
    if isinstance(amount, Choose):
        for member in amount.members:
            yield from _leaves(member)
    else:
        yield amount


def _counted(leaf: object) -> object:
    return leaf.amount if isinstance(leaf, Running) else leaf
