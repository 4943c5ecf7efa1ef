"""Reviews a case: works out from its events up to an instant what is met, late, owed, missing, and whether it may close."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Final

from closedloop.calendars.instants import micros
from closedloop.casework import Blocker, Breach, Callbacks, Closing, DutyWarning, Escalation, GateResult, Missing, Notice, Review
from closedloop.deciding import at_receipt, dress, later
from closedloop.errors import PolicyMismatch
from closedloop.evaluation.duties import MISSED
from closedloop.evaluation.facts import DELAY_FOUND
from closedloop.evaluation.gates import gate
from closedloop.evaluation.horizon import next_change
from closedloop.evaluation.log import Course, taken_back
from closedloop.evaluation.outcomes import table_outcome
from closedloop.evaluation.progress import serving
from closedloop.evaluation.signatures import unsigned
from closedloop.evaluation.warnings import thresholds
from closedloop.explanation.reasons import Later
from closedloop.irregularities import correction, exceeded, in_order, irregularities, uncounted
from closedloop.policy.model import ACCOUNTABLE
from closedloop.rules.states import Unset
from closedloop.values.construction import constructor
from closedloop.values.mappings import FrozenMap
from closedloop.values.once import Once

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.complaint import Event
    from closedloop.decision import Basis, Duty
    from closedloop.errors import Finding
    from closedloop.evaluation.gates import GateFinding, Unmet
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.evaluation.rulebook import Rulebook

#: The event whose gate says whether a case may close.
CLOSED: Final = "closed"
_ESCALATED: Final = "escalated"
_CALLED_BACK: Final = "called_back"
#: What is told to somebody, also where the text does not say to whom.
_REMINDING: Final = frozenset({"reminded", "queried"})
_ANYONE: Final = "anyone"
_blocker, _gate_result = constructor(Blocker), constructor(GateResult)
_OWED: Final = frozenset({"running", "late", "paused"})


def review(book: Rulebook, case: Case, at: datetime) -> Review:
    """Work out a case at an instant from its events up to then.

    Raises `PolicyMismatch` where the case was decided under another policy, and `InvalidEvent` for events that do not fit.
    """
    _must_fit(book, case)
    return Review(_Parts(book, case, at))


class _Parts:
    """The parts of a review, each worked out when it is first read."""

    def __init__(self, book: Rulebook, case: Case, at: datetime) -> None:
        """Read the events, so that what is wrong with them is raised now; everything else is worked out when it is read."""
        self._book = book
        self._case = case
        self._decided = _decided(book, case)
        self._course = Course(book.model, case.events)
        self.basis = later(self._decided, self._course.until(at), at)
        self._dressed: dict[str, Duty] = {}
        self.at = at
        self.round = self.basis.situation.log.round

    @Once
    def outcomes(self) -> Mapping[str, Outcome]:
        tables = (name for name in self._book.model.order if name in self._book.model.tables)
        return FrozenMap({name: table_outcome(self.basis.situation, name) for name in tables})

    @Once
    def duties(self) -> tuple[Duty, ...]:
        return tuple(map(self._duty, self._book.model.duties))

    @Once
    def late(self) -> tuple[Duty, ...]:
        duties = self.basis.duties
        return tuple(self._duty(name) for name in _can_be_late(self.basis) if duties.under_way(name) and duties[name].state == "late")

    @Once
    def next_due(self) -> Duty | None:
        found = (self.basis.duties[name] for name in self._book.limited if self.basis.duties.under_way(name))
        running = [(micros(each.due), each.rule.id) for each in found if each.state == "running" and each.due is not None]
        return self._duty(min(running)[1]) if running else None

    def _duty(self, name: str) -> Duty:
        """Dress a duty once: a work list reads a few of them, out of many cases."""
        if name not in self._dressed:
            self._dressed[name] = dress(self.basis, name)
        return self._dressed[name]

    @Once
    def gates(self) -> Mapping[str, GateResult]:
        return FrozenMap({event: self._gate(event) for event in self._book.gates})

    def _gate(self, event: str) -> GateResult:
        return _result(gate(self.basis.situation, self.basis.duties, event))

    @Once
    def _closed(self) -> GateResult:
        """Whether `closed` may happen: it may, where no gate speaks of it."""
        return self._gate(CLOSED)

    @Once
    def closing(self) -> Closing:
        return Closing(allowed=self._closed.state == "open", blockers=self._closed.unmet)

    @Once
    def missing(self) -> tuple[Missing, ...]:
        return tuple(_missing(self.basis, self._closed))

    @Once
    def notices(self) -> tuple[Notice, ...]:
        return tuple(_notices(self.basis, self._case))

    @Once
    def warnings(self) -> tuple[DutyWarning, ...]:
        return tuple(_warnings(self.basis, self._case, {duty.id: duty for duty in self.duties}))

    @Once
    def escalation(self) -> Escalation | None:
        return _escalation(self.basis, {duty.id: duty for duty in self.duties})

    @Once
    def callbacks(self) -> Callbacks:
        return _callbacks(self.basis)

    @Once
    def breaches(self) -> tuple[Breach, ...]:
        return tuple(_breaches(self._decided, self._course, self.basis))

    @Once
    def findings(self) -> tuple[Finding, ...]:
        events = self._case.events
        return in_order(irregularities(self._decided, self._course, self.at), exceeded(self.basis, events), uncounted(self.basis))

    @Once
    def wake_at(self) -> datetime | None:
        return next_change(self.basis.situation, self.basis.duties, self._course.after(self.at))


def examine(book: Rulebook, case: Case, at: datetime, coming: Event | None = None) -> Basis:
    """Work out the case at an instant. `coming` is an event about to happen.

    Raises `PolicyMismatch` where the case was decided under another policy, and `InvalidEvent` for events that do not fit.
    """
    _must_fit(book, case)
    return later(_decided(book, case), Course(book.model, case.events).until(at), at, coming)


def _must_fit(book: Rulebook, case: Case) -> None:
    if case.decision.policy.hash != book.model.hash:
        message = f"the case was decided under `{case.decision.policy.id}` edition {case.decision.policy.edition}, another text than this policy"
        raise PolicyMismatch(message, decided=case.decision.policy.hash, asked=book.model.hash)


def _decided(book: Rulebook, case: Case) -> Basis:
    """Return what the decision was worked out from: still at hand, of this complaint, by the same rules and calendars; or worked out once more."""
    found = case.decision.basis
    if found is not None and found.situation.book is book:
        decided = found.situation.complaint
        if decided is case.complaint or decided == case.complaint:
            return found
    return at_receipt(book, case.complaint, case.decision.relied_on if case.decision.examined else None)


def blocker(unmet: Unmet) -> Blocker:
    """Dress a requirement that is not met."""
    return _blocker(
        code=f"{unmet.kind}.{unmet.state}",
        what=unmet.what,
        rule=unmet.gate.provenance.path,
        missing=unmet.missing,
        awaiting=unmet.awaited,
        clauses=unmet.gate.provenance.clauses,
    )


def _result(found: GateFinding) -> GateResult:
    return _gate_result(event=found.event, state=found.state, rules=found.applying, unmet=tuple(map(blocker, found.unmet)))


def _missing(found: Basis, closing: GateResult) -> Iterator[Missing]:
    """List the records that owed duties and the gate of closing still need, with the fields and signatures that are not there."""
    needed: dict[str, list[str]] = {}
    for name in found.situation.book.model.duties:
        finding = found.duties[name]
        for record in finding.records if finding.state in _OWED else ():
            needed.setdefault(record, []).append(finding.rule.provenance.path)
    for blocker in closing.unmet:
        if blocker.code.startswith("record."):
            needed.setdefault(blocker.what, []).append(blocker.rule)
    for record, paths in needed.items():
        form, words = found.situation.book.model.records[record], found.situation.book.vocabulary
        fields = () if isinstance(form.fields, Unset) else tuple(name for name in form.fields if name not in found.situation.known)
        signatures = tuple(words.party(_party(found, party)) for party in unsigned(found.duties, record))
        # What was asked for is written down and signed by now, although the duty that leaves it is not done.
        if not isinstance(form.fields, Unset) and (form.fields or form.signed_by) and not fields and not signatures:
            continue
        yield Missing(
            record=words.records[record],
            fields=fields,
            needed_by=tuple(paths),
            signatures=signatures,
            copies=tuple(map(words.party, form.copies)),
        )


def _notices(found: Basis, case: Case) -> Iterator[Notice]:
    """Give one notice for each party to be told because another duty fell due or became late."""
    for name, rule in found.situation.book.model.duties.items():
        finding = found.duties[name]
        receivers = rule.to or (() if _REMINDING.isdisjoint(rule.do) else (_ANYONE,))
        because_of_time = any(start.what != "event" for start in rule.from_)
        if not because_of_time or finding.state not in _OWED or finding.start is None or not finding.certain:
            continue
        told = {event.to for event in serving(found.duties, found.situation.book.plans[name], finding.start) if event.to is not None}
        for party in receivers:
            if not told.isdisjoint(found.duties.parties((party,)) if party != _ANYONE else ()):
                continue
            to = _party(found, party)
            given = f"{case.complaint.id}|{name}|{to}|{finding.start.isoformat()}"
            yield Notice(
                id=hashlib.sha256(given.encode()).hexdigest()[:24],
                kind=rule.do[0] if rule.do else name,
                duty=name,
                to=found.situation.book.vocabulary.party(to),
                since=finding.start,
                _reason=Later(partial(found.reasoning.duty, finding)),
            )


def _warnings(found: Basis, case: Case, duties: Mapping[str, Duty]) -> Iterator[DutyWarning]:
    """Give one warning for each point that the clock of a duty has reached."""
    for name in found.situation.book.model.duties:
        for each in thresholds(found.duties, name):
            if each.at is None or each.at > found.situation.at:
                continue
            given = f"{case.complaint.id}|{name}|warn {each.left}|{each.basis}"
            yield DutyWarning(
                id=hashlib.sha256(given.encode()).hexdigest()[:24],
                duty=name,
                to=duties[name].party,
                threshold=each.left,
                since=each.at,
                due=each.finding.due,
                _reason=Later(partial(found.reasoning.duty, each.finding)),
            )


def _party(found: Basis, name: str) -> str:
    return found.duties.accountable or name if name == ACCOUNTABLE else name


def _escalation(found: Basis, duties: Mapping[str, Duty]) -> Escalation | None:
    """Say how far up the case has got; None where the policy has no way up."""
    rules = [rule for rule in found.situation.book.model.duties.values() if _ESCALATED in rule.do]
    if not rules:
        return None
    events = found.situation.log.all(_ESCALATED)
    reached = tuple(dict.fromkeys(event.to for event in events if event.to is not None))
    ahead = tuple(duties[rule.id] for rule in rules if found.duties[rule.id].state in {*_OWED, "waiting", "needs_fact"})
    return Escalation(reached=reached, since=events[-1].at if events else None, next=ahead)


def _callbacks(found: Basis) -> Callbacks:
    rules = [rule for rule in found.situation.book.model.duties.values() if _CALLED_BACK in rule.do]
    owed = [rule for rule in rules if found.duties[rule.id].certain and found.duties[rule.id].state != "not_owed"]
    coming = [due for rule in owed if found.duties[rule.id].state in _OWED and (due := found.duties[rule.id].due) is not None]
    needed = max((rule.times.needed(_CALLED_BACK) for rule in owed), default=0)
    return Callbacks(made=len(found.situation.log.all(_CALLED_BACK)), owed=needed, due=min(coming, key=micros, default=None))


def breaches(book: Rulebook, case: Case, found: Basis) -> tuple[Breach, ...]:
    """Return the duties of an examined case that were late, also where a later event gave them another limit or start."""
    return tuple(_breaches(_decided(book, case), Course(book.model, case.events), found))


def _breaches(decided: Basis, course: Course, now: Basis) -> Iterator[Breach]:
    """Find the duties that were late just before an event gave them another limit or start, and those that are or were met late."""
    seen: dict[str, Breach] = {}
    at = now.situation.at
    book, course = decided.situation.book, _standing(course, at)
    turned: dict[datetime, set[str]] = {}
    turning = book.turning if any(event.kind == DELAY_FOUND for event in course.events) else book.turning_in_time
    for event in course.events:
        for name in turning.keys() & {event.kind, *event.data} if event.at <= at else ():
            turned.setdefault(event.at, set()).update(turning[name])
    for turn in sorted(turned):
        then = later(decided, course.before(turn), max(turn, decided.situation.complaint.received_at))
        for breach in _late(then, turned[turn], turn):
            seen.setdefault(breach.duty, breach)
    for breach in _late(now, _can_be_late(now), at):
        seen.setdefault(breach.duty, breach)
    complaint = decided.situation.complaint
    corrections = [event for event, _ in course.until(at) if seen and correction(complaint, course, event)]
    yield from (breach for breach in seen.values() if not _imposed(decided, course, breach, corrections))


def _imposed(decided: Basis, course: Course, breach: Breach, corrections: Iterable[Event]) -> bool:
    """Whether a correction set a due instant that had passed before: nobody could have kept it, and nobody is blamed (ambiguity 11)."""
    for event in corrections:
        if breach.due is None or not breach.due < event.at or (event.at > breach.seen_at and _was_late(decided, course, breach)):
            continue
        before, after = (later(decided, log, event.at).duties[breach.duty] for log in (course.before(event.at), course.until(event.at)))
        if before.state not in MISSED and after.due == breach.due:
            return True
    return False


def _was_late(decided: Basis, course: Course, breach: Breach) -> bool:
    """Whether a duty was late when a breach of it was seen, by all that was known then: what was done in time was not."""
    return later(decided, course.before(breach.seen_at), breach.seen_at).duties[breach.duty].state in MISSED


def _can_be_late(found: Basis) -> Collection[str]:
    """Return the duties that can be late: those that fall due, and all of them where somebody found a delay."""
    book = found.situation.book
    return book.model.duties if found.situation.log.all(DELAY_FOUND) else book.limited


def _standing(course: Course, at: datetime) -> Course:
    """Return the events without findings of a delay that were taken back by an instant: nobody says so any more."""
    voided = taken_back(course.events, at)
    withdrawn = {event.id for event in course.events if event.kind == DELAY_FOUND and event.id in voided}
    return course if not withdrawn else Course(course.model, (event for event in course.events if event.id not in withdrawn))


def _late(found: Basis, duties: Collection[str], seen_at: datetime) -> Iterator[Breach]:
    for name in (each for each in found.situation.book.model.duties if each in duties):
        finding = found.duties[name]
        if finding.found_late_at is not None:
            yield Breach(duty=name, due=None, seen_at=finding.found_late_at)
        elif finding.state in MISSED and finding.due is not None:
            yield Breach(duty=name, due=finding.due, seen_at=finding.met_at or seen_at)
