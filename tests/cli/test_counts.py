"""`closedloop decide` on policies that count over earlier cases: what a stream and a history file tell them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.shop import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.shop import Run

#: The third complaint of a customer is major, and one after a refund.
COUNTING = POLICY.replace("tables:\n", "{facts}tables:\n", 1).replace("{when: {ill: yes}, then: major", "{when: {when}, then: major")
OFTEN = {"facts": "  before: {count: received, same: [customer], window: 30 days, zh: 次数, en: complaints}\n", "when": '{before: ">= 3"}'}
REFUNDED = {"facts": "  refunds: {count: refunded, same: [customer], where: {ill: yes}, zh: 退款, en: refunds}\n", "when": '{refunds: ">= 1"}'}
EVENTS = "events:\n  refunded: {zh: 退款, en: refunded}\n"


def policy(folder: Path, *, facts: str, when: str) -> Path:
    """Write a shop that counts and takes no notice of repeats."""
    text = COUNTING.replace("{facts}", facts).replace("{when}", when).replace("tables:\n", f"{EVENTS}tables:\n", 1)
    path = folder / "counting.yaml"
    path.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith("repeats:")), "utf-8")
    return path


def rows(folder: Path, name: str, *given: dict[str, Any]) -> Path:
    path = folder / name
    path.write_text("\n".join(json.dumps(row) for row in given), "utf-8")
    return path


def row(name: str, received: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "received_at": f"2026-03-{received}T10:00:00", "customer": "C-1", "category": "food", "ill": "no", **more}


def levels(run: Run) -> dict[str, tuple[Any, list[str]]]:
    """Return the level of each complaint, and what is asked."""
    found = [json.loads(line) for line in run.out.splitlines()]
    return {record["complaint"]["id"]: (record["parts"]["level"]["value"], [asked["fact"] for asked in record["questions"]]) for record in found}


def test_in_a_stream_the_third_complaint_of_a_customer_counts_three(closedloop: Callable[..., Run], tmp_path: Path) -> None:
    """A1, A2 and A3 are of one customer within 30 days, B of another; 1 April is more than 30 days after 1 March, so A4 counts three again."""
    given = [row("A1", "01"), row("A2", "02"), row("B", "02", customer="C-2"), row("A3", "03"), row("A4", "31", received_at="2026-04-01T10:00:00")]
    found = levels(closedloop("decide", policy(tmp_path, **OFTEN), rows(tmp_path, "stream.jsonl", *given)))
    assert found == {"A1": ("minor", []), "A2": ("minor", []), "B": ("minor", []), "A3": ("major", []), "A4": ("major", [])}


def test_a_single_row_is_asked_for_its_history(closedloop: Callable[..., Run], tmp_path: Path) -> None:
    found = levels(closedloop("decide", policy(tmp_path, **OFTEN), rows(tmp_path, "one.jsonl", row("A1", "01"))))
    assert found == {"A1": (None, ["history"])}


@pytest.mark.parametrize(
    ("past", "told"),
    [
        ({"ill": "yes", "events": [{"kind": "refunded", "at": "2026-02-03T09:00:00"}]}, ("major", [])),
        ({"facts": {"ill": True}, "events": [{"kind": "refunded", "at": "2026-02-03T09:00:00"}]}, ("major", [])),
        ({"ill": "no", "events": [{"kind": "refunded", "at": "2026-02-03T09:00:00"}]}, ("minor", [])),
        ({"ill": "yes", "events": []}, ("minor", [])),
        ({"ill": "yes", "customer": "C-2", "events": [{"kind": "refunded", "at": "2026-02-03T09:00:00"}]}, ("minor", [])),
        ({"events": [{"kind": "refunded", "at": "2026-02-03T09:00:00"}]}, (None, ["history.facts"])),
        ({"ill": "yes"}, (None, ["history.events"])),
    ],
)
def test_a_history_file_tells_facts_and_events(
    past: dict[str, Any], told: tuple[Any, list[str]], closedloop: Callable[..., Run], tmp_path: Path
) -> None:
    history = rows(tmp_path, "past.jsonl", {"id": "P", "received_at": "2026-02-02T09:00:00", "customer": "C-1", **past})
    run = closedloop("decide", policy(tmp_path, **REFUNDED), rows(tmp_path, "one.jsonl", row("A1", "01")), "--history", history)
    assert levels(run) == {"A1": told}


@pytest.mark.parametrize(
    ("past", "place"),
    [
        ({"events": [{"kind": "refundd", "at": "2026-02-03T09:00:00"}]}, "events.0.kind"),
        ({"events": [{"kind": "refunded"}]}, "events.0.at"),
        ({"events": "refunded"}, "events: found str"),
        ({"ill": "perhaps"}, "ill"),
        ({"il": "yes"}, "did you mean `ill`?"),
    ],
)
def test_a_history_that_cannot_be_read_says_where(past: dict[str, Any], place: str, closedloop: Callable[..., Run], tmp_path: Path) -> None:
    history = rows(tmp_path, "past.jsonl", {"id": "P", "received_at": "2026-02-02T09:00:00", "customer": "C-1", **past})
    run = closedloop("decide", policy(tmp_path, **REFUNDED), rows(tmp_path, "one.jsonl", row("A1", "01")), "--history", history)
    assert run.code != 0
    assert place in run.err
    assert run.out == ""


def test_a_history_says_the_level_also_where_cases_are_counted(closedloop: Callable[..., Run], tmp_path: Path) -> None:
    """Two complaints were before this one, so it is the third; the level is worked out by the policy, and stated of the past."""
    past = [{"id": name, "received_at": f"2026-02-2{day}T09:00:00", "customer": "C-1", "level": "minor"} for day, name in enumerate("PQ")]
    history = rows(tmp_path, "past.jsonl", *past)
    run = closedloop("decide", policy(tmp_path, **OFTEN), rows(tmp_path, "one.jsonl", row("A1", "01")), "--history", history)
    assert levels(run) == {"A1": ("major", [])}


def test_all_that_is_wrong_with_a_row_of_the_history_is_said_at_once(closedloop: Callable[..., Run], tmp_path: Path) -> None:
    past = {
        "id": "P",
        "received_at": "soon",
        "customer": "C-1",
        "il": "yes",
        "category": "fod",
        "events": [{"kind": "refundd", "at": "2026-02-03T09:00:00"}],
    }
    history = rows(tmp_path, "past.jsonl", past)
    run = closedloop("decide", policy(tmp_path, **REFUNDED), rows(tmp_path, "one.jsonl", row("A1", "01")), "--history", history)
    assert run.code != 0
    assert all(place in run.err for place in ("received_at", "did you mean `ill`", "did you mean `food`", "did you mean `refunded`"))
