"""Merges a document with those that it extends: finds each, checks what is pinned, and lays the changes over it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from closedloop.errors import closest
from closedloop.policy.findings import finding
from closedloop.policy.identity import digest
from closedloop.policy.merging import applied, choices, settable, stepped, touched, without
from closedloop.policy.tree import dotted, place
from closedloop.policy.yaml_text import MOST_BYTES, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path as FilePath

    from closedloop.errors import Finding
    from closedloop.policy.tree import Node, Path

    File: TypeAlias = FilePath | Traversable

_PINNED: Final = re.compile(r"([a-z][a-z0-9_]*)(?:@(\S+))?")
_HASH: Final = re.compile(r"[0-9a-f]{6,64}")
_MOST_BASES: Final = 20


class Reference(NamedTuple):
    """Which policy is meant: by id, and by edition and hash where they are pinned."""

    policy: str
    edition: str | None = None
    hash: str | None = None

    def __str__(self) -> str:
        """Give `id@edition`."""
        return f"{self.policy}@{self.edition}" if self.edition else self.policy


def reference(text: str) -> Reference | None:
    """Read `id` or `id@edition`."""
    match = _PINNED.fullmatch(text)
    return Reference(match[1], match[2]) if match else None


class Shelf(NamedTuple):
    """A folder where policies are looked for, and what stands before their file names in messages."""

    folder: File
    prefix: str = ""

    @classmethod
    def at(cls, folder: FilePath) -> Shelf:
        """Return a folder that messages name."""
        return cls(folder, "" if str(folder) == "." else f"{folder}{os.sep}")


def read_file(file: File, name: str) -> tuple[Node | None, list[Finding]]:
    """Read a file, no further than the size that a document may have; `name` stands for it in messages."""
    with file.open("rb") as stream:
        return read_yaml(stream.read(MOST_BYTES + 1), name)


def candidates(shelves: Sequence[Shelf], policy: str | None = None) -> Iterator[tuple[File, str]]:
    """Go through the policy files of the shelves and their names; with an id, only those named after it, `ID.yaml` first."""
    for folder, prefix in shelves:
        files = [file for file in folder.iterdir() if file.is_file()] if folder.is_dir() else []
        named = [file for file in files if file.name.endswith(".yaml") and not file.name.endswith(".tests.yaml")]
        fitting = [file for file in named if policy is None or file.name.split(".")[0] == policy]
        for file in sorted(fitting, key=lambda file: (file.name != f"{policy}.yaml", file.name)):
            yield file, prefix + file.name


@dataclass(slots=True)
class Bases:
    """Where the policies are that a document may extend, and what has been found wrong with them."""

    shelves: Sequence[Shelf]
    findings: list[Finding] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def merged(self, tree: Node) -> Node | None:
        """Return the document with all that it extends; None where that cannot be had, which a finding explains."""
        self.files.append(tree.file)
        if tree.child("extends") is None:
            if tree.child("remove") is not None:
                self._fault("unfit_key", tree, ("remove",), "`remove` belongs to a policy that extends another", key=True)
            return without(tree, ("remove",))
        wanted = self._reference(tree)
        found = self._find(tree, wanted) if wanted is not None else None
        base = self.merged(found) if found is not None else None
        if base is None or wanted is None:
            return None
        self._check_hash(tree, base, wanted)
        return self._changed(base, tree)

    def _fault(self, identity: str, tree: Node, path: Path, message: str, help_text: str = "", *, key: bool = False) -> None:
        self.findings.append(finding(identity, place(tree, path, key=key), message, help_text))

    def _reference(self, tree: Node) -> Reference | None:
        node = tree.child("extends")
        content = node.content if node is not None else None
        if isinstance(content, str) and (found := reference(content)) is not None:
            return found
        if isinstance(content, dict) and tree.text("extends", "policy") is not None and content.keys() <= {"policy", "edition", "hash"}:
            named = reference(tree.text("extends", "policy") or "")
            if named is not None and named.edition is None:
                return Reference(named.policy, tree.text("extends", "edition"), tree.text("extends", "hash"))
        form = "write `id`, `id@edition` or {policy: id, edition: ..., hash: ...}"
        self._fault("bad_extends", tree, ("extends",), "this does not name a policy", form)
        return None

    def _find(self, tree: Node, wanted: Reference) -> Node | None:
        """Look for the policy that is extended among files that are not being merged already."""
        if len(self.files) > _MOST_BASES:
            self._fault("too_deep", tree, ("extends",), f"more than {_MOST_BASES} policies extend one another")
            return None
        seen: list[str] = []
        for file, name in candidates(self.shelves, wanted.policy):
            if name in self.files:
                seen.append(f"`{file.name}`, which extends it already")
                continue
            node, findings = read_file(file, name)
            if node is None or node.text("policy") != wanted.policy:
                seen.append(f"`{file.name}`, which {'cannot be read' if node is None else 'is another policy'}")
            elif wanted.edition is not None and node.text("edition") != wanted.edition:
                seen.append(f"edition {node.text('edition')}")
            else:
                self.findings += findings
                return node
        self._not_found(tree, wanted, seen)
        return None

    def _not_found(self, tree: Node, wanted: Reference, seen: list[str]) -> None:
        if seen:
            message = f"`{wanted}` is not among the policies at hand; found {', '.join(seen)}"
            self._fault("unknown_base", tree, ("extends",), message, "pin an edition that is there, or add its file")
            return
        known = sorted({file.name.split(".")[0] for file, _ in candidates(self.shelves)})
        near = closest(wanted.policy, known)
        message = f"there is no policy `{wanted.policy}` beside this file, in the search path or in the package"
        self._fault("unknown_base", tree, ("extends",), message, f"did you mean `{near}`?" if near else f"known: {', '.join(known) or 'none'}")

    def _check_hash(self, tree: Node, base: Node, wanted: Reference) -> None:
        if wanted.hash is None:
            return
        found = digest(base)
        if not _HASH.fullmatch(wanted.hash):
            message = f"found `{wanted.hash[:60]}`, expected the first 6 or more digits of a hash"
            self._fault("bad_hash", tree, ("extends", "hash"), message, f"the hash of `{wanted}` is {found[:12]}")
        elif not found.startswith(wanted.hash):
            message = f"`{wanted}` has changed: its hash is {found[:12]}, pinned is {wanted.hash[:12]}"
            self._fault("hash_mismatch", tree, ("extends", "hash"), message, "compare the two, then pin the new hash")

    def _changed(self, base: Node, tree: Node) -> Node:
        """Lay a document over its base, taking out first what it removes."""
        node = tree.child("remove")
        removed = node.content if node is not None else []
        for number, item in enumerate(removed if isinstance(removed, list) else [node] if node is not None else []):
            text = item.content if isinstance(item.content, str) else ""
            path = stepped(base, text)
            if path is None or base.find(path) is None:
                near = closest(text, settable(base))
                hint = f"did you mean `{near}`?" if near else "name a path of the extended policy"
                self._fault("unknown_path", tree, ("remove", number), f"there is no `{text[:60]}` to remove", hint)
            else:
                base = without(base, path)
        change = without(without(tree, ("extends",)), ("remove",))
        self.findings += overruled(base, change, tree)
        return applied(base, change)


def overruled(base: Node, change: Node, places: Node) -> Iterator[Finding]:
    """Find what a change sets in vain, because a choice in force sets it again."""
    mine = list(touched(base, change))
    for choice in choices(base):
        if not choice.taken or change.find(("readings", choice.reading)) is not None:
            continue
        for path in touched(base, choice.change):
            for each in mine:
                if path[: len(each)] == each or each[: len(path)] == path:
                    message = f"`{dotted(each)}` is decided by the reading {choice.reading}={choice.name}, so that this change has no effect"
                    help_text = f"change `readings.{choice.reading}` as well"
                    yield finding("overruled", place(places, each), message, help_text)
