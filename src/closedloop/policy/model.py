"""A validated policy: what a document says, typed and cross-checked. Everything that runs, runs on this."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from closedloop.rules.conditions import ALWAYS
from closedloop.rules.states import UNSET
from closedloop.values.clauses import ReadingChoice
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, time
    from decimal import Decimal

    from closedloop.policy.terms import Derivation, Within
    from closedloop.rules.conditions import Condition
    from closedloop.rules.domains import Domain
    from closedloop.rules.states import Unset
    from closedloop.rules.tables import Table
    from closedloop.values.clauses import Clause, Provenance
    from closedloop.values.limits import Limit
    from closedloop.values.money import Money
    from closedloop.values.text import Label, Lang


class AnyAmount(Enum):
    """No upper bound."""

    ANY = "any"


ANY: Final = AnyAmount.ANY


#: The party that acts: a declared one, or whoever is accountable under the routing table.
ACCOUNTABLE: Final = "accountable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A department or role. `any_of` lists parties of which each may act for it."""

    id: str
    label: Label
    also: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A field that the policy declares.

    `at` names the event with which it becomes known; `judged_by` the parties of which one must decide it; `table` and
    `derived` say that the library works it out, so that it is never asked for.
    """

    id: str
    domain: Domain
    label: Label
    ask: Label
    value_labels: Mapping[str, Label] = field(default_factory=FrozenMap)
    judged_by: tuple[str, ...] = ()
    at: str | None = None
    unit: str | None = None
    derived: Derivation | None = None
    table: str | None = None
    standard: bool = False
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class EventKind:
    """A kind of event: the library's, or declared by the policy."""

    id: str
    label: Label
    standard: bool = False
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """A record: the fields that must be filled, who signs and who keeps a copy. `fields` may be left out by the source."""

    id: str
    label: Label
    fields: tuple[str, ...] | Unset = ()
    signed_by: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    handwritten: bool = False
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A reason that stops a clock, from an event until an event or an instant given by a fact. Unset: the text omits it."""

    reason: str
    from_: str | Unset
    until: str | Unset
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """How limits run: the settings that the document gives; None leaves a setting to the convention."""

    id: str
    label: Label
    calendar: str | None
    convention: str | None = None
    cutoff: time | Unset | None = UNSET
    off_day_arrival: str | None = None
    date_only: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    day_ends: str | time | None = None
    roll: str | None = None
    hours_on_day_off: str | None = None
    pauses: tuple[Pause, ...] = ()
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class RouteTo:
    """The outcome of a routing rule: who answers, who does the work, who is told, by which way it gets there."""

    accountable: str | Unset
    responsible: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RemedySet:
    """The outcome of a rule of the table `remedies`."""

    owed: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    discouraged: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatRule:
    """When a complaint repeats an earlier one, and what that does to its level.

    `when` says which complaints can; `clock` counts the window, in whole days of the calendar where none is named. `settings`
    are the clauses behind single settings, where the document names them one by one.
    """

    same: tuple[str, ...]
    while_open: Literal["merge", "separate"] = "merge"
    when: Condition = ALWAYS
    window: Limit | Unset = UNSET
    clock: str | None = None
    raise_level_by: int = 0
    raise_from: Literal["last", "first"] = "last"
    settings: Mapping[str, Provenance] = field(default_factory=FrozenMap)
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What must be done anew after an event. `limit` is how many rounds are allowed; None: no limit is stated."""

    id: str
    on: str
    again: tuple[str, ...]
    limit: int | Unset | None = None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Start:
    """The instant from which a duty runs: an event, or the instant at which another duty falls due or becomes late."""

    of: str
    what: Literal["event", "late", "due"] = "event"


