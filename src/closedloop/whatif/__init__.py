"""What a change of policy would have done: the same cases under another policy, exactly.

Read a caseload, compare two policies on it, and read the difference with the clauses behind it.
"""

from __future__ import annotations

from closedloop.complaint_files import Rejected
from closedloop.whatif.attribution import Attribution, AttributionRow
from closedloop.whatif.availability import Unavailable
from closedloop.whatif.caseload import Caseload
from closedloop.whatif.changes import Change, Effect, PartChange
from closedloop.whatif.comparing import compare
from closedloop.whatif.comparison import Compared, Comparison
from closedloop.whatif.generating import generate
from closedloop.whatif.partial import CaseError
from closedloop.whatif.recorded import Recorded
from closedloop.whatif.summary import Summary, SummaryRow

__all__ = [
    # the cases
    "Caseload",
    "Recorded",
    "Rejected",
    "generate",
    # comparing
    "compare",
    "Comparison",
    "Compared",
    "CaseError",
    "Unavailable",
    # what changed
    "Change",
    "PartChange",
    "Effect",
    "Summary",
    "SummaryRow",
    "Attribution",
    "AttributionRow",
]
