"""Store a decision as one line of JSON."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import closedloop as cl


def append(log: Path, decision: cl.Decision) -> None:
    """Add a line that holds the complaint, the past cases relied upon, the policy's hash, and every part with its clause."""
    with log.open("a", encoding="utf-8") as lines:
        lines.write(decision.record().model_dump_json() + "\n")


policy = cl.load_policy("chery_nev")
complaint = cl.Complaint(id="T-1", received_at=datetime(2026, 3, 2, 16, 30, tzinfo=ZoneInfo("Asia/Shanghai")), category="sales_process")
with TemporaryDirectory() as folder:
    log = Path(folder) / "decisions.jsonl"
    append(log, policy.decide(complaint, history=[]))
    append(log, policy.decide(complaint, history=None))
    for line in log.read_text("utf-8").splitlines():
        record = json.loads(line)
        print(record["format"], record["policy"]["id"], record["complaint"]["id"], sorted(record))
