"""What a document is, whatever its formatting: the canonical form, its hash, and the YAML that gives the same hash."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from closedloop.policy.tree import Node, plain

if TYPE_CHECKING:
    from closedloop.policy.tree import Path

Canonical: TypeAlias = "str | list[Canonical] | dict[str, Canonical] | None"
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def digest(tree: Node) -> str:
    """Return the sha256 of the canonical form, in hexadecimal digits."""
    return hashlib.sha256(canonical(tree).encode("ascii")).hexdigest()


def canonical(tree: Node) -> str:
    """Write a document as JSON without regard to formatting, comments and the order of rows."""
    return json.dumps(_ordered(tree, ()), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _ordered(node: Node, path: Path) -> Canonical:
    content = node.content
    if isinstance(content, dict):
        members = {key: _ordered(child, (*path, key)) for key, child in content.items()}
        return [[key, member] for key, member in members.items()] if _keeps_order(path) else members
    if isinstance(content, list):
        return [_ordered(child, (*path, number)) for number, child in enumerate(content)]
    return content


def _keeps_order(path: Path) -> bool:
    """Say whether the order of a mapping means something: the values of a fact may be ordered, the title names languages."""
    match path:
        case ("title",) | ("facts", _, "values"):
            return True
        case _:
            return False


def to_yaml(tree: Node) -> str:
    """Write a document so that reading it gives the same hash."""
    return yaml.dump(plain(tree), Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=120)
