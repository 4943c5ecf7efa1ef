"""A mapping that is a value: read-only, hashable, picklable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

K = TypeVar("K")
V = TypeVar("V")


class FrozenMap(dict[K, V]):
    """A read-only copy of a mapping, in its order, equal to any mapping with the same items.

    It is a `dict` that refuses to change, so that reading it costs no more than reading a `dict`.
    """

    __slots__ = ("_hash",)

    _hash: int

    def __init__(self, items: Mapping[K, V] | None = None) -> None:
        """Copy the items."""
        super().__init__(items or {})

    def _hash_once(self) -> int:
        try:
            return self._hash
        except AttributeError:
            # Whatever the order of the items: equal mappings have equal hashes.
            object.__setattr__(self, "_hash", hash(frozenset(self.items())))
            return self._hash

    # A dict has no hash, as a type checker knows; this one can have one, since it does not change.
    __hash__ = cast("Any", _hash_once)

    def _refuse(self, *_given: object, **_named: object) -> NoReturn:
        message = "a FrozenMap is read-only; make another one"
        raise TypeError(message)

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: a value does not change."""
        message = f"a FrozenMap is read-only; `{name}` cannot be set"
        raise AttributeError(message)

    def __reduce__(self) -> tuple[type[FrozenMap[K, V]], tuple[dict[K, V]]]:
        """Pickle as the items."""
        return type(self), (dict(self),)

    def __copy__(self) -> FrozenMap[K, V]:
        """Return itself: it cannot change."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> FrozenMap[K, V]:
        """Return itself: what a value holds cannot change either."""
        return self
