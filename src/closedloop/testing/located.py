"""A file of policy tests as it stands, with the place of everything in it, and the findings gathered while it is read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from closedloop.calendars import localise
from closedloop.errors import Finding, InvalidValue, Place, closest
from closedloop.policy.tree import place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from closedloop.policy.tree import Node, Path


class Located:
    """The document, and what is wrong with it so far."""

    def __init__(self, root: Node, findings: Iterable[Finding] = ()) -> None:
        """Start with what reading the text found."""
        self.root = root
        self.findings = list(findings)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of the value at a path, or of its key."""
        return place(self.root, path, key=key)

    def refuse(self, path: Path, message: str, near: str | None = None, help_text: str = "", identity: str = "wrong_type") -> None:
        """Note a finding at the key of a path, with the nearest known name as advice."""
        advice = f"did you mean `{near}`?" if near else help_text
        self.findings.append(Finding(id=identity, severity="error", place=self.place(path, key=True), message=message, help=advice))

    def members(self, path: Path) -> tuple[tuple[str, Node], ...]:
        """Return the keys and values of a mapping; anything else is a finding."""
        node = self.root.find(path)
        if node is None:
            return ()
        if isinstance(node.content, dict):
            return tuple(node.content.items())
        if node.content is not None:
            self.refuse(path, f"`{path[-1]}` is a mapping of keys to values")
        return ()

    def items(self, path: Path) -> tuple[Node, ...]:
        """Return the items of a list; anything else is a finding."""
        node = self.root.find(path)
        if node is None:
            return ()
        if isinstance(node.content, list):
            return tuple(node.content)
        if node.content is not None:
            self.refuse(path, f"`{path[-1]}` is a list")
        return ()

    def text(self, path: Path) -> str | None:
        """Return a text; None where there is none, and a finding where there is something else."""
        node = self.root.find(path)
        if node is None or node.content is None:
            return None
        if isinstance(node.content, str):
            return node.content
        self.refuse(path, f"`{path[-1]}` is one value")
        return None

    def texts(self, path: Path) -> tuple[str, ...]:
        """Return one text, or a list of them, as a tuple."""
        node = self.root.find(path)
        content = node.content if node is not None else None
        if isinstance(content, str):
            return (content,)
        if isinstance(content, list) and all(isinstance(item.content, str) for item in content):
            return tuple(item.content for item in content if isinstance(item.content, str))
        if content is not None:
            self.refuse(path, f"`{path[-1]}` is a value or a list of values")
        return ()

    def known_keys(self, path: Path, known: Collection[str]) -> None:
        """Refuse every key of a mapping that is none of these."""
        for key, _ in self.members(path):
            if key not in known:
                self.refuse((*path, key), f"there is no key `{key}` here", closest(key, known), f"known are {', '.join(known)}", "unknown_key")

    def instant(self, path: Path, timezone: str, text: str | None = None) -> datetime | None:
        """Read an instant; a wall time is one in the zone."""
        text = self.text(path) if text is None else text
        if text is None:
            return None
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            self.refuse(path, f"`{text[:40]}` is not an instant", None, "write one such as `2026-03-02 16:30:00`")
            return None
        try:
            return value if value.tzinfo is not None else localise(value, timezone)
        except InvalidValue as error:
            self.refuse(path, str(error))
            return None
