"""Whatever a policy says stands for itself in print: no word of it becomes markup."""

from __future__ import annotations

import pytest

from closedloop.rendering import render
from closedloop.rendering.markdown import escaped
from tests.rendering.markup import Markup
from tests.rendering.samples import HEAD, policy

HOSTILE = "<script>alert(1)</script> | *bold* `code` [link](http://x) & \\"


def hostile() -> str:
    """Write a policy whose every word is hostile, as YAML writes it in single quotes."""
    return (
        f"source: {{x: '{HOSTILE}'}}\nclauses: {{c/1: '{HOSTILE}'}}\n"
        f"parties: {{desk: {{en: '{HOSTILE}', also: ['{HOSTILE}']}}}}\n"
        f"facts: {{mark: {{type: choice, en: '{HOSTILE}', values: {{one: '{HOSTILE}'}}, note: '{HOSTILE}'}}}}\n"
        f"duties: {{act: {{en: '{HOSTILE}', do: reported, by: desk, when: {{mark: one}}, cite: c/1, note: '{HOSTILE}'}}}}\n"
    )


def test_html_shows_hostile_words_as_they_are() -> None:
    page = Markup(render(policy(hostile()), "en", "html"))
    assert page.all("script") == []
    assert page.text().count(HOSTILE) >= 8


def test_markdown_keeps_its_tables_whatever_the_words_are() -> None:
    """Every row of a table has as many cells as its header; a bar behind a backslash is no cell border."""
    lines = [line.replace("\\\\", "").replace("\\|", "") for line in render(policy(hostile()), "en").splitlines()]
    tables = [(line.count("|"), lines[number + 1].count("|")) for number, line in enumerate(lines[:-1]) if line.startswith("|")]
    assert tables
    assert [pair for pair in tables if pair[1] and pair[0] != pair[1]] == []
    assert not any("<script" in line.replace("\\<", "") for line in lines)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b and _c_", "a_b and \\_c\\_"),
        ("2.1.7 is no list", "2.1.7 is no list"),
        ("2. is one", "2\\. is one"),
        ("# no heading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("--- no rule", "\\--- no rule"),
        ("two\n  lines", "two lines"),
        ("5 > 3 | 2 & 1", "5 \\> 3 \\| 2 \\& 1"),
    ],
)
def test_what_markdown_would_read_as_markup_is_escaped(text: str, written: str) -> None:
    assert escaped(text) == written


def test_a_policy_of_nothing_but_its_head_prints() -> None:
    text = render(policy(""), "zh")
    assert text.startswith("# 磨坊投诉办法\n")
    assert "## 1 生效" in text
    assert HEAD.split('"')[1] in text
