"""CRM webhook: a follow-up becomes an event; only new notices are sent; the next wake-up is scheduled.

Names are text here, for the module of typed names (`closedloop stubs chery_nev`) is not made yet; the library's own classes check them when they run.
"""

from __future__ import annotations

from datetime import datetime

import closedloop as cl

POLICY = cl.load_policy("chery_nev")
KINDS = {"reply": "first_replied", "call": "customer_contacted", "done": "closure_requested"}
sent: set[str] = set()


def on_follow_up(case: cl.Case, payload: dict[str, str]) -> cl.Case:
    """Take a follow-up of the CRM into the case, and act on what the review says."""
    kind = KINDS.get(payload["type"])
    if kind is None:
        return case  # not every follow-up is an event
    at = cl.localise(datetime.fromisoformat(payload["at"]), "Asia/Shanghai")  # the CRM writes naive local time
    by = cl.Actor(id=payload["user"], party="quality_assurance")
    case = case.with_events(cl.Event(kind=kind, at=at, id=payload["uuid"], by=by))  # same id twice: one event
    review = POLICY.review(case, at=at)
    for notice in review.notices:
        if notice.id not in sent:  # notice ids are stable
            sent.add(notice.id)
            send(notice.to.label("zh"), notice.reason.text("zh"))
    if review.wake_at is not None:
        schedule(review.wake_at)  # no polling: earliest instant at which this answer can change
    return case


def send(to: str, text: str) -> None:
    """Tell a department."""
    print("  tell", to, text)


def schedule(at: datetime) -> None:
    """Look at the case again at an instant."""
    print("  wake at", at)


complaint = cl.Complaint(
    id="T-1",
    received_at=cl.localise(datetime.fromisoformat("2026-03-02 09:00"), "Asia/Shanghai"),
    customer="C-7",
    subject="LVV-1",
    category="product_quality",
)
received = POLICY.open_case(complaint, history=())
handed_over = cl.Event(
    kind="handed_over",
    at=cl.localise(datetime.fromisoformat("2026-03-02 10:00"), "Asia/Shanghai"),
    by=cl.Actor(id="u-1", party="new_energy_sales"),
    to="quality_assurance",
)
case = received.with_events(handed_over)
for payload in (
    {"type": "call", "at": "2026-03-02 11:00", "uuid": "e-1", "user": "u-7"},
    {"type": "note", "at": "2026-03-02 11:30", "uuid": "e-2", "user": "u-7"},
    {"type": "call", "at": "2026-03-02 11:00", "uuid": "e-1", "user": "u-7"},
    {"type": "done", "at": "2026-03-05 10:00", "uuid": "e-3", "user": "u-7"},
):
    print(payload["type"], payload["uuid"])
    case = on_follow_up(case, payload)
    print("  events", len(case.events))
