"""Parties, facts, events, records and clocks: what the words of a policy may be, and what they mean."""

from __future__ import annotations

from datetime import time
from decimal import Decimal

import pytest

from closedloop.policy.terms import Compare, Count, FactLimit, InHours, InTime, Took
from closedloop.rules.domains import Domain
from closedloop.rules.states import UNSET
from closedloop.values.limits import Limit
from tests.policy.samples import WHOLE, model, sample, sample_faults

CLOCK = "clocks: {office: {calendar: cn_office}, plain: {calendar: none}}\n"


def test_values_of_a_fact_keep_their_order_and_labels() -> None:
    """A bare label is in the first language of the title."""
    fact = model(WHOLE).facts["category"]
    assert fact.domain == Domain(type="choice", values=("goods", "service"))
    assert {code: dict(label.words) for code, label in fact.value_labels.items()} == {
        "goods": {"zh": "货物"},
        "service": {"zh": "服务", "en": "service"},
    }


@pytest.mark.parametrize(
    ("fact", "domain"),
    [
        ("{type: choice, values: [a, b], other: allowed}", Domain(type="choice", values=("a", "b"), open_list=True)),
        ("{type: choice, values: [a, b], many: yes}", Domain(type="choice", values=("a", "b"), many=True)),
        ("{type: party}", Domain(type="party", values=("desk",))),
        ("{type: money}", Domain(type="money")),
        ("{in_hours: received, clock: office}", Domain(type="yes_no")),
        ("{count: closed}", Domain(type="number", counts=0)),
        ("{took: [received, closed], unit: hours}", Domain(type="number")),
        ("{compare: claim, with: value}", Domain(type="choice", values=("below", "equal", "within", "above"))),
    ],
)
def test_domains(fact: str, domain: Domain) -> None:
    assert sample(f"{CLOCK}parties: {{desk: {{}}}}\nfacts: {{x: {fact}}}").facts["x"].domain == domain


def test_derived_facts() -> None:
    """One of each of the six kinds."""
    facts = sample(
        CLOCK
        + """\
facts:
  vehicle: {type: text}
  cost: {type: number, unit: percent}
  ratio: {type: number, unit: percent}
  reply_by: {type: instant}
  a: {in_time: {do: closed, within: 3 working days, clock: office}}
  b: {took: [received, closed], unit: weeks, clock: plain}
  c: {in_hours: received, clock: office}
  d: {count: goods_returned, same: [vehicle], window: 6 months, where: {vehicle: present}}
  e: {total: cost, same: vehicle}
  f: {compare: cost, with: ratio, tolerance: {first_given: [ratio, "5%"]}}
  g: {compare: reply_by, with: reply.first_due}
  h: {compare: cost, with: ratio, tolerance: unset}
duties:
  reply: {do: closed, within: 1 hour, cite: c}
"""
    ).facts
    assert facts["a"].derived == InTime(do="closed", from_="received", within=Limit(3, "working days"), clock="office")
    assert facts["b"].derived == Took(start="received", end="closed", unit="weeks", clock="plain")
    assert facts["c"].derived == InHours(event="received", clock="office")
    counted = facts["d"].derived
    assert isinstance(counted, Count)
    assert (counted.how, counted.of, counted.same, counted.window) == ("count", "goods_returned", ("vehicle",), Limit(6, "months"))
    assert counted.where.fields == {"vehicle"}
    assert facts["e"].derived == Count(how="total", of="cost", same=("vehicle",))
    # 5 % is the fraction 0.05.
    assert facts["f"].derived == Compare(left="cost", right="ratio", tolerance=(FactLimit("ratio"), Decimal("0.05")))
    assert facts["g"].derived == Compare(left="reply_by", right="reply.first_due")
    assert facts["h"].derived == Compare(left="cost", right="ratio", tolerance=UNSET)


