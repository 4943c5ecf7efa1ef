"""The time from nothing to a library that is imported, each in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

from turns import TURNS, show

STATEMENTS = {
    "(the interpreter alone)": "pass",
    "import closedloop": "import closedloop",
    "import pydantic": "from pydantic import BaseModel",
    "import pandas": "import pandas",
    "import closedloop, and the first decision": (
        "import closedloop as cl, datetime as d\n"
        "at = d.datetime(2026, 3, 2, 9, tzinfo=d.timezone.utc)\n"
        "complaint = cl.Complaint(id='T', received_at=at, customer='C', category='sales_process')\n"
        "cl.load_policy('chery_nev').decide(complaint, history=())"
    ),
}


def started(statement: str) -> float:
    """Return how long a fresh interpreter takes for a statement, its own start included."""
    begun = perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return perf_counter() - begun


def main() -> None:
    """Compare, and print; the start of the interpreter is taken off."""
    best = dict.fromkeys(STATEMENTS, float("inf"))
    for _ in range(TURNS):
        for name, statement in STATEMENTS.items():
            best[name] = min(best[name], started(statement))
    bare = best.pop("(the interpreter alone)")
    show("Starting", {name: taken - bare for name, taken in best.items()}, against="import closedloop")


if __name__ == "__main__":
    main()
