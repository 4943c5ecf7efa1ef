"""What is shipped: a typed package with few dependencies, and policies with their tests beside them."""

from __future__ import annotations

import re
from importlib.metadata import requires, version
from importlib.resources import files as resources
from typing import TYPE_CHECKING

import closedloop

if TYPE_CHECKING:
    from pathlib import Path


def test_the_core_needs_four_packages_and_a_zone_database_where_there_is_none() -> None:
    core = {re.split(r"[^\w-]", line)[0].lower() for line in requires("closedloop") or () if "extra ==" not in line}
    assert core == {"pydantic", "python-dateutil", "holidays", "pyyaml", "tzdata"}


def test_the_package_says_that_it_is_typed() -> None:
    assert (resources(closedloop) / "py.typed").is_file()


def test_the_installed_version_is_that_of_the_tree(root: Path) -> None:
    assert f'version = "{version("closedloop")}"' in (root / "pyproject.toml").read_text("utf-8")


def test_every_policy_has_its_tests_beside_it(root: Path) -> None:
    folders = (root / "src" / "closedloop" / "policies", root / "examples")
    policies = {path for folder in folders for path in folder.rglob("*.yaml") if not path.name.endswith(".tests.yaml")}
    # A story is told of a policy; tests/test_examples.py compares it with its recording.
    policies = {path for path in policies if path.parent.name != "stories"}
    assert policies
    assert [str(path) for path in sorted(policies) if not path.with_suffix(".tests.yaml").exists()] == []
