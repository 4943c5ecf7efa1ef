"""The work list of 100,000 open cases of document 000, beside one due instant of each by pandas.

A work list says which of 21 duties are late, whether the case may close, and when to look again; no other part of the review is
read, and so none is worked out. A day later only those cases are looked at again whose `wake_at` has come: without a new event no
other answer can have changed. pandas answers one question of these: whether two working days from receipt have passed. The cases
are made up, without their ends, in batches, so that memory stays small; only the reviews are timed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING

import pandas as pd
from turns import show

import closedloop as cl
from closedloop import whatif

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CASES = 100_000
BATCH = 5_000
POLICY = cl.load_policy("chery_nev")
START, END = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
NEXT_DAY = END + timedelta(days=1)
WORK_LIST, AGAIN = "closedloop, the work list of a case", "closedloop, the same a day later, by `wake_at`"
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


def look(cases: Iterable[cl.Case], at: datetime) -> list[tuple[cl.Case, datetime | None, bool]]:
    """Ask of each case what a work list shows; return when to look at it again, and whether anything is late."""
    found = []
    for case in cases:
        review = POLICY.review(case, at=at)
        _ = review.closing
        found.append((case, review.wake_at, bool(review.late)))
    return found


def main() -> None:
    """Time each batch under both, and print."""
    first = again = peer = 0.0
    late = changed = 0
    for cases in batches():
        begun = perf_counter()
        seen = look(cases, END)
        between = perf_counter()
        woken = [case for case, wake_at, _ in seen if wake_at is not None and wake_at <= NEXT_DAY]
        look(woken, NEXT_DAY)
        looked = perf_counter()
        _ = [pd.Timestamp(case.complaint.received_at) + TWO_DAYS < END for case in cases]
        first, again, peer = first + between - begun, again + looked - between, peer + perf_counter() - looked
        late, changed = late + sum(is_late for *_, is_late in seen), changed + len(woken)
    taken = {WORK_LIST: first, AGAIN: again, "pandas, two working days of a case": peer}
    show(f"Reviewing {CASES:,} open cases ({late:,} with something late)", {name: each / CASES for name, each in taken.items()}, against=WORK_LIST)
    print(f"  in all {first:.0f} s on one core; a day later {again:.2f} s, for the {changed:,} that can have changed")


if __name__ == "__main__":
    main()
