"""Ticket intake in a CRM: typed facts, and the history from the ticket table through an index."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import closedloop as cl

if TYPE_CHECKING:
    from collections.abc import Iterable

POLICY = cl.load_policy("chery_nev")  # module level: frozen, shared by threads, safe after fork


@dataclass
class Ticket:
    """What we need of the CRM's ticket."""

    pk: int
    created: datetime
    customer_id: str | None
    vin: str
    queue_slug: str | None
    description: str
    custom: dict[str, Any] = field(default_factory=dict)
    closed: datetime | None = None
    level: str | None = None


def at(text: str) -> datetime:
    """Read what the CRM writes, which is local time."""
    return cl.localise(datetime.fromisoformat(text), "Asia/Shanghai")


TABLE = [
    Ticket(1, at("2026-02-02 09:00"), "C-7", "LVV-1", "product_quality", "...", closed=at("2026-02-04 09:00"), level="general"),
    Ticket(2, at("2025-02-02 09:00"), "C-7", "LVV-1", "product_quality", "...", closed=at("2025-02-04 09:00"), level="strong"),
]


def prior(query: cl.RepeatQuery | None) -> Iterable[cl.PastCase] | None:
    """Give only the rows that can matter: WHERE match_key = ... AND (closed IS NULL OR closed >= ...).

    Without the whole key there is nothing to look for. That is not the same as having found nothing, so the answer is None.
    """
    if query is None:
        return None
    rows = [row for row in TABLE if row.customer_id == query.key["customer"] and row.vin == query.key["subject"]]
    recent = [row for row in rows if row.closed is None or row.closed >= query.closed_since]
    return [cl.PastCase(id=str(row.pk), key=query.key, received_at=row.created, closed_at=row.closed, level=row.level) for row in recent]


def on_ticket_created(ticket: Ticket) -> cl.Decision:
    """Decide a new ticket, tell the duty manager of a strong complaint, and put it on the right desk."""
    facts: dict[str, cl.FactValue] = {"high_claim": bool(ticket.custom["high_claim"])}
    if ticket.custom.get("loss") == "large":
        facts["loss"] = "large"
    complaint = cl.Complaint(
        id=str(ticket.pk),
        received_at=ticket.created,
        customer=ticket.customer_id,
        subject=ticket.vin,
        category=ticket.queue_slug,
        text=ticket.description,
        facts=facts,
    )
    decision = POLICY.decide(complaint, history=prior(POLICY.repeat_query(complaint)))
    if decision.level is not None and decision.level.id == "strong":
        print("  tell the duty manager")
    if decision.route is None:
        print("  to triage:", *(question.text("zh") for question in decision.questions))
    else:
        print("  to", decision.route.accountable.id)
    return decision


NEW = [
    Ticket(3, at("2026-03-03 09:00"), "C-7", "LVV-1", "product_quality", "...", {"high_claim": False, "loss": "large"}),
    Ticket(4, at("2026-03-03 09:05"), "C-7", "LVV-1", None, "...", {"high_claim": True}),
]
for ticket in NEW:
    print("ticket", ticket.pk)
    decision = on_ticket_created(ticket)
    print("  level", decision.level, "of", *decision.possible("level"), "repeat", decision.repeat.state, "of", decision.repeat.of)
