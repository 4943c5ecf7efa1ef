"""The policy document as data: what may be written in it, all scalars as text. The reference is docs/reference/policy-format.md.

A document can be built from these models in Python as well as read from YAML; in both ways it is then checked as a whole.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from closedloop.policy.part import Labelled, Names, Part, Row, tree

#: A condition, a limit, an outcome, ...: typed by what the policy declares, once all of it has been read.
Conditions: TypeAlias = Annotated[Any, *tree("condition")]
Limits: TypeAlias = Annotated[Any, *tree("limit")]
Outcome: TypeAlias = Annotated[Any, *tree("outcome")]
Values: TypeAlias = Annotated[Any, *tree("values")]
Change: TypeAlias = Annotated[Any, *tree("change")]
Cites: TypeAlias = Annotated[Any, *tree("cites")]
Times: TypeAlias = Annotated[Any, *tree("times")]
Base: TypeAlias = Annotated[Any, *tree("extends")]


class Title(Row):
    """The name of the policy, by language tag. The first language is that of every label written without a tag."""


class InForce(Row):
    """From when an edition applies, by which date it is picked, and what happens to cases open at the change."""

    from_: str | None = Field(None, alias="from", description="First day, such as `2026-03-01`, or `unset`.")
    by: Literal["received", "incident", "decided", "unset"] | None = Field(None, description="Which date of a complaint picks the edition.")
    open_cases: Literal["stay", "move", "unset"] | None = Field(None, description="Whether cases open at the change stay under the old edition.")


class Party(Row):
    """A department or role that can be accountable, act, approve or be told."""

    any_of: Names | None = Field(None, description="Parties of which any may act for it.")


class InTime(Part):
    """Whether one event follows another within a limit."""

    do: str = Field(description="The event that must happen.")
    from_: str = Field("received", alias="from", description="The event from which the limit runs.")
    within: Limits = Field(description="The limit.")
    clock: str | None = Field(None, description="The clock on which it runs.")


class Fact(Row):
    """A field that is known at intake, comes with a later event, is decided by a table, or is derived."""

    type: Literal["choice", "ordered", "yes_no", "number", "money", "limit", "instant", "party", "text"] | None = Field(
        None, description="What kind of value it is; `ordered` lists its values weakest first."
    )
    values: Values | None = Field(None, description="The codes it may take: a list, or a mapping from code to label.")
    other: Literal["allowed"] | None = Field(None, description="The list is open: anything else reads as `other`.")
    many: Literal["yes"] | None = Field(None, description="The value is a set.")
    judged_by: Names | None = Field(None, description="A person of this party must decide it; it is never inferred. `none` in a change: nobody need.")
    at: str | None = Field(None, description="The event with which it becomes known.")
    unit: str | None = Field(None, description="Unit of a number.")
    ask: dict[str, str] | None = Field(None, description="The question put to a person, by language tag.")
    in_time: InTime | None = Field(None, description="Derived: yes, no or pending.")
    took: list[str] | None = Field(None, description="Derived: the time from the first event to the second, in `unit`.")
    in_hours: str | None = Field(None, description="Derived: whether the event fell into the open hours of `clock`.")
    count: str | None = Field(None, description="Derived: how many such events, over history and case.")
    total: str | None = Field(None, description="Derived: the sum of a number, over history and case.")
    compare: str | None = Field(None, description="Derived: how this compares `with` another: below, equal, within, above.")
    clock: str | None = Field(None, description="Clock of `took` or `in_hours`.")
    same: Names | None = Field(None, description="Facts that must be the same, for `count` and `total`.")
    window: str | None = Field(None, description="How far back `count` and `total` look.")
    where: Conditions | None = Field(None, description="Which events `count` and `total` take.")
    with_: str | None = Field(None, alias="with", description="What `compare` compares with.")
    tolerance: Limits | None = Field(None, description="The share above which `above` begins, for `compare`.")


class EventKind(Row):
    """A kind of event that the library does not know of itself."""


class Record(Row):
    """A record: complete when its fields are known and its signatures are there."""

    fields: Names | None = Field(None, description="Facts that must be filled in; `unset` where the source does not list them.")
    signed_by: Names | None = Field(None, description="Parties that sign it.")
    copies: Names | None = Field(None, description="Parties that keep a copy.")
    handwritten: Literal["allowed"] | None = Field(None, description="A handwritten record will do.")


class Pause(Row):
    """A reason that stops a clock."""

    from_: str = Field(alias="from", description="The event that stops the clock.")
    until: str = Field(description="The event, or the instant, at which it runs on.")


class Clock(Row):
    """How limits run."""

    calendar: str = Field(description="Name of a calendar that the library or the host provides; `none` where no days off matter.")
    convention: Literal["cn_civil_code", "eu_1182_71", "literal"] | None = Field(None, description="Gives the settings left out.")
    cutoff: str | None = Field(None, description="Time of day after which an arrival counts as the next day's, or `none`.")
    off_day_arrival: Literal["counts", "next_working_day"] | None = Field(None, description="How an arrival on a day off counts.")
    date_only: Literal["refused", "start_of_day", "cutoff", "after_cutoff"] | None = Field(
        None, description="What an arrival known only by its date counts as."
    )
    first_day: Literal["not_counted", "counted"] | None = Field(None, description="Whether the day of the start counts.")
    last_day: Literal["counted", "not_counted"] | None = Field(None, description="Whether the last day of a limit in days is still in time.")
    day_ends: str | None = Field(None, description="`midnight`, `closing`, `same_time` or a time of day: when a limit in days expires.")
    roll: Literal["none", "following", "preceding", "modified_following"] | None = Field(
        None, description="What happens when the last day is a day off."
    )
    hours_on_day_off: Literal["stay", "move"] | None = Field(
        None, description="Whether a limit in hours that ends on a day off moves as well, to the same time of day."
    )
    pauses: dict[str, Pause] | None = Field(None, description="Reasons that stop the clock.")


class Rule(Row):
    """A row of a table."""

    when: Conditions | None = Field(None, description="When the row applies; left out, always.")
    then: Outcome = Field(description="The outcome.")
    overrides: Names | None = Field(None, description="Rows set aside where this one applies.")


class Table(Row):
    """A table decides the fact of its name."""

    hit: Literal["unique", "highest", "all"] | None = Field(None, description="How rows that apply together make one outcome.")
    rules: dict[str, Rule] = Field(description="The rows, by id.")
    otherwise: Outcome | None = Field(None, description="The outcome where no row applies.")


class Repeats(Labelled):
    """When a complaint repeats an earlier one. Each setting can have a clause of its own."""

    cite: Cites | None = Field(None, description="The clauses that it rests on; by setting, where each has its own.")
    when: Conditions | None = Field(None, description="Which complaints can repeat an earlier one; left out, all.")
    same: Names = Field(description="Facts that must be the same.")
    while_open: Literal["merge", "separate"] | None = Field(None, description="What a complaint is while the earlier one is open.")
    window: str | None = Field(None, description="How long after closure a complaint is a repeat.")
    clock: str | None = Field(None, description="The clock on which the window runs; left out, whole days of the calendar.")
    raise_level_by: str | None = Field(None, description="By how many steps the level is raised.")
    raise_from: Literal["last", "first"] | None = Field(None, description="Whose level is raised: that of the last or the first of the chain.")


class Round(Row):
    """What must be done anew after an event."""

    on: str = Field(description="The event that begins a round.")
    again: Names = Field(description="Events that count only if they happen in the new round.")
    limit: str | None = Field(None, description="How many rounds are allowed.")


class Duty(Row):
    """Who must make which event happen, from which event, within which limit, leaving which record."""

    when: Conditions | None = Field(None, description="When it is owed; left out, always.")
    do: Names = Field(description="The event that fulfils it.")
    times: Times | None = Field(None, description="How often: `2`, `>= 2`, `1..2` or `each`; or for each event of `do`, how often will do.")
    by: Names | None = Field(None, description="Who must do it: parties, or `accountable`; left out, anyone.")
    to: Names | None = Field(None, description="Who must be reached.")
    from_: Names | None = Field(None, alias="from", description="The event from which it runs, or `<duty>.late` or `<duty>.due`.")
    within: Limits | None = Field(None, description="The limit; left out, the source sets no time.")
    at_latest: Limits | None = Field(None, description="Another limit; of this and `within` the earlier binds.")
    extend: dict[str, Limits] | None = Field(None, description="Event: the new limit from the same start.")
    every: str | None = Field(None, description="Instead of `within`: again and again while the case is open.")
    clock: str | None = Field(None, description="The clock on which the limit runs.")
    warn: Names | None = Field(None, description="Shares used, or amounts left, at which to warn.")
    leaving: Names | None = Field(None, description="Records that must be complete.")
    overrides: Names | None = Field(None, description="Duties set aside where this one is owed.")


class Routine(Row):
    """A duty towards the caseload."""

    when: Conditions | None = Field(None, description="When it is owed.")
    every: str = Field(description="`day`, `week`, `month`, `quarter`, `half_year`, `year`, an event, or `unset`.")
    within: Limits | None = Field(None, description="The limit, from the last day of the period.")
    clock: str | None = Field(None, description="The clock on which the limit runs.")
    do: Names = Field(description="The event that fulfils it.")
    by: Names | None = Field(None, description="Who must do it.")
    to: Names | None = Field(None, description="Who must be reached.")
    leaving: Names | None = Field(None, description="Records that must be complete.")
    per: str | None = Field(None, description="Repeats it for each value of a fact.")
    among: Conditions | None = Field(None, description="Which complaints it is about.")
    tabulate: Names | None = Field(None, description="By which facts they are counted.")
    sample: str | None = Field(None, description="How many of them are drawn.")
    when_fewer: Literal["all", "short"] | None = Field(None, description="What happens when there are fewer.")
    if_at_least: str | None = Field(None, description="From how many complaints on it is owed.")


class Rung(Part):
    """A step of a ladder of approval."""

    party: str = Field(description="Who may approve.")
    up_to: str = Field(description="Up to which amount: money, `any` or `unset`.")


class NotBefore(Part):
    """A time that must have passed."""

    from_: str = Field("received", alias="from", description="The event from which it runs.")
    wait: str = Field(description="How long.")
    clock: str | None = Field(None, description="The clock on which it runs.")


class NotAfter(Part):
    """A time that must still be running."""

    from_: str = Field("received", alias="from", description="The event from which it runs.")
    within: str = Field(description="How long.")
    clock: str | None = Field(None, description="The clock on which it runs.")


class Gate(Row):
    """What must be so before an event may happen."""

    when: Conditions | None = Field(None, description="When it applies.")
    after: Names | None = Field(None, description="Events that must have happened, in this order.")
    needs: Conditions | None = Field(None, description="A condition that must hold, or `unset`.")
    met: Names | None = Field(None, description="Duties that must be met.")
    records: Names | None = Field(None, description="Records that must be complete.")
    one_of: Names | None = Field(None, description="Records of which one must be complete.")
    approval: Names | None = Field(None, description="Parties that must approve, in this order, or `unset`.")
    ladder: list[Rung] | None = Field(None, description="Who must approve up to which amount.")
    value_at: Literal["retail", "cost"] | None = Field(None, description="How goods are valued for the ladder.")
    per: Literal["case", "customer"] | None = Field(None, description="Whose earlier offers count towards the ladder; left out, those of the case.")
    window: str | None = Field(None, description="For how long an earlier offer counts towards the ladder; left out, for good.")
    by: Names | None = Field(None, description="Parties that may do it.")
    not_before: NotBefore | None = Field(None, description="Only once this time has passed.")
    not_after: NotAfter | None = Field(None, description="Only while this time runs.")
    overrides: Names | None = Field(None, description="Gates of the same event set aside where this one applies.")


class Target(Row):
    """A share of cases and its goal."""

    among: Conditions | None = Field(None, description="Which cases count.")
    share: Conditions = Field(description="What must hold of them.")
    goal: str = Field(description="What the share should reach, such as `>= 99.8%`, or `unset`.")


class Reading(Row):
    """A named choice between lawful readings of an ambiguous clause."""

    take: str = Field(description="The choice in force.")
    choices: dict[str, Change] = Field(description="For each choice, the piece of document that it changes.")


class PolicyDocument(Part):
    """A whole policy document. `policy`, `edition` and `title` may be left out only where `extends` gives them."""

    policy: str | None = Field(None, description="Id of the policy.")
    edition: str | None = Field(None, description="Edition of the policy; quote it.")
    title: Title | None = Field(None, description="The name of the policy, by language tag.")
    source: dict[str, str] | None = Field(None, description="Where the rules come from: number, issuer, document, ...")
    in_force: InForce | None = Field(None, description="From when the edition applies.")
    timezone: str | None = Field(None, description="The zone of its working days, such as `Asia/Shanghai`.")
    currency: str | None = Field(None, description="The currency of its amounts, such as `CNY`.")
    extends: Base | None = Field(None, description="The policy that this document changes.")
    remove: Names | None = Field(None, description="Paths of the extended policy that do not apply here.")
    clauses: dict[str, str] | None = Field(None, description="The words of the clauses that are cited, by id.")
    parties: dict[str, Party] | None = Field(None, description="Departments and roles.")
    facts: dict[str, Fact] | None = Field(None, description="Fields that rules read.")
    events: dict[str, EventKind] | None = Field(None, description="Kinds of event beyond the library's.")
    records: dict[str, Record] | None = Field(None, description="Records and what must be filled in.")
    clocks: dict[str, Clock] | None = Field(None, description="How limits run.")
    tables: dict[str, Table] | None = Field(None, description="Tables, each deciding the fact of its name.")
    repeats: Repeats | None = Field(None, description="When a complaint counts as a repeat, and what that does.")
    rounds: dict[str, Round] | None = Field(None, description="What must be done anew after an event.")
    duties: dict[str, Duty] | None = Field(None, description="What must happen, by when.")
    routines: dict[str, Routine] | None = Field(None, description="Duties towards the caseload.")
    gates: dict[str, dict[str, Gate]] | None = Field(None, description="What must be so before an event may happen, by event.")
    targets: dict[str, Target] | None = Field(None, description="Shares that should be reached.")
    readings: dict[str, Reading] | None = Field(None, description="How the document may be read.")
