"""The chapter on readings: each ambiguous clause, the choice in force, and what every other choice would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedloop.errors import InvalidPolicy
from closedloop.explanation.wording import join
from closedloop.rendering.parts import Entry, Section, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from closedloop.facade import Policy
    from closedloop.policy.model import Reading
    from closedloop.rendering.speech import Speech

#: What a version of a policy says, by path: the title of the entry, and its pieces.
Said = dict[str, tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a policy says, and how to find out what it would say under another choice. `numbers` are those of its entries."""

    speech: Speech
    policy: Policy
    chapters: Callable[[Policy], tuple[Section, ...]]
    numbers: Mapping[str, str]

    def changes(self, reading: str, choice: str) -> list[str]:
        """Say what would change in the document."""
        try:
            variant = self.policy.replace({f"readings.{reading}.take": choice}, name=self.policy.name)
        except InvalidPolicy:
            return [self.speech.of("不能与现采用的其他解读并用", "it does not go together with the other readings in force")]
        return list(self._differences(_said(self.chapters(self.policy)), _said(self.chapters(variant))))

    def _differences(self, now: Said, then: Said) -> Iterator[str]:
        of = self.speech.of
        for path, (title, pieces) in then.items():
            number, old = self.numbers.get(path, ""), now[path][1] if path in now else ()
            fresh = of("；", "; ").join(_unstopped(piece) for piece in pieces if piece not in old)
            gone = of("；", "; ").join(_unstopped(piece) for piece in old if piece not in pieces)
            if path not in now:
                yield of(f"增加一条“{title}”：{fresh}", f"there would also be “{title}”: {fresh}")
            elif fresh:
                yield of(f"{number}改为：{fresh}", f"{number} would read: {fresh}")
            elif gone:
                yield of(f"{number}不再有：{gone}", f"{number} would no longer say: {gone}")
        for path in now:
            if path not in then:
                yield of(f"删去{self.numbers[path]}", f"{self.numbers[path]} would go")


def readings(comparison: Comparison) -> Section:
    """Return the chapter with every reading; an alternative is told by writing the policy as it would be under it."""
    of = comparison.speech.of
    entries = tuple(_reading(comparison, reading) for reading in comparison.speech.model.readings.values())
    intro = of(
        "原文可作数种理解之处。签署本文即确认所采用的一种。",
        "Where the source can be read in more than one way. Who signs confirms the reading in force.",
    )
    return Section(title=of("解读", "Readings"), intro=intro, entries=entries)


def _reading(comparison: Comparison, reading: Reading) -> Entry:
    of, taken = comparison.speech.of, _choice(reading.take)
    return Entry(
        title=reading.label.text(comparison.speech.lang),
        lead=of(f"现采用：“{taken}”，即如本文所写。另可解读为：", f"In force: “{taken}”, as this document says. It may also be read as:"),
        sentences=tuple(_alternative(comparison, reading, choice) for choice in reading.choices if choice != reading.take),
        provenance=reading.provenance,
    )


def _alternative(comparison: Comparison, reading: Reading, choice: str) -> str:
    of = comparison.speech.of
    changes = join(comparison.changes(reading.id, choice), "semicolon", comparison.speech.lang)
    text = changes or of("本文其余各条不变", "nothing else in this document would change")
    return of(f"“{_choice(choice)}”：{text}。", f"“{_choice(choice)}”: {text}.")


def _choice(name: str) -> str:
    return name.replace("_", " ")


def _unstopped(piece: str) -> str:
    return piece.rstrip("。.")


def _said(sections: tuple[Section, ...]) -> Said:
    return {entry.path: (entry.title, entry.said(header)) for _, entry, header in numbered(sections) if entry.path}
