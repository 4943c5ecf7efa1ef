"""Loads a policy: finds its text and those it extends, merges them, and builds the model or says all that is wrong."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from closedloop.errors import InvalidPolicy, UnknownPolicy, closest
from closedloop.policy.bases import Bases, Shelf, candidates, read_file, reference
from closedloop.policy.building.whole import build
from closedloop.policy.document import PolicyDocument
from closedloop.policy.identity import to_yaml
from closedloop.policy.merging import settable
from closedloop.policy.part import FROM_TEXT
from closedloop.policy.tree import from_data, plain
from closedloop.policy.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from importlib.resources.abc import Traversable

    from closedloop.errors import Finding
    from closedloop.policy.model import PolicyModel
    from closedloop.policy.tree import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A policy that has been read: the whole document, with the place of every part, and the model built from it.

    `file` is the name under which messages speak of the document; `source` has all that it extends merged in, and no
    choice of a reading applied yet.
    """

    file: str
    source: Node = field(repr=False)
    model: PolicyModel = field(repr=False)

    @property
    def document(self) -> PolicyDocument:
        """The whole document as models."""
        return PolicyDocument.model_validate(plain(self.source), context=FROM_TEXT)

    def to_yaml(self) -> str:
        """Write the whole document; reading it gives a policy with the same hash."""
        return to_yaml(self.source)

    def paths(self) -> tuple[str, ...]:
        """Return the dotted paths that `replace` can set; a key that a row does not give yet can be set as well."""
        return tuple(settable(self.source))


def read_policy(source: str | os.PathLike[str], *, search: Sequence[str | os.PathLike[str]] = (), packaged: Traversable | None = None) -> Loaded:
    """Load a policy: a file (a path, or a string with a separator or ending in `.yaml`), else the packaged policy of that id.

    What it extends is looked for beside the file, then in `search`, then among the packaged policies.

    Raises
    ------
    UnknownPolicy
        If there is no such file or packaged policy.
    InvalidPolicy
        With every finding, in the order of the file.

    """
    shelves = _shelves(search, packaged)
    if isinstance(source, str) and not _is_file_name(source):
        return _packaged(source, shelves)
    file = FilePath(source)
    try:
        tree, findings = read_file(file, str(source))
    except (OSError, ValueError) as error:
        reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "not a file name"
        raise UnknownPolicy(f"there is no policy file `{str(source)[:200]}`: {reason}") from None
    return _loaded(str(source), tree, findings, [Shelf.at(file.parent), *shelves])


def read_text(
    text: str | bytes, name: str = "policy", *, search: Sequence[str | os.PathLike[str]] = (), packaged: Traversable | None = None
) -> Loaded:
    """Load a policy from its text; `name` stands for the file in messages. Raises `InvalidPolicy`."""
    tree, findings = read_yaml(text, name)
    return _loaded(name, tree, findings, _shelves(search, packaged))


def from_document(document: PolicyDocument, *, search: Sequence[str | os.PathLike[str]] = (), packaged: Traversable | None = None) -> Loaded:
    """Load a policy built in Python. Raises `InvalidPolicy`."""
    name = document.policy or "policy"
    tree, findings = from_data(document.model_dump(by_alias=True, exclude_unset=True, exclude_none=True), name)
    return _loaded(name, tree, findings, _shelves(search, packaged))


def packaged_policies() -> Traversable:
    """Return the folder of the packaged policies."""
    return resources.files("closedloop") / "policies"


def assemble(file: str, source: Node, findings: Iterable[Finding] = (), files: Sequence[str] = (), name: str | None = None) -> Loaded:
    """Build a merged document; `files` gives the order in which findings are told. Raises `InvalidPolicy`."""
    model, found = build(source, name)
    every = [*findings, *found]
    if every or model is None:
        raise InvalidPolicy(in_order(every, files))
    return Loaded(file=file, source=source, model=model)


def in_order(findings: Iterable[Finding], files: Sequence[str]) -> list[Finding]:
    """Sort findings as the files are read, each from top to bottom."""
    rank = {file: number for number, file in enumerate(files)}
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda finding: (rank.get(finding.place.file, len(rank)), finding.place.line, finding.place.column))


def _shelves(search: Sequence[str | os.PathLike[str]], packaged: Traversable | None) -> list[Shelf]:
    return [*(Shelf.at(FilePath(each)) for each in search), Shelf(packaged if packaged is not None else packaged_policies())]


def _is_file_name(source: str) -> bool:
    return source.endswith(".yaml") or os.sep in source or "/" in source


def _packaged(source: str, shelves: Sequence[Shelf]) -> Loaded:
    wanted = reference(source)
    for file, name in candidates(shelves, wanted.policy) if wanted is not None else ():
        tree, findings = read_file(file, name)
        if tree is None or wanted is None or wanted.edition in {None, tree.text("edition")}:
            return _loaded(name, tree, findings, shelves)
    known = sorted({file.name.split(".")[0] for file, _ in candidates(shelves)})
    near = closest(source, known)
    hint = f"did you mean `{near}`?" if near else f"packaged are {', '.join(known) or 'none'}; a file ends in `.yaml`"
    raise UnknownPolicy(f"there is no packaged policy `{source[:60]}`; {hint}", found=source, suggestion=near)


def _loaded(file: str, tree: Node | None, findings: list[Finding], shelves: Sequence[Shelf]) -> Loaded:
    bases = Bases(shelves)
    source = bases.merged(tree) if tree is not None else None
    every = [*findings, *bases.findings]
    if source is None:
        raise InvalidPolicy(in_order(every, bases.files))
    return assemble(file, source, every, bases.files)
