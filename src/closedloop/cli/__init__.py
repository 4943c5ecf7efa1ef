"""The command line: `closedloop decide`, `explain`, `check`, `test`, `policies`, `render` and `schema`."""

from __future__ import annotations

from closedloop.cli.entry import main

__all__ = ["main"]
