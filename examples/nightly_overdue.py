"""Nightly job: overdue duties and blocked closings; one broken case never stops the run.

Names are text here, for the module of typed names (`closedloop stubs chery_nev`) is not made yet; the library's own classes check them when they run.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, assert_never

import closedloop as cl

if TYPE_CHECKING:
    from collections.abc import Iterable

POLICY = cl.load_policy("chery_nev")


def nightly(cases: Iterable[cl.Case], at: datetime) -> Counter[str]:
    """Print what is late or has no due instant, and count the states of duties."""
    states: Counter[str] = Counter()
    for case in cases:
        try:
            review = POLICY.review(case, at=at)
        except cl.ClosedloopError as error:
            print(case.complaint.id, error)
            states["set aside"] += 1
            continue
        for duty in review.duties:
            states[duty.state] += 1
            match duty.state:
                case "late" | "met_late":
                    print(duty.party.label("zh"), duty.id, duty.late_by, duty.reason.clause.id)
                case "unspecified_by_source" | "needs_fact":
                    print("no due instant:", duty.id, duty.reason.text("zh"))
                case "running" | "met" | "paused" | "waiting" | "not_owed":
                    pass
                case other:
                    assert_never(other)
        if not review.closing.allowed:
            print([blocker.code for blocker in review.closing.blockers])
    return states


def at(text: str) -> datetime:
    """Read local time."""
    return cl.localise(datetime.fromisoformat(text), "Asia/Shanghai")


def complaint(name: str, category: str, received_at: str) -> cl.Complaint:
    """Make a complaint of one customer."""
    return cl.Complaint(id=name, received_at=at(received_at), customer="C-7", subject=name, category=category)


OTHER = cl.load_policy("eight_steps")  # a case that came to the wrong job
overdue = POLICY.open_case(complaint("T-1", "product_quality", "2026-03-02 09:00"), history=())
fresh = POLICY.open_case(complaint("T-2", "sales_process", "2026-03-05 20:00"), history=())
broken = OTHER.open_case(cl.Complaint(id="E-1", received_at=at("2026-03-02 09:00")), history=())
for state, count in sorted(nightly((overdue, broken, fresh), at("2026-03-05 23:00")).items()):
    print(state, count)
