"""Duties, rounds, routines, gates and targets: how limits, starts, amounts and parties are read."""

from __future__ import annotations

from decimal import Decimal

import pytest

from closedloop.policy.model import ANY, Bound, DutyRule, GateRule, Goal, Rung, Start, Times
from closedloop.policy.terms import PROMPTLY, Combined, DutyDue, FactLimit
from closedloop.rules.states import UNSET
from closedloop.values.limits import Limit
from closedloop.values.mappings import FrozenMap
from closedloop.values.money import Money
from tests.policy.samples import sample, sample_faults

WORDS = """\
parties: {desk: {}, quality: {}}
facts:
  reply_by: {type: instant}
  agreed: {type: limit}
  closing_limit: {type: limit}
  word: {type: text}
records: {note: {fields: [word]}}
clocks: {office: {calendar: cn_office}}
tables: {closing_limit: {rules: {a: {then: 2 hours, cite: c}}}}
"""
DEFAULT_CLOCK = WORDS.replace("clocks: {office", "clocks: {default: {calendar: none}, office")


def duty(row: str, words: str = WORDS) -> DutyRule:
    """Return a duty with this row."""
    return sample(f"{words}duties: {{x: {{{row}, cite: c}}}}").duties["x"]


@pytest.mark.parametrize(
    ("within", "expected", "clock"),
    [
        ("24 hours", Limit(24, "hours"), None),
        ("2 days, clock: office", Limit(2, "days"), "office"),
        ("promptly", PROMPTLY, None),
        ("unset", UNSET, None),
        ("reply_by", FactLimit("reply_by"), None),
        ("closing_limit", FactLimit("closing_limit"), None),
        ("{earliest: [reply_by, 24 hours]}", Combined("earliest", (FactLimit("reply_by"), Limit(24, "hours"))), None),
        (
            "{first_given: [agreed, {latest: [1 hour, reply_by]}]}, clock: office",
            Combined("first_given", (FactLimit("agreed"), Combined("latest", (Limit(1, "hours"), FactLimit("reply_by"))))),
            "office",
        ),
    ],
)
def test_limits(within: str, expected: object, clock: str | None) -> None:
    read = duty(f"do: closed, within: {within}")
    assert (read.within, read.clock) == (expected, clock)


@pytest.mark.parametrize("within", ["2 days", "1 month", "2 working hours", "agreed", "{latest: [1 hour, 1 day]}"])
def test_the_default_clock_serves_where_one_is_needed(within: str) -> None:
    """What the host supplies may be in days as well."""
    assert duty(f"do: closed, within: {within}", DEFAULT_CLOCK).clock == "default"
    assert sample_faults(f"{WORDS}duties: {{x: {{do: closed, within: {within}, cite: c}}}}") == [("no_clock", "duties.x")]


def test_a_limit_of_hours_needs_no_clock() -> None:
    """Even where there is a default: elapsed time runs without one."""
    assert duty("do: closed, within: 2 hours", DEFAULT_CLOCK).clock is None


def test_a_duty_in_full() -> None:
    read = duty(
        "do: [closed, final_replied], times: 1..2, by: [desk, accountable], to: quality, from: [received, registered], within: 8 hours, "
        'extend: {extension_granted: 3 days}, clock: office, warn: ["50%", 2 hours], leaving: [note]'
    )
    assert (read.do, read.times, read.by, read.to, read.leaving) == (
        ("closed", "final_replied"),
        Times(1, 2),
        ("desk", "accountable"),
        ("quality",),
        ("note",),
    )
    assert read.from_ == (Start("received"), Start("registered"))
    assert (read.extend, read.warn) == ({"extension_granted": Limit(3, "days")}, (Decimal("0.5"), Limit(2, "hours")))


def test_what_is_left_out() -> None:
    """A duty runs from receipt, once, without a time, and anyone may do it."""
    read = duty("do: closed")
    assert (read.from_, read.times, read.within, read.by, read.unset) == ((Start("received"),), Times(), None, (), frozenset())


