"""`python -m closedloop.cli` is the command `closedloop`."""

from __future__ import annotations

import sys

from closedloop.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
