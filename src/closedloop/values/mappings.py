"""A mapping that is a value: read-only, hashable, picklable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(Mapping[K, V]):
    """A read-only copy of a mapping, in its order, equal to any mapping with the same items."""

    __slots__ = ("_hash", "_items")

    _items: dict[K, V]
    _hash: int | None

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        """Copy the items."""
        object.__setattr__(self, "_items", dict(items or {}))
        object.__setattr__(self, "_hash", None)

    def __getitem__(self, key: K) -> V:
        """Return the value under the key."""
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        """Go through the keys in order."""
        return iter(self._items)

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        """Say whether the key is there."""
        return key in self._items

    def __hash__(self) -> int:
        """Hash the items, whatever their order."""
        if self._hash is None:
            object.__setattr__(self, "_hash", hash(frozenset(self._items.items())))
        assert self._hash is not None
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Compare with any mapping."""
        if isinstance(other, FrozenMap):
            return self._items == other._items
        return self._items == other if isinstance(other, Mapping) else NotImplemented

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a value does not change."""
        message = f"a FrozenMap is read-only; `{name}` cannot be set"
        raise AttributeError(message)

    def __reduce__(self) -> tuple[type[FrozenMap[K, V]], tuple[dict[K, V]]]:
        """Pickle as the items."""
        return type(self), (self._items,)

    def __repr__(self) -> str:
        """Show the items as a dict does."""
        return repr(self._items)

    def __copy__(self) -> FrozenMap[K, V]:
        """Return itself: it cannot change."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenMap[K, V]:
        """Return itself: what a value holds cannot change either."""
        return self
