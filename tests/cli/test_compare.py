"""`closedloop compare`."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from tests.whatif import shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.shop import Run

CSV = """ticket,received_at,customer,queue,loss_band,done
T1,2026-03-02 09:00,A,goods,small,2026-03-04 09:00
T2,2026-03-09 09:00,A,staff,small,2026-03-11 09:00
T3,2026-04-01 09:00,B,goods,,
"""
MAPPED = ("--columns", "id=ticket,category=queue", "--facts", "loss=loss_band", "--events", "closed=done")
NEW = shop.TEXT.replace("then: 2 days", "then: 1 day")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("old.yaml", shop.TEXT), ("new.yaml", NEW), ("cases.csv", CSV)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def command(folder: Path, *more: str, new: str = "new.yaml", data: str = "cases.csv") -> tuple[str, ...]:
    return ("compare", str(folder / "old.yaml"), str(folder / new), str(folder / data), *more)


def test_the_summary_is_text_for_people_and_json_for_programs(folder: Path, closedloop: Callable[..., Run]) -> None:
    text = closedloop(*command(folder, *MAPPED, "--format", "text", "--by", "category", "--lang", "zh"))
    assert (text.code, text.err) == (0, "")
    assert "案件 3 件:变化 2 件" in text.out
    assert "商品  案件" in text.out
    data = closedloop(*command(folder, *MAPPED, "--workers", "2"))
    assert [change["id"] for change in json.loads(data.out)["changed"]] == ["T1", "T3"]


def test_the_changes_and_the_page_are_written(folder: Path, closedloop: Callable[..., Run]) -> None:
    done = closedloop(*command(folder, *MAPPED, "--changed", str(folder / "changed.csv"), "--report", str(folder / "page.html"), "--lang", "zh"))
    assert done.code == 0
    with (folder / "changed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["id"] for row in rows} == {"T1", "T3"}
    assert "制度变更对比" in (folder / "page.html").read_text("utf-8")


def test_rows_set_aside_and_errors_are_told_and_end_with_1(folder: Path, closedloop: Callable[..., Run]) -> None:
    (folder / "cases.csv").write_text(CSV + "T4,someday,C,goods,small,\nT5,2026-04-02 09:00,C,gods,small,\n", "utf-8")
    done = closedloop(*command(folder, *MAPPED))
    assert done.code == 1
    assert "cases.csv:5: received_at" in done.err
    assert "cases.csv:6 (`T5`, old policy): category" in done.err


def test_json_lines_have_the_keys_themselves(folder: Path, closedloop: Callable[..., Run]) -> None:
    line = {
        "id": "T1",
        "received_at": "2026-03-02T09:00:00+08:00",
        "category": "goods",
        "events": [{"kind": "closed", "at": "2026-03-03T09:00:00+08:00"}],
    }
    (folder / "cases.jsonl").write_text(json.dumps(line) + "\n", "utf-8")
    assert json.loads(closedloop(*command(folder, data="cases.jsonl")).out)["cases"] == 1
    mapped = closedloop(*command(folder, "--events", "closed=done", data="cases.jsonl"))
    assert (mapped.code, mapped.err) == (2, "closedloop compare: --events is for CSV; in JSON Lines each line has the keys itself\n")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--events", "closed=dome"), "did you mean `done`?"),
        (("--timezone", "Asia/Shanghay"), "Asia/Shanghay"),
    ],
)
def test_what_cannot_run_says_why(folder: Path, closedloop: Callable[..., Run], more: tuple[str, ...], message: str) -> None:
    done = closedloop(*command(folder, *more))
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_file_of_another_form_is_refused(folder: Path, closedloop: Callable[..., Run]) -> None:
    done = closedloop(*command(folder, data="cases.xlsx"))
    assert done.code == 2
    assert "is neither CSV nor JSON Lines; end its name in .csv or .jsonl" in done.err


@pytest.mark.parametrize(
    ("more", "message"), [(("--workers", "0"), "`0` is too few; give 1 or more"), (("--by", "party"), "invalid choice: 'party'")]
)
def test_a_wrong_option_says_why(
    folder: Path, closedloop: Callable[..., Run], capsys: pytest.CaptureFixture[str], more: tuple[str, ...], message: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        closedloop(*command(folder, *more))
    assert message in capsys.readouterr().err
