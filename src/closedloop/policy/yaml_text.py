"""Reads a policy document from YAML text: only mappings, lists and texts, each with its line and column.

What YAML can do beyond that (anchors, aliases, merge keys, tags, several documents) is refused, so that a document
means what it shows and costs no more than its size.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, cast

import yaml

from closedloop.errors import Place
from closedloop.policy.findings import finding
from closedloop.policy.tree import MOST_DEPTH, MOST_NODES, Node, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.errors import Finding
    from closedloop.policy.tree import Path

MOST_BYTES: Final = 1 << 20
#: The C parser takes a tenth of the time; where PyYAML was built without it the other reads the same language.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NULLS: Final = frozenset({"~", "null", "Null", "NULL"})
_PLAIN: Final = "write texts, lists and mappings in full"


class _Mark(Protocol):
    """A place as either of the parsers gives it; both count from 0."""

    line: int
    column: int


class _Unreadable(Exception):
    """Reading cannot go on; a finding says why."""


def read_yaml(source: str | bytes, name: str) -> tuple[Node | None, list[Finding]]:
    """Read a text into a tree, with everything that is wrong with its form; no tree where it cannot be made out."""
    reader = _Reader(name)
    try:
        return reader.document(source), reader.findings
    except _Unreadable:
        return None, reader.findings


class _Reader:
    """One pass over the events of the parser."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.nodes = 0
        self.events: Iterator[yaml.Event] = iter(())

    def document(self, source: str | bytes) -> Node:
        text = self._decoded(source)
        self.events = iter(yaml.parse(text, Loader=_LOADER))
        try:
            return self._root()
        except yaml.MarkedYAMLError as error:
            what = ", ".join(part for part in (error.context, error.problem) if part)
            self._refuse(
                error.problem_mark, f"this is not YAML: {what}", "check indentation, brackets and quotes; quote a text that holds `: ` or ` #`"
            )
        except (yaml.YAMLError, ValueError) as error:
            self._refuse(None, f"this is not YAML: {str(error).splitlines()[0][:120]}")

    def _decoded(self, source: str | bytes) -> str:
        if len(source) > MOST_BYTES:
            self._refuse(None, f"the document has {len(source)} bytes, at most {MOST_BYTES} are read", "split it with `extends`", "too_large")
        text = (source if isinstance(source, str) else self._utf8(source)).removeprefix("\ufeff")
        if found := _CONTROL.search(text):
            message = f"there is a control character (U+{ord(found[0]):04X}) here"
            self._refuse_at(text[: found.start()], message, "remove it", "control_character")
        return text

    def _utf8(self, source: bytes) -> str:
        try:
            return source.decode("utf-8")
        except UnicodeDecodeError as error:
            self._refuse_at(source[: error.start].decode("utf-8", "replace"), "this is not UTF-8 text", "save the file as UTF-8", "encoding")

    def _root(self) -> Node:
        root: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._refuse(_start(event), "a second document starts here", "keep one policy in a file")
                root = self._mapping_only(self._next())
            elif isinstance(event, yaml.DocumentEndEvent) and root is None:
                break
        if root is None:
            self._refuse(None, "the document is empty", "start with `policy`, `edition` and `title`")
        return root

    def _mapping_only(self, event: yaml.Event) -> Node:
        if not isinstance(event, yaml.MappingStartEvent):
            self._refuse(_start(event), "a policy document is a mapping of keys to values", "start with `policy: an_id`", "wrong_type")
        return self._node(event, ())

    def _next(self) -> yaml.Event:
        return next(self.events)

    def _node(self, event: yaml.Event, path: Path) -> Node:
        """Read one value; the depth is bounded before the call goes deeper."""
        self.nodes += 1
        mark = _start(event)
        if self.nodes > MOST_NODES:
            self._refuse(mark, f"the document has more than {MOST_NODES} values", "split it with `extends`", "too_large")
        if len(path) > MOST_DEPTH:
            self._refuse(mark, f"the document is nested deeper than {MOST_DEPTH} levels", identity="too_deep")
        if isinstance(event, yaml.AliasEvent):
            self._find("alias", mark, path, f"`*{event.anchor}` is an alias", _PLAIN)
            return self._made(None, mark)
        self._plain_only(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._made(self._members(path), mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._made(self._items(path), mark)
        return self._made(self._scalar(cast("yaml.ScalarEvent", event), path), mark)

    def _made(self, content: str | list[Node] | dict[str, Node] | None, mark: _Mark) -> Node:
        return Node(content, self.name, mark.line + 1, mark.column + 1)

    def _plain_only(self, event: yaml.Event, path: Path) -> None:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None:
            self._find("anchor", _start(event), path, f"`&{anchor}` is an anchor", _PLAIN)
        if tag is not None:
            self._find("tag", _start(event), path, f"`{tag[:40]}` is a tag", "leave it out: every value is text, typed by what the policy declares")

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> str | None:
        value: str = event.value
        if not value or (value in _NULLS and not event.style):
            found = f"`{value}`" if value else "nothing"
            help_text = "write a value, `unset` where the source does not say, or leave the key out"
            self._find("no_value", _start(event), path, f"found {found}, expected a value", help_text)
            return None
        if not value.isprintable() and (control := _CONTROL.search(value)):
            self._find("control_character", _start(event), path, f"the text holds a control character (U+{ord(control[0]):04X})", "remove it")
            return None
        return value

    def _items(self, path: Path) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _members(self, path: Path) -> dict[str, Node]:
        members: dict[str, Node] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, path)
            node = self._node(self._next(), (*path, key))
            if key in members:
                first = members[key]
                self._find("duplicate_key", _start(event), (*path, key), f"`{key}` is given twice", f"the first is in line {first.key_line}")
            elif key:
                members[key] = node._replace(key_line=_start(event).line + 1, key_column=_start(event).column + 1)
        return members

    def _key(self, event: yaml.Event, path: Path) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            self._refuse(_start(event), "a key is a plain word here", "quote a text that starts with a bracket", "wrong_type")
        self._plain_only(event, path)
        if event.value == "<<" and not event.style:
            self._find("merge_key", _start(event), path, "`<<` is a merge key", _PLAIN)
            return ""
        return self._scalar(event, path) or ""

    def _find(self, identity: str, mark: _Mark, path: Path, message: str, help_text: str) -> None:
        place = Place(self.name, mark.line + 1, mark.column + 1, dotted(path))
        self.findings.append(finding(identity, place, message, help_text))

    def _refuse(self, mark: _Mark | None, message: str, help_text: str = "", identity: str = "syntax") -> NoReturn:
        place = Place(self.name, mark.line + 1, mark.column + 1) if mark is not None else Place(self.name, 1, 1)
        self.findings.append(finding(identity, place, message, help_text))
        raise _Unreadable

    def _refuse_at(self, before: str, message: str, help_text: str, identity: str) -> NoReturn:
        lines = before.split("\n")
        place = Place(self.name, len(lines), len(lines[-1]) + 1)
        self.findings.append(finding(identity, place, message, help_text))
        raise _Unreadable


def _start(event: yaml.Event) -> _Mark:
    return cast("_Mark", event.start_mark)