def test_what_the_source_leaves_open() -> None:
    read = duty("do: unset, by: unset, every: unset")
    assert (read.do, read.by, read.every) == ((), (), UNSET)
    assert read.unset == {"do", "by"}


@pytest.mark.parametrize(("times", "expected"), [("2", Times(2)), (">= 2", Times(2)), ("1..3", Times(1, 3)), ("each", Times(each=True))])
def test_times(times: str, expected: Times) -> None:
    assert duty(f'do: closed, times: "{times}"').times == expected


def test_times_by_event() -> None:
    found = duty("do: [closed, explained], times: {closed: 1, explained: unset}").times
    assert found == Times(by_event=FrozenMap({"closed": 1, "explained": UNSET}))
    assert (found.needed("closed"), found.needed("explained")) == (1, 0)


def test_a_cap_is_the_earlier_of_two_limits() -> None:
    duties = sample("duties: {a: {do: closed, within: 1 hour, cite: c}, b: {do: explained, within: 2 hours, at_latest: a.due, cite: c}}").duties
    assert duties["b"].within == Combined("earliest", (Limit(2, "hours"), DutyDue("a")))


def test_only_duties_end_with_duties() -> None:
    """What the library works out about a case, and what is due for all cases together, does not wait for a duty."""
    duties = "duties: {a: {do: closed, within: 1 hour, cite: c}}\n"
    assert sample_faults(duties + "facts: {f: {in_time: {do: closed, within: a.due}}}") == [("unknown_limit", "facts.f.in_time.within")]
    routine = "routines: {r: {every: month, do: reported, within: {from: closed, within: 1 hour}, cite: c}}"
    assert sample_faults(duties + routine) == [("bad_limit", "routines.r.within")]


def test_duties_that_end_with_one_another_are_a_circle() -> None:
    duties = "duties: {a: {do: closed, within: b.due, cite: c}, b: {do: explained, within: a.due, cite: c}}"
    assert [identity for identity, _ in sample_faults(duties)] == ["cycle"]


