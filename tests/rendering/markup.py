"""Reads markup as a browser does, to see what of a text became markup."""

from __future__ import annotations

from html.parser import HTMLParser


class Markup(HTMLParser):
    """What a page consists of: its elements with their attributes, its texts, what is not closed in order, and what it would fetch."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of a tag."""
        return [attributes for name, attributes in self.elements if name == tag]

    def text(self, tag: str | None = None) -> str:
        """Return the text within elements of a tag, or all of it."""
        return "".join(data for within, data in self.texts if tag in {None, within})

    @property
    def fetched(self) -> list[str]:
        """The addresses outside the page."""
        named = [attributes.get(name, "#") for _, attributes in self.elements for name in ("src", "href")]
        return [address for address in named if not address.startswith("#")]
