"""What is known of a case at an instant: facts, events, the link to earlier cases, and what follows for every table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from weakref import ref

from closedloop.evaluation.derived import derive
from closedloop.evaluation.facts import complaint_of, event_facts, intake_facts, key_text
from closedloop.evaluation.log import RECEIVED, Course, read_log
from closedloop.evaluation.repeats import RepeatFinding
from closedloop.policy.model import RouteTo
from closedloop.policy.program import LINK
from closedloop.rules.program import Known, States
from closedloop.rules.states import UNSET, Truth, Unknown, Unset
from closedloop.values.once import Once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from closedloop.complaint import Complaint, Event
    from closedloop.evaluation.duties import DutyFinding
    from closedloop.evaluation.log import Brought, EventLog
    from closedloop.evaluation.progress import Progress
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.history import PastCase
    from closedloop.rules.diagrams import Diagram
    from closedloop.rules.program import World
    from closedloop.rules.states import State, Value


_NEW: Final = RepeatFinding(possible=("new",))


@dataclass
class Situation:
    """A complaint under a policy, with the events up to an instant and the earlier cases (None: nobody looked).

    `decided` is the situation in which the complaint was decided: what events do not change is taken from there.
    """

    book: Rulebook
    complaint: Complaint
    cases: Sequence[PastCase] | None
    log: EventLog
    at: datetime
    given: Known
    known: Mapping[str, Value] = field(default_factory=dict)
    coming: dict[str, Value] = field(default_factory=dict)
    decided: Situation | None = field(default=None, compare=False, repr=False)

    #: What was found of each duty, and how far each has got: `Duties` reads and fills them, and what is made from this starts anew.
    findings: dict[str, DutyFinding] = field(default_factory=dict, init=False, compare=False, repr=False)
    progress: dict[str, Progress] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Let what is not stated be worked out when it is first read."""
        # A strong reference would close a circle, and circles wait for the garbage collector: a fifth of the time of a replay.
        me = ref(self)

        def derived(name: str) -> State:
            situation = me()
            assert situation is not None
            return derive(situation, name)

        self.states.derive = derived

    @property
    def states(self) -> States:
        """What is known of every field."""
        return self.given.states

    @Once
    def repeat(self) -> RepeatFinding:
        """How the complaint is linked to earlier ones."""
        if self.book.repeats is None:
            return _NEW
        if self.decided is not None and not self.book.repeats.rule.when.fields and self.decided.key == self.key:
            return self.decided.repeat
        # A host may have stored the complaint before it asks; it is not an earlier case of itself.
        others = None if self.cases is None else [case for case in self.cases if case.id != self.complaint.id]
        applies = self.book.program.holds(self.book.repeats.rule.when, self.given)
        if applies.values == (Truth.NO,):
            return RepeatFinding(possible=("new",))
        found = self.book.repeats.examine(self.key, self.complaint.received_at, others)
        return found if applies.values == (Truth.YES,) else self._perhaps(found, applies)

    def _perhaps(self, found: RepeatFinding, applies: Diagram) -> RepeatFinding:
        """Return what is possible where it is not settled whether the complaint can repeat another."""
        possible = tuple(dict.fromkeys(("new", *found.possible)))
        if len(possible) == 1:
            return found
        missing = tuple(dict.fromkeys((*self.unknown(applies.facts, "missing"), *found.missing)))
        return RepeatFinding(possible=possible, missing=missing, awaited=self.awaited(applies.facts), relied_on=found.relied_on)

    @Once
    def key(self) -> dict[str, str | None]:
        """The values that the repeat rule compares; None for one that is not known."""
        rule = self.book.model.repeats
        return {name: self.part(name) for name in rule.same} if rule is not None else {}

    def part(self, name: str) -> str | None:
        """Return the value of a field that cases are compared by, as text; None for one that is not known."""
        if name in self.book.program.tables:
            values = self.book.program.outcome(name, self.given).values
            decided = values[0] if len(values) == 1 else None
            return None if decided in {None, UNSET} else key_text(decided)
        return key_text(self.known.get(name))

    @Once
    def earlier(self) -> tuple[Earlier, ...]:
        """The earlier cases. A host may have stored the complaint before it asks; it is not an earlier case of itself."""
        return tuple(Earlier(self.book, case, self.at) for case in self.cases or () if case.id != self.complaint.id)

    @Once
    def accountable(self) -> str | None:
        """The accountable party, where routing is decided."""
        if "routing" not in self.book.program.tables:
            return None
        parties = {value.accountable if isinstance(value, RouteTo) else UNSET for value in self.outcome("routing").values}
        party = parties.pop() if len(parties) == 1 else UNSET
        return None if isinstance(party, Unset) else party

    @Once
    def received_at(self) -> datetime:
        """When the clocks start: at receipt, or, for a call about a case still open, at receipt of its first call."""
        earlier = self.repeat.of
        if self.repeat.state == "merged" and earlier is not None:
            return earlier.received_at.astimezone(self.book.zone)
        return self.complaint.received_at.astimezone(self.book.zone)

    def after(self, happened: Sequence[Brought], at: datetime) -> Situation:
        """Return what is known at a later instant, when these events have happened."""
        log = read_log(self.book.model, happened, self.complaint.received_at)
        known = {**self.known, **log.facts}
        return Situation(self.book, self.complaint, self.cases, log, at, _states(self.book, known, log), known, decided=self)

    def begun(self, event: str) -> datetime | None:
        """Return when an event first happened in the current round; for a call about an open case, when that was received."""
        return self.received_at if event == RECEIVED else self.log.first(event)

    @Once
    def as_first_known(self) -> Situation:
        """The same case with each fact as it was when it was first known, whatever was corrected since."""
        first = {**self.states, **self.log.first_facts, **intake_facts(self.book.model, self.complaint)}
        found = replace(self, given=Known(self.book.program, States(first)))
        found.states.derive = self.states.__getitem__
        return found

    @Once
    def world(self) -> World:
        """What the states make of every table."""
        return self.book.program.world(self.given)

    def supposing(self, states: Mapping[str, State]) -> Situation:
        """Return the same case with other states of some fields; what follows from them is worked out anew."""
        stated = {name: state for name, state in self.states.items() if name not in self.book.worked_out or name in self.known}
        return replace(self, given=Known(self.book.program, States({**stated, **states})))

    def expect(self, event: Event) -> None:
        """Add the facts that would come with an event, as a gate on it may read them, before anything follows from what is known."""
        for name, value in event_facts(self.book.model, event).items():
            self.states[name] = value
            self.coming[name] = value

    def outcome(self, table: str) -> Diagram:
        """Return what a table gives for every way of filling in what is missing."""
        return self.book.program.outcome(table, self.given)

    def unknown(self, names: Iterable[str], cause: str) -> tuple[str, ...]:
        """Return those of the fields that have no value for that cause."""
        return tuple(name for name in names if isinstance(state := self.states[name], Unknown) and state.cause == cause)

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the facts to ask for; what is missing for the link to earlier cases stands in its place."""
        found: dict[str, None] = {}
        for name in self.unknown(names, "missing"):
            asked = self.states[name]
            instead = (asked.event,) if isinstance(asked, Unknown) and asked.event else (name,)
            found |= dict.fromkeys(self.repeat.missing if name == LINK else instead)
        return tuple(found)

    def awaited(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the events, and the derived facts, for which the fields wait."""
        found: dict[str, None] = {}
        for name in names:
            state = self.states[name]
            if isinstance(state, Unknown) and state.cause in {"awaited", "pending"}:
                found[state.event or name] = None
        return tuple(found)


