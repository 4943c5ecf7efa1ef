"""Makes findings on a policy, each in one line whatever stands in the document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from closedloop.errors import Finding

if TYPE_CHECKING:
    from closedloop.errors import Place, Severity


def finding(identity: str, where: Place, message: str, help_text: str = "", severity: Severity = "error") -> Finding:
    """Return a remark on the policy at a place."""
    where = where if where.path.isprintable() else replace(where, path=one_line(where.path))
    return Finding(id=identity, severity=severity, place=where, message=one_line(message), help=one_line(help_text))


def one_line(text: str) -> str:
    """Put a space for everything that does not print, line ends among it."""
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
