"""The packaged policy of document 000: its ids, its values with their clauses, its slots, its readings, its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from closedloop.policy.changes import replace
from closedloop.policy.loading import packaged_policies, read_policy
from closedloop.policy.model import RouteTo
from closedloop.policy.terms import FactLimit
from closedloop.rules.states import UNSET
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.values.clauses import Provenance

CHERY = read_policy("chery_nev")
MODEL = CHERY.model
LIMITS = MODEL.tables["closing_limit"]


def test_ids_on_which_hosts_rely() -> None:
    assert set(MODEL.facts["category"].domain.values) == {
        "product_quality", "technical_ability", "service_process", "sales_process", "parts_supply", "vehicle_documents", "finance",
    }  # fmt: skip
    assert MODEL.facts["level"].domain.values == ("general", "intermediate", "strong")
    assert {"first_reply", "relay_reply", "contact", "final_reply", "closure"} <= MODEL.duties.keys()
    assert {rule.id for rule in LIMITS.rules} == {"quality", "technical", "documents", "sales", "parts", "service", "finance"}
    assert {rule.id for rule in MODEL.tables["level"].rules} == {"general", "intermediate", "strong"}
    assert (MODEL.timezone, MODEL.clocks["closing_day"].calendar) == ("Asia/Shanghai", "cn_office")


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        ("quality", Limit(2, "days")),
        ("technical", Limit(2, "days")),
        ("documents", Limit(2, "days")),
        ("sales", Limit(1, "days")),
        ("parts", Limit(1, "days")),
        ("service", Limit(1, "days")),
        ("finance", UNSET),
    ],
)
def test_closing_limits(row: str, limit: object) -> None:
    """The cells print 2天 and 24h; by 5.3.2 both count by the day. Finance has no cell."""
    rule = LIMITS.rule(row)
    assert (rule.then, str(rule.provenance.clauses[0])) == (limit, f"000/5.3.1/{row}")


@pytest.mark.parametrize(
    ("duty", "start", "within", "clause"),
    [
        ("first_reply", "handed_over", UNSET, "000/3.7"),
        ("relay_reply", "confirmed", Limit(24, "hours"), "000/5.2.3a"),
        ("contact", "handed_over", Limit(24, "hours"), "000/5.3.1a"),
        ("final_reply", "received", FactLimit("closing_limit"), "000/5.3.1b"),
        ("closure", "received", FactLimit("closing_limit"), "000/3.8"),
    ],
)
def test_the_independent_clocks(duty: str, start: str, within: object, clause: str) -> None:
    rule = MODEL.duties[duty]
    assert ([each.of for each in rule.from_], rule.within) == ([start], within)
    assert clause in map(str, rule.provenance.clauses)


@pytest.mark.parametrize(
    ("row", "accountable", "responsible"),
    [
        ("quality", "quality_assurance", ()),
        ("technical", "product_technology", ()),
        ("service", "new_energy_sales", ("service_station",)),
        ("sales", "new_energy_sales", ("dealer",)),
        ("parts", "parts_company", ()),
        ("documents", "logistics_company", ()),
        ("finance", "finance", ()),
    ],
)
def test_routes(row: str, accountable: str, responsible: tuple[str, ...]) -> None:
    rule = MODEL.tables["routing"].rule(row)
    assert isinstance(rule.then, RouteTo)
    assert (rule.then.accountable, rule.then.responsible, str(rule.provenance.clauses[0])) == (accountable, responsible, f"000/5.1/{row}")


def test_repeats() -> None:
    """One calendar month from closure, raised by one from the last level."""
    assert MODEL.repeats is not None
    assert (MODEL.repeats.window, MODEL.repeats.raise_level_by, MODEL.repeats.raise_from) == (Limit(1, "months"), 1, "last")
    assert (MODEL.repeats.while_open, list(map(str, MODEL.repeats.provenance.clauses))) == ("merge", ["000/3.6a", "000/3.6b", "000/3.6c"])


def test_what_the_lost_pages_held_stays_open() -> None:
    """Closing standards of six categories, the approver, what follows when it is overdue, untrue or called back in vain."""
    assert MODEL.gates["closed.other_standards"].needs is not None
    assert MODEL.gates["closed.other_standards"].needs.silent
    assert MODEL.gates["final_replied.approval"].approval is UNSET
    assert {name for name, duty in MODEL.duties.items() if "do" in duty.unset} == {"overdue", "untrue", "negative_callback"}
    assert MODEL.records["assessment_note"].fields is UNSET
    assert MODEL.in_force.from_ is UNSET


def provenances() -> Iterator[Provenance]:
    """Go through what stands behind every part of the policy."""
    yield MODEL.in_force.provenance
    yield from (party.provenance for party in MODEL.parties.values())
    yield from (fact.provenance for fact in MODEL.facts.values())
    yield from (event.provenance for event in MODEL.events.values())
    yield from (record.provenance for record in MODEL.records.values())
    yield from (clock.provenance for clock in MODEL.clocks.values())
    yield from (table.provenance for table in MODEL.tables.values())
    yield from (rule.provenance for table in MODEL.tables.values() for rule in table.rules)
    yield from (each.provenance for each in MODEL.rounds.values())
    yield from (duty.provenance for duty in MODEL.duties.values())
    yield from (gate.provenance for gate in MODEL.gates.values())
    yield from (target.provenance for target in MODEL.targets.values())
    yield from (reading.provenance for reading in MODEL.readings.values())
    if MODEL.repeats is not None:
        yield MODEL.repeats.provenance


def test_every_clause_that_is_cited_is_quoted_and_every_quotation_is_cited() -> None:
    cited = {clause for provenance in provenances() for clause in provenance.clauses}
    assert [clause.id for clause in cited if not clause.text] == []
    assert MODEL.clauses.keys() - {clause.id for clause in cited} == set()


def test_every_question_is_put_in_both_languages() -> None:
    """What is asked at intake: neither decided by a table, nor derived, nor brought by an event."""
    asked = [fact for fact in MODEL.facts.values() if not (fact.standard or fact.table or fact.derived or fact.at)]
    assert {"dissatisfaction", "loss", "deficiency", "high_claim", "category"} <= {fact.id for fact in asked}
    assert [fact.id for fact in asked if not {"zh", "en"} <= fact.ask.words.keys() or fact.ask == fact.label] == []


def test_everything_has_a_name_in_both_languages() -> None:
    labels = {fact.id: fact.label for fact in MODEL.facts.values()} | {event.id: event.label for event in MODEL.events.values()}
    labels |= {party.id: party.label for party in MODEL.parties.values()} | {record.id: record.label for record in MODEL.records.values()}
    labels |= {duty.id: duty.label for duty in MODEL.duties.values()} | {gate.id: gate.label for gate in MODEL.gates.values()}
    labels |= {reading.id: reading.label for reading in MODEL.readings.values()}
    listed = (fact for fact in MODEL.facts.values() if fact.domain.type in {"choice", "ordered"})
    labels |= {f"{fact.id}={code}": fact.value_labels[code] for fact in listed for code in fact.domain.values}
    assert [name for name, label in labels.items() if not {"zh", "en"} <= label.words.keys()] == []


@pytest.mark.parametrize(("reading", "choice"), [(name, choice) for name, reading in MODEL.readings.items() for choice in reading.choices])
def test_every_choice_of_every_reading_gives_a_policy(reading: str, choice: str) -> None:
    """The choice in force is the text as it is written, which changes nothing."""
    variant = replace(CHERY, {f"readings.{reading}.take": choice}, choice).model
    assert (variant.hash == MODEL.hash) == (choice == MODEL.readings[reading].take)


def test_each_first_choice_is_in_force() -> None:
    assert [reading.id for reading in MODEL.readings.values() if reading.take != reading.choices[0]] == []


@pytest.mark.parametrize(
    ("take", "path", "expected"),
    [
        ({"counting": "skip_while_counting"}, "quality", Limit(2, "working days")),
        ({"counting": "printed_hours"}, "sales", Limit(24, "hours")),
    ],
)
def test_readings_of_the_closing_limit(take: dict[str, str], path: str, expected: Limit) -> None:
    changes = {f"readings.{reading}.take": choice for reading, choice in take.items()}
    assert replace(CHERY, changes, "variant").model.tables["closing_limit"].rule(path).then == expected


def test_an_appointment_is_a_flag_only() -> None:
    """By default nothing pauses the clock and nothing moves the limit; the readings name what might."""
    assert MODEL.clocks["closing_day"].pauses == ()
    assert not MODEL.duties["closure"].extend
    suspended = replace(CHERY, {"readings.appointment.take": "suspend"}, "variant").model
    assert [(pause.from_, pause.until) for pause in suspended.clocks["closing_day"].pauses] == [("appointment_set", "appointment_at")]


def test_no_personal_names() -> None:
    """Those who wrote, checked and issued the document are not shipped."""
    text = (packaged_policies() / "chery_nev.yaml").read_text(encoding="utf-8")
    assert not [word for word in ("编制", "审核", "复核", "签发") if word in text]
