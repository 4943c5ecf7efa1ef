"""A chosen word of a vocabulary: equal to its id, named in several languages, ordered where the vocabulary is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Self

from closedloop.errors import InvalidValue, UnknownName
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.values.text import Label, Lang


@dataclass(frozen=True)
class Choices:
    """The words that one fact (or the parties) may take, weakest first where they are ordered."""

    name: str
    labels: Mapping[str, Label] = field(default_factory=FrozenMap)
    ordered: bool = False

    @cached_property
    def _members(self) -> dict[str, Choice]:
        return {code: Choice(code, self, rank) for rank, code in enumerate(self.labels)}

    def __iter__(self) -> Iterator[Choice]:
        """Go through the choices in order."""
        return iter(self._members.values())

    def __getitem__(self, code: str) -> Choice:
        """Return the choice of that id, or raise `UnknownName` with the nearest."""
        try:
            return self._members[code]
        except KeyError:
            raise UnknownName.among(self.name, code, self.labels) from None

    def __contains__(self, code: object) -> bool:
        """Say whether there is a choice of that id."""
        return code in self._members

    def __len__(self) -> int:
        """Count the choices."""
        return len(self._members)

    def __reduce__(self) -> tuple[type[Choices], tuple[str, Mapping[str, Label], bool]]:
        """Pickle without the members, which refer back."""
        return Choices, (self.name, self.labels, self.ordered)


class Choice(str):
    """A word of a vocabulary. It is a `str` equal to its id.

    Ordered choices compare by rank, also against an id; an unknown id, or a choice of another vocabulary, raises
    `UnknownName` or `InvalidValue`. Unordered choices refuse `<`.
    """

    __slots__ = ("among", "rank")

    among: Choices
    rank: int

    def __new__(cls, code: str, among: Choices, rank: int) -> Self:
        """Make a member of `among`; use `Choices[...]` instead."""
        self = super().__new__(cls, code)
        object.__setattr__(self, "among", among)
        object.__setattr__(self, "rank", rank)
        return self

    @property
    def id(self) -> str:
        """The id as a plain string."""
        return str.__str__(self)

    def label(self, lang: Lang) -> str:
        """Return the words for it in a language."""
        return self.among.labels[self.id].text(lang)

    def _rank_of(self, other: object) -> int:
        if not isinstance(other, str):
            message = f"a choice of `{self.among.name}` compares only with its own choices, found {type(other).__name__}"
            raise TypeError(message)
        if not self.among.ordered:
            message = f"the choices of `{self.among.name}` have no order"
            raise TypeError(message)
        if isinstance(other, Choice) and other.among.name != self.among.name:
            message = f"`{other}` is a choice of `{other.among.name}`, not of `{self.among.name}`"
            raise InvalidValue(message, found=other.id)
        return self.among[other].rank

    def __lt__(self, other: str) -> bool:
        """Compare by rank."""
        return self.rank < self._rank_of(other)

    def __le__(self, other: str) -> bool:
        """Compare by rank."""
        return self.rank <= self._rank_of(other)

    def __gt__(self, other: str) -> bool:
        """Compare by rank."""
        return self.rank > self._rank_of(other)

    def __ge__(self, other: str) -> bool:
        """Compare by rank."""
        return self.rank >= self._rank_of(other)

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        """Be equal to the id."""
        return str.__eq__(self, other) if isinstance(other, str) else NotImplemented

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a value does not change."""
        message = f"a choice is read-only; `{name}` cannot be set"
        raise AttributeError(message)

    def __reduce__(self) -> tuple[object, tuple[Choices, str]]:
        """Pickle as a member of its vocabulary."""
        return _member, (self.among, self.id)


def _member(among: Choices, code: str) -> Choice:
    return among[code]
