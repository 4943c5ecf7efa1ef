"""Document 000 with one day instead of two, on a real stream of arrivals and closings.

No company publishes its complaints. The calls of New York's service line (nyc311) stand in for them: when they came in and
when they were closed is real, the customer is the place that a call is about, and the categories are mapped by us.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import closedloop as cl
from closedloop import whatif

STREAM = Path(__file__).with_name("nyc311") / "complaints.csv"
CATEGORIES = {"animal_abuse": "service_process", "dead_animal": "product_quality", "animal_in_a_park": "technical_ability"}


def stand_in(call: whatif.Recorded, policy: cl.Policy) -> tuple[cl.Complaint, list[cl.Event]] | None:
    """Take a call for a complaint under document 000; its closing stands for the application for closure, and for the closing."""
    category = CATEGORIES.get(call.value("category") or "")
    if category is None:
        return None
    given = {"id": call.id, "received_at": call.received_at, "customer": call.value("subject"), "subject": "car", "category": category}
    complaint = policy.complaint({name: value for name, value in given.items() if value is not None})
    plain = [event for event in call.events if isinstance(event, Mapping)]
    ends = [policy.event({**event, "kind": kind}) for event in plain for kind in ("closure_requested", "closed")]
    return complaint, ends


old = cl.load_policy("chery_nev")
new = old.replace({"tables.closing_limit.rules.quality.then": "1 day", "tables.closing_limit.rules.technical.then": "1 day"}, name="close in one day")
calls = whatif.Caseload.from_csv(STREAM, events={"closed": "closed_at"}, timezone="America/New_York")
january = (call for call in calls if str(call.received_at) < "2025-02")
caseload = whatif.Caseload.from_cases(pair for call in january if (pair := stand_in(call, old)) is not None)

outcome = whatif.compare(old, new, caseload)
print(repr(outcome))
for row in outcome.summary("category").rows:
    if row.measure in {"late", "first_pass"}:
        print(row.group, row.measure, row.of, row.old, row.new, row.difference)
print(outcome.attribution("late"))
print(*outcome.assumptions[0].words.values(), sep="\n")
