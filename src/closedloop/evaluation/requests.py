"""What the gates of an event are asked about: who is about to bring it about, what it gives, and what was given before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from closedloop.complaint import Event
from closedloop.evaluation.offers import GRANTED, OFFERING, PUT_FORWARD, granting
from closedloop.values.construction import constructor
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from closedloop.complaint import Actor
    from closedloop.evaluation.log import EventLog
    from closedloop.evaluation.offers import Standing
    from closedloop.evaluation.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An event that is about to happen, with the log before it, and by whom, where that is known.

    `offer` is what it gives, worth `value`, and `beside` what else stands in the case; `prior` are the customer's offers in other
    cases (None: nobody looked). `requested_by` asks for it: nobody approves what they asked for themselves.
    """

    event: str
    log: EventLog
    by: Actor | None = None
    offer: Standing | None = None
    requested_by: Actor | None = None
    value: Money | None = None
    beside: Sequence[Standing] = ()
    prior: Sequence[Standing] | None = None


_request = constructor(Request)


def request_for(situation: Situation, event: str, coming: Event | None) -> Request:
    """Return what the gates of an event are asked about; without an event about to happen, what was put forward or granted last.

    Whoever put it forward may grant it where the first step covers it.
    """
    if event not in OFFERING and not any(rule.ladder for rule in situation.book.gates.get(event, ())):
        return _request(event=event, log=situation.log, by=None if coming is None else coming.by)
    log, told = (situation.log, coming) if coming is not None else _last(situation, event)
    own, beside = granting((happened for happened, _ in log.happened), replace(told, at=situation.at))
    known = situation.states["value"]
    value = own.value if own.value is not None else known if isinstance(known, Money) else None
    gives = event in OFFERING
    return Request(event=event, log=log, by=told.by, offer=own if gives else None, requested_by=own.by if gives else None, value=value, beside=beside)


def _last(situation: Situation, event: str) -> tuple[EventLog, Event]:
    """Return what was put forward or granted last, and the log before that was granted."""
    log = situation.log
    told = [happened for happened, _ in log.happened if happened.kind in OFFERING or happened.kind in PUT_FORWARD]
    if not told:
        return log, Event(kind=event, at=situation.at)
    if told[-1].kind != GRANTED:
        return log, told[-1]
    return replace(log, happened=tuple(each for each in log.happened if each[0] is not told[-1])), told[-1]
