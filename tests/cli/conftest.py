"""A small policy and complaints for the command line, and a way to run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from closedloop.cli import main
from tests.cli.shop import POLICY, TESTS, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Write the policy and its tests, and return the policy's path."""
    (tmp_path / "shop.tests.yaml").write_text(TESTS, "utf-8")
    path = tmp_path / "shop.yaml"
    path.write_text(POLICY, "utf-8")
    return path


@pytest.fixture
def closedloop(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run the command line in this process."""

    def run(*arguments: object) -> Run:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return run
