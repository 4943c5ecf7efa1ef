"""The command `render`: a policy as a document that people sign."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from closedloop.errors import ClosedloopError
from closedloop.facade import load_policy
from closedloop.rendering import render as written

if TYPE_CHECKING:
    from argparse import Namespace

    from closedloop.rendering import Form

_HTML: Final = (".html", ".htm")


def render(options: Namespace) -> int:
    """Print a policy, or write it into a file; the ending of the file says the form where no option does."""
    text = written(load_policy(options.policy), options.lang, _form(options))
    if options.output is None:
        sys.stdout.write(text)
        return 0
    try:
        Path(options.output).write_text(text, "utf-8", newline="\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise ClosedloopError(f"{options.output}: cannot be written: {(reason or 'not a file name').lower()}") from None
    return 0


def _form(options: Namespace) -> Form:
    if options.format is not None:
        return "html" if options.format == "html" else "markdown"
    return "html" if options.output is not None and options.output.lower().endswith(_HTML) else "markdown"
