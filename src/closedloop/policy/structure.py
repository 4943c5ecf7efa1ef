"""Checks the structure of a document (known keys, required keys, texts where texts belong) and reports it in the words of the format."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, get_args, get_origin

from pydantic import ValidationError

from closedloop.errors import closest
from closedloop.policy import document
from closedloop.policy.document import PolicyDocument
from closedloop.policy.findings import finding
from closedloop.policy.part import FROM_TEXT, Labelled, Part
from closedloop.policy.tree import Node, place, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from closedloop.errors import Finding
    from closedloop.policy.tree import Path

#: How deep below a section its rows stand.
_ROWS: Final[Mapping[str, int]] = {
    "parties": 2, "facts": 2, "events": 2, "records": 2, "clocks": 2, "tables": 4, "duties": 2, "routines": 2,
    "rounds": 2, "gates": 3, "targets": 2, "readings": 2, "clauses": 2, "source": 2,
}  # fmt: skip
_NAMES: Final[Mapping[type[Part], str]] = {
    PolicyDocument: "a policy", document.Title: "the title", document.InForce: "`in_force`", document.Party: "a party", document.Fact: "a fact",
    document.InTime: "`in_time`", document.EventKind: "an event", document.Record: "a record", document.Pause: "a pause",
    document.Clock: "a clock", document.Rule: "a row of a table", document.Table: "a table", document.Repeats: "`repeats`",
    document.Round: "a round", document.Duty: "a duty", document.Routine: "a routine", document.Rung: "a step of a ladder",
    document.NotBefore: "`not_before`", document.NotAfter: "`not_after`", document.Gate: "a gate", document.Target: "a target",
    document.Reading: "a reading",
}  # fmt: skip
#: Keys that every row may have, and that a list of known keys need not repeat.
_ASIDE: Final = frozenset({"zh", "en", "also", "cite", "note"})
_LISTED: Final = re.compile(r"'([^']+)'")
_EXPECTED: Final[Mapping[str, str]] = {
    "string_type": "text",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "list_type": "a list",
}


def structured(root: Node) -> tuple[PolicyDocument | None, list[Finding]]:
    """Read a tree as a document. Parts with faults are left out, so that the rest can still be checked; None if nothing is left."""
    broken = frozenset(_broken(root, ()))
    kept = _without(root, broken)
    findings: list[Finding] = []
    for _ in range(2):
        try:
            return PolicyDocument.model_validate(plain(kept), context=FROM_TEXT), findings
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            findings += [_finding(root, detail) for detail in found if _path(detail) not in broken]
            kept = _without(kept, [_part(kept, detail) for detail in found])
    return None, findings


def row_of(path: Path) -> Path:
    """Return the path of the row in which a path lies."""
    depth = _ROWS.get(str(path[0]), 1) if path else 0
    if path[:1] == ("tables",) and (len(path) < depth or path[2] != "rules"):
        depth = 2
    return path[:depth]


def _broken(node: Node, path: Path) -> Iterator[Path]:
    """Find what reading has already found fault with."""
    if node.content is None:
        yield path if all(isinstance(step, str) for step in path) else row_of(path)
    elif isinstance(node.content, dict):
        for key, child in node.content.items():
            yield from _broken(child, (*path, key))
    elif isinstance(node.content, list):
        for number, child in enumerate(node.content):
            yield from _broken(child, (*path, number))


def _without(node: Node, paths: Iterable[Path]) -> Node:
    for path in paths:
        node = _less(node, path)
    return node


def _less(node: Node, path: Path) -> Node:
    if not isinstance(node.content, dict) or not path or str(path[0]) not in node.content:
        return node
    key = str(path[0])
    content = dict(node.content)
    if len(path) == 1:
        del content[key]
    else:
        content[key] = _less(content[key], path[1:])
    return node._replace(content=content)


def _path(detail: ErrorDetails) -> Path:
    return tuple(step for step in detail["loc"] if step not in {"labels", "[key]"})


def _part(root: Node, detail: ErrorDetails) -> Path:
    """Return what to leave out: an unknown key by itself, else the row."""
    path = _path(detail)
    if detail["type"] == "extra_forbidden":
        return path
    if detail["type"] == "labels":
        return (*path, "labels")
    row = row_of(path)
    return row if root.find(row) is not None else row[:-1]


def _finding(root: Node, detail: ErrorDetails) -> Finding:
    path = _path(detail)
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(root, path)
    if kind == "labels":
        return _error("unknown_key", root, (*path, "labels"), f"`labels` is not a key here: {detail['msg']}", key=True)
    if kind == "missing":
        return _missing(root, path)
    if kind == "literal_error":
        return _not_listed(root, path, detail)
    expected = _EXPECTED.get(kind, detail["msg"])
    return _error("wrong_type", root, path, f"found {_found(root, path)}, expected {expected}")


def _error(identity: str, root: Node, path: Path, message: str, help_text: str = "", *, key: bool = False) -> Finding:
    return finding(identity, place(root, path, key=key), message, help_text)


def _unknown_key(root: Node, path: Path) -> Finding:
    part = _part_at(path[:-1])
    near = closest(str(path[-1]), _keys(part))
    known = [key for key in _keys(part) if key not in _ASIDE]
    help_text = f"did you mean `{near}`?" if near else f"known keys: {', '.join(known)}"
    return _error("unknown_key", root, path, f"`{path[-1]}` is not a key of {_name(part)}", help_text, key=True)


def _missing(root: Node, path: Path) -> Finding:
    part = _part_at(path[:-1])
    about = next((field.description or "" for key, field in _fields(part) if key == path[-1]), "")
    message = f"`{path[-1]}` is missing in {_name(part)}"
    return _error("missing_key", root, path[:-1], message, f"{path[-1]}: {about[:1].lower()}{about[1:]}", key=True)


def _not_listed(root: Node, path: Path, detail: ErrorDetails) -> Finding:
    known = _LISTED.findall(detail.get("ctx", {}).get("expected", ""))
    found = root.text(*map(str, path)) or ""
    near = closest(found, known)
    help_text = f"did you mean `{near}`?" if near else ""
    return _error("unknown_word", root, path, f"found {_found(root, path)}, expected {' or '.join(f'`{word}`' for word in known)}", help_text)


def _found(root: Node, path: Path) -> str:
    node = root.find(path)
    if node is None:
        return "nothing"
    if isinstance(node.content, str):
        return f"`{node.content[:60]}`"
    return "a list" if isinstance(node.content, list) else "a mapping"


def _part_at(path: Path) -> type[Part]:
    """Return the kind of part that stands at a path."""
    part: object = PolicyDocument
    for step in path:
        part = _beneath(part, str(step))
    return part if isinstance(part, type) and issubclass(part, Part) else Part


def _beneath(part: object, step: str) -> object:
    if isinstance(part, type) and issubclass(part, Part):
        part = next((field.annotation for key, field in _fields(part) if key == step), None)
        return _structured(part)
    return _structured(get_args(part)[-1]) if get_args(part) else None


def _structured(annotation: object) -> object:
    """Look behind `| None` for the part, the mapping or the list."""
    if get_origin(annotation) in {dict, list} or (isinstance(annotation, type) and issubclass(annotation, Part)):
        return annotation
    return next(filter(None, map(_structured, get_args(annotation))), None)


def _fields(part: type[Part]) -> Iterator[tuple[str, FieldInfo]]:
    return ((field.alias or name, field) for name, field in part.model_fields.items())


def _keys(part: type[Part]) -> list[str]:
    keys = [key for key, _ in _fields(part) if key != "labels"]
    return [*keys, "zh", "en"] if issubclass(part, Labelled) else keys


def _name(part: type[Part]) -> str:
    return _NAMES.get(part, "this part")
