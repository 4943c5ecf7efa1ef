"""A small policy, and a way to write a file of tests beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BASE = "policy: shop.yaml\nbase: {customer: C-1, category: food, received_at: 2026-03-02 10:00:00, ill: no}\n"


@pytest.fixture
def tests_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a policy and a file of tests beside it, and return the path of the tests."""

    def write(tests: str, *, head: str = BASE, policy: str = POLICY) -> Path:
        (tmp_path / "shop.yaml").write_text(policy, "utf-8")
        path = tmp_path / "shop.tests.yaml"
        path.write_text(head + tests, "utf-8")
        return path

    return write
