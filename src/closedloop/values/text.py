"""Words for people in several languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A language tag such as `zh`, `zh-Hant` or `en`.
Lang = str

#: Which languages stand in for one another when a label is not written in the one asked for.
_FALLBACK = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a thing in several languages; `id` serves where no label is written."""

    id: str
    words: Mapping[Lang, str] = field(default_factory=FrozenMap)

    def text(self, lang: Lang) -> str:
        """Return the label in `lang`, else in its base language, else in any language written, else the id in words."""
        for tag in (lang, lang.split("-", 1)[0]):
            if tag in self.words:
                return self.words[tag]
        if lang.split("-", 1)[0] == "en":
            return self.id.replace("_", " ")
        for tag in (*_FALLBACK, *self.words):
            if tag in self.words:
                return self.words[tag]
        return self.id.replace("_", " ")
