"""Bad input: all problems at once, as data that a form can show; nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import closedloop as cl

policy = cl.load_policy("chery_nev")


def receive(raw: dict[str, Any]) -> None:
    """Decide what came in, or show everything that is wrong with it."""
    try:
        complaint = policy.complaint(raw, assume_timezone="Asia/Shanghai")
    except cl.InvalidComplaint as error:
        for problem in error.problems:
            print(json.dumps(problem.as_dict(), ensure_ascii=False))
    else:
        print(policy.decide(complaint, history=None).repeat.state)


receive({"id": "T-9", "received_at": "2026-02-13T10:00:00", "categry": "product_quality", "facts": {"loss": "larg", "high_claim": "yes"}})
receive({"id": "T-9", "received_at": "2026-02-13T10:00:00", "category": "product_quality", "facts": {"loss": "large", "high_claim": "yes"}})
