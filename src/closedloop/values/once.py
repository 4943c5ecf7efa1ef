"""Attributes that are worked out when they are first read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Once(Generic[T]):
    """Works an attribute out when it is first read, and leaves it in its place, as `functools.cached_property` does.

    The one of Python 3.11 takes a lock for it, which costs more than much of what is worked out here for each case.
    """

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        """Take the method that works it out."""
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        """Take the name under which it is read."""
        self._name = name

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type) -> T: ...
    def __get__(self, owner: object | None, kind: type) -> T | Self:
        """Work it out. It is not asked again: what lies in the owner's own dictionary is found first."""
        if owner is None:
            return self
        found = owner.__dict__[self._name] = self._work_out(owner)
        return found
