"""The entry point: reads the arguments, runs the command, and turns what goes wrong into one plain line and an exit code."""

from __future__ import annotations

import importlib.metadata
import io
import os
import sys
from typing import TYPE_CHECKING, Final

from closedloop.cli.arguments import parser
from closedloop.errors import ClosedloopError, InvalidComplaint, InvalidPolicy

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Sequence

FINE: Final = 0
FINDINGS: Final = 1
COULD_NOT_RUN: Final = 2
_INTERRUPTED: Final = 130
_NOBODY_READS: Final = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 fine, 1 findings or rows set aside, 2 could not run."""
    _write_as_utf8()
    options = parser(importlib.metadata.version("closedloop")).parse_args(arguments)
    try:
        code = _command(options.command)(options)
        sys.stdout.flush()
    except ClosedloopError as error:
        for line in _lines(error):
            print(f"closedloop {options.command}: {line}", file=sys.stderr)
        return COULD_NOT_RUN
    except BrokenPipeError:
        # Whoever read the output has enough; nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return _INTERRUPTED
    return code


def _command(name: str) -> Callable[[Namespace], int]:
    # A command is imported when it is asked for, so that `--help` and `--version` answer at once.
    from closedloop.cli import comparing, deciding, proving, rendering

    return {
        "decide": deciding.decide,
        "explain": deciding.explain,
        "compare": comparing.compare,
        "check": proving.check,
        "test": proving.test,
        "policies": proving.policies,
        "render": rendering.render,
        "schema": proving.schema,
    }[name]


def _lines(error: ClosedloopError) -> Sequence[str]:
    """Give one line for each finding or problem."""
    if isinstance(error, InvalidPolicy) and error.findings:
        return [str(finding) for finding in error.findings]
    if isinstance(error, InvalidComplaint) and error.problems:
        return [str(problem) for problem in error.problems]
    return [" ".join(str(error).split())]


def _write_as_utf8() -> None:
    """Write UTF-8 into files and pipes everywhere, and never fail on a character that a terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
