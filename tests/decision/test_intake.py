"""The way in for JSON and forms: text is read, and every problem is reported at once with a code, a path and a suggestion."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closedloop as cl
from closedloop.errors import UnknownTimezone
from tests.decision.chery import at, policy

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD: dict[str, Any] = {"id": "T-9", "received_at": "2026-02-13T10:00:00+08:00", "category": "product_quality"}


def problems(data: Any, **options: Any) -> list[tuple[str, tuple[str | int, ...], str | None]]:
    """Return code, path and suggestion of each problem."""
    with pytest.raises(cl.InvalidComplaint) as caught:
        policy().complaint(data, **options)
    return [(problem.code, problem.path, problem.suggestion) for problem in caught.value.problems]


def test_the_forms_text_is_read() -> None:
    """Yes/no, amounts and naive local time come as text from a form."""
    raw = {**GOOD, "received_at": "2026-02-13 10:00", "claim": "500.50 CNY", "facts": {"loss": "large", "high_claim": "yes"}, "seeks": "explanation"}
    read = policy().complaint(raw, assume_timezone="Asia/Shanghai")
    assert read.received_at == at("2026-02-13 10:00")
    assert read.claim == cl.Money.parse("500.50 CNY")
    assert read.facts == {"loss": "large", "high_claim": True, "seeks": "explanation"}


def test_all_problems_at_once() -> None:
    """A misspelt key, a misspelt choice, a missing zone and a null are told together."""
    raw = {"id": "T-9", "received_at": "2026-02-13T10:00:00", "categry": "product_quality", "facts": {"loss": "larg", "high_claim": None}}
    assert problems(raw) == [
        ("naive_datetime", ("received_at",), None),
        ("null_fact", ("facts", "high_claim"), None),
        ("unknown_key", ("categry",), "category"),
        ("unknown_choice", ("facts", "loss"), "large"),
    ]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"received_at": None}, "missing_key", ("received_at",)),
        ({"id": None}, "missing_key", ("id",)),
        ({"received_at": "yesterday"}, "wrong_type", ("received_at",)),
        ({"received_at": "2026-02-13"}, "date_without_time", ("received_at",)),
        ({"received_at": date(2026, 2, 13)}, "date_without_time", ("received_at",)),
        ({"received_at": 1}, "wrong_type", ("received_at",)),
        ({"customer": 3.5}, "wrong_type", ("customer",)),
        ({"customer": " "}, "empty", ("customer",)),
        ({"claim": "a lot"}, "wrong_type", ("claim",)),
        ({"claim": "5 EUR"}, "wrong_currency", ("claim",)),
        ({"category": "product_qualty"}, "unknown_choice", ("category",)),
        ({"category": "None"}, "reserved_word", ("category",)),
        ({"proxy": "neighbour"}, "unknown_choice", ("proxy",)),
        ({"facts": {"high_claim": "maybe"}}, "wrong_type", ("facts", "high_claim")),
        ({"facts": {"high_claim": 1}}, "wrong_type", ("facts", "high_claim")),
        ({"facts": {"los": "large"}}, "unknown_key", ("facts", "los")),
        ({"facts": {"level": "strong"}}, "computed_fact", ("facts", "level")),
        ({"facts": {"measures": "called"}}, "too_early", ("facts", "measures")),
        ({"facts": {"category": "finance"}}, "misplaced_fact", ("facts", "category")),
        ({"facts": ["loss"]}, "wrong_type", ("facts",)),
        ({"facts": []}, "wrong_type", ("facts",)),
        ({"claim": {"amount": "1", "currency": "CNY", "x": 1}}, "wrong_type", ("claim",)),
        ({"proxy": "lawyer", "facts": {"complainant": "media"}}, "given_twice", ("proxy",)),
        ({"customer": "C\ud800"}, "not_text", ("customer",)),
        ({"facts": {"loss": "small"}, "loss": "small"}, "given_twice", ("loss",)),
        ({"loss": "big"}, "unknown_choice", ("loss",)),
        ({"los": "small"}, "unknown_key", ("los",)),
        ({"high_claim": "maybe"}, "wrong_type", ("high_claim",)),
        ({"loss": None}, "null_fact", ("loss",)),
        ({"loss": ""}, "empty", ("loss",)),
        ({"level": "strong"}, "computed_fact", ("level",)),
        ({"measures": "called"}, "too_early", ("measures",)),
    ],
)
def test_each_kind_of_problem(change: dict[str, Any], code: str, path: tuple[str, ...]) -> None:
    """Every fault has a stable code and leads to its place."""
    assert [(found[0], found[1]) for found in problems({**GOOD, **change})] == [(code, path)]


def test_problems_with_facts_beside_the_keys_and_under_facts_keep_their_places() -> None:
    """Of what is given twice the fault under `facts` is told as well."""
    mixed = {**GOOD, "facts": {"loss": "bog"}, "high_claim": "maybe", "los": "small"}
    assert {found[:2] for found in problems(mixed)} == {
        ("unknown_choice", ("facts", "loss")),
        ("wrong_type", ("high_claim",)),
        ("unknown_key", ("los",)),
    }
    twice = {**GOOD, "facts": {"loss": "bog"}, "loss": "small"}
    assert {found[:2] for found in problems(twice)} == {("given_twice", ("loss",)), ("unknown_choice", ("facts", "loss"))}


@pytest.mark.parametrize("read", [lambda zone: policy().complaint(GOOD, assume_timezone=zone), lambda zone: policy().event({}, assume_timezone=zone)])
@pytest.mark.parametrize(("zone", "meant"), [("Asia/Shangai", "Asia/Shanghai"), ("Shanghai", "Asia/Shanghai"), ("", None), ("../etc/passwd", None)])
def test_a_zone_to_assume_that_does_not_exist_is_an_error_of_its_own(read: Callable[[str], object], zone: str, meant: str | None) -> None:
    with pytest.raises(UnknownTimezone, match=r"there is no time zone") as caught:
        read(zone)
    assert getattr(caught.value, "suggestion", None) == meant


def test_a_policy_and_a_variant_of_it_are_shown_in_short() -> None:
    variant = policy().replace({"clocks.closing_day.date_only": "cutoff"}, name="bare dates")
    assert repr(policy()) == "Policy('chery_nev', edition='1')"
    assert repr(variant) == "Policy('chery_nev', edition='1', name='bare dates')"


def test_a_local_time_that_does_not_exist_is_a_problem() -> None:
    """In New York 2026-03-08 02:30 was skipped."""
    assert problems({**GOOD, "received_at": "2026-03-08 02:30"}, assume_timezone="America/New_York")[0][0] == "no_such_instant"


def test_a_bare_date_is_read_where_the_policy_says_how() -> None:
    """With `date_only: cutoff` a date counts as 16:30 of that day."""
    variant = policy().replace({"clocks.closing_day.date_only": "cutoff"}, name="bare dates")
    assert variant.complaint({**GOOD, "received_at": "2026-02-13"}).received_at == at("2026-02-13 16:30")


def test_decide_checks_a_complaint_built_by_hand() -> None:
    """Facts of a complaint that did not come through `policy.complaint` are checked all the same; text is no yes or no."""
    built = cl.Complaint(id="T-1", received_at=at("2026-03-02 09:00"), facts={"high_claim": "yes", "los": "x"})
    with pytest.raises(cl.InvalidComplaint) as caught:
        policy().decide(built, history=())
    assert {problem.code for problem in caught.value.problems} == {"wrong_type", "unknown_key"}


def test_problems_are_data() -> None:
    """A form can show them."""
    with pytest.raises(cl.InvalidComplaint) as caught:
        policy().complaint({**GOOD, "facts": {"loss": "larg"}})
    assert caught.value.problems[0].as_dict() == {
        "code": "unknown_choice",
        "path": ["facts", "loss"],
        "found": "larg",
        "expected": "one of no_loss, small, large, very_large",
        "suggestion": "large",
    }


def test_the_request_model_knows_the_policys_choices() -> None:
    """The schema of a request body lists the facts asked at intake and their values."""
    schema = policy().complaint_model().model_json_schema()
    facts = schema["$defs"]["Facts"]["properties"]
    assert facts["loss"]["anyOf"][0]["enum"] == ["no_loss", "small", "large", "very_large"]
    assert "measures" not in facts
    assert schema["additionalProperties"] is False


plain = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.dates() | st.datetimes() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["id", "received_at", "incident_at", "customer", "category", "claim", "facts", "text", "loss", "high_claim", "closing_limit", "proxy"]


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), plain, max_size=6), st.booleans())
def test_whatever_comes_in_gives_a_complaint_or_problems(data: dict[str, Any], complete: bool) -> None:
    """No data raises anything but the library's own error, neither on the way in nor when decided."""
    with suppress(cl.InvalidComplaint):
        read = policy().complaint({**GOOD, **data} if complete else data)
        policy().decide(read, history=None).record()


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(["loss", "high_claim", "complainant", "seeks", "text", "level", "round"]) | st.text(max_size=5), plain))
def test_whatever_facts_come_in_give_a_complaint_or_problems(facts: dict[str, Any]) -> None:
    """The same for the facts."""
    with suppress(cl.InvalidComplaint):
        policy().complaint({**GOOD, "facts": facts})


def test_plain_data_is_no_complaint_yet() -> None:
    """The message says how it becomes one."""
    data: Any = GOOD
    for ask in (lambda: policy().decide(data, history=()), lambda: policy().repeat_query(data), lambda: policy().open_case(data, history=())):
        with pytest.raises(cl.InvalidComplaint, match=r"policy\.complaint"):
            ask()


def test_a_calendar_that_no_clock_names_is_refused() -> None:
    """A misspelt one would be passed over."""
    mine = cl.BusinessCalendar.country("CN", hours={"mon-fri": [("09:00", "17:00")]}, timezone="Asia/Shanghai")
    with pytest.raises(cl.UnknownCalendar, match="did you mean `cn_office`"):
        cl.load_policy("chery_nev", calendars={"cn_ofice": mine})
    no_calendar: Any = "x"
    with pytest.raises(cl.InvalidValue, match="give a BusinessCalendar"):
        cl.load_policy("chery_nev", calendars={"cn_office": no_calendar})
