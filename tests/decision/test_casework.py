"""Document 000 after the decision: the clocks of 5.2 and 5.3, the records of 5.2.2, and the closing standard of 5.4."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

import pytest

import closedloop as cl
from tests.decision.chery import at, complaint, policy

CONFIRMED = {
    "category_correct": True,
    "facts_true": True,
    "complaint_reasonable": True,
    "responsible_party": "quality_assurance",
    "responsible_reason": "cell fault",
    "plan": "replace the cell",
}


def event(kind: str, when: str, party: str | None = None, **data: Any) -> cl.Event:
    """Return an event, by somebody of a party where one is named."""
    by = cl.Actor(id="u-1", party=party) if party else None
    return cl.Event(kind=kind, at=at(when), by=by, data=data)


def review(when: str, *events: cl.Event, **given: Any) -> cl.Review:
    """Review a case received on Monday 2026-03-02 09:00."""
    case = policy().open_case(complaint("2026-03-02 09:00", **given), history=())
    return policy().review(case.with_events(*events), at=at(when))


def state(found: cl.Review, duty: str) -> str:
    """Return the state of a duty."""
    return next(each.state for each in found.duties if each.id == duty)


def due(found: cl.Review, duty: str) -> Any:
    """Return the due instant of a duty."""
    return next(each.due for each in found.duties if each.id == duty)


HANDED_OVER = (
    event("forwarded", "2026-03-02 09:10", "customer_service"),
    event("sales_accepted", "2026-03-02 09:20", "new_energy_sales"),
    event("handed_over", "2026-03-02 09:30", "new_energy_sales"),
)


def test_contact_runs_24_elapsed_hours_from_the_departments_receipt() -> None:
    """Handed over Friday 18:00: due Saturday 18:00, for 5.3.2 moves closing limits only."""
    found = review("2026-03-07 10:00", event("handed_over", "2026-03-06 18:00"))
    assert due(found, "contact") == at("2026-03-07 18:00")
    assert state(found, "contact") == "running"


def test_the_reply_runs_24_hours_from_confirmation() -> None:
    """Its own clock, with its own start."""
    found = review("2026-03-03 10:00", *HANDED_OVER, event("confirmed", "2026-03-02 15:00", "quality_assurance", **CONFIRMED))
    assert due(found, "relay_reply") == at("2026-03-03 15:00")
    assert state(found, "confirm") == "met"


@pytest.mark.parametrize(("when", "expected"), [("2026-03-04 16:30:00", "running"), ("2026-03-04 16:30:01", "late")])
def test_late_is_after_the_due_instant(when: str, expected: str) -> None:
    """At 16:30 it is still in time."""
    assert state(review(when), "closure") == expected


@pytest.mark.parametrize(("done", "expected"), [("2026-03-04 16:30:00", "met"), ("2026-03-04 16:30:01", "met_late")])
def test_the_application_for_closure_stops_the_clock(done: str, expected: str) -> None:
    """Met in time, or met late for good."""
    found = review("2026-03-10 09:00", *HANDED_OVER, event("closure_requested", done, "quality_assurance", problem_handled=True))
    assert state(found, "closure") == expected


def test_another_partys_event_does_not_meet_a_duty() -> None:
    """The application is the accountable department's."""
    assert state(review("2026-03-10 09:00", event("closure_requested", "2026-03-03 09:00", "dealer")), "closure") == "late"


def test_the_five_items_are_all_needed() -> None:
    """A confirmation without the plan does not count."""
    incomplete = {name: value for name, value in CONFIRMED.items() if name != "plan"}
    found = review("2026-03-03 10:00", *HANDED_OVER, event("confirmed", "2026-03-02 15:00", "quality_assurance", **incomplete))
    confirm = next(each for each in found.duties if each.id == "confirm")
    assert (confirm.state, confirm.records) == ("running", ("confirmation",))


@pytest.mark.parametrize(
    ("category", "late_certificate", "expected"),
    [
        ("sales_process", True, "running"),
        ("sales_process", False, "not_owed"),
        ("product_quality", True, "not_owed"),
        ("sales_process", None, "needs_fact"),
    ],
)
def test_the_settlement_method_is_needed_for_a_late_certificate(category: str, late_certificate: bool | None, expected: str) -> None:
    """Only for sales complaints about the certificate (5.3.1)."""
    facts = {} if late_certificate is None else {"late_certificate": late_certificate}
    assert state(review("2026-03-02 10:00", category=category, facts=facts), "settlement") == expected