@dataclass(frozen=True, slots=True)
class Times:
    """How often a duty is to be done. `each` is once for every occurrence of its start event.

    `by_event` says for each event that can fulfil the duty how often it must happen; the first that has will do.
    """

    least: int = 1
    most: int | None = None
    each: bool = False
    by_event: Mapping[str, int | Unset] = field(default_factory=FrozenMap)

    def reached(self, done: Sequence[str]) -> bool:
        """Whether the events that were done, by kind, are often enough."""
        if not self.by_event:
            return len(done) >= self.least
        return any(isinstance(often, int) and done.count(kind) >= often for kind, often in self.by_event.items())

    def needed(self, event: str) -> int:
        """Return how often an event must happen for the duty to be met by it alone; 0 where the source does not say."""
        often = self.by_event.get(event, self.least)
        return often if isinstance(often, int) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRule:
    """Who must make which event happen, from which event, within which limit, leaving which records.

    `do` and `by` list alternatives, `to` and `leaving` what must all be so. `unset` names those of `do`, `by` and `to` that
    the source leaves open; they are empty.
    """

    id: str
    label: Label
    when: Condition = ALWAYS
    do: tuple[str, ...] = ()
    times: Times = field(default_factory=Times)
    by: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    from_: tuple[Start, ...] = (Start("received"),)
    within: Within | None = None
    extend: Mapping[str, Within] = field(default_factory=FrozenMap)
    every: Limit | Unset | None = None
    clock: str | None = None
    warn: tuple[Limit | Decimal, ...] = ()
    leaving: tuple[str, ...] = ()
    overrides: frozenset[str] = frozenset()
    unset: frozenset[str] = frozenset()
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of a ladder: the party and the amount up to which it may approve."""

    party: str
    up_to: Money | AnyAmount | Unset


@dataclass(frozen=True, slots=True)
class Bound:
    """A time before which (`wait`) or after which (`within`) an event may not happen, counted from another event."""

    from_: str
    amount: Limit | Unset
    clock: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """What must be so before an event may happen. Each key that is given is a requirement of its own.

    `per` and `window` say which earlier offers count towards the ladder: those of the case or of the customer, ever or within a limit.
    """

    id: str
    event: str
    label: Label
    when: Condition = ALWAYS
    after: tuple[str, ...] = ()
    needs: Condition | None = None
    met: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    approval: tuple[str, ...] | Unset = ()
    ladder: tuple[Rung, ...] = ()
    value_at: Literal["retail", "cost"] | None = None
    per: Literal["case", "customer"] = "case"
    window: Limit | Unset | None = None
    by: tuple[str, ...] = ()
    not_before: Bound | None = None
    not_after: Bound | None = None
    overrides: frozenset[str] = frozenset()
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Routine:
    """A duty towards the caseload rather than a case: every period, or at every occurrence of an event."""

    id: str
    label: Label
    when: Condition = ALWAYS
    every: str | Unset = UNSET
    within: Within | None = None
    clock: str | None = None
    do: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    per: str | None = None
    among: Condition = ALWAYS
    tabulate: tuple[str, ...] = ()
    sample: int | Unset | None = None
    when_fewer: Literal["all", "short"] = "all"
    if_at_least: int | None = None
    unset: frozenset[str] = frozenset()
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Goal:
    """What a share should reach; `text` is how the policy writes it."""

    operator: Literal["<", "<=", "=", ">=", ">"]
    share: Decimal
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The share of the cases under `among` for which `share` holds, and its goal."""

    id: str
    label: Label
    among: Condition = ALWAYS
    share: Condition = ALWAYS
    goal: Goal | Unset = UNSET
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An ambiguous clause, the choices for reading it, and the one in force. `touches` are the paths that any choice changes."""

    id: str
    label: Label
    take: str
    choices: tuple[str, ...]
    touches: tuple[str, ...] = ()
    provenance: Provenance

    @property
    def choice(self) -> ReadingChoice:
        """The choice in force."""
        return ReadingChoice(self.id, self.take)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """From when an edition applies, by which date it is picked, and what happens to cases open at the change."""

    from_: date | Unset | None = None
    by: Literal["received", "incident", "decided"] | Unset = "received"
    open_cases: Literal["stay", "move"] | Unset = "stay"
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyModel:
    """A whole policy, validated. Mappings are by id, in the order of the document; order carries no meaning.

    `facts` holds standard facts too, `events` the library's kinds too. `order` lists tables and derived facts so that
    each comes after what it reads. `hash` is of the canonical document, readings and base included.
    """

    id: str
    edition: str
    name: str
    title: Label
    hash: str
    languages: tuple[Lang, ...]
    timezone: str | None
    currency: str | None
    source: Mapping[str, str]
    in_force: InForce
    clauses: Mapping[str, Clause]
    parties: Mapping[str, Party]
    facts: Mapping[str, Fact]
    events: Mapping[str, EventKind]
    records: Mapping[str, RecordForm]
    clocks: Mapping[str, ClockRule]
    tables: Mapping[str, Table]
    repeats: RepeatRule | None
    rounds: Mapping[str, Round]
    duties: Mapping[str, DutyRule]
    routines: Mapping[str, Routine]
    gates: Mapping[str, GateRule]  # by `event.id`
    targets: Mapping[str, Target]
    readings: Mapping[str, Reading]
    order: tuple[str, ...]
