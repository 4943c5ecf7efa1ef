"""What is irregular in the events of a case: doubles that differ, events out of their time, and events through a shut gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.deciding import later
from closedloop.errors import Finding, Place, closest
from closedloop.evaluation.duties import MISSED
from closedloop.evaluation.excess import excesses
from closedloop.evaluation.facts import ATTRIBUTES, DELAY_FOUND, SIGNED
from closedloop.evaluation.gates import gate
from closedloop.evaluation.warnings import thresholds
from closedloop.policy.model import ACCOUNTABLE
from closedloop.policy.standard import VOIDED
from closedloop.policy.terms import PROMPTLY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from closedloop.complaint import Complaint, Event
    from closedloop.decision import Basis
    from closedloop.errors import Severity
    from closedloop.evaluation.log import Brought, Course
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.values.clauses import Provenance

_CLOSED: Final = "closed"
#: The library's event by which a complaint gets another category, and with it another limit.
_REROUTED: Final = "reclassified"


def irregularities(decided: Basis, course: Course, at: datetime) -> tuple[Finding, ...]:
    """Remark on what is irregular in a log up to an instant, in the order of the log. Nothing of it stops a review.

    `decided` is what the decision on the complaint was worked out from.
    """
    book, complaint, events = decided.situation.book, decided.situation.complaint, course.events
    found = [finding for event in events for finding in _alone(book, complaint, course, event, at)]
    happened_by_now = course.until(at)
    for event, _ in happened_by_now:
        if event.kind not in book.after_closing and _closed_before(happened_by_now, event):
            found.extend(_after_closing(later(decided, course.until(event.at, apart=event), event.at), event, events))
        corrects = correction(complaint, course, event)
        if not corrects and event.kind != DELAY_FOUND and event.kind not in book.gates:
            continue
        before, happened = course.until(event.at, apart=event), max(event.at, complaint.received_at)
        if event.kind == DELAY_FOUND:
            found.extend(_delay(later(decided, course.until(event.at), happened), event, events))
        if event.kind in book.gates:
            found.extend(_at_gate(later(decided, before, happened, event), event, events))
        if corrects:
            then, now = (later(decided, log, happened) for log in (before, course.until(event.at)))
            found.extend(_expired(then, now, event, events))
    return in_order(found)


def in_order(*findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings on a log in its order."""
    return tuple(sorted((each for some in findings for each in some), key=lambda finding: finding.place.line))


def _finding(
    events: Sequence[Event], event: Event, kind: str, message: str, *, severity: Severity = "warning", against: Sequence[Provenance] = ()
) -> Finding:
    number = next(place for place, each in enumerate(events) if each is event)
    place = Place("events", number + 1, 1, f"events.{number}")
    return Finding(id=kind, severity=severity, place=place, message=message, rules=_paths(against), clauses=_clauses(against))


def _paths(against: Sequence[Provenance]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.path for each in against))


def _clauses(against: Sequence[Provenance]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clause.id for each in against for clause in each.clauses))


def _alone(book: Rulebook, complaint: Complaint, course: Course, event: Event, at: datetime) -> Iterator[Finding]:
    """Look at an event by itself and beside the others."""
    events = course.events
    if event.at > at:
        yield _finding(events, event, "future_event", f"`{event.kind}` is later than the review and was left out", severity="note")
        return
    if event.at < complaint.received_at:
        yield _finding(events, event, "before_receipt", f"`{event.kind}` is dated before the complaint was received")
    if event.id is not None and course.first(event.id) != event:
        yield _finding(
            events, event, "conflicting_double", f"`{event.kind}` has the id of an earlier event and differs from it; the earlier one counts"
        )
    if event.kind == VOIDED:
        yield from _taken_back(events, event)
    yield from _recorded(book, events, event)
    yield from _unknown_parties(book, events, event)
    yield from _judged(book, events, event)
    yield from _signed(book, events, event)


