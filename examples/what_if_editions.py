"""The two editions of Vanke's rule for complaints out of working hours (document 001), on the same arrivals.

No company publishes its complaints. Calls about cruelty to animals in New York (nyc311) stand in: when they came in is real,
and when the police closed a call stands for when a complaint was submitted. The working hours are made up: the text gives none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import closedloop as cl
from closedloop import whatif

STREAM = Path(__file__).with_name("nyc311") / "complaints.csv"
OFFICE = cl.BusinessCalendar.country("US", hours={"mon-fri": [("09:00", "18:00")]}, timezone="America/New_York")


def stand_in(call: whatif.Recorded, policy: cl.Policy) -> tuple[cl.Complaint, list[cl.Event]]:
    """Take a call for a complaint, and its end for the submission to the department."""
    complaint = policy.complaint(
        {"id": call.id, "received_at": call.received_at, "facts": {"kind": "complaint", "customer_kind": "external_customer"}}
    )
    plain = [event for event in call.events if isinstance(event, Mapping)]
    submitted = [{**event, "kind": "forwarded", "data": {"situation": "as called in"}} for event in plain]
    return complaint, [policy.event(event) for event in submitted]


old = cl.load_policy("vanke@1", calendars={"office": OFFICE})
new = cl.load_policy("vanke@2")
calls = whatif.Caseload.from_csv(STREAM, events={"closed": "closed_at"}, timezone="America/New_York")
caseload = whatif.Caseload.from_cases(stand_in(call, old) for call in calls if call.value("category") == "animal_abuse")

outcome = whatif.compare(old, new, caseload)
print(repr(outcome))
submit = next(part for part in outcome.changed[0].parts if part.part == "duties.submit")
print(submit.before, submit.after, submit.clauses, sep="\n")
print(outcome.summary())
print(*(each for each in outcome.unavailable if each.measure == "late"), sep="\n")