@dataclass(frozen=True)
class Earlier:
    """An earlier case under a policy, as it stands at an instant as far as its facts and events were given."""

    book: Rulebook
    case: PastCase
    at: datetime

    @Once
    def now(self) -> Situation:
        """What is known of the case; for what was before it, nobody looked."""
        received = situation(self.book, complaint_of(self.book.model, self.case), None)
        return received.after(Course(self.book.model, self.case.events or ()).until(self.at), self.at)

    def part(self, name: str) -> str | None:
        """Return the value of a field that cases are compared by: that of the key, else as it is by now; None if not known."""
        given = self.case.key.get(name)
        return self.now.part(name) if given is None else given


def situation(book: Rulebook, complaint: Complaint, cases: Sequence[PastCase] | None) -> Situation:
    """Work out what is known of a complaint at its receipt. Raises `InvalidComplaint` with every problem at once."""
    received = complaint.received_at
    known = intake_facts(book.model, complaint)
    log = read_log(book.model, (), received)
    return Situation(book, complaint, cases, log, received, _states(book, known, log), known)


def _states(book: Rulebook, known: Mapping[str, Value], log: EventLog) -> Known:
    """Return what is stated of every field: what is known by now, and when events happened."""
    states = States(book.stated_first)
    states.update(known)
    for kind, found in log.by_kind.items():
        states[kind] = found[0].at
    states["received"] = log.received_at
    if book.repeats is None:
        states["repeat"] = "new"
    if "round" in book.model.facts:
        states["round"] = Decimal(log.round)
    return Known(book.program, states)
