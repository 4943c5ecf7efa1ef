"""`check`, `test`, `policies` and `schema`, and what the command line says when it cannot run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from closedloop.cli import main
from closedloop.policy.tree import plain
from closedloop.policy.yaml_text import read_yaml
from tests.cli.shop import POLICY, TESTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.shop import Run


def started(*arguments: str) -> subprocess.Popen[str]:
    """Start the command line as a process of its own."""
    command = [sys.executable, "-m", "closedloop.cli", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


# --- check ---


def test_check_lists_findings_with_their_places(shop: Path, closedloop: Callable[..., Run]) -> None:
    """The limit for manners is unset, which is a warning: exit code 1."""
    text = closedloop("check", shop, "--format", "text")
    data = closedloop("check", shop)
    assert (text.code, data.code) == (1, 1)
    found = json.loads(data.out)
    assert [line.split(": ")[1] for line in text.out.splitlines()[:-1]] == [finding["severity"] for finding in found]
    assert any(finding["severity"] == "warning" and "manners" in finding["message"] and finding["place"]["line"] > 0 for finding in found)


def test_notes_alone_are_fine(shop: Path, closedloop: Callable[..., Run]) -> None:
    shop.write_text(POLICY.replace("then: unset, cite: shop/6", "then: 8 hours, cite: shop/6"), "utf-8")
    run = closedloop("check", shop, "--format", "text")
    assert run.code == 0
    assert "0 errors, 0 warnings" in run.out


def test_check_of_the_packaged_policy_names_the_category_without_a_limit(closedloop: Callable[..., Run]) -> None:
    run = closedloop("check", "chery_nev", "--format", "text")
    assert run.code == 1
    assert any("warning" in line and "finance" in line for line in run.out.splitlines())


# --- test ---


def test_policy_tests_beside_a_policy_are_run(shop: Path, closedloop: Callable[..., Run]) -> None:
    run = closedloop("test", shop, "--format", "text")
    assert (run.code, run.out) == (0, "1 passed, 0 failed\n")


def test_a_failing_policy_test_is_reported_with_its_reason(shop: Path, closedloop: Callable[..., Run]) -> None:
    shop.write_text(POLICY.replace("then: 4 hours", "then: 5 hours"), "utf-8")
    text = closedloop("test", shop, "--format", "text")
    data = json.loads(closedloop("test", shop).out)
    assert (text.code, text.out.splitlines()[-1]) == (1, "0 passed, 1 failed")
    assert "expected 2026-03-02 14:00:00+08:00, found 2026-03-02 15:00:00+08:00" in text.out
    assert "clauses: shop/5" in text.out
    assert [(each["test"], each["passed"]) for each in data] == [("food is answered within four hours", False)]


def test_a_file_of_policy_tests_can_be_named_itself(shop: Path, closedloop: Callable[..., Run]) -> None:
    assert closedloop("test", shop.with_name("shop.tests.yaml"), "--format", "text").code == 0


def test_several_policies_are_tested_at_once(shop: Path, closedloop: Callable[..., Run]) -> None:
    run = closedloop("test", shop, "chery_nev")
    assert run.code == 0
    assert {each["place"].rsplit("/", 1)[-1].split(":")[0] for each in json.loads(run.out)} == {"shop.tests.yaml", "chery_nev.tests.yaml"}


def test_a_policy_without_tests_says_where_to_write_them(shop: Path, closedloop: Callable[..., Run]) -> None:
    shop.with_name("shop.tests.yaml").unlink()
    run = closedloop("test", shop)
    assert run.code == 2
    assert "write them in `shop.tests.yaml` beside the policy" in run.err


def test_faulty_policy_tests_give_one_line_for_each_slip(shop: Path, closedloop: Callable[..., Run]) -> None:
    shop.with_name("shop.tests.yaml").write_text(TESTS + "  - {name: a, expct: {}}\n  - {nme: b, expect: {}}\n", "utf-8")
    run = closedloop("test", shop)
    assert run.code == 2
    assert [line.split("`")[1] for line in run.err.splitlines()] == ["expct", "nme"]


# --- policies, schema ---


def test_packaged_policies_are_listed(closedloop: Callable[..., Run]) -> None:
    assert "客户抱怨闭环处理管理办法" in closedloop("policies", "--format", "text", "--lang", "zh").out
    assert "chery_nev" in {each["id"] for each in json.loads(closedloop("policies").out)}


def test_the_schema_accepts_a_policy_and_refuses_a_slip(closedloop: Callable[..., Run], tmp_path: Path) -> None:
    closedloop("schema", "--output", tmp_path / "schema.json")
    assert json.loads((tmp_path / "schema.json").read_text("utf-8")) == json.loads(closedloop("schema").out)
    validator = jsonschema.Draft202012Validator(json.loads(closedloop("schema").out))
    tree, _ = read_yaml(POLICY, "shop.yaml")
    assert tree is not None
    document = plain(tree)
    assert isinstance(document, dict)
    assert list(validator.iter_errors(document)) == []
    assert list(validator.iter_errors(document | {"tabels": {}})) != []


# --- what cannot run ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "chery_nv"], "closedloop check: there is no packaged policy `chery_nv`; did you mean `chery_nev`?"),
        (["test", "chery_nv"], "closedloop test: there is no packaged policy `chery_nv`; did you mean `chery_nev`?"),
        (["check", "none/such.yaml"], "closedloop check: there is no policy file `none/such.yaml`"),
        (["decide", "chery_nev", "none.csv"], "closedloop decide: none.csv: cannot be read: no such file or directory"),
        (["decide", "chery_nev", "-", "--history", "-"], "closedloop decide: standard input can be the complaints or their history, not both"),
        (["decide", "chery_nev", "none.csv", "--timezone", "Asia/Shanghi"], "did you mean `Asia/Shanghai`?"),
        (
            ["decide", "chery_nev", "none.csv", "--output", "decisions.xlsx"],
            "`decisions.xlsx` does not say its form; end it in .csv, .json or .jsonl",
        ),
        (["schema", "--output", "none/such/schema.json"], "none/such/schema.json: cannot be written: no such file or directory"),
    ],
)
def test_what_cannot_run_says_so_in_one_line(arguments: list[str], message: str, closedloop: Callable[..., Run]) -> None:
    run = closedloop(*arguments)
    assert (run.code, run.out, len(run.err.splitlines())) == (2, "", 1)
    assert message in run.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["decid"],
        ["decide", "chery_nev"],
        ["decide", "chery_nev", "x.csv", "--limit", "many"],
        ["decide", "chery_nev", "x.csv", "--columns", "id"],
        ["decide", "chery_nev", "x.csv", "--columns", "id=a,id=b"],
        ["decide", "chery_nev", "x.csv", "--columns", "id=a", "--columns", "id=b"],
        ["check", "chery_nev", "--lang", "chinese language"],
    ],
    ids=lambda arguments: " ".join(arguments) or "nothing",
)
def test_wrong_options_are_refused_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_faulty_policy_gives_one_line_for_each_finding(shop: Path, closedloop: Callable[..., Run]) -> None:
    shop.write_text(POLICY.replace("type: yes_no", "type: yes_or_no").replace("by: accountable", "by: nobody"), "utf-8")
    run = closedloop("check", shop)
    assert run.code == 2
    assert len(run.err.splitlines()) >= 2
    assert all(line.startswith(f"closedloop check: {shop}:") for line in run.err.splitlines())


def test_an_interrupted_run_ends_quietly(shop: Path, closedloop: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("closedloop.cli.proving.load_policy", interrupted)
    assert closedloop("check", shop).__dict__ == {"code": 130, "out": "", "err": "interrupted\n"}


def test_a_reader_that_has_enough_is_no_error(shop: Path, tmp_path: Path) -> None:
    """What is written is far more than a pipe holds, and nobody reads it."""
    rows = "".join(f"R-{number},2026-03-02T10:00:00,C-{number},food\n" for number in range(300))
    source = tmp_path / "complaints.csv"
    source.write_text("id,received_at,customer,category\n" + rows, "utf-8")
    with started("decide", str(shop), str(source)) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 141


def test_the_version_is_that_of_the_package() -> None:
    with started("--version") as process:
        out, _ = process.communicate()
    assert out.startswith("closedloop 0.")


def test_output_is_utf8_whatever_the_locale() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "closedloop.cli", "policies", "--lang", "zh", "--format", "text"]
    run = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert "客户抱怨" in run.stdout.decode("utf-8")
