"""The pytest plugin, as a project that keeps policies meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def pytest_in(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--color=no", "-p", "no:cacheprovider"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_each_policy_test_is_a_test(tests_file: Callable[..., Path]) -> None:
    text = """\
tests:
  - {name: it holds, history: none, expect: {level: minor}}
  - {name: it fails, history: none, expect: {level: major}}
"""
    path = tests_file(text)
    run = pytest_in(path.parent)
    assert run.returncode == 1
    assert "1 failed, 1 passed" in run.stdout
    assert "shop.tests.yaml:5:53: level.value: expected major, found minor" in run.stdout
    assert "Traceback" not in run.stdout


def test_a_file_that_cannot_be_used_is_an_error_of_collection(tests_file: Callable[..., Path]) -> None:
    path = tests_file("tests:\n  - {name: a, expect: {levl: minor}}\n")
    run = pytest_in(path.parent)
    assert run.returncode != 0
    assert "there is nothing named `levl` to expect; did you mean `level`?" in run.stdout
    assert "Traceback" not in run.stdout


def test_a_faulty_policy_names_its_findings(tests_file: Callable[..., Path]) -> None:
    path = tests_file("tests: []\n", policy="policy: shop\n")
    assert "shop.yaml:1:" in pytest_in(path.parent).stdout
