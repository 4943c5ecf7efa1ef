"""`closedloop decide`: forms of output, rows set aside, and the history that a stream gives itself."""

from __future__ import annotations

import csv
import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.shop import Run

STREAM = """\
id,received_at,closed_at,customer,category,ill
A,2026-03-02T10:00:00,2026-03-03T10:00:00,C-1,food,no
B,2026-03-02T18:00:00,,C-1,food,no
C,2026-03-04T09:00:00,,C-1,food,no
D,2026-03-04T09:00:00,,C-2,manners,
"""


def written(folder: Path, text: str, name: str = "complaints.csv") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def records(run: Run) -> dict[str, Any]:
    lines = [json.loads(line) for line in run.out.splitlines()]
    return {record["complaint"]["id"]: record for record in lines}


# --- what a stream is told of earlier cases ---


def test_a_stream_is_its_own_history(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    """A is open when B arrives, so B merges; A is closed on 3 March, so C on 4 March repeats it, one level higher; D is of another customer."""
    found = records(closedloop("decide", shop, written(tmp_path, STREAM)))
    assert {name: (record["repeat"]["state"], record["repeat"]["of"]) for name, record in found.items()} == {
        "A": ("new", None),
        "B": ("merged", "A"),
        "C": ("again", "A"),
        "D": ("new", None),
    }
    assert found["C"]["parts"]["level"]["value"] == "major"


def test_rows_are_decided_in_the_order_of_receipt_and_written_in_that_of_the_file(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    header, *rows = STREAM.splitlines()
    backwards = "\n".join([header, *reversed(rows)])
    run = closedloop("decide", shop, written(tmp_path, backwards))
    assert [(name, record["repeat"]["state"]) for name, record in records(run).items()] == [
        ("D", "new"),
        ("C", "again"),
        ("B", "merged"),
        ("A", "new"),
    ]


ONE = '{"id": "A", "received_at": "2026-03-02T10:00:00+08:00", "customer": "C-1", "category": "food", "facts": {"ill": false}}'


@pytest.mark.parametrize(("options", "state"), [([], "not_examined"), (["--history", "unknown"], "not_examined"), (["--history", "none"], "new")])
def test_one_complaint_alone_says_nothing_about_earlier_ones(
    options: list[str], state: str, shop: Path, closedloop: Callable[..., Run], tmp_path: Path
) -> None:
    run = closedloop("decide", shop, written(tmp_path, ONE, "one.json"), *options)
    assert records(run)["A"]["repeat"]["state"] == state


def test_a_history_file_is_looked_at_as_well(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    past = "id,customer,category,received_at,closed_at,level\nP,C-1,food,2026-02-10T09:00:00,2026-02-11T09:00:00,minor\n"
    run = closedloop("decide", shop, written(tmp_path, ONE, "one.json"), "--history", written(tmp_path, past, "past.csv"))
    assert records(run)["A"]["repeat"]["of"] == "P"


def test_a_history_with_gaps_stops_the_run(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    past = "id,customer,received_at\nP,C-1,2026-02-10T09:00:00\n"
    run = closedloop("decide", shop, written(tmp_path, ONE, "one.json"), "--history", written(tmp_path, past, "past.csv"))
    assert (run.code, run.out) == (2, "")
    assert "key.category: found nothing" in run.err


def test_a_complaint_whose_key_is_not_known_is_not_examined(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    """B does not name its customer, so nobody can have looked for an earlier case."""
    text = "id,received_at,customer,category\nA,2026-03-02T10:00:00,C-1,food\nB,2026-03-02T11:00:00,,food\n"
    assert records(closedloop("decide", shop, written(tmp_path, text)))["B"]["repeat"]["state"] == "not_examined"


# --- rows set aside ---

FAULTY = """\
id,received_at,customer,category,ill
A,2026-03-02T10:00:00,C-1,food,no
B,yesterday,C-2,food,no
A,2026-03-02T11:00:00,C-3,food,no
C,2026-03-02T12:00:00,C-4,fod,maybe
"""


def test_bad_rows_are_set_aside_with_every_reason_and_good_ones_decided(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    path = written(tmp_path, FAULTY)
    run = closedloop("decide", shop, path)
    assert run.code == 1
    assert list(records(run)) == ["A"]
    lines = run.err.splitlines()
    assert [line.split(": ")[:2] for line in lines[:-1]] == [
        [f"{path}:3 (B)", "received_at"],
        [f"{path}:4 (A)", "id"],
        [f"{path}:5 (C)", "ill"],
        [f"{path}:5 (C)", "category"],
    ]
    assert "did you mean `food`?" in lines[3]
    assert lines[-1] == "1 decided, 3 set aside"


def test_as_text_no_more_rows_are_named_than_shown(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    run = closedloop("decide", shop, written(tmp_path, FAULTY), "--format", "text", "--limit", "1")
    assert run.err.splitlines()[-1] == "... 2 more rows set aside; --limit 0 shows them"
    assert "set aside      3" in run.out


def test_a_misspelt_column_is_refused_once_and_not_row_by_row(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    run = closedloop("decide", shop, written(tmp_path, STREAM.replace("category", "categry")))
    assert run.code == 2
    assert "the policy has no `categry`; did you mean `category`?" in run.err
    assert len(run.err.splitlines()) == 1


# --- forms of output ---


def test_columns_may_have_other_names(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    text = STREAM.replace("id,received_at", "ticket,created").replace("ill\n", "sick\n")
    columns = "id=ticket,received_at=created,ill=sick"
    assert records(closedloop("decide", shop, written(tmp_path, text), "--columns", columns)).keys() == {"A", "B", "C", "D"}
    one_by_one = [word for pair in columns.split(",") for word in ("--columns", pair)]
    assert records(closedloop("decide", shop, written(tmp_path, text), *one_by_one)).keys() == {"A", "B", "C", "D"}


def test_csv_holds_the_answers_with_their_clauses(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    """Food is answered within four hours; for manners the shop's text names no limit, and without `ill` no level."""
    run = closedloop("decide", shop, written(tmp_path, STREAM), "--format", "csv")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(run.out))}
    assert (rows["A"]["level"], rows["A"]["level_clause"], rows["A"]["accountable"]) == ("minor", "shop/1", "kitchen")
    assert rows["A"]["answer_due"] == "2026-03-02T14:00:00+08:00"
    assert (rows["D"]["level"], rows["D"]["questions"]) == ("open", "ill")
    assert (rows["D"]["answer_state"], rows["D"]["answer_due"]) == ("unspecified_by_source", "")


def test_json_is_one_list(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    run = closedloop("decide", shop, written(tmp_path, STREAM), "--format", "json")
    assert [record["complaint"]["id"] for record in json.loads(run.out)] == ["A", "B", "C", "D"]


def test_text_is_a_table_with_clauses_and_a_summary(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    """B merges into A, whose four hours were over at 14:00, before B came at 18:00."""
    run = closedloop("decide", shop, written(tmp_path, STREAM), "--format", "text", "--limit", "1")
    assert "kitchen shop/3" in run.out
    assert "... 3 more rows" in run.out
    assert "accountable    kitchen 3 · front desk 1" in run.out
    assert "repeat         new 2 · merged 1 · again 1" in run.out
    assert "  answer  running 2 · late 1 · unspecified by source 1" in run.out


def test_text_speaks_chinese(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    run = closedloop("decide", shop, written(tmp_path, STREAM), "--format", "text", "--lang", "zh")
    assert "责任部门  厨房 3 · 前台 1" in run.out


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_a_file_takes_the_decisions_and_the_terminal_the_summary(ending: str, shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    source, target = written(tmp_path, STREAM), tmp_path / f"decisions.{ending}"
    direct = closedloop("decide", shop, source, "--format", ending)
    run = closedloop("decide", shop, source, "--output", target)
    assert target.read_text("utf-8") == direct.out
    assert run.out.startswith("decided")


def test_standard_input_is_read_for_a_dash(shop: Path, closedloop: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(STREAM.encode())))
    assert len(records(closedloop("decide", shop, "-"))) == 4


def test_times_without_an_offset_are_in_the_zone_of_the_policy_or_the_one_given(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    """10:00 in London on 2 March is 18:00 in Shanghai; four hours later is 22:00 there."""
    source = written(tmp_path, STREAM)
    dues = [records(closedloop("decide", shop, source, *options))["A"]["duties"][0]["due"] for options in ([], ["--timezone", "Europe/London"])]
    assert dues == ["2026-03-02T14:00:00+08:00", "2026-03-02T22:00:00+08:00"]


# --- explain ---


def test_explain_answers_for_one_complaint_of_a_stream(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    source = written(tmp_path, STREAM)
    text = closedloop("explain", shop, source, "--id", "C", "--format", "text", "--lang", "zh")
    data = closedloop("explain", shop, source, "--id", "C")
    assert "shop/7" in text.out
    assert json.loads(data.out)["repeat"]["of"] == "A"


def test_explain_says_why_a_row_was_set_aside(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    run = closedloop("explain", shop, written(tmp_path, FAULTY), "--id", "B")
    assert (run.code, run.out) == (1, "")
    assert "received_at" in run.err


def test_explain_suggests_the_nearest_id(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    text = STREAM.replace("\nA,", "\nticket-1,")
    run = closedloop("explain", shop, written(tmp_path, text), "--id", "tiket-1")
    assert (run.code, run.err) == (2, "closedloop explain: there is no complaint `tiket-1`; did you mean `ticket-1`?\n")


def test_what_is_out_of_scope_has_that_for_an_answer(closedloop: Callable[..., Run], tmp_path: Path) -> None:
    """Who seeks neither explanation nor compensation does not complain (clause 3.1), and nobody answers for it."""
    text = "id,received_at,customer,category,seeks\nA,2026-03-02T10:00:00,C-1,finance,neither\n"
    run = closedloop("decide", "chery_nev", written(tmp_path, text), "--format", "text")
    table, _, counts = run.out.partition("\n\n")
    assert "out of scope 000/2" in table.splitlines()[2]
    assert "accountable" not in counts


def test_as_text_a_file_takes_the_whole_table(shop: Path, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    target = tmp_path / "decisions.txt"
    closedloop("decide", shop, written(tmp_path, STREAM), "--output", target, "--format", "text", "--limit", "1")
    assert [line.split()[0] for line in target.read_text("utf-8").splitlines()] == ["id", "--", "A", "B", "C", "D"]
