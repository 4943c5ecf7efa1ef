"""`closedloop render`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from closedloop.cli import main
from closedloop.facade import load_policy
from closedloop.rendering import render

if TYPE_CHECKING:
    from pathlib import Path


def test_it_prints_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "vanke@1", "--lang", "zh"]) == 0
    assert capsys.readouterr().out == render(load_policy("vanke@1"), "zh")


@pytest.mark.parametrize(
    ("name", "options", "begins"),
    [
        ("vanke.html", [], "<!DOCTYPE html>"),
        ("vanke.HTM", [], "<!DOCTYPE html>"),
        ("vanke.md", [], "# "),
        ("vanke.txt", ["--format", "html"], "<!DOCTYPE html>"),
        ("vanke.html", ["--format", "markdown"], "# "),
    ],
)
def test_the_ending_of_the_file_gives_the_form_where_no_option_does(name: str, options: list[str], begins: str, tmp_path: Path) -> None:
    assert main(["render", "vanke@1", "--output", str(tmp_path / name), *options]) == 0
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chery_nv"], "closedloop render: there is no packaged policy `chery_nv`; did you mean `chery_nev`?"),
        (
            ["vanke@1", "--output", "none/such/policy.html"],
            "closedloop render: none/such/policy.html: cannot be written: no such file or directory",
        ),
        (["vanke@1", "--output", "a\0b"], "closedloop render: a\0b: cannot be written: not a file name"),
    ],
)
def test_what_cannot_be_printed_says_so_in_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", *arguments]) == 2
    assert capsys.readouterr() == ("", f"{message}\n")


def test_an_unknown_form_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["render", "chery_nev", "--format", "pdf"])
    assert caught.value.code == 2
    assert "pdf" in capsys.readouterr().err
