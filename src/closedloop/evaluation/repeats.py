"""Whether a complaint repeats an earlier one: merged with it while that is open, or raised a level after it was closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, get_args

from closedloop.history import RepeatQuery
from closedloop.policy.program import links
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from closedloop.calendars import Clock, Due
    from closedloop.history import PastCase
    from closedloop.policy.model import PolicyModel, RepeatRule

#: A month of slack covers every way in which an end of month is shortened.
_SLACK = timedelta(days=32)
_LONGEST_CHAIN = 1_000

RepeatState = Literal["new", "merged", "again"]
_STATES: Final[tuple[RepeatState, ...]] = get_args(RepeatState)


@dataclass(frozen=True, kw_only=True)
class RepeatFinding:
    """How a complaint is linked to earlier ones.

    `possible` are the links that the missing pieces still leave open (one when it is decided), in the words of
    `policy.program.links`; `missing` names those pieces: key facts, `history` when nobody looked, `history.level` when the
    earlier case states no level. `window` says until when a complaint counts as a repeat of `of`.
    """

    possible: tuple[str, ...]
    of: PastCase | None = None
    count: int = 0
    at_cap: bool = False
    window: Due | None = None
    missing: tuple[str, ...] = ()
    relied_on: tuple[PastCase, ...] = ()
    awaited: tuple[str, ...] = ()

    @cached_property
    def state(self) -> RepeatState | None:
        """The state where all possible links agree in it."""
        return next((state for state in _STATES if all(link.split(".", 1)[0] == state for link in self.possible)), None)


def query(rule: RepeatRule, key: Mapping[str, str], received_at: datetime) -> RepeatQuery:
    """Return what to ask a host's database for: open cases with the key, and those closed recently enough to matter.

    Where the level is raised from the first of a chain, every earlier case can matter.
    """
    if isinstance(rule.window, Unset) or rule.raise_from == "first":
        return RepeatQuery(key=key, closed_since=datetime.min.replace(tzinfo=UTC))
    length = _longest(rule)
    earliest = datetime.min.replace(tzinfo=UTC)
    reach = received_at.astimezone(UTC) - earliest
    return RepeatQuery(key=key, closed_since=earliest if reach <= length else (received_at - length).astimezone(received_at.tzinfo))


def _longest(rule: RepeatRule) -> timedelta:
    assert not isinstance(rule.window, Unset)
    days = {"minutes": 1, "hours": 1, "working hours": 14, "days": 1, "working days": 14, "weeks": 7, "months": 31, "years": 366}
    return timedelta(days=min(rule.window.amount * days[rule.window.unit], 3_650_000)) + _SLACK


@dataclass(frozen=True, slots=True)
class Repeats:
    """A repeat rule, ready to be applied: with the zone in whose days its window is counted."""

    model: PolicyModel
    rule: RepeatRule
    clock: Clock

    def examine(self, key: Mapping[str, str | None], received_at: datetime, cases: Sequence[PastCase] | None) -> RepeatFinding:
        """Link a complaint with that key (None for a part that is not known) to the cases given (None: nobody looked)."""
        unknown = tuple(name for name in self.rule.same if key.get(name) is None)
        if cases is None:
            return RepeatFinding(possible=links(self.model), missing=("history", *unknown))
        earlier = [case for case in cases if case.received_at <= received_at]
        sure = [case for case in earlier if self._same(key, case) is True]
        maybe = [case for case in earlier if self._same(key, case) is None]
        found = self._link(received_at, sure)
        possible = dict.fromkeys(found.possible)
        for case in maybe:
            possible |= dict.fromkeys(self._link(received_at, [*sure, case]).possible)
        if len(possible) == 1 or not maybe:
            return found
        missing = (*(name for name in unknown if maybe), *found.missing)
        relied = (*found.relied_on, *maybe)
        return RepeatFinding(possible=tuple(possible), missing=missing or ("history",), relied_on=relied)

    def _same(self, key: Mapping[str, str | None], case: PastCase) -> bool | None:
        """Whether the case has the same key; None when a part that is not known on one side leaves it open."""
        settled = True
        for name in self.rule.same:
            mine, theirs = key.get(name), case.key.get(name)
            if mine is None or theirs is None:
                settled = False
            elif mine != theirs:
                return False
        return True if settled else None

    def _link(self, received_at: datetime, cases: Iterable[PastCase]) -> RepeatFinding:
        by_receipt = sorted(cases, key=lambda case: (case.received_at, case.id))
        running = [case for case in by_receipt if case.closed_at is None or case.closed_at >= received_at]
        if running and self.rule.while_open == "merge":
            return RepeatFinding(possible=("merged",), of=running[0], relied_on=(running[0],))
        closed = [case for case in by_receipt if case.closed_at is not None and case.closed_at < received_at]
        last = max(closed, key=lambda case: (case.closed_at, case.id), default=None)
        window = self.window(last)
        if last is None or window is None or not window.met_by(received_at):
            return RepeatFinding(possible=("new",), window=window, relied_on=(last,) if last else ())
        return self._again(last, closed, window)

    def _again(self, last: PastCase, closed: list[PastCase], window: Due) -> RepeatFinding:
        chain = self._chain(last, closed)
        base = chain[-1] if self.rule.raise_from == "first" else last
        relied = tuple(dict.fromkeys((last, *chain)))
        found = RepeatFinding(possible=("again",), of=last, count=len(chain), window=window, relied_on=relied)
        leveled = tuple(link for link in links(self.model) if link.startswith("again."))
        if not leveled:
            return found
        if base.level is None:
            return replace(found, possible=leveled, missing=("history.level",))
        levels = self.model.facts["level"].domain.values
        capped = levels.index(base.level) + self.rule.raise_level_by > len(levels) - 1
        return replace(found, possible=(f"again.{base.level}",), at_cap=capped)

    def _chain(self, last: PastCase, closed: list[PastCase]) -> list[PastCase]:
        """Walk back from the last case over those that each was a repeat of; the first of the chain comes last."""
        chain = [last]
        by_closing = sorted((case for case in closed if case is not last), key=lambda case: (case.closed_at, case.id), reverse=True)
        for case in by_closing[:_LONGEST_CHAIN]:
            window = self.window(case)
            assert case.closed_at is not None
            if case.closed_at < chain[-1].received_at and window is not None and window.met_by(chain[-1].received_at):
                chain.append(case)
        return chain

    def window(self, case: PastCase | None) -> Due | None:
        """Return until when a complaint counts as a repeat of a closed case: the end of the corresponding local day."""
        if case is None or case.closed_at is None or isinstance(self.rule.window, Unset):
            return None
        return self.clock.due(case.closed_at, self.rule.window)