@pytest.mark.parametrize(
    ("fact", "fault"),
    [
        ("{values: [a]}", ("missing_key", "facts.x")),
        ("{type: choice}", ("missing_key", "facts.x")),
        ("{type: text, values: [a]}", ("unfit_key", "facts.x.values")),
        ("{type: choice, values: {}}", ("bad_values", "facts.x.values")),
        ("{type: choice, values: [A b]}", ("bad_code", "facts.x.values.0")),
        ("{type: choice, values: [None]}", ("reserved_code", "facts.x.values.0")),
        ("{type: choice, values: {missing: x}}", ("reserved_code", "facts.x.values.missing")),
        ("{type: choice, values: [a, a]}", ("twice", "facts.x.values.1")),
        ("{type: choice, values: {a: {xx: b}}}", ("unknown_language", "facts.x.values.a.xx")),
        ("{type: choice, values: {a: [b]}}", ("wrong_type", "facts.x.values.a")),
        ("{type: text, other: allowed}", ("unfit_key", "facts.x.other")),
        ("{type: ordered, values: [a, b], other: allowed}", ("unfit_key", "facts.x.other")),
        ("{type: number, many: yes}", ("unfit_key", "facts.x.many")),
        ("{type: text, unit: kg}", ("unfit_key", "facts.x.unit")),
        ("{type: text, judged_by: nobody}", ("unknown_party", "facts.x.judged_by")),
        ("{type: text, at: aproved}", ("unknown_event", "facts.x.at")),
        ("{type: text, ask: {xx: why}}", ("unknown_language", "facts.x.ask.xx")),
        ("{type: number, count: closed}", ("unfit_key", "facts.x.type")),
        ("{count: closed, total: cost}", ("two_derivations", "facts.x.total")),
        ("{type: text, window: 1 month}", ("unfit_key", "facts.x.window")),
        ("{count: closed, at: closed}", ("unfit_key", "facts.x.at")),
        ("{count: closd}", ("unknown_event", "facts.x.count")),
        ("{count: closed, same: [nothing]}", ("unknown_fact", "facts.x.same.0")),
        ("{count: closed, window: 6 moons}", ("bad_limit", "facts.x.window")),
        ("{total: word}", ("bad_derivation", "facts.x.total")),
        ("{took: [received], unit: hours}", ("bad_derivation", "facts.x.took")),
        ("{took: [received, closed]}", ("bad_unit", "facts.x.unit")),
        ("{took: [received, closed], unit: hour}", ("bad_unit", "facts.x.unit")),
        ("{took: [received, closed], unit: days}", ("no_clock", "facts.x")),
        ("{in_hours: received}", ("no_clock", "facts.x")),
        ("{in_hours: received, clock: plain}", ("no_hours", "facts.x.clock")),
        ("{in_time: {do: closed, within: 2 days}}", ("no_clock", "facts.x.in_time")),
        ("{in_time: {do: closed, within: 2 days, clock: none_such}}", ("unknown_clock", "facts.x.in_time.clock")),
        ("{compare: cost}", ("missing_key", "facts.x")),
        ("{compare: cost, with: claim}", ("bad_derivation", "facts.x.with")),
        ("{compare: word, with: word}", ("bad_derivation", "facts.x.compare")),
        ("{compare: cost, with: csot}", ("unknown_fact", "facts.x.with")),
        ("{compare: cost, with: cost, tolerance: word}", ("unknown_number", "facts.x.tolerance")),
        ("{compare: cost, with: cost, tolerance: [a]}", ("bad_share", "facts.x.tolerance")),
    ],
)
def test_faults_in_facts(fact: str, fault: tuple[str, str]) -> None:
    assert fault in sample_faults(f"{CLOCK}facts:\n  cost: {{type: number}}\n  word: {{type: text}}\n  x: {fact}\n")


@pytest.mark.parametrize(
    ("fact", "fault"),
    [
        ("text: {type: choice, values: [a]}", ("standard_fact", "facts.text.type")),
        ("claim: {type: number}", ("standard_fact", "facts.claim.type")),
        ("repeat: {type: choice, values: [new, old]}", ("standard_fact", "facts.repeat.values")),
        ("round: {type: number, at: closed}", ("unfit_key", "facts.round.at")),
        ("scope: {type: choice, values: [inside, outside]}", ("standard_fact", "facts.scope.values")),
    ],
)
def test_standard_facts_cannot_become_something_else(fact: str, fault: tuple[str, str]) -> None:
    assert fault in sample_faults(f"facts: {{{fact}}}")


