"""Document 000, 3.6: merged while open, a repeat within a month of closure, raised a level up to a cap, chained."""

from __future__ import annotations

from typing import Any

import pytest

import closedloop as cl
from tests.decision.chery import complaint, decide, past, policy

MILD = {"dissatisfaction": "low", "quickly_removable": True, "loss": "small", "high_claim": False, "deficiency": "some"}


@pytest.mark.parametrize(
    ("closed", "again", "state"),
    [
        ("2026-01-31 10:00", "2026-02-28 23:59:59", "again"),
        ("2026-01-31 10:00", "2026-03-01 00:00:00", "new"),
        # A leap year has a 29 February.
        ("2024-01-31 10:00", "2024-02-29 23:59:59", "again"),
        ("2024-01-31 10:00", "2024-03-01 00:00:00", "new"),
        # One month from 15 March ends with 15 April.
        ("2026-03-15 09:00", "2026-04-15 23:59:59", "again"),
        ("2026-03-15 09:00", "2026-04-16 00:00:00", "new"),
        # The instant after closure counts at once; at the very instant the case is still open.
        ("2026-03-15 09:00:00", "2026-03-15 09:00:01", "again"),
        ("2026-03-15 09:00:00", "2026-03-15 09:00:00", "merged"),
    ],
)
def test_one_calendar_month_of_closure(closed: str, again: str, state: str) -> None:
    """A month ends with its corresponding day, at the latest with the last day of the month."""
    received = f"{closed[:4]}-01-02 09:00"
    assert decide(again, history=[past(closed, received=received)]).repeat.state == state


def test_a_call_while_the_case_is_open_is_merged_and_keeps_its_clocks() -> None:
    """The clocks run from the first call: Monday 09:00 + 2 days is Wednesday, not Thursday."""
    decision = decide("2026-03-03 09:00", history=[past(None, received="2026-03-02 09:00")])
    assert (decision.repeat.state, decision.repeat.of) == ("merged", "P-1")
    due = decision.duty("closure").due
    assert due is not None
    assert due.isoformat() == "2026-03-04T16:30:00+08:00"


@pytest.mark.parametrize(
    ("before", "level", "capped"), [("general", "intermediate", False), ("intermediate", "strong", False), ("strong", "strong", True)]
)
def test_a_repeat_is_raised_above_the_level_of_the_last(before: str, level: str, *, capped: bool) -> None:
    """Mild facts alone would give the lowest level; a repeat is never below the raised one, and the highest caps it."""
    decision = decide("2026-03-10 09:00", history=[past("2026-03-01 09:00", level=before)], facts=MILD)
    assert (decision.level, decision.repeat.at_cap) == (level, capped)


def test_own_facts_may_stand_above_the_raised_level() -> None:
    """Strong on its own facts stays strong after a general complaint."""
    strong = {"deficiency": "severe", "high_claim": True}
    assert decide("2026-03-10 09:00", history=[past("2026-03-01 09:00")], facts=strong).level == "strong"


def test_a_chain_is_counted() -> None:
    """Each was closed within a month before the next came."""
    chain = [
        past("2026-01-20 09:00", name="P-1", received="2026-01-05 09:00"),
        past("2026-02-10 09:00", name="P-2", received="2026-02-01 09:00", level="intermediate"),
    ]
    decision = decide("2026-03-05 09:00", history=chain, facts=MILD)
    assert (decision.repeat.of, decision.repeat.count, decision.level) == ("P-2", 2, "strong")


def test_a_reading_raises_from_the_first_of_the_chain() -> None:
    """Under the other reading the first link's level counts: general, so intermediate."""
    variant = policy().replace({"readings.raise_from.take": "first"}, name="raised from the first")
    chain = [
        past("2026-01-20 09:00", name="P-1", received="2026-01-05 09:00"),
        past("2026-02-10 09:00", name="P-2", received="2026-02-01 09:00", level="intermediate"),
    ]
    assert variant.decide(complaint("2026-03-05 09:00", facts=MILD), history=chain).level == "intermediate"


def test_a_missing_history_is_not_an_empty_one() -> None:
    """With nobody having looked, the level may still be raised, and a question says so."""
    decision = decide(facts=MILD, history=None)
    assert decision.repeat.state == "not_examined"
    assert decision.possible("repeat") == ("new", "merged", "again")
    assert decision.possible("level") == ("general", "intermediate", "strong")
    assert [question.fact for question in decision.questions if "level" in question.blocks] == ["history"]
    assert decide(facts=MILD, history=()).level == "general"


def test_an_earlier_case_without_a_level_leaves_the_raised_level_open() -> None:
    """It is a repeat; from which level it is raised is asked."""
    decision = decide("2026-03-10 09:00", history=[past("2026-03-01 09:00", level=None)], facts=MILD)
    assert (decision.repeat.state, decision.repeat.count, decision.level) == ("again", 1, None)
    assert decision.possible("level") == ("intermediate", "strong")
    assert "history.level" in {question.fact for question in decision.questions}


def test_without_earlier_cases_an_unknown_subject_does_not_matter() -> None:
    """Whatever the subject is, nothing can repeat."""
    assert decide(subject=None, history=()).repeat.state == "new"


def test_an_unknown_subject_leaves_a_possible_repeat_open() -> None:
    """The earlier case of this customer may be about the same problem."""
    decision = decide("2026-03-10 09:00", subject=None, history=[past("2026-03-01 09:00")])
    assert decision.repeat.state == "not_examined"
    assert decision.possible("repeat") == ("new", "again")
    assert "subject" in {question.fact for question in decision.questions}


def test_another_problem_is_no_repeat() -> None:
    """The key is customer, category and subject."""
    assert decide("2026-03-10 09:00", history=[past("2026-03-01 09:00", subject="door")]).repeat.state == "new"


