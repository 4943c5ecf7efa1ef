"""The example streams, decided by the command line: every due instant and level of `examples/chery` was worked out by hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def decided(policy: str, stream: str) -> dict[str, dict[str, Any]]:
    """Decide a stream as a program would, and give the records by the id of their complaint."""
    command = [str(Path(sys.executable).with_name("closedloop")), "decide", policy, stream, "--format", "jsonl"]
    run = subprocess.run(command, cwd=EXAMPLES, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    return {record["complaint"]["id"]: record for record in map(json.loads, run.stdout.splitlines())}


def part(record: dict[str, Any], name: str) -> Any:
    return record["parts"][name]["value"]


def duty(record: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in record["duties"] if row["id"] == name)


@pytest.fixture(scope="module")
def chery() -> dict[str, dict[str, Any]]:
    return decided("chery_nev", "chery/complaints.jsonl")


@pytest.fixture(scope="module")
def nyc311() -> dict[str, dict[str, Any]]:
    return decided("nyc311/nyc311.yaml", "nyc311/complaints.csv")


# 000/5.3.1 gives one day (24h) or two; 000/5.3.2: a day ends at 16:30, and a due instant on a day off moves to the next
# working day. 2026: Spring Festival is off from Sun 02-15 to Mon 02-23; Sat 02-14 and Sat 02-28 are worked.
DUE = {
    "category-quality": "2026-03-04T16:30",  # Mon 09:00 + 2
    "category-technical": "2026-03-05T16:30",  # Tue 10:00 + 2
    "category-documents": "2026-03-06T16:30",  # Wed 10:00 + 2
    "category-sales": "2026-03-03T16:30",  # Mon 10:00 + 1
    "category-parts": "2026-03-03T16:30",
    "category-service": "2026-03-03T16:30",
    "cutoff-at-16-30-00": "2026-03-10T16:30",  # Mon + 1
    "cutoff-at-16-30-01": "2026-03-11T16:30",  # counts as Tue, + 1
    "weekend-friday-two-days": "2026-03-16T16:30",  # Fri + 2 = Sun, rolls to Mon
    "festival-make-up-saturday": "2026-02-14T16:30",  # Fri + 1 = Sat, which is worked
    "festival-over-the-holiday": "2026-02-24T16:30",  # Fri + 2 = Sun 15, rolls over the festival
    "festival-after-cutoff": "2026-02-24T16:30",  # counts as Sat 14, + 1 = Sun 15, rolls over the festival
    "festival-during-it": "2026-02-24T16:30",  # Wed 18 + 1 = Thu 19, rolls
    "make-up-saturday-second": "2026-02-28T16:30",  # Fri 27 + 1 = Sat 28, which is worked
    "make-up-saturday-evening": "2026-03-02T16:30",  # Sat 28 after the cutoff counts as Sun, + 1 = Mon
}


@pytest.mark.parametrize("name", DUE)
def test_the_closing_is_due(name: str, chery: dict[str, dict[str, Any]]) -> None:
    assert duty(chery[name], "closure")["due"] == f"{DUE[name]}:00+08:00"


def test_finance_has_a_route_and_no_limit(chery: dict[str, dict[str, Any]]) -> None:
    closure = duty(chery["category-finance"], "closure")
    assert part(chery["category-finance"], "route")["accountable"] == "finance"
    assert (closure["state"], closure["due"]) == ("unspecified_by_source", None)


LEVEL = {
    "level-general": "general",  # 3.2: low dissatisfaction, quickly removable
    "level-intermediate": "intermediate",  # 3.3: large loss
    "level-strong-by-deficiency": "strong",  # 3.4: severe deficiency and a high claim
    "level-strong-by-loss": "strong",  # 3.4: very large loss and a high claim
    "level-big-loss-without-high-claim": "intermediate",  # 3.4 needs the claim; 3.3 holds
    "repeat-first": "general",
    "repeat-within-a-month": "intermediate",  # general + 1
    "repeat-chained": "strong",  # intermediate + 1
    "repeat-at-the-cap": "strong",
    "repeat-another-subject": "general",
    "repeat-after-the-month": "general",
    "month-end-last-minute": "intermediate",
    "month-over-midnight": "general",
}


@pytest.mark.parametrize("name", LEVEL)
def test_the_level_is(name: str, chery: dict[str, dict[str, Any]]) -> None:
    assert part(chery[name], "level") == LEVEL[name]


@pytest.mark.parametrize("name", ["level-named-by-no-clause", "level-open", "nothing-but-the-four"])
def test_the_level_is_not_guessed(name: str, chery: dict[str, dict[str, Any]]) -> None:
    assert part(chery[name], "level") is None


# 000/3.6: closed 01-22, 02-12, 03-05, 03-23 and 04-27; a month later is 02-22, 03-12, 04-05, 04-23 and 05-27, each to its end.
REPEAT = {
    "repeat-first": ("new", None),
    "repeat-while-open": ("merged", "repeat-first"),
    "repeat-within-a-month": ("again", "repeat-first"),
    "repeat-chained": ("again", "repeat-within-a-month"),
    "repeat-at-the-cap": ("again", "repeat-chained"),
    "repeat-last-minute-of-the-month": ("again", "repeat-at-the-cap"),
    "repeat-another-subject": ("new", None),
    "repeat-after-the-month": ("new", None),
    "month-end-last-minute": ("again", "month-first"),  # closed 01-31; 02-31 is not a date, so to the end of 02-28
    "month-over-midnight": ("new", None),
}


@pytest.mark.parametrize("name", REPEAT)
def test_the_repeat_is_known(name: str, chery: dict[str, dict[str, Any]]) -> None:
    assert (chery[name]["repeat"]["state"], chery[name]["repeat"]["of"]) == REPEAT[name]


KIND = {
    "category-sales": "complaint",
    "entitlement-harmed": "complaint",
    "not-a-complaint-only-asks": "other",  # neither dissatisfied nor harmed
    "not-a-complaint-wants-nothing": "other",  # seeks neither explanation nor compensation
}


@pytest.mark.parametrize("name", KIND)
def test_what_is_a_complaint(name: str, chery: dict[str, dict[str, Any]]) -> None:
    assert part(chery[name], "kind") == KIND[name]


def test_every_call_of_the_real_stream_is_decided(nyc311: dict[str, dict[str, Any]]) -> None:
    assert len(nyc311) == 4969
    assert all(part(record, "route")["accountable"] in {"police", "sanitation", "parks", "health"} for record in nyc311.values())


def test_a_call_without_a_place_is_not_called_new(nyc311: dict[str, dict[str, Any]]) -> None:
    """23 calls have no address, and a repeat is a call about the same place."""
    placeless = [record["repeat"]["state"] for record in nyc311.values() if record["complaint"].get("subject") is None]
    assert placeless == ["not_examined"] * 23


def test_the_demo_shows_decisions_with_clauses_and_ends_with_a_summary() -> None:
    """`make demo`, without setting the environment up anew."""
    venv = Path(sys.prefix)
    command = ["make", "--no-print-directory", f"--old-file={venv / '.ready'}", "demo", f"VENV={venv}"]
    run = subprocess.run(command, cwd=EXAMPLES.parent, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert {"example/1.1", "000/5.3.1/quality", "000/3.4"} <= set(re.findall(r"(?:example|000)/[\w./-]*\w", run.stdout))
    assert re.search(r"^decided +44\n(?:.+\n)+", run.stdout[-6000:], re.MULTILINE)
