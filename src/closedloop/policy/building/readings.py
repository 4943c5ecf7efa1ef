"""Builds the readings, and checks every choice, also those that are not in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.errors import closest
from closedloop.policy.merging import HEAD, IDENTITY, choices, touched
from closedloop.policy.model import Reading
from closedloop.policy.tree import dotted
from closedloop.values.clauses import ReadingChoice
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.policy import document
    from closedloop.policy.building.draft import Draft
    from closedloop.policy.tree import Node, Path


def touches(tree: Node) -> dict[str, tuple[Path, ...]]:
    """Return the paths that any choice of each reading changes."""
    found: dict[str, dict[Path, None]] = {}
    for choice in choices(tree):
        paths = found.setdefault(choice.reading, {})
        paths.update(dict.fromkeys(touched(tree, choice.change)))
    return {reading: tuple(path for path in paths if path) for reading, paths in found.items()}


def by_path(tree: Node) -> dict[Path, tuple[ReadingChoice, ...]]:
    """Return, for each path on the way to what a reading changes and within it, the readings that rest there and the choices in force."""
    found: dict[Path, dict[ReadingChoice, None]] = {}
    for choice in choices(tree):
        taken = ReadingChoice(choice.reading, tree.text("readings", choice.reading, "take") or "")
        for path in touched(tree, choice.change):
            on_the_way = [path[:length] for length in range(1, len(path))]
            for each in (*on_the_way, *_within(choice.change.find(path), path)) if path else ():
                found.setdefault(each, {})[taken] = None
    return {path: tuple(each) for path, each in found.items()}


def _within(node: Node | None, path: Path) -> Iterator[Path]:
    """Go through a path and those of the mappings beneath it."""
    yield path
    for key, child in node.content.items() if node is not None and isinstance(node.content, dict) else ():
        if isinstance(child.content, dict):
            yield from _within(child, (*path, key))


def readings(draft: Draft, rows: Mapping[str, document.Reading], source: Node) -> FrozenMap[str, Reading]:
    """Build the readings of a document; `source` is the document before any choice is applied."""
    paths = touches(source)
    built = {name: _reading(draft, ("readings", name), row, paths.get(name, ())) for name, row in rows.items()}
    _check_taken(draft, source)
    return FrozenMap(built)


def _reading(draft: Draft, path: Path, row: document.Reading, paths: tuple[Path, ...]) -> Reading:
    name = str(path[1])
    draft.code(path, name, "the id of a reading")
    draft.known((*path, "take"), row.take, row.choices.keys(), "choice")
    if not tuple(row.choices)[1:]:
        draft.fault("one_choice", (*path, "choices"), f"the reading `{name}` leaves no choice", "name two choices or more", key=True)
    for choice, change in row.choices.items():
        at = (*path, "choices", choice)
        draft.code(at, choice, "a choice")
        if not isinstance(change, dict):
            draft.fault("bad_change", at, "a choice is a piece of document, `{}` for the text as it is written")
            continue
        for key in change:
            _check_key(draft, (*at, key), key)
    return Reading(
        id=name,
        label=draft.label(name, row),
        take=row.take,
        choices=tuple(row.choices),
        touches=tuple(map(dotted, paths)),
        provenance=draft.provenance(path, row, must_cite=True),
    )


def _check_key(draft: Draft, path: Path, key: str) -> None:
    if key in IDENTITY:
        draft.fault("bad_change", path, f"a choice cannot change `{key}`", key=True)
    elif key not in HEAD:
        near = closest(key, HEAD)
        draft.fault("unknown_key", path, f"`{key}` is not a section of a policy", f"did you mean `{near}`?" if near else "", key=True)


def _check_taken(draft: Draft, source: Node) -> None:
    """Check that no two choices in force change the same key."""
    by_key: dict[Path, str] = {}
    for choice in choices(source):
        if not choice.taken:
            continue
        for path in touched(source, choice.change):
            other = next((name for seen, name in by_key.items() if seen[: len(path)] == path or path[: len(seen)] == seen), None)
            if other is not None and other != choice.reading:
                at = ("readings", choice.reading, "choices", choice.name)
                message = f"the readings `{other}` and `{choice.reading}` both change `{dotted(path)}`: they are one question"
                draft.fault("readings_meet", at, message, "write them as one reading", key=True)
            by_key[path] = choice.reading
