"""The work list of 100,000 open cases of document 000, beside one due instant of each by pandas.

A work list says which of 21 duties are late, whether the case may close, and when to look again; no other part of the review is
read, and so none is worked out. A day later only those cases are looked at again whose `wake_at` has come: without a new event no
other answer can have changed. pandas answers one question of these: whether two working days from receipt have passed. The cases
are made up, without their ends, in batches, so that memory stays small; only the reviews are timed. No case needs another one, so
that each process of a host can hold its own share of them; the longest share is what the second time is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
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
ENDS = frozenset({"closure_requested", "closed", "reopened"})
TWO_DAYS = pd.offsets.CustomBusinessDay(2)


@dataclass(frozen=True)
class Taken:
    """Seconds that a share of the cases took, and what was found."""

    first: float
    again: float
    peer: float
    late: int
    changed: int


def batches(seed: int, cases: int) -> Iterator[list[cl.Case]]:
    """Make the cases up, decided, with their events."""
    recorded = iter(whatif.generate(POLICY, complaints=cases, seed=seed, start=START, end=END))
    while given := list(islice(recorded, BATCH)):
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


def share(seed: int, cases: int) -> Taken:
    """Time the batches of a share."""
    first = again = peer = 0.0
    late = changed = 0
    for batch in batches(seed, cases):
        begun = perf_counter()
        seen = look(batch, END)
        between = perf_counter()
        woken = [case for case, wake_at, _ in seen if wake_at is not None and wake_at <= NEXT_DAY]
        look(woken, NEXT_DAY)
        looked = perf_counter()
        _ = [pd.Timestamp(case.complaint.received_at) + TWO_DAYS < END for case in batch]
        first, again, peer = first + between - begun, again + looked - between, peer + perf_counter() - looked
        late, changed = late + sum(is_late for *_, is_late in seen), changed + len(woken)
    return Taken(first, again, peer, late, changed)


def main() -> None:
    """Time all in one process, then in one for each core, and print."""
    cores = os.cpu_count() or 1
    one = share(1, CASES)
    with get_context("spawn").Pool(cores) as processes:
        several = processes.starmap(share, [(seed, CASES // cores) for seed in range(cores)])
    taken = {"closedloop, the work list of a case": one.first, "closedloop, the same a day later, by `wake_at`": one.again}
    taken["pandas, two working days of a case"] = one.peer
    each = {name: seconds / CASES for name, seconds in taken.items()}
    show(f"Reviewing {CASES:,} open cases ({one.late:,} with something late)", each, against="closedloop, the work list of a case")
    print(f"  in all {one.first:.0f} s in one process, {max(each.first for each in several):.0f} s in {cores}")
    print(f"  a day later {one.again:.2f} s, for the {one.changed:,} that can have changed")


if __name__ == "__main__":
    main()
