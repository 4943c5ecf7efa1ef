"""Changes: a piece of document laid over another. `extends`, readings, editions and `replace` are all this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from closedloop.policy.document import PolicyDocument
from closedloop.policy.tree import Node, dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from closedloop.policy.tree import Path

#: Sections and settings whose keys a change gives one by one; every other head key is taken as a whole.
SECTIONS: Final = frozenset(
    {"parties", "facts", "events", "records", "clocks", "tables", "repeats", "rounds", "duties", "routines", "gates", "targets", "readings"}
    | {"clauses", "source", "in_force"}
)
#: Sections of which each entry is a single value.
_SINGLE: Final = frozenset({"repeats", "clauses", "source", "in_force"})
HEAD: Final = tuple(field.alias or name for name, field in PolicyDocument.model_fields.items())
#: What a choice of a reading cannot change: who the policy is, and how it may be read.
IDENTITY: Final = frozenset({"policy", "edition", "title", "extends", "remove", "readings"})


class Choice(NamedTuple):
    """A choice of a reading: the piece of document that it changes, and whether it is in force."""

    reading: str
    name: str
    change: Node
    taken: bool


def gives_keys(path: Path) -> bool:
    """Say whether a change gives the keys of the mapping at a path one by one, rather than the mapping as a whole."""
    match path:
        case ():
            return True
        case (section,):
            return section in SECTIONS
        case ("tables", _, "rules") | ("tables", _, "rules", _) | ("gates", _, _) | ("facts", _, "in_time"):
            return True
        case (section, _):
            return section in SECTIONS - _SINGLE
        case _:
            return False


def applied(tree: Node, change: Node, path: Path = ()) -> Node:
    """Lay a change over a document. Both stay as they were."""
    if not (isinstance(tree.content, dict) and isinstance(change.content, dict) and gives_keys(path)):
        return change
    members = dict(tree.content)
    for key, node in change.content.items():
        members[key] = applied(members[key], node, (*path, key)) if key in members else node
    return tree._replace(content=members)


def touched(tree: Node, change: Node, path: Path = ()) -> Iterator[Path]:
    """Go through the paths that a change sets: keys of rows that there are, and whole new rows."""
    base = tree.find(path)
    if base is not None and isinstance(base.content, dict) and isinstance(change.content, dict) and gives_keys(path):
        for key, node in change.content.items():
            yield from touched(tree, node, (*path, key))
    else:
        yield path


def assigned(tree: Node, path: Path, value: Node) -> Node:
    """Set what stands at a path; the mappings on the way must be there."""
    if not path:
        return value
    members = dict(tree.content) if isinstance(tree.content, dict) else {}
    members[str(path[0])] = assigned(members.get(str(path[0]), Node({}, value.file)), path[1:], value)
    return tree._replace(content=members)


def without(tree: Node, path: Path) -> Node:
    """Leave out what stands at a path, if it is there."""
    if not isinstance(tree.content, dict) or not path or str(path[0]) not in tree.content:
        return tree
    members = dict(tree.content)
    key = str(path[0])
    if path[1:]:
        members[key] = without(members[key], path[1:])
    else:
        del members[key]
    return tree._replace(content=members)


def nested(path: Path, value: Node) -> Node:
    """Make the piece of document that sets one path."""
    for key in reversed(path):
        value = Node({str(key): value}, value.file, value.line, value.column, value.line, value.column)
    return value


def stepped(tree: Node, text: str) -> Path | None:
    """Read a dotted path of a document, whose keys may hold dots; None where it leads nowhere. Its last key may be new."""
    if isinstance(tree.content, dict):
        for key, child in tree.content.items():
            if text == key:
                return (key,)
            if text.startswith(f"{key}.") and (rest := stepped(child, text[len(key) + 1 :])) is not None:
                return (key, *rest)
        if text and ("." not in text or "/" in text):
            return (text,)
    return None


def settable(tree: Node, path: Path = ()) -> Iterator[str]:
    """Go through the dotted paths that a change may set: rows, their keys, and what is within."""
    if not isinstance(tree.content, dict):
        return
    for key, child in tree.content.items():
        if path or key not in {"policy", "extends", "remove"}:
            yield dotted((*path, key))
            yield from settable(child, (*path, key))


def choices(tree: Node) -> Iterator[Choice]:
    """Go through the choices of all readings, as far as they are of the right form."""
    for reading, row in _members(tree.child("readings")):
        taken = row.text("take")
        for name, change in _members(row.child("choices")):
            if isinstance(change.content, dict):
                yield Choice(reading, name, change, name == taken)


def _members(node: Node | None) -> Iterable[tuple[str, Node]]:
    return node.content.items() if node is not None and isinstance(node.content, dict) else ()


def as_read(tree: Node, instead: Choice | None = None) -> Node:
    """Return the document with the choices in force applied, `instead` taking the place of its own reading's."""
    for choice in choices(tree):
        if choice.taken and choice.change.content and (instead is None or choice.reading != instead.reading):
            tree = applied(tree, choice.change)
    return applied(tree, instead.change) if instead is not None else tree