def test_a_declaration_refines_a_standard_fact() -> None:
    """A channel with values is a closed list, an undeclared one is free."""
    assert sample("").facts["channel"].domain == Domain(type="choice", open_list=True)
    declared = sample("facts: {channel: {type: choice, values: [phone], cite: c/1}}").facts["channel"]
    assert declared.domain == Domain(type="choice", values=("phone",))
    assert (declared.standard, declared.provenance.clauses[0].id) == (True, "c/1")


def test_a_question_stands_beside_the_label() -> None:
    """Without `ask` the label is what people are asked."""
    facts = sample("facts: {a: {type: yes_no, zh: 损失, ask: {zh: 是否损失?}}, b: {type: yes_no, zh: 损失}}").facts
    assert (facts["a"].ask.text("zh"), facts["b"].ask.text("zh")) == ("是否损失?", "损失")


def test_one_namespace() -> None:
    """A duty cannot have the name of an event, nor a record that of a fact."""
    found = sample_faults("facts: {note: {type: text}}\nrecords: {note: {fields: [note]}}\nduties: {promised: {do: promised, cite: c}}")
    assert found == [("duplicate_name", "records.note"), ("duplicate_name", "duties.promised")]


def test_parties_that_act_for_one_another() -> None:
    assert sample("parties: {a: {any_of: [b]}, b: {}}").parties["a"].any_of == ("b",)
    assert sample_faults("parties: {a: {any_of: [c]}, accountable: {}}") == [
        ("unknown_party", "parties.a.any_of.0"),
        ("reserved_code", "parties.accountable"),
    ]


def test_records() -> None:
    """The source may leave the fields out."""
    records = sample(
        "parties: {desk: {}}\nfacts: {x: {type: text}}\nrecords: {a: {fields: unset}, b: {fields: x, copies: [accountable], handwritten: allowed}}"
    ).records
    assert records["a"].fields is UNSET
    assert (records["b"].fields, records["b"].copies, records["b"].handwritten) == (("x",), ("accountable",), True)
    assert sample_faults("records: {a: {fields: [y], signed_by: [z]}}") == [
        ("unknown_fact", "records.a.fields.0"),
        ("unknown_party", "records.a.signed_by.0"),
    ]


def test_clocks() -> None:
    """What is left out is left to the convention; `none` and `unset` say something."""
    clocks = sample(
        """\
facts: {until: {type: instant}}
clocks:
  a: {calendar: none}
  b:
    {calendar: cn_office, cutoff: none, day_ends: "16:30:01",
     pauses: {waiting: {from: appointment_set, until: until, cite: c}, other: {from: unset, until: closed}}}
"""
    ).clocks
    assert (clocks["a"].calendar, clocks["a"].cutoff, clocks["a"].day_ends) == (None, UNSET, None)
    assert (clocks["b"].calendar, clocks["b"].cutoff, clocks["b"].day_ends) == ("cn_office", None, time(16, 30, 1))
    assert [(pause.reason, pause.from_, pause.until) for pause in clocks["b"].pauses] == [
        ("waiting", "appointment_set", "until"),
        ("other", UNSET, "closed"),
    ]


@pytest.mark.parametrize(
    ("clock", "fault"),
    [
        ('{calendar: none, cutoff: "24:00"}', ("bad_time", "clocks.x.cutoff")),
        ('{calendar: none, cutoff: "9:30"}', ("bad_time", "clocks.x.cutoff")),
        ("{calendar: none, day_ends: noon}", ("bad_time", "clocks.x.day_ends")),
        ("{calendar: a b}", ("bad_calendar", "clocks.x.calendar")),
        ("{calendar: none, pauses: {x: {from: closd, until: closed}}}", ("unknown_event", "clocks.x.pauses.x.from")),
        ("{calendar: none, pauses: {x: {from: closed, until: claim}}}", ("unknown_event", "clocks.x.pauses.x.until")),
    ],
)
def test_faults_in_clocks(clock: str, fault: tuple[str, str]) -> None:
    assert sample_faults(f"clocks: {{x: {clock}}}") == [fault]
