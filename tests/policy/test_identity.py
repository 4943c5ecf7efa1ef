"""The hash of a policy: what a document means has one, however it is written down."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from closedloop.policy.identity import canonical
from closedloop.policy.loading import read_policy, read_text
from closedloop.policy.tree import plain
from tests.policy.samples import HEAD, WHOLE, load, model

if TYPE_CHECKING:
    import random

SAMPLE = load(WHOLE)


def shuffled(data: object, order: random.Random, path: tuple[str, ...] = ()) -> object:
    """Put the keys of all rows in another order; the values of a fact and the title keep theirs."""
    if not isinstance(data, dict) or path[-1:] == ("values",) or path == ("title",):
        return data
    keys = list(data)
    order.shuffle(keys)
    return {key: shuffled(data[key], order, (*path, key)) for key in keys}


def test_the_hash_is_of_the_canonical_json() -> None:
    """Keys sorted, no spaces, ASCII; the title and the values of a fact as pairs, for their order means something."""
    loaded = load('policy: a\nedition: "1"\ntitle: {zh: 样, en: b}\nfacts: {f: {values: {y: 甲, x: b}, type: choice}}\n')
    text = r'{"edition":"1","facts":{"f":{"type":"choice","values":[["y","\u7532"],["x","b"]]}},"policy":"a","title":[["zh","\u6837"],["en","b"]]}'
    assert canonical(loaded.source) == text
    assert loaded.model.hash == hashlib.sha256(text.encode()).hexdigest()


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_rows_does_not_count(order: random.Random) -> None:
    text = yaml.safe_dump(shuffled(plain(SAMPLE.source), order), allow_unicode=True, sort_keys=False)
    assert model(text).hash == SAMPLE.model.hash


def test_formatting_and_comments_do_not_count() -> None:
    """Block style and flow style, quotes, comments and blank lines."""
    block = WHOLE.replace("targets:\n  closing: {among", "# what we are after\n\ntargets:\n  'closing':   {\"among\"")
    assert block != WHOLE
    assert model(block).hash == SAMPLE.model.hash


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("then: 2 days", "then: 3 days"),
        ("[none_at_all, small, large]", "[small, none_at_all, large]"),
        ("{goods: 货物, service: {zh: 服务, en: service}}", "{service: {zh: 服务, en: service}, goods: 货物}"),
        ("take: calendar", "take: thirty"),
        ("{window: 30 days}", "{window: 31 days}"),
        ("{zh: 样例, en: Sample}", "{en: Sample, zh: 样例}"),
    ],
)
def test_what_means_something_counts(before: str, after: str) -> None:
    """The order of values, also unordered ones, and choices that are not in force among it."""
    assert before in WHOLE
    assert model(WHOLE.replace(before, after)).hash != SAMPLE.model.hash


def test_writing_and_reading_back() -> None:
    """The base and the changes are merged in; the choice in force stays a choice."""
    own = read_text('policy: own\nedition: "1"\nextends: chery_nev\ntitle: {en: Own}\nremove: [duties.overdue]\n')
    again = read_text(own.to_yaml())
    assert again.source.child("extends") is None
    assert again.model == own.model
    assert read_text(read_policy("chery_nev").to_yaml()).model == read_policy("chery_nev").model


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_words_survive_writing(words: str) -> None:
    """Whatever YAML might take them for."""
    first = load(HEAD + yaml.safe_dump({"source": {"words": words}}, allow_unicode=True))
    again = read_text(first.to_yaml())
    assert (again.model.source, again.model.hash) == ({"words": words}, first.model.hash)


def test_the_hash_is_the_same_everywhere() -> None:
    """A known answer: the sha256 of this document's canonical form does not depend on the machine."""
    text = '{"currency":"CNY","edition":"1","policy":"sample","title":[["zh","\\u6837\\u4f8b"],["en","Sample"]]}'
    assert model(HEAD).hash == hashlib.sha256(text.encode()).hexdigest()
