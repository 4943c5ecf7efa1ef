"""Complaints under document 000, for tests of decisions."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import closedloop as cl

SHANGHAI = ZoneInfo("Asia/Shanghai")


@cache
def policy() -> cl.Policy:
    """Return the packaged policy of document 000."""
    return cl.load_policy("chery_nev")


def at(text: str) -> datetime:
    """Read a local instant of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def complaint(received: str = "2026-03-02 09:00", **given: Any) -> cl.Complaint:
    """Return a complaint of one customer about one thing; what is not given here is not known."""
    attributes = {"id": "T-1", "customer": "C-7", "subject": "battery", "category": "product_quality"} | given
    return cl.Complaint(received_at=at(received), **{name: value for name, value in attributes.items() if value is not None})


def past(closed: str | None, *, level: str | None = "general", received: str = "2026-01-05 09:00", name: str = "P-1", **key: str) -> cl.PastCase:
    """Return an earlier case of the same customer about the same thing."""
    return cl.PastCase(
        id=name,
        key={"customer": "C-7", "category": "product_quality", "subject": "battery"} | key,
        received_at=at(received),
        closed_at=None if closed is None else at(closed),
        level=level,
    )


def decide(received: str = "2026-03-02 09:00", history: Any = (), **given: Any) -> cl.Decision:
    """Decide such a complaint; without a history there is no earlier case."""
    return policy().decide(complaint(received, **given), history=history)