REPLIED = event("final_replied", "2026-03-03 10:00", "new_energy_sales", measures="replaced", callback_recommended=True)
SATISFIED = event("called_back", "2026-03-03 12:00", "customer_service", callback_result="satisfied")
NOT_SATISFIED = event("called_back", "2026-03-03 11:00", "customer_service", callback_result="not_satisfied")


def test_the_callback_is_the_sole_basis_for_closing() -> None:
    """Recommended and satisfied: nothing else is asked."""
    assert review("2026-03-03 13:00", REPLIED, SATISFIED).closing.allowed


def test_the_latest_callback_decides() -> None:
    """A negative one after a positive one shuts the gate again."""
    again = event("called_back", "2026-03-03 14:00", "customer_service", callback_result="not_satisfied")
    assert not review("2026-03-03 15:00", REPLIED, SATISFIED, again).closing.allowed
    assert review("2026-03-03 15:00", REPLIED, NOT_SATISFIED, SATISFIED).closing.allowed


def test_why_a_case_may_not_close() -> None:
    """The missing callback is named with its clause."""
    closing = review("2026-03-03 13:00", REPLIED).closing
    assert not closing.allowed
    assert ("event.shut", "called_back", "000/5.4.1a") in {(each.code, each.what, each.clauses[0].id) for each in closing.blockers}


@pytest.mark.parametrize(("handled", "accepted", "allowed"), [(True, False, True), (False, True, True), (False, False, False)])
def test_the_closing_standard_of_sales(handled: bool, accepted: bool, allowed: bool) -> None:
    """Handled or accepted (5.4.1), where no callback was recommended."""
    replied = event("final_replied", "2026-03-02 15:00", "new_energy_sales", measures="called", callback_recommended=False)
    asked = event("closure_requested", "2026-03-03 09:00", "new_energy_sales", problem_handled=handled, solution_accepted=accepted)
    assert review("2026-03-03 10:00", replied, asked, category="sales_process").closing.allowed is allowed


def test_lost_closing_standards_are_not_invented() -> None:
    """For product quality without a callback the gate is unknown, for want of text."""
    replied = event("final_replied", "2026-03-02 15:00", "new_energy_sales", measures="called", callback_recommended=False)
    closed = review("2026-03-03 10:00", replied).gates["closed"]
    assert closed.state == "unknown"
    assert "condition.unspecified_by_source" in {each.code for each in closed.unmet}


@pytest.mark.parametrize(("appointment", "expected"), [("2026-03-06 14:00", "appointment"), ("2026-03-04 10:00", "plain")])
def test_appointment_type_is_a_flag(appointment: str, expected: str) -> None:
    """Contacted in time, but the customer has no time within the limit; the due instant stays."""
    events = (
        *HANDED_OVER,
        event("customer_contacted", "2026-03-03 09:00", "dealer"),
        event("appointment_set", "2026-03-03 10:00", appointment_at=at(appointment)),
    )
    found = review("2026-03-03 11:00", *events)
    assert found.outcomes["handling_type"].value == expected
    assert due(found, "closure") == at("2026-03-04 16:30")


def test_a_wrong_category_starts_the_departments_clocks_anew() -> None:
    """The closing limit runs on from receipt; contact is owed again by the new department."""
    events = (
        *HANDED_OVER,
        event("customer_contacted", "2026-03-02 11:00", "quality_assurance"),
        event("reclassified", "2026-03-02 12:00", category="sales_process"),
    )
    found = review("2026-03-02 13:00", *events)
    assert state(found, "contact") == "waiting"
    # Sales: 1 day from Monday 09:00.
    assert due(found, "closure") == at("2026-03-03 16:30")


def test_a_voided_event_and_a_double_do_not_count() -> None:
    """Events with one id are one; a voided one never was."""
    first = cl.Event(kind="closure_requested", at=at("2026-03-03 09:00"), id="e-1")
    voided = cl.Event(kind="voided", at=at("2026-03-03 10:00"), data={"event": "e-1"})
    assert state(review("2026-03-03 09:30", first, first, voided), "closure") == "met"
    assert state(review("2026-03-03 11:00", first, voided), "closure") == "running"