def _taken_back(events: Sequence[Event], event: Event) -> Iterator[Finding]:
    """Look whether what an event takes back is there to be taken back."""
    named = event.data.get("event")
    if named is None:
        yield _finding(events, event, "unknown_event", f"`{event.kind}` does not say which event it takes back; give its id as `event`")
    elif named not in {each.id for each in events if each.id is not None}:
        yield _finding(events, event, "unknown_event", "an event is taken back that is not in the log")
    elif any(each.id == named and each.kind == VOIDED for each in events):
        message = f"`{event.kind}` takes back another `{event.kind}`, which has no effect; record anew what stands after all"
        yield _finding(events, event, "unknown_event", message)


def _recorded(book: Rulebook, events: Sequence[Event], event: Event) -> Iterator[Finding]:
    if event.recorded_at is None:
        return
    if event.recorded_at < event.at:
        yield _finding(events, event, "recorded_before", f"`{event.kind}` was recorded before it happened; one of its instants is wrong")
    elif event.recorded_at.astimezone(book.zone).date() > event.at.astimezone(book.zone).date():
        yield _finding(events, event, "recorded_later", f"`{event.kind}` was recorded on a later day than it happened", severity="note")


def _unknown_parties(book: Rulebook, events: Sequence[Event], event: Event) -> Iterator[Finding]:
    """Remark on parties that the policy does not know: what they do, or are told, serves no duty and opens no gate."""
    for name in (event.by.party if event.by is not None else None, event.to):
        if name is not None and name not in book.model.parties:
            hint = closest(name, book.model.parties)
            message = f"`{event.kind}` names `{name[:60]}`, which is no party of the policy" + (f"; did you mean `{hint}`?" if hint else "")
            yield _finding(events, event, "unknown_party", message)


def _closed_before(happened: Sequence[Brought], event: Event) -> bool:
    closings = [each.at for each, _ in happened if each.kind == _CLOSED and each.at < event.at]
    return bool(closings) and not any(each.kind == "reopened" and max(closings) <= each.at <= event.at for each, _ in happened)


def _after_closing(then: Basis, event: Event, events: Sequence[Event]) -> Iterator[Finding]:
    """Look whether something that happened in a closed case was still to be done in it."""
    asking = (then.duties[rule.id] for rule in then.situation.book.model.duties.values() if event.kind in rule.do)
    if not any(each.met_at is None and (each.start is not None or each.state == "needs_fact") for each in asking):
        yield _finding(events, event, "after_closure", f"`{event.kind}` happened after the case was closed, and the case was not reopened")


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
            yield _finding(events, event, "not_the_judge", message, against=[] if fact is None else [fact.provenance])


def exceeded(found: Basis, events: Sequence[Event]) -> Iterator[Finding]:
    """Remark on rounds beyond what a policy allows, and, as advice, on what was done more often than a duty asks for."""
    for each in excesses(found.duties):
        path = each.rule.provenance.path
        if each.kind == "too_many_rounds":
            message = f"`{each.event.kind}` begins round {each.number}; `{path}` allows {each.allowed}"
        else:
            message = f"`{each.event.kind}` happened {each.number} times; `{path}` asks for at most {each.allowed}"
        severity: Severity = "warning" if each.kind == "too_many_rounds" else "note"
        yield _finding(events, each.event, each.kind, message, severity=severity, against=[each.rule.provenance])


def uncounted(found: Basis) -> Iterator[Finding]:
    """Remark on warnings that cannot be counted on the limit in force, and so are not given."""
    for name, rule in found.situation.book.model.duties.items():
        for each in thresholds(found.duties, name):
            if each.at is None:
                place = Place("policy", 0, 0, f"{rule.provenance.path}.warn")
                message = f"`{each.left}` left cannot be counted on the limit in force; no warning is given"
                against = [rule.provenance]
                yield Finding(id="unfit_warning", severity="warning", place=place, message=message, rules=_paths(against), clauses=_clauses(against))


