"""When the clock of a duty stands still: from each event that stops it until the next that lets it run, or until an instant that a fact gives."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime
from typing import TYPE_CHECKING

from closedloop.calendars import Pause
from closedloop.evaluation.log import RECEIVED
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.evaluation.situation import Situation
    from closedloop.policy.model import DutyRule


def stops(situation: Situation, rule: DutyRule) -> Iterator[Pause]:
    """Give what has stopped the clock of a duty, first to last for each reason, with the end where that is known.

    What happens again while the clock stands still begins no pause of its own.
    """
    clock = situation.book.model.clocks.get(rule.clock or "")
    for pause in clock.pauses if clock is not None else ():
        if isinstance(pause.from_, Unset) or isinstance(pause.until, Unset):
            continue
        over: datetime | None = None
        for begun in _begun(situation, pause.from_):
            if over is not None and begun < over:
                continue
            ended = _ended(situation, pause.until, begun)
            if ended is None or ended > begun:
                yield Pause(begun, ended, pause.reason)
            if ended is None:
                break
            over = ended


def _begun(situation: Situation, event: str) -> list[datetime]:
    return [situation.received_at] if event == RECEIVED else [each.at for each in situation.log.all(event)]


def _ended(situation: Situation, until: str, begun: datetime) -> datetime | None:
    """Return when a pause is over that began at an instant; None where that is not known yet.

    An instant before the pause ends it only where it was said as the pause began: then there is none.
    """
    if until in situation.book.model.events:
        return next((event.at for event in situation.log.all(until) if event.at > begun), None)
    told = _told(situation, until)
    place = bisect_right([at for at, _ in told], begun)
    since, ended = told[place - 1] if place else (begun, None)
    if ended is not None and ended <= begun and since < begun:
        # That one was over before this pause began, and nobody has said yet when this one will be.
        ended = None
    for at, value in told[place:]:
        # What is said once the pause is over is about another one.
        if ended is not None and at >= ended:
            break
        ended = value if value > begun else ended
    return ended


def _told(situation: Situation, fact: str) -> list[tuple[datetime, datetime]]:
    """Return what an instant was said to be, and since when: at receipt, and by one event after the other, also by one dated before receipt."""
    received = situation.decided or situation
    first = received.states[fact]
    told = [(situation.complaint.received_at, first)] if isinstance(first, datetime) else []
    brought = ((event.at, facts.get(fact)) for event, facts in situation.log.happened)
    told += [(at, value) for at, value in brought if isinstance(value, datetime)]
    return sorted(told, key=lambda each: each[0])
