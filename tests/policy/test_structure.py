"""The keys of the format: unknown, missing and ill-shaped ones are reported in its words, with what may be meant."""

from __future__ import annotations

import pytest

from closedloop.policy.document import Duty, Fact, PolicyDocument, Rule, Table, Title
from closedloop.policy.loading import from_document
from tests.policy.samples import HEAD, WHOLE, load, model, said


def test_every_section_is_read() -> None:
    """The sample has a row in each, and the model holds them all."""
    whole = model(WHOLE)
    sizes = {
        name: len(getattr(whole, name))
        for name in ("parties", "records", "clocks", "tables", "rounds", "duties", "routines", "gates", "targets", "readings")
    }
    assert sizes == {
        "parties": 2, "records": 1, "clocks": 1, "tables": 2, "rounds": 1, "duties": 2, "routines": 1, "gates": 1, "targets": 1, "readings": 1,
    }  # fmt: skip
    assert whole.repeats is not None
    assert {"category", "loss", "in_time", "customer", "remedy"} <= whole.facts.keys()
    assert {"apologised", "received", "closed"} <= whole.events.keys()


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ("dutys: {}", "sample.yaml:5:1: error: `dutys` is not a key of a policy; did you mean `duties`?"),
        ("duties: {a: {do: closed, byy: x, cite: c}}", "sample.yaml:5:26: error: `byy` is not a key of a duty; did you mean `by`?"),
        ("duties: {a: {cite: c}}", "sample.yaml:5:10: error: `do` is missing in a duty; do: the event that fulfils it."),
        ("duties: [a]", "sample.yaml:5:9: error: found a list, expected a mapping of keys to values"),
        ("duties: {a: closed}", "sample.yaml:5:13: error: found `closed`, expected a mapping of keys to values"),
        ("duties: {a: {do: {x: y}, cite: c}}", "sample.yaml:5:18: error: found a mapping, expected a name or a list of names"),
        ("currency: [CNY]", "sample.yaml:5:1: error: `currency` is given twice; the first is in line 4"),
        ("timezone: [x]", "sample.yaml:5:11: error: found a list, expected text"),
        ("clocks: {a: {calendar: none, roll: folowing}}",
         ("sample.yaml:5:36: error: found `folowing`, expected `none` or `following` or `preceding` or `modified_following`; "
          "did you mean `following`?")),
        ("facts: {a: {in_time: {do: closed}}}", "sample.yaml:5:13: error: `within` is missing in `in_time`; within: the limit."),
        ("gates: {closed: {a: {ladder: [{party: x}], cite: c}}}",
         "sample.yaml:5:31: error: `up_to` is missing in a step of a ladder; up_to: up to which amount: money, `any` or `unset`."),
        ("facts: {a: {type: text, labels: {zh: x}}}",
         "sample.yaml:5:25: error: `labels` is not a key here: language tags such as `zh` or `en` stand directly in the row"),
        ("facts: {a: {type: text, zz: x}}",
         ("sample.yaml:5:25: error: `zz` is not a key of a fact; known keys: type, values, other, many, judged_by, at, unit, ask, in_time, took, "
          "in_hours, count, total, compare, clock, same, window, where, with, tolerance")),
    ],
)  # fmt: skip
def test_structural_faults(sections: str, expected: str) -> None:
    assert expected in said(HEAD + sections)


def test_labels_by_language_tag_on_rows_of_any_section() -> None:
    """Tags with a region or a script are labels too."""
    text = WHOLE.replace("reply: {do", "reply: {zh-Hant: 回覆, en-GB: reply, do")
    assert model(text).duties["reply"].label.words == {"zh-Hant": "回覆", "en-GB": "reply"}


def test_languages_are_those_of_the_title_then_the_others() -> None:
    assert model(WHOLE.replace("desk: {zh", "desk: {de: Theke, zh")).languages == ("zh", "en", "de")


@pytest.mark.parametrize("key", ["policy", "edition", "title"])
def test_a_policy_that_extends_nothing_needs_a_head(key: str) -> None:
    text = "\n".join(line for line in WHOLE.splitlines() if not line.startswith(f"{key}:"))
    expected = f"sample.yaml:1:1: error: `{key}` is missing; a policy that extends nothing has `policy`, `edition` and `title`; add `{key}`"
    assert said(text) == [expected]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("policy: sample", "policy: My Policy", "sample.yaml:1:1: error: `My Policy` cannot be the id of a policy; write `my_policy`"),
        ("currency: CNY", "currency: cny", "sample.yaml:4:11: error: found `cny`, expected a currency code, such as `CNY`"),
        ("currency: CNY", "currency: CNY\ntimezone: Asia/Shanghay",
         "sample.yaml:5:11: error: there is no time zone `Asia/Shanghay`; did you mean `Asia/Shanghai`?"),
        ("currency: CNY", "currency: CNY\ntimezone: ../etc/passwd",
         "sample.yaml:5:11: error: there is no time zone `../etc/passwd`; write an IANA name, such as `Asia/Shanghai`"),
        ("currency: CNY", "currency: CNY\nin_force: {from: 2026-02-30}",
         "sample.yaml:5:18: error: found `2026-02-30`, expected a day such as `2026-03-01`, or `unset`"),
        ("title: {zh: 样例, en: Sample}", "title: {}", "sample.yaml:3:1: error: the title is in no language; write {zh: ..., en: ...}"),
    ],
)  # fmt: skip
def test_faults_in_the_head(before: str, after: str, expected: str) -> None:
    assert said(WHOLE.replace(before, after)) == [expected]


def test_a_policy_built_in_python_is_the_policy_read_from_text() -> None:
    """The same rows give the same hash, whichever way they were written."""
    rules = {"high": Rule(when={"loss": "large"}, then="high", cite="c/1")}
    document = PolicyDocument(
        policy="made",
        edition="1",
        title=Title(labels={"en": "Made"}),
        facts={"loss": Fact(type="ordered", values=["small", "large"], labels={"zh": "损失"}), "level": Fact(type="ordered", values=["low", "high"])},
        tables={"level": Table(hit="highest", rules=rules, otherwise="low")},
        duties={"reply": Duty(do="final_replied", from_="received", within="24 hours", cite="c/2")},
    )
    text = """\
policy: made
edition: "1"
title: {en: Made}
facts:
  loss: {type: ordered, values: [small, large], zh: 损失}
  level: {type: ordered, values: [low, high]}
tables:
  level: {hit: highest, rules: {high: {when: {loss: large}, then: high, cite: c/1}}, otherwise: low}
duties:
  reply: {do: final_replied, from: received, within: 24 hours, cite: c/2}
"""
    assert from_document(document).model == model(text)


def test_the_document_of_a_policy_gives_the_policy_again() -> None:
    loaded = load(WHOLE)
    assert from_document(loaded.document).model == loaded.model
