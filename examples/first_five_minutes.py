"""First five minutes: one complaint, one answer, and the clause behind it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import closedloop as cl

policy = cl.load_policy("chery_nev")
complaint = cl.Complaint(
    id="T-1",
    received_at=datetime(2026, 2, 13, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")),
    customer="C-7",
    subject="battery",
    category="product_quality",
    facts={"loss": "large", "dissatisfaction": "low"},
)
decision = policy.decide(complaint, history=[])
closure = decision.duty("closure")
print(decision.level, closure.due, closure.reason.clause.id)
for question in decision.questions:
    print("?", question.text("en"))
print(decision.explain("zh"))
