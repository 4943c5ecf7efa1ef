"""The documents lead where they say: links, commands, and the version in the changelog."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchor(heading: str) -> str:
    """Give the anchor that a heading gets on the usual hosts: lower case, words joined by `-`, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", "")).replace(" ", "-")


def anchors(document: Path) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", document.read_text("utf-8")), re.MULTILINE)}


def internal_links(document: Path) -> list[str]:
    targets = (first or second for first, second in LINK.findall(FENCE.sub("", document.read_text("utf-8"))))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def leads_somewhere(document: Path, link: str) -> bool:
    place, _, fragment = link.partition("#")
    target = (document.parent / place).resolve() if place else document
    return target.exists() and (not fragment or fragment in anchors(target))


@pytest.fixture(scope="module")
def documents(files: tuple[Path, ...]) -> tuple[Path, ...]:
    return tuple(path for path in files if path.suffix == ".md")


@pytest.fixture(scope="module")
def makefile(root: Path) -> str:
    return (root / "Makefile").read_text("utf-8")


@pytest.fixture(scope="module")
def version(root: Path) -> str:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def test_every_internal_link_leads_somewhere(root: Path, documents: tuple[Path, ...]) -> None:
    broken = [f"{path.relative_to(root)}: {link}" for path in documents for link in internal_links(path) if not leads_somewhere(path, link)]
    assert broken == []


def test_a_broken_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One thing\n[a](#one-thing) [b](#another) [c](gone.md) [d](https://example.org)\n", "utf-8")
    assert [link for link in internal_links(page) if not leads_somewhere(page, link)] == ["#another", "gone.md"]


def commands(document: Path) -> list[str]:
    return re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text("utf-8"), re.MULTILINE)


def test_every_command_that_a_document_names_is_in_the_makefile(documents: tuple[Path, ...], makefile: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert [(str(path), name) for path in documents for name in commands(path) if name not in targets] == []


def test_the_changelog_begins_with_this_version_or_what_comes_next(root: Path, version: str) -> None:
    headings = re.findall(r"^## \[([^\]]+)\]", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings
    assert headings[0] in {"Unreleased", version}


def test_the_build_server_runs_what_a_developer_runs(root: Path) -> None:
    run = root / ".ci" / "run"
    assert run.stat().st_mode & 0o100
    assert "make test" in run.read_text("utf-8")
