"""Past cases and histories as a host gives them, and what is wrong with those that are refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import closedloop as cl
from tests.decision.chery import at, past

GOOD: dict[str, Any] = {"id": "P-1", "key": {"customer": "C"}, "received_at": "2026-01-05T09:00:00+08:00", "closed_at": None, "level": None}


def test_a_past_case_is_read_from_what_it_writes() -> None:
    """Open and closed, with and without a level."""
    for case in (past("2026-01-31 10:00"), past(None, level=None)):
        assert cl.PastCase.from_dict(case.as_dict()) == case


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key": None}, "wrong_type"),
        ({"received_at": "yesterday"}, "wrong_type"),
        ({"received_at": "2026-01-05T09:00:00"}, "wrong_type"),
        ({"closed_at": "2026-01-04T09:00:00+08:00"}, "closed_before_received"),
        ({"received_at": "0001-01-05T09:00:00+08:00"}, "out_of_range"),
    ],
)
def test_wrong_data_is_a_problem(change: dict[str, Any], code: str) -> None:
    """Each fault has its code."""
    with pytest.raises(cl.InvalidComplaint) as caught:
        cl.PastCase.from_dict({**GOOD, **change})
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_case_without_a_key_is_no_past_case() -> None:
    """What is not there is named."""
    with pytest.raises(cl.InvalidComplaint, match="'received_at'"):
        cl.PastCase.from_dict({name: value for name, value in GOOD.items() if name != "received_at"})


def test_past_cases_built_by_hand_are_checked() -> None:
    """A naive instant, a text in place of one, and a key that is no mapping are told together."""
    wrong: Any = "2026-01-06"
    no_key: Any = "C-7"
    with pytest.raises(cl.InvalidComplaint) as caught:
        cl.PastCase(id="P", key=no_key, received_at=datetime.fromisoformat("2026-01-05 09:00"), closed_at=wrong)
    assert [problem.code for problem in caught.value.problems] == ["naive_datetime", "wrong_type", "wrong_type"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": ["P"]}, ("history", "id")),
        ({"level": {"x": 1}}, ("history", "P", "level")),
        ({"key": {"customer": 7}}, ("history", "P", "key", "customer")),
    ],
)
def test_the_words_of_a_past_case_are_text(change: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(cl.InvalidComplaint) as caught:
        cl.PastCase(**{"id": "P", "key": {}, "received_at": at("2026-01-05 09:00"), **change})
    assert [problem.path for problem in caught.value.problems] == [path]


@pytest.mark.parametrize("text", ["", "{}", "[1]", "[" * 100_000])
def test_what_is_no_history(text: str) -> None:
    """Anything but a JSON list of cases is one clear problem."""
    with pytest.raises(cl.InvalidComplaint, match="a JSON list of past cases"):
        cl.History.from_json(text)


def test_a_history_grows_as_a_value() -> None:
    """Appending gives another history; the first is as it was."""
    empty = cl.History()
    one = empty.append(past("2026-01-31 10:00"))
    assert (len(empty.cases), len(one.cases)) == (0, 1)
    query = cl.RepeatQuery(key=past(None).key, closed_since=at("2026-02-01 00:00"))
    assert one.find(query) == ()
    assert [case.id for case in one.append(past(None, name="P-2")).find(query)] == ["P-2"]