def test_a_duty_may_run_from_another() -> None:
    duties = sample(
        "duties: {a: {do: closed, within: 1 hour, cite: c}, b: {do: reminded, from: a.late, cite: c}, d: {do: explained, from: a.due, cite: c}}"
    ).duties
    assert (duties["b"].from_, duties["d"].from_) == ((Start("a", "late"),), (Start("a", "due"),))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("do: closd", ("unknown_event", "duties.x.do")),
        ("do: [closed, closed]", ("twice", "duties.x.do.1")),
        ("do: []", ("empty_list", "duties.x.do")),
        ("do: closed, by: acountable", ("unknown_party", "duties.x.by")),
        ("do: closed, from: recieved", ("unknown_event", "duties.x.from")),
        ("do: closed, from: [received, x.lat]", ("unknown_event", "duties.x.from.1")),
        ("do: closed, within: 2 dyas", ("bad_limit", "duties.x.within")),
        ("do: closed, within: repl_by", ("unknown_limit", "duties.x.within")),
        ("do: closed, within: word", ("bad_limit", "duties.x.within")),
        ("do: closed, within: {earliest: [1 hour]}", ("bad_limit", "duties.x.within.earliest")),
        ("do: closed, within: {earliest: [1 hour, promptly]}", ("bad_limit", "duties.x.within.earliest")),
        ("do: closed, within: {soonest: [1 hour, 2 hours]}", ("bad_limit", "duties.x.within")),
        ("do: closed, within: y.due", ("unknown_duty", "duties.x.within")),
        ("do: closed, within: {from: recieved, within: 1 hour}", ("unknown_event", "duties.x.within.from")),
        ("do: closed, within: {from: [received], within: 1 hour}", ("bad_limit", "duties.x.within.from")),
        ("do: closed, within: {from: received, within: promptly}", ("bad_limit", "duties.x.within.within")),
        ("do: closed, within: {from: received}", ("bad_limit", "duties.x.within")),
        ("do: closed, within: {as_first_known: 1 hour}", ("bad_limit", "duties.x.within.as_first_known")),
        ("do: closed, within: {earliest: [1 hour, {as_first_known: reply_by}]}", ("bad_limit", "duties.x.within.earliest")),
        ("do: closed, within: promptly, at_latest: 1 hour", ("bad_limit", "duties.x.at_latest")),
        ("do: closed, within: {as_first_known: reply_by}, at_latest: 1 hour", ("bad_limit", "duties.x.at_latest")),
        ("do: closed, within: 1 hour, every: 1 hour", ("unfit_key", "duties.x.every")),
        ("do: closed, extend: {extension_granted: 2 hours}", ("unfit_key", "duties.x.extend")),
        ("do: closed, within: 1 hour, extend: {granted: 2 hours}", ("unknown_event", "duties.x.extend.granted")),
        ("do: closed, within: 1 day, clock: ofice", ("unknown_clock", "duties.x.clock")),
        ("do: closed, within: 4 hours, warn: 150%", ("bad_share", "duties.x.warn")),
        ("do: closed, within: 4 hours, warn: soon", ("bad_limit", "duties.x.warn")),
        ("do: closed, warn: 80%", ("unfit_key", "duties.x.warn")),
        ("do: closed, within: 4 hours, warn: 1 day", ("unfit_warning", "duties.x.warn")),
        ("do: closed, within: 2 days, clock: office, warn: [1 working day]", ("unfit_warning", "duties.x.warn.0")),
        ("do: closed, within: 4 hours, warn: 1 working hour", ("unfit_warning", "duties.x.warn")),
        ("do: closed, times: 3..2", ("bad_number", "duties.x.times")),
        ("do: closed, times: often", ("bad_number", "duties.x.times")),
        ("do: closed, times: [2]", ("bad_number", "duties.x.times")),
        ("do: [closed, explained], times: {closed: 2}", ("missing_key", "duties.x.times")),
        ("do: closed, times: {closed: 2, explained: 1}", ("unknown_event", "duties.x.times.explained")),
        ("do: closed, times: {closed: often}", ("bad_number", "duties.x.times.closed")),
        ("do: closed, leaving: [nte]", ("unknown_record", "duties.x.leaving.0")),
        ("do: closed, overrides: [x]", ("unknown_duty", "duties.x.overrides.0")),
    ],
)
def test_faults_in_duties(row: str, fault: tuple[str, str]) -> None:
    assert fault in sample_faults(f"{WORDS}duties: {{x: {{{row}, cite: c}}}}")


def test_rounds() -> None:
    rounds = sample(
        "rounds: {a: {on: customer_rejected, again: [investigated], limit: unset, cite: c}, b: {on: reopened, again: closed, limit: 3, cite: c}}"
    ).rounds
    assert (rounds["a"].again, rounds["a"].limit, rounds["b"].again, rounds["b"].limit) == (("investigated",), UNSET, ("closed",), 3)
    assert sample_faults("rounds: {a: {on: rejected, again: [closed], limit: 0, cite: c}}") == [
        ("unknown_event", "rounds.a.on"),
        ("bad_number", "rounds.a.limit"),
    ]


def test_routines() -> None:
    routine = sample(
        f"{WORDS}routines: {{x: {{every: month, within: 10 days, clock: office, do: reported, by: desk, per: accountable, "
        "among: {closed: present}, tabulate: [word, accountable], sample: 3, when_fewer: short, if_at_least: 500, cite: c}}"
    ).routines["x"]
    assert (routine.every, routine.within, routine.clock, routine.per) == ("month", Limit(10, "days"), "office", "accountable")
    assert (routine.tabulate, routine.sample, routine.when_fewer, routine.if_at_least) == (("word", "accountable"), 3, "short", 500)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("every: monthly, do: reported", ("unknown_period", "routines.x.every")),
        ("every: month, do: reported, within: 10 days", ("no_clock", "routines.x")),
        ("every: month, do: reported, tabulate: [wrd]", ("unknown_fact", "routines.x.tabulate.0")),
        ("every: month, do: reported, sample: few", ("bad_number", "routines.x.sample")),
    ],
)
def test_faults_in_routines(row: str, fault: tuple[str, str]) -> None:
    assert sample_faults(f"{WORDS}routines: {{x: {{{row}, cite: c}}}}") == [fault]


