"""Makes frozen values at the cost of open ones, where many are made for each complaint."""

from __future__ import annotations

from dataclasses import field, fields, make_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def constructor(of: type[T]) -> type[T]:
    """Return a constructor of a frozen dataclass with slots, to be called as the class is, for a third of the time.

    A frozen dataclass sets each of its fields through `object.__setattr__`, since its own refuses. Here an open twin with the same
    slots is filled instead, and then made what it stands for: the value that comes out is frozen like any other of its class.
    """

    def settle(self: Any) -> None:
        self.__class__ = of

    twin = make_dataclass(of.__name__, [_twin(each) for each in fields(of)], namespace={"__post_init__": settle}, eq=False, slots=True)
    return cast("type[T]", twin)


def _twin(of: Any) -> tuple[str, Any, Any]:
    return of.name, Any, field(default=of.default, default_factory=of.default_factory, kw_only=of.kw_only)
