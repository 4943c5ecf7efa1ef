"""Variants of a policy: another policy that differs in named keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.errors import InvalidPolicy, Place, closest
from closedloop.policy.bases import overruled
from closedloop.policy.findings import finding
from closedloop.policy.loading import assemble
from closedloop.policy.merging import SECTIONS, applied, assigned, gives_keys, nested, settable, stepped
from closedloop.policy.tree import Node, from_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.errors import Finding
    from closedloop.policy.loading import Loaded
    from closedloop.policy.tree import Path


def replace(loaded: Loaded, changes: Mapping[str, object], name: str) -> Loaded:
    """Return the policy with other values at dotted paths, such as `{"repeats.window": "60 days"}`.

    A value is text or nested data. `name` is what the variant is called in messages and comparisons.
    Raises `InvalidPolicy` for a path that does not exist, with the nearest, and for whatever does not fit.
    """
    findings: list[Finding] = []
    source = loaded.source
    for text, value in changes.items():
        source = _changed(source, text, value, name, findings)
    if findings:
        raise InvalidPolicy(findings)
    return assemble(loaded.file, source, name=name)


def _changed(source: Node, text: str, value: object, name: str, findings: list[Finding]) -> Node:
    path = _path(source, text)
    if path is None:
        near = closest(text, settable(source))
        help_text = f"did you mean `{near}`?" if near else "`paths()` lists what can be changed"
        findings.append(finding("unknown_path", Place(name, 0, 0, text), f"there is no `{text[:80]}`", help_text))
        return source
    node, found = from_data(value, name, path)
    findings += found
    change = _change(source, path, node)
    findings += overruled(source, change, change)
    return applied(source, change)


def _path(source: Node, text: str) -> Path | None:
    """Read a dotted path; what it sets may be new, if what it belongs to is there."""
    path = stepped(source, text)
    if path is not None and (len(path) > 1 or path[0] not in {"policy", "extends", "remove"}):
        return path
    section, _, row = text.partition(".")
    return (section, row) if section in SECTIONS and row and "." not in row and source.child(section) is None else None


def _change(source: Node, path: Path, value: Node) -> Node:
    """Make the piece of document that sets a path; within a value that is taken as a whole, the rest of it stays."""
    whole = next((length for length in range(len(path) + 1) if not gives_keys(path[:length])), len(path))
    before = source.find(path[:whole])
    return nested(path[:whole], assigned(before, path[whole:], value) if before is not None else value)
