"""What a change of policy would have done: the same cases under another policy, exactly.

Read a caseload, compare two policies on it, and read the difference with the clauses behind it.
"""

from __future__ import annotations

from closedloop.complaint_files import Rejected
from closedloop.whatif.caseload import Caseload
from closedloop.whatif.generating import generate
from closedloop.whatif.recorded import Recorded

__all__ = [
    # the cases
    "Caseload",
    "Recorded",
    "Rejected",
    "generate",
]
