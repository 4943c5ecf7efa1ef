"""A validated policy made ready to run: its tables as a program, its clocks on their calendars, its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from closedloop.calendars import Calendar, Clock, named_calendar
from closedloop.errors import InvalidValue, UnknownName
from closedloop.evaluation.facts import APPROVED, SIGNED
from closedloop.evaluation.log import CLOSED
from closedloop.evaluation.offers import OFFERING
from closedloop.evaluation.plans import acting, plan
from closedloop.evaluation.repeats import Repeats
from closedloop.policy.program import LINK, program_of
from closedloop.policy.standard import VOIDED
from closedloop.policy.terms import Compare, Count, InTime, Promptly, fields_of, operands
from closedloop.policy.vocabulary import Vocabulary
from closedloop.rules.states import MISSING, PENDING, Unknown, Unset

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from closedloop.evaluation.duties import DutyFinding
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.evaluation.plans import Plan
    from closedloop.policy.model import Bound, ClockRule, Fact, GateRule, PolicyModel
    from closedloop.rules.program import Program
    from closedloop.rules.states import State
    from closedloop.values.clauses import Clause, ReadingChoice

#: Events of the library's own that may follow the closing of a case.
_AFTERWARDS: Final = frozenset(
    {
        *(CLOSED, VOIDED, SIGNED, "reopened", "called_back", "goods_returned", "goods_resold", "settled"),
        *("assessed", "rectification_ordered", "rectified", "archived", "destroyed", "reported"),
    }
)
_LOOKING_BACK: Final = frozenset({"assessed", "rectification_ordered"})
#: The clock that serves where a limit in days names none.
DEFAULT_CLOCK = "default"


#: The paths of several rules, with the clauses that they cite and the readings that they rest on.
Behind: TypeAlias = "tuple[tuple[str, ...], tuple[Clause, ...], tuple[ReadingChoice, ...]]"


@dataclass(frozen=True)
class Rulebook:
    """A policy with everything that running it needs. `calendars` are the host's own, by the names that clocks use.

    `behind` keeps what stands behind each combination of rules that was asked for, `settled` the findings on duties that rest on
    the classes of facts alone, `outcomes` those of tables; all depend on nothing but the policy.
    """

    model: PolicyModel
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    behind: dict[tuple[str, ...], Behind] = field(default_factory=dict, compare=False, repr=False)
    settled: dict[Hashable, DutyFinding] = field(default_factory=dict, compare=False, repr=False)
    outcomes: dict[str, dict[Hashable, Outcome]] = field(default_factory=dict, compare=False, repr=False)
    _clocks: dict[str, Clock] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def program(self) -> Program:
        """The tables, ready to be asked."""
        return program_of(self.model)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the policy."""
        return Vocabulary(self.model)

    @cached_property
    def timezone(self) -> str:
        """The zone of the policy: the one it states, else that of its calendars where they agree."""
        if self.model.timezone is not None:
            return self.model.timezone
        zones = {self._calendar(rule.calendar).timezone for rule in self.model.clocks.values() if rule.calendar is not None}
        if len(zones) == 1:
            return zones.pop()
        message = f"the policy `{self.model.id}` states no time zone; add `timezone:` to its head, such as `timezone: Asia/Shanghai`"
        raise InvalidValue(message, found=", ".join(sorted(zones)) or "no calendar")

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the policy."""
        return ZoneInfo(self.timezone)

    def _calendar(self, name: str) -> Calendar:
        own = self.calendars.get(name)
        return own if own is not None else named_calendar(name)

    def clock(self, name: str | None) -> Clock:
        """Return a clock by its name; None is the clock `default`, or plain time where the policy has none."""
        key = name or DEFAULT_CLOCK
        if key not in self._clocks:
            rule = self.model.clocks.get(key)
            if rule is None and name is not None:
                raise UnknownName.among("clock", key, self.model.clocks)
            self._clocks[key] = Clock(timezone=self.timezone) if rule is None else self._build(rule)
        return self._clocks[key]

    def _build(self, rule: ClockRule) -> Clock:
        settings: dict[str, Any] = {
            name: value
            for name in ("convention", "off_day_arrival", "date_only", "first_day", "last_day", "day_ends", "roll", "hours_on_day_off")
            if (value := getattr(rule, name)) is not None
        }
        if rule.cutoff is None or isinstance(rule.cutoff, time):
            settings["cutoff"] = rule.cutoff
        calendar = self._calendar(rule.calendar) if rule.calendar is not None else None
        zone = calendar.timezone if calendar is not None else self.timezone
        return Clock(calendar=calendar, timezone=zone, **settings)

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """What of each duty is the same for every case."""
        return {duty.id: plan(self.model, self.program, duty) for duty in self.model.duties.values()}

    @cached_property
    def acting(self) -> dict[str, frozenset[str]]:
        """Who may act as each party: itself, and its members where it is a group."""
        return {name: acting(self.model, name) for name in self.model.parties}

    @cached_property
    def gates(self) -> dict[str, tuple[GateRule, ...]]:
        """The gates of each event that has any."""
        found: dict[str, list[GateRule]] = {}
        for rule in self.model.gates.values():
            found.setdefault(rule.event, []).append(rule)
        return {event: tuple(rules) for event, rules in found.items()}

    @cached_property
    def weighed(self) -> frozenset[str]:
        """The events of which a gate asks more than what is known of the case: what is offered, and who has approved it."""
        asking = (event for event, rules in self.gates.items() if any(rule.ladder or rule.approval for rule in rules))
        return frozenset({*OFFERING, *asking})

    @cached_property
    def after_closing(self) -> frozenset[str]:
        """The kinds of event that may follow a closing.

        They are the library's, what routines do, what duties and gates put after the closing, one after the other, and what leads to
        an assessment or an order to rectify.
        """
        found = frozenset({CLOSED})
        while not (more := self._following(found)) <= found:
            found |= more
        found |= {kind for routine in self.model.routines.values() for kind in routine.do}
        looking_back = [duty for duty in self.model.duties.values() if not _LOOKING_BACK.isdisjoint(duty.do)]
        return found | _AFTERWARDS | {start.of for duty in looking_back for start in duty.from_ if start.what == "event"}

    def _following(self, kinds: frozenset[str]) -> frozenset[str]:
        """Return what duties and gates put after any of these events: by name, or by a record that such a duty leaves."""
        duties, gates = self.model.duties.values(), self.model.gates.values()
        asked = [duty for duty in duties if any(start.of in kinds for start in duty.from_)]
        records = {record for duty in asked for record in duty.leaving}
        gated = [gate for gate in gates if not kinds.isdisjoint(gate.after) or not records.isdisjoint((*gate.records, *gate.one_of))]
        approved = {APPROVED} if any(gate.ladder or gate.approval for gate in gates if gate.event in kinds) else set()
        return frozenset({kind for duty in asked for kind in duty.do} | {gate.event for gate in gated} | approved)

    @cached_property
    def pausing(self) -> tuple[str, ...]:
        """The duties whose clock can stand still."""
        pausing = {name for name, clock in self.model.clocks.items() if clock.pauses}
        return tuple(duty.id for duty in self.model.duties.values() if duty.clock in pausing)

    @cached_property
    def timed(self) -> dict[str, InTime]:
        """The facts that time decides, as far as a review reads them: what targets and routines ask is looked at by reports."""
        read = self._read_in_reviews()
        return {name: fact.derived for name, fact in self.model.facts.items() if isinstance(fact.derived, InTime) and name in read}

    def _read_in_reviews(self) -> frozenset[str]:
        """Name the fields behind tables, duties, gates and the rule for repeats, through what is worked out of others."""
        duties, gates = self.model.duties.values(), self.model.gates.values()
        conditions = [rule.when for table in self.program.tables.values() for rule in table.rules]
        conditions += [duty.when for duty in duties]
        conditions += [each for gate in gates for each in (gate.when, gate.needs) if each is not None]
        conditions += [] if self.model.repeats is None else [self.model.repeats.when]
        read = {name for condition in conditions for name in condition.fields}
        read.update(name for duty in duties for within in (duty.within, *duty.extend.values()) for name in fields_of(within))
        waiting = list(read)
        while waiting:
            more = self._behind_fact(waiting.pop()) - read
            read |= more
            waiting.extend(more)
        return frozenset(read)

    def _behind_fact(self, name: str) -> set[str]:
        derived = self.model.facts[name].derived if name in self.model.facts else None
        if derived is None:
            return set()
        where = derived.where.fields if isinstance(derived, Count) else ()
        return {*operands(derived), *where, *(fields_of(derived.within) if isinstance(derived, InTime) else ())}

    @cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """The times before or after which an event may not happen, as far as the source gives them."""
        found = (bound for rule in self.model.gates.values() for bound in (rule.not_before, rule.not_after))
        return tuple(bound for bound in found if bound is not None and not isinstance(bound.amount, Unset))

    @cached_property
    def begin_when_due(self) -> frozenset[str]:
        """The duties at whose due instant another begins."""
        return frozenset(start.of for duty in self.model.duties.values() for start in duty.from_ if start.what == "due")

    @cached_property
    def turning(self) -> dict[str, frozenset[str]]:
        """The events and facts that may end a lateness, each with its duties: owed anew, or no longer, or with another limit."""
        found: dict[str, set[str]] = {kind: set(self.model.duties) for kind in (VOIDED, *(rule.on for rule in self.model.rounds.values()))}
        for duty in self.model.duties:
            for name in self._turns(duty):
                found.setdefault(name, set()).add(duty)
        return {name: frozenset(duties) for name, duties in found.items()}

    @cached_property
    def limited(self) -> tuple[str, ...]:
        """The duties that have an amount of time: only they fall due, and all others are late only where somebody found them so."""
        duties = self.model.duties.values()
        return tuple(duty.id for duty in duties if duty.every is not None or not (duty.within is None or isinstance(duty.within, (Promptly, Unset))))

    @cached_property
    def turning_in_time(self) -> dict[str, frozenset[str]]:
        """The same for the duties that have an amount of time."""
        return {name: found for name, turned in self.turning.items() if (found := turned.intersection(self.limited))}

    def _turns(self, name: str) -> set[str]:
        """Name what may turn a duty, through the tables, derived facts and duties that it reads."""
        duty = self.model.duties[name]
        whens = (duty.when, *(other.when for other in self.model.duties.values() if name in other.overrides))
        pauses = self.model.clocks[duty.clock].pauses if duty.clock is not None and duty.clock in self.model.clocks else ()
        read = {each for when in whens for each in self.program.reads(when)}
        read.update(each for limit in (duty.within, *duty.extend.values()) for each in fields_of(limit))
        read.update(pause.until for pause in pauses if isinstance(pause.until, str))
        read.update(start.of for start in duty.from_ if start.what != "event" or duty.times.each)
        if duty.times.each or duty.every is not None:
            read.update(duty.do)
        return {turn for each in read for turn in self._behind(each)}

    def _behind(self, name: str) -> set[str]:
        """Name the events and facts behind a name that a duty reads."""
        if name in self.model.duties:
            return self._turns(name)
        derived = self.model.facts[name].derived if name in self.model.facts else None
        moved: tuple[str, ...] = (derived.left, derived.right) if isinstance(derived, Compare) else ()
        if isinstance(derived, Count):
            moved = (derived.of, *derived.where.fields)
        return {name, *moved, *(self.program.support(name) if name in self.program.tables else ())}

    @cached_property
    def counts(self) -> dict[str, Count]:
        """The facts that count events or add up numbers, as far as anything reads them."""
        facts = self.model.facts.items()
        read = {name for _, fact in facts if fact.derived is not None for name in operands(fact.derived)}
        return {name: fact.derived for name, fact in facts if isinstance(fact.derived, Count) and (name in read or self.program.tested(name))}

    @cached_property
    def counts_earlier(self) -> bool:
        """Whether any of them looks at earlier cases."""
        return any(derived.same for derived in self.counts.values())

    @cached_property
    def compared(self) -> tuple[tuple[str, ...], ...]:
        """The fields in which earlier cases must agree with a complaint to matter: for a repeat, and for each count; none: none can."""
        repeats = () if self.model.repeats is None else (self.model.repeats.same,)
        return tuple(dict.fromkeys((*repeats, *(derived.same for derived in self.counts.values() if derived.same))))

    @cached_property
    def calendar_days(self) -> Clock:
        """The clock of windows that name none: whole days of the calendar."""
        return Clock(timezone=self.timezone)

    @cached_property
    def repeats(self) -> Repeats | None:
        """The repeat rule, ready to be applied; None where the policy has none."""
        rule = self.model.repeats
        if rule is None:
            return None
        return Repeats(self.model, rule, self.calendar_days if rule.clock is None else self.clock(rule.clock))

    @cached_property
    def at_first(self) -> dict[str, State]:
        """What is known of every field before anything is: what must be asked, what an event brings, what time decides."""
        states: dict[str, State] = dict.fromkeys(self.model.events, MISSING)
        states |= {f"{duty}.state": "waiting" for duty in self.model.duties}
        for name, fact in self.model.facts.items():
            if fact.table is None and name not in self.program.tables:
                states[name] = _before(fact)
        if self.model.repeats is not None:
            states[LINK] = MISSING
        return states

    @cached_property
    def stated_first(self) -> dict[str, State]:
        """The same without what the library works out once a case is there."""
        return {name: state for name, state in self.at_first.items() if name not in self.worked_out}

    @cached_property
    def worked_out(self) -> frozenset[str]:
        """The fields that the library works out: derived facts, states of duties, the link to earlier cases."""
        derived = {name for name, fact in self.model.facts.items() if fact.derived is not None}
        return frozenset(derived | {f"{duty}.state" for duty in self.model.duties} | {LINK})


def _before(fact: Fact) -> State:
    if fact.derived is not None:
        return PENDING
    return Unknown("awaited", fact.at) if fact.at is not None else MISSING
