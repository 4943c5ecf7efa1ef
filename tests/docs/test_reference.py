"""The reference names what there is: every public name, every code of a problem, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import closedloop as cl

ROOT = Path(__file__).resolve().parents[2]
API = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
PROBLEMS = (ROOT / "docs" / "reference" / "problems.md").read_text("utf-8")
WORD = re.compile(r"`([A-Za-z_][\w.]*)")
CODE_IN_SOURCE = re.compile(r"""Problem\(\s*code="([a-z_]+)"|\.add\(\s*"([a-z_]+)",""")


def named(page: str) -> set[str]:
    found = set(WORD.findall(page))
    return found | {name.split(".")[0] for name in found}


def codes_of(source: str) -> set[str]:
    return {first or second for first, second in CODE_IN_SOURCE.findall(source)}


def test_every_public_name_is_in_the_reference() -> None:
    assert set(cl.__all__) - named(API) == set()


def test_every_attribute_in_the_reference_exists() -> None:
    dotted = [name.split(".") for name in named(API) if re.fullmatch(r"[A-Z]\w+\.\w+", name)]
    assert len(dotted) > 30
    missing = [(owner, name) for owner, name in dotted if name not in {*dir(getattr(cl, owner)), *getattr(cl, owner).__annotations__}]
    assert missing == []


def test_the_remarks_on_events_are_those_that_a_review_gives() -> None:
    folder = ROOT / "src" / "closedloop"
    source = "".join((folder / name).read_text("utf-8") for name in ("irregularities.py", "evaluation/excess.py"))
    given = set(re.findall(r'_finding\(\s*events, event, "([a-z_]+)"|Finding\(id="([a-z_]+)"|Excess\(kind="([a-z_]+)"', source))
    given = {name for names in given for name in names if name}
    section = API[API.index("### Findings on a case") : API.index("### States")]
    assert len(given) > 12
    assert set(re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)) == given


def test_the_codes_of_problems_are_those_that_the_library_gives() -> None:
    given = set[str]().union(*(codes_of(path.read_text("utf-8")) for path in (ROOT / "src").rglob("*.py")))
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", PROBLEMS, re.MULTILINE)) - {"code", "path", "found", "expected", "suggestion"}
    assert documented == given


def test_a_new_code_would_be_noticed() -> None:
    assert codes_of('yield Problem(code="brand_new", path=())\nintake.add("another", (name,), "x", "y")') == {"brand_new", "another"}
