"""What is irregular in the events of a case: doubles that differ, events out of their time, and events through a shut gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.deciding import later
from closedloop.errors import Finding, Place
from closedloop.evaluation.facts import ATTRIBUTES
from closedloop.evaluation.gates import gate
from closedloop.evaluation.log import VOIDED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from closedloop.complaint import Complaint, Event
    from closedloop.decision import Basis
    from closedloop.errors import Severity
    from closedloop.evaluation.rulebook import Rulebook

_CLOSED: Final = "closed"
#: The library's event by which a complaint gets another category, and with it another limit.
_REROUTED: Final = "reclassified"


def irregularities(decided: Basis, events: Sequence[Event], at: datetime) -> tuple[Finding, ...]:
    """Remark on what is irregular in a log up to an instant, in the order of the log. Nothing of it stops a review.

    `decided` is what the decision on the complaint was worked out from.
    """
    book, complaint = decided.situation.book, decided.situation.complaint
    found = [finding for number, event in enumerate(events) for finding in _alone(book, complaint, events, number, event, at)]
    ordered = sorted((event for event in events if event.at <= at and event.kind != VOIDED), key=lambda event: event.at)
    for event in ordered:
        before = [each for each in ordered if each.at <= event.at and each is not event]
        happened = max(event.at, complaint.received_at)
        if event.kind in book.gates:
            found.extend(_at_gate(later(decided, before, happened, event), event, events))
        if event.kind == _REROUTED or _corrects(complaint, before, event):
            then, now = (later(decided, log, happened) for log in (before, [*before, event]))
            found.extend(_expired(then, now, event, events))
    return tuple(sorted(found, key=lambda finding: finding.place.line))


def _finding(events: Sequence[Event], event: Event, kind: str, message: str, *, severity: Severity = "warning", witness: object = None) -> Finding:
    number = next(place for place, each in enumerate(events) if each is event)
    place = Place("events", number + 1, 1, f"events.{number}")
    return Finding(id=kind, severity=severity, place=place, message=message, witness=witness)


def _alone(book: Rulebook, complaint: Complaint, events: Sequence[Event], number: int, event: Event, at: datetime) -> Iterator[Finding]:
    """Look at an event by itself and beside the others."""
    if event.at > at:
        yield _finding(events, event, "future_event", f"`{event.kind}` is later than the review and was left out", severity="note")
        return
    if event.at < complaint.received_at:
        yield _finding(events, event, "before_receipt", f"`{event.kind}` is dated before the complaint was received")
    if event.id is not None and any(each.id == event.id and each != event for each in events[:number]):
        yield _finding(
            events, event, "conflicting_double", f"`{event.kind}` has the id of an earlier event and differs from it; the earlier one counts"
        )
    if event.kind == VOIDED and event.data.get("event") not in {each.id for each in events if each.id is not None}:
        yield _finding(events, event, "unknown_event", "an event is taken back that is not in the log")
    if event.recorded_at is not None and event.recorded_at.astimezone(book.zone).date() > event.at.astimezone(book.zone).date():
        yield _finding(events, event, "recorded_later", f"`{event.kind}` was recorded on a later day than it happened", severity="note")
    if event.kind not in book.after_closing and _closed_before(events, event):
        yield _finding(events, event, "after_closure", f"`{event.kind}` happened after the case was closed, and the case was not reopened")
    yield from _judged(book, events, event)


def _closed_before(events: Sequence[Event], event: Event) -> bool:
    closings = [each.at for each in events if each.kind == _CLOSED and each.at < event.at]
    return bool(closings) and not any(each.kind == "reopened" and max(closings) <= each.at <= event.at for each in events)


def _judged(book: Rulebook, events: Sequence[Event], event: Event) -> Iterator[Finding]:
    """Remark on a judgement by a party that the policy does not name for it."""
    if event.by is None:
        return
    for name in event.data:
        fact = book.model.facts.get(name)
        judges = {*fact.judged_by} if fact is not None else set()
        acting = {member for judge in judges if judge in book.model.parties for member in book.model.parties[judge].any_of}
        if judges and "accountable" not in judges and event.by.party not in judges | acting:
            message = f"`{name}` is judged by {', '.join(sorted(judges))}, here by {event.by.party}"
            yield _finding(events, event, "not_the_judge", message)


def _at_gate(then: Basis, event: Event, events: Sequence[Event]) -> Iterator[Finding]:
    """Look whether the gates of an event were open just before it happened."""
    book = then.situation.book
    found = gate(then.situation, then.duties, event.kind)
    if found.state == "shut":
        unmet = [each for each in found.unmet if each.state == "shut"]
        missing = ", ".join(dict.fromkeys(each.what for each in unmet))
        clauses = tuple(clause.id for each in unmet for clause in each.gate.provenance.clauses)
        yield _finding(events, event, "shut_gate", f"`{event.kind}` came through a shut gate; not met: {missing}", witness=clauses)
    for rule in book.gates[event.kind]:
        if rule.id in found.applying and rule.by and event.by is not None and event.by.party not in _parties(book, rule.by):
            message = f"`{event.kind}` is for {', '.join(rule.by)}, here by {event.by.party}"
            yield _finding(events, event, "wrong_party", message, witness=tuple(clause.id for clause in rule.provenance.clauses))


def _expired(then: Basis, now: Basis, event: Event, events: Sequence[Event]) -> Iterator[Finding]:
    """Look whether what an event corrected gave a duty a limit that had already passed: nobody could have kept it."""
    for duty in now.situation.book.model.duties:
        if now.duties[duty].state == "late" and then.duties[duty].state != "late":
            message = f"with `{event.kind}` the limit of `{duty}` had run out before the event itself; that is nobody's delay"
            clauses = tuple(clause.id for clause in now.duties[duty].rule.provenance.clauses)
            yield _finding(events, event, "expired_on_reroute", message, witness=(duty, *clauses))


def _corrects(complaint: Complaint, before: Sequence[Event], event: Event) -> bool:
    """Whether an event brings another value of a fact that was known."""
    known: dict[str, object] = dict(complaint.facts)
    known |= {name: value for name in ATTRIBUTES if (value := getattr(complaint, name)) is not None}
    for each in before:
        known |= each.data
    return any(name in known and known[name] != value for name, value in event.data.items())


def _parties(book: Rulebook, names: Sequence[str]) -> set[str]:
    return {member for name in names for member in (name, *(book.model.parties[name].any_of if name in book.model.parties else ()))}
