"""The document as it stands: texts, lists and mappings, each with the place where it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from closedloop.errors import Place
from closedloop.policy.findings import finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.errors import Finding

#: A document without places: what a policy built in Python or a change given by a script consists of.
Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
#: Where in a document something is: keys, and positions in lists.
Path: TypeAlias = tuple[str | int, ...]

MOST_DEPTH: Final = 20
MOST_NODES: Final = 50_000


class Node(NamedTuple):
    """A piece of document and its place. `content` is None where the text has no usable value and a finding says so.

    Lines and columns count from 1; 0 means that the piece does not come from a text. `key_line` and `key_column` are those
    of the key under which it stands.
    """

    content: str | list[Node] | dict[str, Node] | None
    file: str
    line: int = 0
    column: int = 0
    key_line: int = 0
    key_column: int = 0

    def child(self, step: str | int) -> Node | None:
        """Return the part under a key or at a position, or None."""
        if isinstance(self.content, dict):
            return self.content.get(str(step))
        if isinstance(self.content, list) and isinstance(step, int) and step < len(self.content):
            item: Node = self.content[step]
            return item
        return None

    def find(self, path: Path) -> Node | None:
        """Return the part at a path, or None."""
        node: Node | None = self
        for step in path:
            node = node.child(step) if node is not None else None
        return node

    def nearest(self, path: Path) -> tuple[Node, int]:
        """Return the deepest part on the way to a path, and how many steps of the path lead to it."""
        node = self
        for depth, step in enumerate(path):
            child = node.child(step)
            if child is None:
                return node, depth
            node = child
        return node, len(path)

    def keys(self, *path: str) -> tuple[str, ...]:
        """Return the keys of the mapping at a path; none where there is no mapping."""
        node = self.find(path)
        return tuple(node.content) if node is not None and isinstance(node.content, dict) else ()

    def text(self, *path: str) -> str | None:
        """Return the text at a path, or None where there is none."""
        node = self.find(path)
        return node.content if node is not None and isinstance(node.content, str) else None


def dotted(path: Path) -> str:
    """Write a path as messages and scripts do."""
    return ".".join(map(str, path))


def place(root: Node, path: Path, *, key: bool = False) -> Place:
    """Return the place of what is at a path (or of its key), or of the nearest part that there is."""
    node, depth = root.nearest(path)
    at_key = node.key_line and (key or depth < len(path))
    line, column = (node.key_line, node.key_column) if at_key else (node.line, node.column)
    return Place(node.file, line, column, dotted(path))


def plain(node: Node) -> Plain:
    """Strip the places."""
    content = node.content
    if isinstance(content, dict):
        return {key: plain(child) for key, child in content.items()}
    if isinstance(content, list):
        return [plain(child) for child in content]
    return content or ""


def from_data(data: object, file: str, path: Path = ()) -> tuple[Node, list[Finding]]:
    """Read nested Python data whose leaves are texts; what is not such data is named in a finding."""
    findings: list[Finding] = []
    return _node(data, file, path, findings), findings


def _node(data: object, file: str, path: Path, findings: list[Finding]) -> Node:
    if len(path) > MOST_DEPTH + 2:
        findings.append(_fault("too_deep", file, path[:4], f"the data is nested deeper than {MOST_DEPTH} levels"))
        return Node(None, file)
    if isinstance(data, str):
        return Node(data, file)
    if isinstance(data, (list, tuple)):
        return Node([_node(each, file, (*path, number), findings) for number, each in enumerate(data)], file)
    if isinstance(data, dict):
        return Node(_members(data, file, path, findings), file)
    message = f"found {type(data).__name__}, expected text; write every value as text, such as `'3'` or `'2 days'`"
    findings.append(_fault("wrong_type", file, path, message))
    return Node(None, file)


def _members(data: Mapping[object, object], file: str, path: Path, findings: list[Finding]) -> dict[str, Node]:
    members: dict[str, Node] = {}
    for key, value in data.items():
        if isinstance(key, str):
            members[key] = _node(value, file, (*path, key), findings)
        else:
            findings.append(_fault("wrong_type", file, path, f"found a key of type {type(key).__name__}, expected text"))
    return members


def _fault(identity: str, file: str, path: Path, message: str) -> Finding:
    return finding(identity, Place(file, 0, 0, dotted(path)), message)
