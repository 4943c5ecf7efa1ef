"""Deciding a stream: whatever is in a row, it is decided or set aside; and what later rows see of earlier ones."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closedloop as cl
from closedloop.cli.past_cases import read_history
from closedloop.cli.stream import DecidedStream, decide_stream
from closedloop.complaint_files import Rejected, parse_complaints
from tests.cli.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)
KEYS = ["id", "received_at", "closed_at", "incident_at", "customer", "category", "claim", "facts", "ill", "text", "timezone", "level", "x"]
GOOD = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["A", "B", "C"]),
        "received_at": st.sampled_from(["2026-03-02T10:00:00", "2026-03-02T10:00:00+08:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59"]),
        "closed_at": st.sampled_from(["2026-03-03T10:00:00", "2026-01-01T00:00:00", "soon", "9999-12-31T23:59:59-12:00"]),
        "customer": st.sampled_from(["C-1", "C-2"]),
        "category": st.sampled_from(["food", "manners", "fod"]),
        "ill": st.sampled_from(["yes", "no", True, False, "perhaps"]),
    },
)


@cache
def shop() -> cl.Policy:
    return cl.Policy.from_text(POLICY)


def decided(*rows: object) -> DecidedStream:
    file = parse_complaints("\n".join(json.dumps(row) for row in rows), name="rows.jsonl")
    return decide_stream(shop(), file, timezone="Asia/Shanghai", history="stream")


def row(name: str, received: str, **more: object) -> dict[str, object]:
    return {"id": name, "received_at": received, "customer": "C-1", "category": "food", "facts": {"ill": False}} | more


def repeats(stream: DecidedStream) -> dict[str, tuple[str, str | None]]:
    return {each.decision.complaint.id: (each.decision.repeat.state, each.decision.repeat.of) for each in stream.decided}


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6) | GOOD, max_size=4))
def test_every_row_is_decided_or_set_aside(rows: list[dict[str, object]]) -> None:
    stream = decided(*rows)
    assert sorted([*(each.row.number for each in stream.decided), *(each.number for each in stream.set_aside)]) == list(range(1, len(rows) + 1))
    assert all(each.problems for each in stream.set_aside)


@settings(deadline=None, max_examples=30)
@given(
    st.permutations(
        [row("A", "2026-03-02T10:00:00", closed_at="2026-03-03T10:00:00"), row("B", "2026-03-02T11:00:00"), row("C", "2026-03-04T10:00:00")]
    )
)
def test_the_order_of_the_file_does_not_matter(rows: list[dict[str, object]]) -> None:
    assert repeats(decided(*rows)) == {"A": ("new", None), "B": ("merged", "A"), "C": ("again", "A")}


def test_a_call_merged_into_a_case_is_no_case_of_its_own() -> None:
    """B merges into A and is never closed; C comes after A was closed, and finds no open case."""
    stream = decided(
        row("A", "2026-03-02T10:00:00", closed_at="2026-03-03T10:00:00"), row("B", "2026-03-02T11:00:00"), row("C", "2026-03-03T11:00:00")
    )
    assert repeats(stream)["C"] == ("again", "A")


def test_what_is_no_complaint_is_not_repeated() -> None:
    """Under document 000 whoever seeks neither explanation nor compensation does not complain."""
    known = {"customer": "C-1", "subject": "battery", "category": "finance", "dissatisfied": True}
    rows = [
        {"id": "A", "received_at": "2026-03-02T10:00:00", "seeks": "neither", **known},
        {"id": "B", "received_at": "2026-03-02T11:00:00", "seeks": "explanation", **known},
    ]
    file = parse_complaints(json.dumps(rows), name="rows.json")
    stream = decide_stream(cl.load_policy("chery_nev"), file, timezone="Asia/Shanghai", history="stream")
    assert repeats(stream)["B"] == ("new", None)


@pytest.mark.parametrize(
    ("closed_at", "code"),
    [("2026-03-01T10:00:00", "closed_before_received"), ("2026-03-03", "wrong_type"), (7, "wrong_type"), ("2026-03-03T25:00:00", "wrong_type")],
)
def test_a_closing_that_cannot_be_is_a_problem(closed_at: object, code: str) -> None:
    (aside,) = decided(row("A", "2026-03-02T10:00:00", closed_at=closed_at)).set_aside
    assert [(problem.code, problem.path) for problem in aside.problems] == [(code, ("closed_at",))]


def test_a_wall_time_that_happens_twice_is_a_problem() -> None:
    """In New York the clocks go back on 2025-11-02 at two."""
    file = parse_complaints(json.dumps([row("A", "2025-11-01T10:00:00", closed_at="2025-11-02T01:30:00")]), name="rows.json")
    (aside,) = decide_stream(shop(), file, timezone="America/New_York", history="stream").set_aside
    assert "happens twice" in aside.problems[0].expected


@pytest.mark.parametrize(
    ("past", "message"),
    [
        ({"received_at": "2026-02-01T10:00:00", "customer": "C-1", "category": "food"}, "id: found nothing"),
        ({"id": "P", "customer": "C-1", "category": "food"}, "received_at: found nothing"),
        ({"id": " ", "received_at": "2026-02-01T10:00:00", "customer": "C-1", "category": "food"}, "id: found nothing"),
        ({"id": "P", "received_at": "2026-02-01T10:00:00", "key": "C-1"}, "key: found str"),
        ({"id": "P", "received_at": "2026-02-01T10:00:00", "customer": "C-1", "categry": "food"}, "did you mean `category`?"),
        ({"id": "P", "received_at": "2026-02-01T10:00:00", "customer": "C-1", "category": "fod"}, "key.category: found `fod`"),
        ({"id": "P", "received_at": "2026-02-01T10:00:00", "customer": "C-1", "category": "food", "level": "majr"}, "level: found `majr`"),
        (
            {"id": "P", "received_at": "2026-02-01T10:00:00", "closed_at": "2026-01-01T10:00:00", "customer": "C-1", "category": "food"},
            "before receipt",
        ),
    ],
)
def test_a_past_case_that_cannot_be_read_says_why(past: dict[str, object], message: str, tmp_path: Path) -> None:
    path = tmp_path / "past.json"
    path.write_text(json.dumps([past]), "utf-8")
    cases, aside = read_history(str(path), shop(), timezone="Asia/Shanghai")
    assert cases == ()
    assert any(message in str(problem) for problem in aside[0].problems)


def test_the_key_of_a_past_case_stands_in_columns_or_under_key(tmp_path: Path) -> None:
    key = {"customer": "C-1", "category": "food"}
    cases, _ = past(tmp_path, {"id": "P", "received_at": "2026-02-01T10:00:00", **key}, {"id": "Q", "received_at": "2026-02-01T10:00:00", "key": key})
    assert [case.key for case in cases] == [key, key]


TYPED = {
    "tables:\n": "  pieces: {type: number, zh: 件数, en: pieces}\n  parts: {type: choice, many: yes, zh: 部件, en: parts,\n"
    "    values: {a: {zh: a, en: a}, b: {zh: b, en: b}}}\n"
    "  seen_at: {type: instant, zh: 时间, en: seen}\ntables:\n",
    "same: [customer, category]": "same: [ill, pieces, parts, seen_at]",
}


@pytest.mark.parametrize(
    ("key", "state"),
    [
        ({"ill": False, "pieces": 5, "parts": ["b", "a"], "seen_at": "2026-02-01T10:00:00"}, "again"),
        ({"ill": "no", "pieces": "5.0", "parts": "a, b", "seen_at": "2026-02-01T02:00:00+00:00"}, "again"),
        ({"ill": "yes", "pieces": "5.0", "parts": "a, b", "seen_at": "2026-02-01T02:00:00+00:00"}, "new"),
        ({"ill": "perhaps", "pieces": "5 of them", "parts": "a", "seen_at": "2026-02-01"}, None),
    ],
)
def test_the_key_of_a_past_case_is_read_as_the_facts_of_a_complaint_are(key: dict[str, object], state: str | None, tmp_path: Path) -> None:
    text = POLICY
    for before, after_it in TYPED.items():
        text = text.replace(before, after_it, 1)
    policy = cl.Policy.from_text(text)
    start = {"id": "P", "received_at": "2026-02-01T10:00:00", "closed_at": "2026-02-20T10:00:00", "level": "minor"}
    cases, aside = past(tmp_path, {**start, **key}, policy=policy)
    facts = {"ill": False, "pieces": 5, "parts": ["a", "b"], "seen_at": "2026-02-01T10:00:00"}
    found = after(cases, row("A", "2026-03-02T10:00:00") | {"facts": facts}, policy=policy)
    if state is None:
        assert [problem.path for problem in aside[0].problems] == [("key", "ill"), ("key", "pieces"), ("key", "seen_at")]
    else:
        assert (aside, [each.decision.repeat.state for each in found.decided]) == ((), [state])


# --- cases given twice ---

A = row("A", "2026-03-02T10:00:00")
B = row("B", "2026-03-02T11:00:00")
#: What the history says of A.
TOLD = {"id": "A", "received_at": "2026-03-02T10:00:00", "closed_at": "2026-03-02T10:30:00", "level": "major", "customer": "C-1", "category": "food"}


def past(folder: Path, *rows: Mapping[str, object], policy: cl.Policy | None = None) -> tuple[tuple[cl.PastCase, ...], tuple[Rejected, ...]]:
    path = folder / "past.json"
    path.write_text(json.dumps(rows), "utf-8")
    return read_history(str(path), policy or shop(), timezone="Asia/Shanghai")


def after(cases: tuple[cl.PastCase, ...], *rows: object, policy: cl.Policy | None = None) -> DecidedStream:
    file = parse_complaints(json.dumps(rows), name="rows.json")
    return decide_stream(policy or shop(), file, timezone="Asia/Shanghai", history="stream", earlier=cases)


def problems(stream: DecidedStream) -> dict[str | None, list[tuple[str, tuple[str | int, ...]]]]:
    return {each.id: [(problem.code, problem.path) for problem in each.problems] for each in stream.set_aside}


@pytest.mark.parametrize("theirs", [TOLD, TOLD | {"received_at": "2026-03-02T02:00:00+00:00"}])
def test_of_a_case_in_stream_and_history_later_rows_are_told_what_the_history_says(theirs: dict[str, object], tmp_path: Path) -> None:
    """The stream does not say that A was closed before B came, and decides that A is minor; the history knows better."""
    cases, _ = past(tmp_path, theirs)
    stream = after(cases, A, B)
    assert (stream.set_aside, repeats(stream)) == ((), {"A": ("new", None), "B": ("again", "A")})
    assert [str(each.decision.level) for each in stream.decided] == ["minor", "major"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"received_at": "2026-03-02T10:01:00"}, ("received_at",)),
        ({"customer": "C-2"}, ("customer",)),
        ({"category": "manners"}, ("category",)),
        ({"closed_at": None}, ("closed_at",)),
        ({"closed_at": "2026-03-02T10:40:00"}, ("closed_at",)),
    ],
)
def test_a_row_that_contradicts_the_history_is_set_aside_and_the_history_stands(
    change: dict[str, object], path: tuple[str, ...], tmp_path: Path
) -> None:
    cases, _ = past(tmp_path, TOLD | change)
    stream = after(cases, A | {"closed_at": "2026-03-02T10:30:00"}, B)
    assert problems(stream) == {"A": [("given_twice", path)]}
    known = change.keys() <= {"received_at", "closed_at"}
    assert repeats(stream)["B"][1] == ("A" if known else None)


@pytest.mark.parametrize(("theirs", "problem"), [("yes", [("given_twice", ("facts", "ill"))]), ("no", None), (None, None)])
def test_facts_of_a_case_in_stream_and_history_must_agree_where_both_state_them(
    theirs: str | None, problem: list[tuple[str, tuple[str, ...]]] | None, tmp_path: Path
) -> None:
    count = "  before: {count: received, same: [customer], zh: 次数, en: complaints}\ntables:\n"
    counting = cl.Policy.from_text(POLICY.replace("tables:\n", count, 1).replace("{ill: yes}", "{before: '>= 3'}"))
    cases, _ = past(tmp_path, TOLD | {"ill": theirs}, policy=counting)
    assert problems(after(cases, A, policy=counting)) == ({"A": problem} if problem else {})


def test_a_case_that_stands_twice_in_a_history_is_one(tmp_path: Path) -> None:
    cases, aside = past(tmp_path, TOLD, TOLD | {"received_at": "2026-03-02T02:00:00+00:00"})
    assert ([case.id for case in cases], aside) == (["A"], ())


def test_rows_of_a_history_that_say_different_things_of_one_case_are_named(tmp_path: Path) -> None:
    _, (aside,) = past(tmp_path, TOLD, TOLD | {"level": "minor"})
    assert [(problem.code, problem.path) for problem in aside.problems] == [("duplicate_id", ("id",))]
    assert "which says something else of that case" in str(aside.problems[0])
    assert (aside.number, aside.id) == (2, "A")