def gate(row: str) -> GateRule:
    """Return a gate with this row."""
    return sample(f"{WORDS}duties: {{reply: {{do: closed, cite: c}}}}\ngates: {{closed: {{x: {{{row}, cite: c}}}}}}").gates["closed.x"]


def test_a_gate_in_full() -> None:
    read = gate(
        "after: [registered], needs: [{word: present}, {claim: '< 5 CNY'}], met: [reply], records: note, one_of: [note], approval: [desk, quality], "
        "by: accountable, not_before: {from: closed, wait: 1 year, clock: office}, not_after: {within: unset}, value_at: retail, "
        "ladder: [{party: desk, up_to: unset}, {party: desk, up_to: 5 CNY}, {party: quality, up_to: any}]"
    )
    assert (read.event, read.after, read.met, read.records, read.one_of, read.approval, read.by) == (
        "closed", ("registered",), ("reply",), ("note",), ("note",), ("desk", "quality"), ("accountable",),
    )  # fmt: skip
    assert read.ladder == (Rung("desk", UNSET), Rung("desk", Money.parse("5 CNY")), Rung("quality", ANY))
    assert (read.not_before, read.not_after) == (Bound("closed", Limit(1, "years"), "office"), Bound("received", UNSET))
    assert read.needs is not None
    assert len(read.needs.alternatives) == 2


def test_a_gate_may_leave_open_what_it_asks() -> None:
    read = gate("needs: unset, approval: unset")
    assert read.needs is not None
    assert (read.needs.silent, read.approval) == (True, UNSET)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("when: {}", ("empty_gate", "gates.closed.x")),
        ("after: [registerd]", ("unknown_event", "gates.closed.x.after.0")),
        ("met: [repl]", ("unknown_duty", "gates.closed.x.met.0")),
        ("approval: [dsk]", ("unknown_party", "gates.closed.x.approval.0")),
        ("after: [received], overrides: x", ("unknown_other_gate_of_the_event", "gates.closed.x.overrides")),
        ("not_before: {from: closed, wait: 1 year}", ("no_clock", "gates.closed.x.not_before")),
        ("not_before: {from: closd, wait: unset}", ("unknown_event", "gates.closed.x.not_before.from")),
        ("ladder: [{party: desk, up_to: 5}]", ("bad_amount", "gates.closed.x.ladder.0.up_to")),
        ("ladder: [{party: desk, up_to: 5 EUR}]", ("other_currency", "gates.closed.x.ladder.0.up_to")),
        ("ladder: [{party: desk, up_to: 5 CNY}, {party: quality, up_to: 5 CNY}]", ("bad_ladder", "gates.closed.x.ladder.1")),
        ("ladder: [{party: desk, up_to: any}, {party: quality, up_to: unset}]", ("bad_ladder", "gates.closed.x.ladder.1")),
    ],
)
def test_faults_in_gates(row: str, fault: tuple[str, str]) -> None:
    assert fault in sample_faults(f"{WORDS}duties: {{reply: {{do: closed, cite: c}}}}\ngates: {{closed: {{x: {{{row}, cite: c}}}}}}")


def test_a_gate_belongs_to_an_event() -> None:
    assert ("unknown_event", "gates.closd") in sample_faults("gates: {closd: {x: {after: [received], cite: c}}}")


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        # 99.8 % is the fraction 0.998.
        (">= 99.8%", Goal(">=", Decimal("0.998"), ">= 99.8%")),
        ("100%", Goal("=", Decimal(1), "100%")),
        ("unset", UNSET),
    ],
)
def test_goals(goal: str, expected: object) -> None:
    assert sample(f'targets: {{x: {{share: {{closed: present}}, goal: "{goal}", cite: c}}}}').targets["x"].goal == expected


@pytest.mark.parametrize("goal", ["99.8", ">= 120%", "most"])
def test_faults_in_goals(goal: str) -> None:
    assert sample_faults(f'targets: {{x: {{share: {{closed: present}}, goal: "{goal}", cite: c}}}}') == [("bad_share", "targets.x.goal")]
