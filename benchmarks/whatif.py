"""Comparing two policies on a real stream, beside a plain loop of the same decisions and reviews, and a hand-written pandas script.

The loop decides and reviews every case twice, with no earlier cases, and looks at nothing: what a comparison costs beyond it is
history, comparing part by part, and measuring. The script only counts late closings, from two columns, for one limit.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from turns import seconds, show

import closedloop as cl
from closedloop import whatif

STREAM = Path(__file__).resolve().parents[1] / "examples" / "nyc311"
CALLS = 500
POLICY = cl.load_policy(STREAM / "nyc311.yaml")
NEW = POLICY.replace({"tables.closing_limit.rules.remains.then": "48 hours"}, name="two days")


def late(frame: pd.DataFrame) -> dict[str, int]:
    """Count what was closed late under 72 hours and under 48, as an analyst would by hand."""
    took = pd.to_datetime(frame["closed_at"]) - pd.to_datetime(frame["received_at"])
    remains = frame["category"] == "dead_animal"
    return {f"{hours} hours": int((took[remains] > pd.Timedelta(hours=hours)).sum()) for hours in (72, 48)}


def main() -> None:
    """Measure the ways in turn."""
    frame = pd.read_csv(STREAM / "complaints.csv", dtype=str).head(CALLS)
    caseload = whatif.Caseload.from_frame(
        frame, events={"closed": "closed_at"}, facts={"agency": "agency", "descriptor": "descriptor"}, timezone=POLICY.timezone
    )
    assert caseload.last is not None
    at = caseload.last

    def loop() -> None:
        for policy in (POLICY, NEW):
            for call in caseload:
                complaint = policy.complaint(dict(call.complaint), assume_timezone=POLICY.timezone)
                events = [policy.event(event, assume_timezone=POLICY.timezone) for event in call.events]
                review = policy.review(policy.open_case(complaint, history=()).with_events(*events), at=at)
                for _ in (review.outcomes, review.duties, review.gates, review.breaches, review.findings):
                    pass

    ways = {
        "closedloop, two policies compared": lambda: whatif.compare(POLICY, NEW, caseload),
        "closedloop, a policy compared with itself": lambda: whatif.compare(POLICY, POLICY, caseload),
        "a loop of the same decisions and reviews, no history": loop,
        "pandas, late closings of one category only": lambda: late(frame),
    }
    show(f"What-if, a case under two policies ({CALLS} calls)", seconds(ways, each=CALLS), against="closedloop, two policies compared")


if __name__ == "__main__":
    main()
