"""Whatever is given to the loader, it loads or says what is wrong: no other exception, and no document that costs more than its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from closedloop.errors import InvalidPolicy
from closedloop.policy.changes import replace
from closedloop.policy.checking import check
from closedloop.policy.loading import packaged_policies, read_text
from tests.policy.samples import WHOLE, load

if TYPE_CHECKING:
    from closedloop.policy.loading import Loaded

CHERY = (packaged_policies() / "chery_nev.yaml").read_text(encoding="utf-8")
SAMPLE = load(WHOLE)
#: Pieces that mean something to YAML or to the format.
PIECES = st.sampled_from(
    [
        *"{}[],:#&*!|>'\"%@`~-? \n\t",
        *("unset", "promptly", "any", "yes", "null", "~", "<<", "2 days", ">= 4", "10..<20", "closed", "closure.late", "category", "text"),
        *("{not: x}", "[a, b]", "&a x", "*a", "!!int 1", "\x00", "\ud800", "﻿", "1e999999999", "9999999 years", "../../etc"),
    ]
)
WORDS = st.one_of(PIECES, st.text(max_size=12))
DATA = st.recursive(WORDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=8)
SECTIONS = (
    *("parties", "facts", "events", "records", "clocks", "tables", "repeats", "rounds", "duties", "routines", "gates", "targets"),
    *("readings", "extends", "remove", "in_force", "title", "policy", "edition", "currency", "timezone", "clauses", "source"),
)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def try_to_load(text: str | bytes) -> Loaded | None:
    """Load, or be told why not in findings with places."""
    try:
        loaded = read_text(text, "fuzz.yaml")
    except InvalidPolicy as refusal:
        told(refusal)
        return None
    check(loaded)
    return loaded


def told(refusal: InvalidPolicy) -> None:
    """Hold that a refusal says why, each reason in one line."""
    assert refusal.findings
    assert all(finding.message and "\n" not in str(finding) for finding in refusal.findings)


@MANY
@given(st.text())
def test_any_text(text: str) -> None:
    try_to_load(text)


@MANY
@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    try_to_load(data)


@MANY
@given(st.data())
def test_a_real_policy_with_a_piece_put_in(data: st.DataObject) -> None:
    """A cut and a stray piece anywhere in the packaged policy."""
    start = data.draw(st.integers(0, len(CHERY)))
    end = min(len(CHERY), start + data.draw(st.integers(0, 30)))
    try_to_load(CHERY[:start] + data.draw(WORDS) + CHERY[end:])


@MANY
@given(st.data())
def test_a_real_policy_with_a_line_changed(data: st.DataObject) -> None:
    """A line of the packaged policy taken out, doubled, or given another value."""
    lines = CHERY.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    key = lines[number].split(":")[0]
    lines[number : number + 1] = data.draw(st.sampled_from([[], [lines[number]] * 2, [f"{key}: "], [f"{key}: unset"], [f"{key}: [x]"]]))
    try_to_load("\n".join(lines))


@MANY
@given(st.data())
def test_any_value_at_any_path(data: st.DataObject) -> None:
    """A change puts nested data where anything else was meant."""
    path = data.draw(st.sampled_from(SAMPLE.paths()))
    try:
        check(replace(SAMPLE, {path: data.draw(DATA)}, "fuzz"))
    except InvalidPolicy as refusal:
        told(refusal)


@MANY
@given(st.dictionaries(st.sampled_from(SECTIONS), DATA, max_size=6))
def test_any_tree_under_known_sections(sections: dict[str, object]) -> None:
    """Nested data under the keys of the format."""
    try:
        replace(SAMPLE, {key: value for key, value in sections.items() if key not in {"policy", "extends", "remove"}}, "fuzz")
    except InvalidPolicy as refusal:
        told(refusal)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000,
        "a: &a [" + "x, " * 1000 + "]\nb: [" + "*a, " * 1000 + "]",
        "? " * 10_000,
        '"' + "\\u0000" * 100 + '"',
        '"\\U00110000"',
        "%YAML 9.9\n---\na: b",
        "%YAML 99999999999999999999.1\n---\na: b",
        "a: !!python/object/apply:os.system [ls]",
        "x" * 2_000_000,
        "a:\n" + "".join(f"{' ' * depth}a:\n" for depth in range(1, 200)),
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text(text: str) -> None:
    """Depth, aliases, escapes and tags that have brought other readers down."""
    assert try_to_load(text) is None
