"""A validated policy made ready to run: its tables as a program, its clocks on their calendars, its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias
from zoneinfo import ZoneInfo

from closedloop.calendars import Calendar, Clock, named_calendar
from closedloop.errors import InvalidValue, UnknownName
from closedloop.evaluation.repeats import Repeats
from closedloop.policy.program import LINK, program_of
from closedloop.policy.vocabulary import Vocabulary
from closedloop.rules.states import MISSING, PENDING, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.policy.model import ClockRule, DutyRule, Fact, PolicyModel
    from closedloop.rules.program import Program
    from closedloop.rules.states import State
    from closedloop.values.clauses import Clause, ReadingChoice

#: The clock that serves where a limit in days names none.
DEFAULT_CLOCK = "default"


#: The paths of several rules, with the clauses that they cite and the readings that they rest on.
Behind: TypeAlias = "tuple[tuple[str, ...], tuple[Clause, ...], tuple[ReadingChoice, ...]]"


@dataclass(frozen=True)
class Rulebook:
    """A policy with everything that running it needs. `calendars` are the host's own, by the names that clocks use.

    `behind` keeps what stands behind each combination of rules that was asked for; it depends on nothing but the policy.
    """

    model: PolicyModel
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    behind: dict[tuple[str, ...], Behind] = field(default_factory=dict, compare=False, repr=False)
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
    def overriding(self) -> dict[str, tuple[DutyRule, ...]]:
        """The duties that set a duty aside."""
        duties = self.model.duties.values()
        return {duty.id: tuple(other for other in duties if duty.id in other.overrides) for duty in duties}

    @cached_property
    def repeats(self) -> Repeats | None:
        """The repeat rule, ready to be applied; None where the policy has none."""
        rule = self.model.repeats
        if rule is None:
            return None
        return Repeats(self.model, rule, Clock(timezone=self.timezone) if rule.clock is None else self.clock(rule.clock))

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


def _before(fact: Fact) -> State:
    if fact.derived is not None:
        return PENDING
    return Unknown("awaited", fact.at) if fact.at is not None else MISSING