def test_results_are_no_truth_values() -> None:
    """Three states do not fit into two."""
    found = review("2026-03-03 13:00")
    for result in (found.closing, found.gates["closed"]):
        with pytest.raises(TypeError, match="read `"):
            bool(result)


def test_events_that_do_not_fit_are_problems() -> None:
    """An unknown kind and a fact of no such name are refused, with the nearest."""
    for wrong, near in (
        (event("custmer_contacted", "2026-03-02 10:00"), "customer_contacted"),
        (event("confirmed", "2026-03-02 10:00", plann="x"), "plan"),
    ):
        with pytest.raises(cl.InvalidEvent) as caught:
            review("2026-03-03 10:00", wrong)
        assert caught.value.problems[0].suggestion == near


def test_events_are_read_from_data() -> None:
    """A webhook's event is text; all its problems are told at once."""
    read = policy().event(
        {"kind": "called_back", "at": "2026-03-03 12:00", "by": "customer_service", "data": {"callback_result": "satisfied"}},
        assume_timezone="Asia/Shanghai",
    )
    assert (read.at, read.by) == (at("2026-03-03 12:00"), cl.Actor(id="customer_service", party="customer_service"))
    with pytest.raises(cl.InvalidEvent) as caught:
        policy().event({"kind": "called_back", "att": "x", "by": "custmer_service"})
    assert {problem.code for problem in caught.value.problems} == {"unknown_key", "missing_key", "unknown_party"}


def test_another_policy_refuses_the_case() -> None:
    """A case belongs to the text under which it was decided."""
    case = policy().open_case(complaint(), history=())
    variant = policy().replace({"repeats.window": "60 days"}, name="60 days")
    with pytest.raises(cl.PolicyMismatch):
        variant.review(case, at=at("2026-03-03 09:00"))


@pytest.mark.parametrize("when", [None, "2026-03-03 10:00", datetime.fromisoformat("2026-03-03 10:00")])
def test_a_review_needs_an_aware_instant(when: Any) -> None:
    """Nothing is reviewed at no instant."""
    case = policy().open_case(complaint(), history=())
    with pytest.raises(cl.InvalidValue, match="aware datetime"):
        policy().review(case, at=when)


def test_what_is_no_event_is_refused() -> None:
    """A list, or the bare name of a kind."""
    case = policy().open_case(complaint(), history=())
    for wrong in ([event("forwarded", "2026-03-02 09:10")], "closed"):
        given: Any = wrong
        with pytest.raises(cl.InvalidEvent, match="an Event"):
            case.with_events(given)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": {"x": 1}}, ("id",)),
        ({"id": 5}, ("id",)),
        ({"to": ["front"]}, ("to",)),
        ({"by": "front"}, ("by",)),
        ({"by": cl.Actor(id=cast("Any", None), party=cast("Any", ["x"]))}, ("by", "party")),
        ({"id": "\ud800"}, ("id",)),
    ],
)
def test_who_and_which_of_an_event_are_text(change: dict[str, Any], path: tuple[str, ...]) -> None:
    """Whatever else would fail in the middle of a review."""
    with pytest.raises(cl.InvalidEvent) as caught:
        cl.Event(**{"kind": "forwarded", "at": at("2026-03-02 09:10"), **change})
    assert [problem.path for problem in caught.value.problems] == [path]


def test_an_event_of_json_may_have_a_number_as_its_id_and_nothing_else_but_text() -> None:
    given = {"kind": "forwarded", "at": "2026-03-02T09:10:00+08:00"}
    assert policy().event({**given, "id": 5}).id == "5"
    assert cl.Event.from_dict({**given, "id": 5, "by": {"id": 7, "party": "x"}}).by == cl.Actor(id="7", party="x")
    for read in (policy().event, cl.Event.from_dict):
        with pytest.raises(cl.InvalidEvent):
            read({**given, "id": ["e"]})


def test_empty_text_does_not_complete_a_record() -> None:
    """A plan of blanks is no plan."""
    with pytest.raises(cl.InvalidEvent, match="empty text"):
        review("2026-03-03 10:00", *HANDED_OVER, event("confirmed", "2026-03-02 15:00", "quality_assurance", **{**CONFIRMED, "plan": " "}))
