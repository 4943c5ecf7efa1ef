"""Reading files of complaints: three forms, rows set aside with reasons, and a plain word for what cannot be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closedloop.complaint_files import Columns, UnreadableFile, parse_complaints, read_complaints
from closedloop.errors import ClosedloopError

if TYPE_CHECKING:
    from pathlib import Path


# --- CSV ---


def test_an_empty_cell_is_a_value_that_is_not_given() -> None:
    file = parse_complaints("id,customer,loss\nA,,large\n", name="a.csv")
    assert dict(file.rows[0].data) == {"id": "A", "loss": "large"}


def test_a_row_is_named_by_the_line_on_which_it_starts() -> None:
    """The cell of the first row runs over two lines, so the second row starts on line 4."""
    file = parse_complaints('id,text\nA,"one\ntwo"\nB,three\n', name="a.csv")
    assert [row.place for row in file.rows] == ["a.csv:2", "a.csv:4"]


def test_a_blank_line_is_no_row() -> None:
    assert len(parse_complaints("id,customer\nA,C\n\n,\nB,C\n", name="a.csv").rows) == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_shows_the_separator(delimiter: str) -> None:
    text = f"id{delimiter}customer\nA{delimiter}C-1\n"
    assert dict(parse_complaints(text, name="a.csv").rows[0].data) == {"id": "A", "customer": "C-1"}


def test_a_row_of_another_length_is_set_aside_and_the_others_stay() -> None:
    file = parse_complaints("id,customer\nA,C,x\nB,C\n", name="a.csv")
    assert [row.data["id"] for row in file.rows] == ["B"]
    assert file.set_aside[0].problems[0].found == "3 cells"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("id,,x\n", "column 2 has no name"),
        ("id,id\n", "`id` is given by two columns"),
        ('id,text\nA,"never closed\n', "this is not CSV"),
    ],
)
def test_a_csv_without_a_usable_form_is_refused_in_one_line(text: str, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message) as caught:
        parse_complaints(text, name="a.csv")
    assert "\n" not in str(caught.value)


# --- JSON ---


def test_a_list_one_object_and_lines_give_the_same_rows() -> None:
    rows = [{"id": "A", "loss": "large"}]
    texts = {"a.json": json.dumps(rows), "b.json": json.dumps(rows[0], indent=1), "c.jsonl": json.dumps(rows[0])}
    assert [[dict(row.data) for row in parse_complaints(text, name=name).rows] for name, text in texts.items()] == [rows] * 3


def test_a_number_with_a_point_stays_exact() -> None:
    """0.1 as a binary fraction would not be 0.1."""
    assert str(parse_complaints('{"id": "A", "hours": 0.1}', name="a.jsonl").rows[0].data["hours"]) == "0.1"


@pytest.mark.parametrize(
    "line",
    ['{"id": "A", "id": "B"}', '{"id": NaN}', '{"id": "\\ud800"}', "{", "[1]", "7", "9" * 5000, "[" * 100_000],
    ids=["key given twice", "NaN", "half a character", "cut off", "a list", "a number", "5,000 digits", "nested without end"],
)
def test_a_line_that_is_no_complaint_is_set_aside(line: str) -> None:
    file = parse_complaints(f'{line}\n{{"id": "B"}}\n', name="a.jsonl")
    assert [row.data["id"] for row in file.rows] == ["B"]
    assert len(file.set_aside) == 1


def test_a_line_separator_inside_a_text_ends_no_line() -> None:
    text = '{"id": "A", "text": "one\u2028two\x85three"}\n'
    assert parse_complaints(text, name="a.jsonl").rows[0].data["text"] == "one\u2028two\x85three"


def test_lines_in_a_file_named_json_say_what_to_do() -> None:
    with pytest.raises(UnreadableFile, match=r"the ending \.jsonl"):
        parse_complaints('{"id": "A"}\n{"id": "B"}\n', name="a.json")


# --- what both share ---


@pytest.mark.parametrize(
    ("text", "ids"),
    [("id\nA\n", ["A"]), ('[{"id": "A"}]', ["A"]), ('{"id": "A"}\n{"id": "B"}', ["A", "B"]), ('{\n "id": "A"\n}', ["A"])],
    ids=["csv", "a list", "lines", "one object"],
)
def test_without_an_ending_the_form_is_known_by_the_beginning(text: str, ids: list[str]) -> None:
    assert [row.data["id"] for row in parse_complaints(text, name="standard input").rows] == ids


@pytest.mark.parametrize(("name", "text"), [("a.csv", "ticket,extra\nA,x\n"), ("a.jsonl", '{"ticket": "A", "extra": "x"}')])
def test_columns_are_renamed_and_left_out(name: str, text: str) -> None:
    file = parse_complaints(text, name=name, columns=Columns(names={"id": "ticket"}, ignored=frozenset({"extra"})))
    assert [dict(row.data) for row in file.rows] == [{"id": "A"}]


def test_a_renamed_column_that_is_not_there_is_named_with_the_nearest() -> None:
    with pytest.raises(UnreadableFile, match="there is no column `tickets`; did you mean `ticket`"):
        parse_complaints("ticket\nA\n", name="a.csv", columns=Columns(names={"id": "tickets"}))


def test_two_names_for_one_key_are_a_problem_of_the_row() -> None:
    file = parse_complaints('{"id": "A", "ticket": "B"}', name="a.jsonl", columns=Columns(names={"id": "ticket"}))
    assert [problem.code for problem in file.set_aside[0].problems] == ["duplicate_key"]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"], ids=["without a mark", "with a byte order mark"])
def test_utf8_is_read_with_and_without_a_byte_order_mark(start: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(start + "id,customer\nA,张\n".encode())
    assert dict(read_complaints(str(path)).rows[0].data) == {"id": "A", "customer": "张"}


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id,customer\nA,张\n".encode("gb18030"))
    with pytest.raises(UnreadableFile, match=r"a\.csv:2: this is not UTF-8 text"):
        read_complaints(str(path))


@pytest.mark.parametrize("name", ["nowhere.csv", ".", "a\x00b"], ids=["no such file", "a folder", "no name at all"])
def test_what_is_no_file_is_said_plainly(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_complaints(str(tmp_path / name))


@given(text=st.text(), name=st.sampled_from(["a.csv", "a.json", "a.jsonl", "standard input"]))
def test_every_text_is_read_or_refused_in_one_line(text: str, name: str) -> None:
    """Rows are numbered without a gap, whether they are taken or set aside; an error of another kind would fail this."""
    try:
        file = parse_complaints(text, name=name)
    except ClosedloopError as error:
        refusal = str(error)
        numbers = [0]
    else:
        refusal = name
        numbers = sorted([0, *(row.number for row in file.rows), *(row.number for row in file.set_aside)])
    assert refusal.startswith(name)
    assert numbers == list(range(len(numbers)))


@given(rows=st.lists(st.dictionaries(st.text(min_size=1), st.text(min_size=1) | st.integers() | st.booleans(), min_size=1), max_size=5))
def test_rows_written_as_lines_are_read_back(rows: list[dict[str, object]]) -> None:
    text = "\n".join(json.dumps(row) for row in rows)
    file = parse_complaints(text, name="a.jsonl")
    assert [dict(row.data) for row in file.rows] == rows
