"""Tables and progress bars, with and without rich, and how wide Chinese is."""

from __future__ import annotations

import io
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closedloop.cli import progress, tables
from closedloop.values import columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.shop import Run

ROWS = [("A", "厨房"), ("B-17", "front desk")]


class Terminal(io.StringIO):
    """What a person is looking at."""

    def isatty(self) -> bool:
        return True


def test_columns_are_as_wide_as_the_widest_cell_and_chinese_takes_two() -> None:
    assert columns.plain_table(("id", "责任部门"), ROWS).splitlines() == [
        "id    责任部门",
        "----  ----------",
        "A     厨房",
        "B-17  front desk",
    ]


def test_the_widest_column_gives_way_where_the_terminal_is_narrow() -> None:
    """12 columns: 4 for the id, 2 between, 6 for the rest: five and the mark; of Chinese, which needs two each, fewer."""
    assert columns.plain_table(("id", "责任部门"), ROWS, 12).splitlines() == ["id    责任…", "----  ------", "A     厨房", "B-17  front…"]


def test_what_could_steer_a_terminal_is_not_printed() -> None:
    assert columns.plain_table(("id",), [("\x1b[31mred\n",)]).splitlines()[2] == "?[31mred?"


@given(text=st.text(max_size=30), most=st.integers(1, 20))
def test_a_shortened_text_is_never_wider_than_asked(text: str, most: int) -> None:
    assert columns.width(columns.shortened(text, most)) <= most


@given(st.lists(st.tuples(st.text(max_size=10), st.text(max_size=10)), min_size=1, max_size=5))
def test_a_table_has_one_line_for_each_row(rows: list[tuple[str, str]]) -> None:
    assert len(columns.plain_table(("one", "two"), rows).split("\n")) == len(rows) + 2


def test_without_rich_the_table_is_plain(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(tables, "find_spec", lambda _: None)
    tables.print_table(("id", "责任部门"), ROWS, terminal_width=80)
    assert capsys.readouterr().out == columns.plain_table(("id", "责任部门"), ROWS) + "\n"


def test_with_rich_a_table_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    tables.print_table(("id", "责任部门"), [*ROWS, ("[bold]C", "[/]")], terminal_width=80)
    lines = [line.split() for line in re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()]
    assert lines == [["id", "责任部门"], ["A", "厨房"], ["B-17", "front", "desk"], ["[bold]C", "[/]"]]


@pytest.mark.parametrize("spec", [object(), None], ids=["with rich", "without rich"])
def test_long_work_shows_how_far_it_got_where_a_person_watches(spec: object, monkeypatch: pytest.MonkeyPatch) -> None:
    watching = Terminal()
    monkeypatch.setattr(sys, "stderr", watching)
    monkeypatch.setattr(progress, "find_spec", lambda _: spec)
    assert list(progress.watched(range(1000), "deciding")) == list(range(1000))
    assert "deciding" in watching.getvalue()
    assert "%" in watching.getvalue()


@pytest.mark.parametrize(("number", "stream"), [(1000, io.StringIO), (10, Terminal)], ids=["nobody watches", "short work"])
def test_otherwise_there_is_no_bar(number: int, stream: type[io.StringIO], monkeypatch: pytest.MonkeyPatch) -> None:
    silent = stream()
    monkeypatch.setattr(sys, "stderr", silent)
    assert list(progress.watched(range(number), "deciding")) == list(range(number))
    assert silent.getvalue() == ""


def test_on_a_terminal_the_answer_is_a_table_no_wider_than_it(
    shop: Path, closedloop: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "one.csv"
    source.write_text("id,received_at,customer,category,ill\nA,2026-03-02T10:00:00,C-1,food,no\n", "utf-8")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((60, 20)))
    monkeypatch.setenv("COLUMNS", "60")
    run = closedloop("decide", shop, source)
    table, _, counts = run.out.partition("\n\n")
    assert all(columns.width(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= 60 for line in table.splitlines())
    assert counts.startswith("decided")
