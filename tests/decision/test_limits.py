"""Document 000: 24 h and 2 days counted by day with the 16:30 boundary, rolled over days off; and the limits it leaves out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.decision.chery import at, decide

DAY = "sales_process"  # printed as 24h, counted as 1 day
TWO = "product_quality"  # 2 days


@pytest.mark.parametrize(
    ("received", "category", "due"),
    [
        # 2026-03-02 is a Monday. Up to 16:30 belongs to that day: +1 day is Tuesday.
        ("2026-03-02 16:30:00", DAY, "2026-03-03 16:30"),
        # A second later belongs to Tuesday: +1 day is Wednesday.
        ("2026-03-02 16:30:01", DAY, "2026-03-04 16:30"),
        ("2026-03-02 09:00", TWO, "2026-03-04 16:30"),
        # Friday +2 days is Sunday, a day off; the first working day after is Monday.
        ("2026-03-06 10:00", TWO, "2026-03-09 16:30"),
        # Thursday 17:00 belongs to Friday; +1 day is Saturday, moved to Monday.
        ("2026-03-05 17:00", DAY, "2026-03-09 16:30"),
        # Sunday 17:00 belongs to Monday; +1 day is Tuesday.
        ("2026-03-08 17:00", DAY, "2026-03-10 16:30"),
        # Saturday 2026-02-14 is a make-up working day before Spring Festival.
        ("2026-02-13 10:00", DAY, "2026-02-14 16:30"),
        # Sunday 2026-02-15 starts the Spring Festival holiday, which ends on Monday 02-23.
        ("2026-02-13 10:00", TWO, "2026-02-24 16:30"),
        # 2024-10-01 starts the National Day holiday, which ends on 10-07.
        ("2024-09-30 10:00", DAY, "2024-10-08 16:30"),
        # Sunday 2024-09-29 and Saturday 2024-10-12 are make-up working days.
        ("2024-09-27 10:00", TWO, "2024-09-29 16:30"),
        ("2024-10-11 10:00", DAY, "2024-10-12 16:30"),
        # Thursday 2024-02-08 17:00 belongs to Friday; +1 is Saturday 02-10 in the holiday; Sunday 02-18 is a make-up working day.
        ("2024-02-08 17:00", DAY, "2024-02-18 16:30"),
    ],
)
def test_closing_limit(received: str, category: str, due: str) -> None:
    """The closing limit runs from receipt at customer service, by day, and is moved off days off at its end only."""
    duty = decide(received, category=category).duty("closure")
    assert (duty.state, duty.due) == ("running", at(due))


@pytest.mark.parametrize(
    ("category", "row", "limit"),
    [
        ("product_quality", "quality", "2 days"),
        ("technical_ability", "technical", "2 days"),
        ("vehicle_documents", "documents", "2 days"),
        ("sales_process", "sales", "1 day"),
        ("parts_supply", "parts", "1 day"),
        ("service_process", "service", "1 day"),
    ],
)
def test_every_category_has_its_row_and_clause(category: str, row: str, limit: str) -> None:
    """The limit names the table row and the clause it comes from."""
    duty = decide(category=category).duty("closure")
    assert (duty.rule, str(duty.limit), duty.reason.clause.id) == (row, limit, f"000/5.3.1/{row}")


def test_finance_has_a_route_and_no_limit() -> None:
    """The table of 5.3.1 has no column for finance: nothing is invented."""
    decision = decide(category="finance")
    duty = decision.duty("closure")
    assert decision.route is not None
    assert decision.route.accountable == "finance"
    assert (duty.state, duty.due, duty.limit) == ("unspecified_by_source", None, None)
    assert duty.reason.outcome == "unspecified_by_source"
    assert duty.reason.clause.id == "000/5.3.1/finance"


def test_the_due_instant_shows_its_steps() -> None:
    """Start, deemed receipt, count, expiry and roll are told."""
    steps = {step.name: step.at for step in decide("2026-03-05 17:00", category=DAY).duty("closure").steps}
    assert list(steps) == ["start", "deemed_receipt", "count", "expiry", "roll"]
    assert steps["start"] == at("2026-03-05 17:00")
    assert steps["expiry"] == at("2026-03-07 16:30")
    assert steps["roll"] == at("2026-03-09 16:30")


def test_beyond_the_published_calendar_is_provisional() -> None:
    """The holidays of 2035 are not published: the due instant says so."""
    assert decide("2035-03-02 09:00", category=TWO).duty("closure").provisional
    assert not decide("2026-03-02 09:00", category=TWO).duty("closure").provisional


def test_the_closing_limit_names_its_readings() -> None:
    """The due instant rests on how 5.3.2 and 3.8 are read."""
    reading = decide(category=TWO).duty("closure").reason.reading
    assert reading is not None
    assert {"cutoff", "counting", "closing_start"} <= {each.split("=")[0] for each in reading.split(", ")}


@pytest.mark.parametrize("minutes", range(0, 48 * 60, 97))
def test_at_least_the_printed_hours_and_less_than_a_day_more(minutes: int) -> None:
    """From Monday to Wednesday nothing rolls: N x 24 h <= due - received < (N + 1) x 24 h."""
    received = at("2026-03-09 00:00") + timedelta(minutes=minutes)
    for category, days in ((DAY, 1), (TWO, 2)):
        due = decide(received.strftime("%Y-%m-%d %H:%M:%S"), category=category).duty("closure").due
        assert due is not None
        assert timedelta(days=days) <= due - received < timedelta(days=days + 1)


def test_an_unknown_category_leaves_the_limit_open() -> None:
    """Nothing is guessed; the question names the category."""
    decision = decide(category=None)
    duty = decision.duty("closure")
    assert (duty.state, duty.due) == ("needs_fact", None)
    assert "duties.closure" in next(question.blocks for question in decision.questions if question.fact == "category")


def test_a_minimal_complaint_gets_route_and_due_instant() -> None:
    """Id, customer, category and receipt suffice for who answers and until when; the rest is asked."""
    decision = decide(subject=None, history=None)
    assert decision.route is not None
    assert decision.route.accountable == "quality_assurance"
    assert decision.duty("closure").due == at("2026-03-04 16:30")
    assert decision.level is None
    assert decision.repeat.state == "not_examined"
    assert {"history", "subject", "loss", "dissatisfaction", "high_claim"} <= {question.fact for question in decision.questions}
