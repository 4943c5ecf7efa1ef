"""The two editions of Vanke's rule in one book: one working hour after opening before the change, promptly and around the clock after it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

import closedloop as cl
from tests.decision.chery import at

VARIANTS = Path(__file__).parents[2] / "examples" / "variants"
# The text gives no working hours. Here they are 09:00 to 18:00 on working days, and the change is on a Tuesday.
DAY = "2026-03-10"
BEFORE, AFTER = "2026-03-09 23:00:00", "2026-03-10 00:00:00"


@cache
def first() -> cl.Policy:
    """Return the first edition, with made-up working hours."""
    office = cl.BusinessCalendar.country("CN", hours={"mon-fri": [("09:00", "18:00")]}, timezone="Asia/Shanghai")
    return cl.load_policy("vanke@1", calendars={"office": office})


def dated(**in_force: str) -> cl.Policy:
    """Return the second edition from the day of the change on, with what else is said of when it applies."""
    return cl.load_policy("vanke@2").replace({f"in_force.{key}": value for key, value in {"from": DAY, **in_force}.items()}, name="dated")


def book(open_cases: str = "stay") -> cl.PolicyBook:
    """Return both editions; `open_cases` says what becomes of cases open on the day of the change."""
    return cl.PolicyBook([dated(by="received", open_cases=open_cases), first()])


def complaint(received: str) -> cl.Complaint:
    """Return a complaint of an external customer."""
    facts = {"kind": "complaint", "customer_kind": "external_customer"}
    return cl.Complaint(id="V-1", received_at=at(received), category="construction_quality", facts=facts)


def duty(answer: cl.Decision | cl.Review, name: str) -> cl.Duty:
    """Return one duty of a decision or a review."""
    return next(each for each in answer.duties if each.id == name)


def test_as_published_the_editions_make_no_book() -> None:
    """The text gives neither of them a first day, so that nothing says which comes first."""
    with pytest.raises(cl.PolicyMismatch, match=r"in_force\.from"):
        cl.PolicyBook([first(), cl.load_policy("vanke@2")])


@pytest.mark.parametrize("name", ["submit", "arrange"])
def test_before_the_change_it_is_due_one_working_hour_after_opening(name: str) -> None:
    """Monday 23:00 is after work; work starts on Tuesday at 9:00, and one working hour later is 10:00."""
    assert duty(book().decide(complaint(BEFORE), history=()), name).due == at("2026-03-10 10:00:00")


@pytest.mark.parametrize("name", ["submit", "arrange"])
def test_after_the_change_it_is_due_promptly(name: str) -> None:
    """Tuesday 0:00 is out of hours too, and nobody waits for working time: the duty runs, and has no due instant."""
    found = duty(book().decide(complaint(AFTER), history=()), name)
    assert (found.state, found.due) == ("running", None)


def test_after_the_change_working_hours_make_no_difference() -> None:
    """Wednesday 10:00 is in working hours, for which the first edition has no such duty."""
    received = "2026-03-11 10:00:00"
    assert duty(first().decide(complaint(received), history=()), "submit").state == "not_owed"
    assert duty(book().decide(complaint(received), history=()), "submit").state == "running"


def test_after_the_change_nobody_is_owed_a_time_of_feedback() -> None:
    """The customer was told when work starts because the handling waited for it; now it does not."""
    assert "tell_when" in {each.id for each in book().decide(complaint(BEFORE), history=()).duties}
    assert "tell_when" not in {each.id for each in book().decide(complaint(AFTER), history=()).duties}


def test_the_first_day_alone_picks_the_edition_of_a_complaint() -> None:
    """With nothing said about the date that counts, the only date there is decides."""
    editions = cl.PolicyBook([first(), dated()])
    assert [editions.decide(complaint(received), history=()).policy.edition for received in (BEFORE, AFTER)] == ["1", "2"]


def test_without_a_word_on_open_cases_one_cannot_be_reviewed_after_the_change() -> None:
    """Whether the old hour or the new promptness holds for it is not guessed."""
    editions = cl.PolicyBook([first(), dated(by="received")])
    case = first().open_case(complaint(BEFORE), history=())
    with pytest.raises(cl.PolicyMismatch, match="open_cases"):
        editions.review(case, at=at(AFTER))


def test_an_open_case_that_stays_keeps_its_hour_and_is_late_after_it() -> None:
    """Due on Tuesday at 10:00; at 11:00 it is one hour late."""
    case = first().open_case(complaint(BEFORE), history=())
    found = duty(book().review(case, at=at("2026-03-10 11:00:00")), "submit")
    assert (found.state, found.late_by) == ("late", timedelta(hours=1))


def test_an_open_case_that_moves_has_no_hour_left() -> None:
    """Under the second edition nothing is late until a person finds it so."""
    case = first().open_case(complaint(BEFORE), history=())
    found = duty(book("move").review(case, at=at("2026-03-10 11:00:00")), "submit")
    assert (found.state, found.due) == ("running", None)


@pytest.mark.parametrize(
    ("received", "edition", "due"), [("2002-12-31 08:59:59", "1", "2002-12-31 10:00:00"), ("2003-01-01 00:00:00", "2-example", None)]
)
def test_the_example_variant_gives_a_day_too(received: str, edition: str, due: str | None) -> None:
    """Its made-up day is 1 January 2003. Tuesday the day before is a working day: from 9:00 the hour runs to 10:00."""
    example = cl.PolicyBook([first(), cl.load_policy(VARIANTS / "vanke_example.yaml")])
    decision = example.decide(complaint(received), history=())
    assert (decision.policy.edition, duty(decision, "submit").due) == (edition, None if due is None else at(due))
