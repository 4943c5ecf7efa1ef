"""The work list of 100,000 open cases of document 000, beside one due instant of each by pandas.

A work list says which of 21 duties are late, whether the case may close, and when to look again; no other part of the review is
read, and so none is worked out. pandas answers one question of these: whether two working days from receipt have passed. The cases
are made up, without their ends, in batches, so that memory stays small; only the reviews are timed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING

import pandas as pd
from turns import show

import closedloop as cl
from closedloop import whatif

if TYPE_CHECKING:
    from collections.abc import Iterator

CASES = 100_000
BATCH = 5_000
POLICY = cl.load_policy("chery_nev")
START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
ENDS = frozenset({"closure_requested", "closed", "reopened"})
TWO_DAYS = pd.offsets.CustomBusinessDay(2)


def batches() -> Iterator[list[cl.Case]]:
    """Make the cases up, decided, with their events."""
    caseload = whatif.generate(POLICY, complaints=CASES, seed=1, start=START, end=END)
    cases = iter(caseload)
    while given := list(islice(cases, BATCH)):
        yield [_case(each) for each in given]


def _case(recorded: whatif.Recorded) -> cl.Case:
    assert isinstance(recorded.complaint, cl.Complaint)
    events = [event for event in recorded.events if isinstance(event, cl.Event) and event.kind not in ENDS]
    return POLICY.open_case(recorded.complaint, history=()).with_events(*events)


def main() -> None:
    """Time each batch under both, and print."""
    taken = {"closedloop, the work list of a case": 0.0, "pandas, two working days of a case": 0.0}
    late = 0
    for cases in batches():
        begun = perf_counter()
        for case in cases:
            review = POLICY.review(case, at=END)
            late += bool(review.late)
            _ = review.closing, review.wake_at
        between = perf_counter()
        _ = [pd.Timestamp(case.complaint.received_at) + TWO_DAYS < END for case in cases]
        taken["closedloop, the work list of a case"] += between - begun
        taken["pandas, two working days of a case"] += perf_counter() - between
    each = {name: seconds / CASES for name, seconds in taken.items()}
    show(f"Reviewing {CASES:,} open cases ({late:,} with something late)", each, against="closedloop, the work list of a case")
    print(f"  in all {taken['closedloop, the work list of a case']:.0f} s on one core")


if __name__ == "__main__":
    main()