def test_the_query_finds_what_the_decision_needs() -> None:
    """Asking a database with the query gives the same decision as giving it everything."""
    cases = cl.History(
        (past("2025-01-20 09:00", name="old", received="2025-01-02 09:00"), past("2026-03-01 09:00"), past(None, name="x", subject="door"))
    )
    asked = policy().repeat_query(complaint("2026-03-10 09:00"))
    assert asked is not None
    assert [case.id for case in cases.find(asked)] == ["P-1"]
    assert decide("2026-03-10 09:00", history=cases.find(asked)).repeat.of == decide("2026-03-10 09:00", history=cases).repeat.of == "P-1"


def test_an_unknown_level_in_the_history_is_a_problem() -> None:
    """A raised level would rest on it."""
    with pytest.raises(cl.InvalidComplaint) as caught:
        decide("2026-03-10 09:00", history=[past("2026-03-01 09:00", level="genral")])
    assert [(problem.code, problem.suggestion) for problem in caught.value.problems] == [("unknown_choice", "general")]


def test_a_repeat_does_not_fill_what_the_text_leaves_without_a_level() -> None:
    """A slight complaint that cannot be removed quickly has no level in the text; it might lie above the raised one."""
    slight = {**MILD, "quickly_removable": False}
    decision = decide("2026-03-10 09:00", history=[past("2026-03-01 09:00")], facts=slight)
    assert decision.level is None
    assert decision.outcome("level").status == "unspecified_by_source"
    # At the cap there is nothing above.
    assert decide("2026-03-10 09:00", history=[past("2026-03-01 09:00", level="intermediate")], facts=slight).level == "strong"


def test_a_complaint_is_not_an_earlier_case_of_itself() -> None:
    """A CRM often stores the ticket before it asks."""
    stored = past(None, name="T-1", received="2026-03-10 09:00")
    assert decide("2026-03-10 09:00", history=[stored]).repeat.state == "new"


def test_an_unknown_category_in_the_history_is_a_problem() -> None:
    """It would hide a repeat."""
    with pytest.raises(cl.InvalidComplaint) as caught:
        decide("2026-03-10 09:00", history=[past("2026-03-01 09:00", category="product_qualty")])
    assert [(problem.path[-1], problem.suggestion) for problem in caught.value.problems] == [("category", "product_quality")]


@pytest.mark.parametrize("history", ["none", 0, False, [{"id": "x"}], [None], past(None)])
def test_what_is_no_history_is_a_problem(history: Any) -> None:
    """Text, numbers, plain data and a single case are told from a sequence of cases."""
    with pytest.raises(cl.InvalidComplaint, match="a sequence of PastCase"):
        decide(history=history)


def test_the_reason_leads_with_the_clause_of_the_setting_that_decided() -> None:
    """Merged while open by 3.6a, a repeat within a month by 3.6b, raised by 3.6c; what came too late is new by the month."""
    merged = decide("2026-03-10 09:00", history=[past(None)]).repeat.reason
    again = decide("2026-03-10 09:00", history=[past("2026-03-01 09:00")], facts=MILD)
    late = decide("2026-05-10 09:00", history=[past("2026-03-01 09:00")]).repeat.reason
    assert (merged.clause.id, merged.rules) == ("000/3.6a", ("repeats.while_open", "repeats.same", "repeats"))
    assert (again.repeat.reason.clause.id, again.repeat.reason.rules) == ("000/3.6b", ("repeats.window", "repeats.same", "repeats"))
    assert again.why("level").clause.id == "000/3.6c"
    assert (late.clause.id, late.rules) == ("000/3.6b", ("repeats.window", "repeats"))
    assert decide(history=[]).repeat.reason.rules == ("repeats",)


@pytest.mark.parametrize(
    ("clock", "window", "last", "first_after"),
    [
        ("{calendar: none, day_ends: same_time}", "1 month", "2026-03-15 10:00:00", "2026-03-15 10:00:01"),
        ("{calendar: none, last_day: not_counted}", "1 month", "2026-03-14 23:59:59", "2026-03-15 00:00:00"),
        # Three working days after Sunday 15 February 2026, the first day of Spring Festival, end with Thursday 26.
        ("{calendar: cn_office}", "3 working days", "2026-02-26 23:59:59", "2026-02-27 00:00:00"),
    ],
)
def test_a_window_can_run_on_a_clock(clock: str, window: str, last: str, first_after: str) -> None:
    own = cl.Policy.from_text(
        "policy: own\nedition: '1'\ntitle: {en: Own}\ntimezone: Asia/Shanghai\nfacts: {category: {type: text}}\n"
        f"clocks: {{w: {clock}}}\nrepeats: {{same: [customer, category, subject], window: {window}, clock: w, cite: c}}\n",
        name="own.yaml",
    )
    earlier = [past("2026-02-15 10:00", level=None)]
    assert own.decide(complaint(last), history=earlier).repeat.state == "again"
    assert own.decide(complaint(first_after), history=earlier).repeat.state == "new"


def test_who_cannot_repeat_asks_for_no_history() -> None:
    """Without a look at earlier cases a letter is new where only calls repeat; a call is not examined."""
    calls = policy().replace({"readings.calls.take": "telephone_only"}, name="calls")
    assert calls.decide(complaint(channel="letter"), history=None).repeat.state == "new"
    assert calls.decide(complaint(channel="telephone"), history=None).repeat.state == "not_examined"
    unknown = calls.decide(complaint(), history=[past("2026-03-01 09:00")]).repeat
    assert (unknown.state, unknown.possible, unknown.reason.missing) == ("not_examined", ("new", "again"), ("channel",))
    assert calls.decide(complaint(), history=[]).repeat.state == "new"
