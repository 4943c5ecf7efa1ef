"""Runs every benchmark, one after the other: `make bench`, or `python benchmarks/run.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = ("starting.py", "loading.py", "decision.py", "review.py", "whatif.py", "calendar/measure.py")


def main() -> int:
    """Run each in its own process; 1 when one of them fails."""
    codes = [subprocess.run([sys.executable, HERE / program], check=False).returncode for program in PROGRAMS]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
