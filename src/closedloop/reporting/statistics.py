"""The statistics of a period as a value: exact counts, their shares, and what cannot be said with what it would take."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from closedloop.decision import PolicyRef
    from closedloop.reporting.measures import Measure
    from closedloop.reporting.period import Period
    from closedloop.values.choices import Choice
    from closedloop.values.clauses import Clause
    from closedloop.values.text import Label, Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many of how many. `undecided` are cases of which it cannot be said (yet); they are in neither number."""

    id: str
    label: Label
    numerator: int
    denominator: int
    undecided: int = 0
    clauses: tuple[Clause, ...] = ()

    @property
    def share(self) -> Fraction | None:
        """The share, exact; None without a case."""
        return share_of(self.numerator, self.denominator)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTime:
    """Duties that can be late: done `in_time`, ever `late` (done or not), and still `running`. `id` is a duty or a party.

    Those have a due instant, or are due promptly in a period in which somebody found a delay (event `delay_found`).
    """

    id: str
    label: Label
    in_time: int
    late: int
    running: int
    clauses: tuple[Clause, ...] = ()

    @property
    def share(self) -> Fraction | None:
        """The share done in time among those done in time or late; None where there is neither."""
        return share_of(self.in_time, self.in_time + self.late)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """The cases with one value, and their share of those whose value is known."""

    value: str
    label: Label
    cases: int
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Cases by the values of a fact, in the order of its list, else the most frequent first. `unknown` have no value."""

    id: str
    label: Label
    slices: tuple[Slice, ...]
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingTime:
    """Elapsed time that a party took: for a duty, from its start until it was met.

    Where `duty` is None, it is from receipt to closing, for the closed cases that the party is accountable for.
    """

    party: Choice
    duty: str | None
    label: Label
    cases: int
    total: timedelta
    shortest: timedelta
    median: timedelta
    longest: timedelta

    @property
    def mean(self) -> timedelta:
        """The mean, to the microsecond."""
        return self.total / self.cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A measure that cannot be given, because the `policy` does not define it or the `data` does not hold it, and what it lacks."""

    id: str
    label: Label
    because: Literal["policy", "data"]
    lacks: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The statistics of the cases to which an event (`by`, such as `received`) happened in a period, as they stand at an instant.

    Calls merged into an open case count with it: those received in the period, and complaints out of scope, are only listed.
    """

    policy: PolicyRef
    title: Label
    period: Period
    by: Choice
    at: datetime
    cases: tuple[str, ...]
    merged: tuple[str, ...]
    out_of_scope: tuple[str, ...]
    figures: tuple[Figure, ...]
    duties: tuple[OnTime, ...]
    parties: tuple[OnTime, ...]
    rounds: Distribution | None
    satisfaction: Distribution | None
    breakdowns: tuple[Distribution, ...]
    handling: tuple[HandlingTime, ...]
    targets: tuple[Measure, ...]
    unavailable: tuple[Unavailable, ...]

    def to_markdown(self, lang: Lang) -> str:
        """Return the report as Markdown tables, in Chinese (`zh`) or English (any other language)."""
        from closedloop.reporting.markdown import markdown
        from closedloop.reporting.sheets import sheet

        return markdown(sheet(self, lang))

    def to_html(self, lang: Lang) -> str:
        """Return the report as one readable page of HTML that needs nothing else, in Chinese (`zh`) or English."""
        from closedloop.reporting.page import page
        from closedloop.reporting.sheets import sheet

        return page(sheet(self, lang), lang)


def share_of(numerator: int, denominator: int) -> Fraction | None:
    """Return the exact share; None of nothing."""
    return Fraction(numerator, denominator) if denominator else None
