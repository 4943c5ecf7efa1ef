"""What an outcome depends on: a reduced ordered decision diagram over the facts that have no value yet.

Facts are tried in one fixed order and equal branches are joined, so a fact occurs in the diagram exactly when the
outcome depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from closedloop.rules.states import Value


@dataclass(frozen=True)
class Leaf:
    """An outcome that no further fact changes."""

    value: Hashable

    @cached_property
    def values(self) -> tuple[Hashable, ...]:
        """The one outcome."""
        return (self.value,)

    @property
    def facts(self) -> tuple[str, ...]:
        """No fact is needed."""
        return ()

    def paths(self) -> Iterator[tuple[Mapping[str, Value], Hashable]]:
        """Give the outcome with no answers needed."""
        yield {}, self.value


@dataclass(frozen=True)
class Branch:
    """A fact on which the outcome depends, and what each class of its values leads to."""

    fact: str
    children: tuple[tuple[Value, Diagram], ...]

    @cached_property
    def values(self) -> tuple[Hashable, ...]:
        """Every outcome that is still possible, in the order in which it is met."""
        return tuple(dict.fromkeys(value for _, child in self.children for value in child.values))

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts on which the outcome depends, first those that decide most."""
        return tuple(dict.fromkeys((self.fact, *(fact for _, child in self.children for fact in child.facts))))

    def paths(self) -> Iterator[tuple[Mapping[str, Value], Hashable]]:
        """Give for every way through the diagram the answers and the outcome."""
        for value, child in self.children:
            for answers, outcome in child.paths():
                yield {self.fact: value, **answers}, outcome

    @cached_property
    def _hash(self) -> int:
        return hash((self.fact, self.children))

    def __hash__(self) -> int:
        """Hash once."""
        return self._hash


Diagram = Leaf | Branch
