"""Compares the cases of one partition under two policies; what comes out of several partitions is merged in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from closedloop.whatif.changes import Change, Effect, changes, same
from closedloop.whatif.differing import Differing, differing
from closedloop.whatif.measures import group_of, measured
from closedloop.whatif.parts import Parts
from closedloop.whatif.replay import Failed, NotYet, Replay, Replayed
from closedloop.whatif.sharing import Sharing, sharing
from closedloop.whatif.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from closedloop.errors import Problem
    from closedloop.facade import Policy
    from closedloop.whatif.changes import MeasureKey, PartChange
    from closedloop.whatif.measures import Amount
    from closedloop.whatif.recorded import Recorded

Side = Literal["old", "new"]
_Found = Replayed | Failed | NotYet


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseError:
    """A case that one of the policies could not take: it is in no count of either. `policy` is `old` or `new`."""

    case: str
    place: str
    policy: Side
    problems: tuple[Problem, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data; the place, which hangs on the order of the rows, apart."""
        return {"case": self.case, "policy": self.policy, "problems": [problem.as_dict() for problem in self.problems]}

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.place} (`{self.case}`, {self.policy} policy): {'; '.join(map(str, self.problems))}"


@dataclass(slots=True)
class Partial:
    """What came out of some cases."""

    cases: int = 0
    later: int = 0
    old: Tally = field(default_factory=Tally)
    new: Tally = field(default_factory=Tally)
    changed: list[Change] = field(default_factory=list)
    errors: list[CaseError] = field(default_factory=list)

    def merge(self, other: Partial) -> None:
        """Take in what came out of other cases."""
        self.cases += other.cases
        self.later += other.later
        self.old.merge(other.old)
        self.new.merge(other.new)
        self.changed.extend(other.changed)
        self.errors.extend(other.errors)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two policies, the instant as of which cases are compared, and the zone of instants in the caseload without one."""

    old: Policy
    new: Policy
    at: datetime
    timezone: str | None
    where: Differing
    sharing: Sharing | None
    zone: ZoneInfo

    @classmethod
    def of(cls, old: Policy, new: Policy, at: datetime, timezone: str | None) -> Pair:
        """Work out what is the same for all cases."""
        where = differing(old.book.model, new.book.model)
        return cls(old, new, at, timezone, where, sharing(old.book, new.book, where), ZoneInfo(old.timezone))

    def compare(self, cases: Sequence[Recorded]) -> Partial:
        """Compare the cases of one partition: each policy replays them by itself, and each case is compared once both have it."""
        found = Partial()
        places = {case.id: case.place for case in cases}
        waiting: dict[str, _Found] = {}

        def twin(case: str) -> Replayed | None:
            other = waiting.get(case)
            return other if isinstance(other, Replayed) and self.sharing is not None and self.sharing.serves(other.case) else None

        old, new = Replay(self.old, self.at, self.timezone), Replay(self.new, self.at, self.timezone, twin)
        read = list(map(old.read, cases))
        # Policies that share cases read them in the same way.
        read_anew = read if self.sharing is not None else list(map(new.read, cases))
        for side, each in _in_turn(old.run(read), new.run(read_anew)):
            other = waiting.pop(each.id, None)
            if other is None:
                waiting[each.id] = each
            else:
                before, after = (each, other) if side == "old" else (other, each)
                self._take(found, before, after, places[each.id])
        return found

    def _take(self, found: Partial, old: _Found, new: _Found, place: str) -> None:
        if isinstance(old, Replayed) and isinstance(new, Replayed):
            self._compare(found, old, new)
        elif isinstance(old, Failed) or isinstance(new, Failed):
            sides: tuple[tuple[Side, _Found], ...] = (("old", old), ("new", new))
            found.errors += [
                CaseError(case=each.id, place=place, policy=side, problems=each.problems) for side, each in sides if isinstance(each, Failed)
            ]
        else:
            found.later += 1

    def _compare(self, found: Partial, old: Replayed, new: Replayed) -> None:
        before = measured(self.old, old)
        after = before if new is old else measured(self.new, new)
        found.cases += 1
        found.old.add(group_of(old, self.zone), before)
        found.new.add(group_of(new, self.zone), after)
        if new is old or (same(old, new) and not self.where.parts):
            return
        parts = changes(Parts(self.old, old, self.zone), Parts(self.new, new, self.zone), self.where)
        if parts:
            found.changed.append(self._change(old, parts, before, after))

    def _change(
        self, old: Replayed, parts: tuple[PartChange, ...], before: Mapping[MeasureKey, Amount], after: Mapping[MeasureKey, Amount]
    ) -> Change:
        received_at = old.case.complaint.received_at.astimezone(self.zone)
        effects = []
        for measure, of in dict.fromkeys((*before, *after)):
            one, other = before.get((measure, of)), after.get((measure, of))
            known = one if one is not None else other
            if one != other and known is not None:
                nothing = type(known)()
                effects.append(Effect(measure=measure, of=of, old=nothing if one is None else one, new=nothing if other is None else other))
        return Change(id=old.id, received_at=received_at, parts=parts, effects=tuple(effects))


def _in_turn(old: Iterator[_Found], new: Iterator[_Found]) -> Iterator[tuple[Side, _Found]]:
    """Give what each policy makes of its next case, the old one first."""
    for each in old:
        yield "old", each
        yield from (("new", other) for other in islice(new, 1))
    yield from (("new", each) for each in new)
