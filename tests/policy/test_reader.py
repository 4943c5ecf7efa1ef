"""Reading the text: every scalar is text with its place, and what YAML can do beyond mappings, lists and texts is refused."""

from __future__ import annotations

import pytest

from closedloop.policy.tree import plain
from closedloop.policy.yaml_text import MOST_BYTES, read_yaml
from tests.policy.samples import HEAD, WHOLE, faults, model, said


def test_scalars_stay_text() -> None:
    """What YAML 1.1 would make a boolean, a sexagesimal number, a float or a date is what was written."""
    node, findings = read_yaml("a: yes\nb: 16:30\nc: 1_000\nd: 2026-03-01\ne: 0x10\nf: 1.0\nno: off\n", "x.yaml")
    assert not findings
    assert node is not None
    assert plain(node) == {"a": "yes", "b": "16:30", "c": "1_000", "d": "2026-03-01", "e": "0x10", "f": "1.0", "no": "off"}


def test_places_of_keys_and_values() -> None:
    """Lines and columns count from 1, in characters."""
    node, _ = read_yaml("a: {名: x,\n    b: [y, z]}\n", "x.yaml")
    assert node is not None
    name, second = node.find(("a", "名")), node.find(("a", "b", 1))
    assert name is not None
    assert second is not None
    assert (name.key_line, name.key_column, name.line, name.column) == (1, 5, 1, 8)
    assert (second.line, second.column) == (2, 12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x b", "sample.yaml:1:4: error: `&x` is an anchor; write texts, lists and mappings in full"),
        ("a: *x", "sample.yaml:1:4: error: `*x` is an alias; write texts, lists and mappings in full"),
        ("a: {<<: {b: c}}", "sample.yaml:1:5: error: `<<` is a merge key; write texts, lists and mappings in full"),
        (
            "a: !!int 3",
            "sample.yaml:1:4: error: `tag:yaml.org,2002:int` is a tag; leave it out: every value is text, typed by what the policy declares",
        ),
        ("policy: a\npolicy: b", "sample.yaml:2:1: error: `policy` is given twice; the first is in line 1"),
        ("a: b\n---\nc: d", "sample.yaml:2:1: error: a second document starts here; keep one policy in a file"),
        ("- a", "sample.yaml:1:1: error: a policy document is a mapping of keys to values; start with `policy: an_id`"),
        ("text", "sample.yaml:1:1: error: a policy document is a mapping of keys to values; start with `policy: an_id`"),
        ("", "sample.yaml:1:1: error: the document is empty; start with `policy`, `edition` and `title`"),
        ("# nothing", "sample.yaml:1:1: error: the document is empty; start with `policy`, `edition` and `title`"),
        (
            "a:",
            "sample.yaml:1:3: error: found nothing, expected a value; write a value, `unset` where the source does not say, or leave the key out",
        ),
        (
            "a: null",
            "sample.yaml:1:4: error: found `null`, expected a value; write a value, `unset` where the source does not say, or leave the key out",
        ),
        ("a: b\x07", "sample.yaml:1:5: error: there is a control character (U+0007) here; remove it"),
        ('a: "\\x07"', "sample.yaml:1:4: error: the text holds a control character (U+0007); remove it"),
        ("[a]: b", "sample.yaml:1:1: error: a key is a plain word here; quote a text that starts with a bracket"),
    ],
)
def test_refused(text: str, expected: str) -> None:
    assert expected in said(text)


def test_null_may_be_meant_as_text() -> None:
    """A quoted `null` is a text like any other."""
    assert model(HEAD + 'source: {a: "null"}').source == {"a": "null"}


def test_unreadable_yaml_names_the_place() -> None:
    (finding,) = faults("a: [b\nc: d")
    assert (finding.id, finding.place.line) == ("syntax", 2)


def test_not_utf_8() -> None:
    """The byte that is not UTF-8 is in the second line, after two characters."""
    (finding,) = faults_of_bytes("策: a\nb:".encode() + b"\xff")
    assert (finding, "encoding") == ("x.yaml:2:3: error: this is not UTF-8 text; save the file as UTF-8", "encoding")


def faults_of_bytes(data: bytes) -> list[str]:
    """Read bytes and return what is wrong with them."""
    return [str(finding) for finding in read_yaml(data, "x.yaml")[1]]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert model("﻿" + WHOLE).hash == model(WHOLE).hash


def test_size_is_bounded() -> None:
    """A document of one byte more than the bound is not read at all."""
    text = "a: b\n#" + "x" * (MOST_BYTES - 5)
    assert len(text) == MOST_BYTES + 1
    assert [finding.id for finding in faults(text)] == ["too_large"]


def test_depth_is_bounded() -> None:
    """Twenty levels below the root are read, one more is not."""
    assert "too_deep" not in {finding.id for finding in faults("{a: " * 20 + "b" + "}" * 20)}
    assert [finding.id for finding in faults("{a: " * 21 + "b" + "}" * 21)] == ["too_deep"]


def test_number_of_values_is_bounded() -> None:
    """Fifty thousand values, the list and the mapping included, are read; more are not."""
    assert "too_large" not in {finding.id for finding in faults("a: [" + "x," * 49_998 + "]")}
    assert [finding.id for finding in faults("a: [" + "x," * 49_999 + "]")] == ["too_large"]


def test_all_findings_come_together_in_the_order_of_the_file() -> None:
    """Form, structure and meaning are reported in one go."""
    text = HEAD + "duties:\n  a: {do: closd, byy: x, within: null}\nclocks:\n  b: {calendar: x, calendar: y}\nfacts:\n  c: {type: choise}\n"
    found = [(finding.place.line, finding.id) for finding in faults(text)]
    assert found == [(6, "missing_cite"), (6, "unknown_event"), (6, "unknown_key"), (6, "no_value"), (8, "duplicate_key"), (10, "unknown_word")]