def _signed(book: Rulebook, events: Sequence[Event], event: Event) -> Iterator[Finding]:
    """Remark on a signature of a party that the policy does not name for the record."""
    form = book.model.records.get(str(event.data.get("record"))) if event.kind == SIGNED else None
    if form is None or event.by is None or ACCOUNTABLE in form.signed_by or event.by.party in _parties(book, form.signed_by):
        return
    signers = ", ".join(form.signed_by) or "nobody"
    message = f"`{form.id}` is signed by {signers}, here by {event.by.party}"
    yield _finding(events, event, "not_the_signer", message, against=[form.provenance])


def _at_gate(then: Basis, event: Event, events: Sequence[Event]) -> Iterator[Finding]:
    """Look whether the gates of an event were open just before it happened."""
    book = then.situation.book
    found = gate(then.situation, then.duties, event.kind, event)
    if found.state == "shut":
        unmet = [each for each in found.unmet if each.state == "shut"]
        missing = ", ".join(dict.fromkeys(each.what for each in unmet))
        message = f"`{event.kind}` came through a shut gate; not met: {missing}"
        yield _finding(events, event, "shut_gate", message, against=[each.gate.provenance for each in unmet])
    for rule in book.gates[event.kind]:
        if rule.id in found.applying and rule.by and event.by is not None and event.by.party not in _parties(book, rule.by):
            message = f"`{event.kind}` is for {', '.join(rule.by)}, here by {event.by.party}"
            yield _finding(events, event, "wrong_party", message, against=[rule.provenance])


def _delay(then: Basis, event: Event, events: Sequence[Event]) -> Iterator[Finding]:
    """Look whether what somebody found late was owed then, and due promptly: only of that can it be said."""
    duty = event.data.get("duty")
    if duty is None:
        yield _finding(events, event, "delay_not_counted", f"`{event.kind}` names no duty, so that nothing is late by it")
        return
    found = then.duties[str(duty)]
    if found.found_late_at is not None:
        return
    if found.amount is PROMPTLY:
        message = f"`{duty}` was {found.state} when a delay was found; that does not make it late"
    else:
        message = f"`{duty}` was not due promptly when a delay was found; only its limit, where it has one, makes it late"
    yield _finding(events, event, "delay_not_counted", message, against=[found.rule.provenance])


def _expired(then: Basis, now: Basis, event: Event, events: Sequence[Event]) -> Iterator[Finding]:
    """Look whether what an event corrected gave a duty a limit that had already passed: nobody could have kept it."""
    for duty in now.situation.book.model.duties:
        if now.duties[duty].state in MISSED and then.duties[duty].state not in MISSED:
            message = f"with `{event.kind}` the limit of `{duty}` had run out before the event itself; that is nobody's delay"
            yield _finding(events, event, "expired_on_reroute", message, against=[now.duties[duty].rule.provenance])


def correction(complaint: Complaint, course: Course, event: Event) -> bool:
    """Whether an event puts a complaint right: re-routes it, or brings another value of a fact that was known."""
    if event.kind == _REROUTED:
        return True
    # The id of an offer, or of what is signed, is no fact of the complaint, and another one corrects nothing.
    brought = {name: value for name, value in event.data.items() if name in course.model.facts}
    return bool(brought) and _corrects(complaint, course.until(event.at, apart=event), brought)


def _corrects(complaint: Complaint, before: Sequence[Brought], brought: Mapping[str, object]) -> bool:
    """Whether a fact that was known has another value now."""
    known: dict[str, object] = dict(complaint.facts)
    known |= {name: value for name in ATTRIBUTES if (value := getattr(complaint, name)) is not None}
    for each, _ in before:
        known |= each.data
    return any(name in known and known[name] != value for name, value in brought.items())


def _parties(book: Rulebook, names: Sequence[str]) -> set[str]:
    return {member for name in names for member in (name, *(book.model.parties[name].any_of if name in book.model.parties else ()))}
