"""A stored decision is decided again and compared."""

from __future__ import annotations

import json

import pytest

import closedloop as cl
from tests.decision.chery import decide, past, policy


def line(**given: object) -> str:
    """Return a stored decision."""
    return decide("2026-03-10 09:00", **given).record().model_dump_json()


def test_a_record_verifies_offline() -> None:
    """With history, without, and with nobody having looked."""
    for history in ([past("2026-03-01 09:00")], (), None):
        assert cl.verify(line(history=history), [policy()]).outcome == "same"
        assert cl.verify(cl.Record.from_json(line(history=history)), [policy()]).outcome == "same"


def test_a_tampered_record_is_different() -> None:
    """The part that differs is named."""
    data = json.loads(line())
    data["duties"][0]["due"] = "2026-12-31T00:00:00+08:00"
    found = cl.verify(json.dumps(data), [policy()])
    assert (found.outcome, found.differences) == ("different", ("duties",))


def test_what_cannot_be_verified_says_why() -> None:
    """Another policy, a newer library, a broken line."""
    newer = json.loads(line()) | {"semantics": 999}
    assert cl.verify(line(), []).outcome == "unknown_policy"
    assert cl.verify(json.dumps(newer), [policy()]).outcome == "newer_semantics"
    assert cl.verify("{}", [policy()]).outcome == "incomplete"
    with pytest.raises(TypeError, match="read `outcome`"):
        bool(cl.verify("{}", [policy()]))


def test_a_record_redacted_in_a_repeatable_way_verifies() -> None:
    """Equal customers stay equal, so the repeat comes out the same."""
    decision = decide("2026-03-10 09:00", history=[past("2026-03-01 09:00")])
    redacted = decision.record(redact=lambda text: f"<{len(text)}>").model_dump_json()
    assert cl.verify(redacted, [policy()]).outcome == "same"
