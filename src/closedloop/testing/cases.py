"""Policy tests as values: a complaint with its history and events, and what is expected of the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from closedloop.errors import InvalidPolicy, Place
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from closedloop.complaint import Complaint, Event
    from closedloop.facade import Policy
    from closedloop.history import PastCase

#: How what is found must relate to what is wanted: the same, the same in any order, all of it there, none of it there.
Relation = Literal["is", "same", "has", "lacks"]


class InvalidTests(InvalidPolicy):
    """A file of policy tests cannot be used; `findings` are in the order of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one aspect of one part of the answer should be, in the words in which a policy writes values.

    `part` is named as in `Decision.why`, or is empty for the answer as a whole; an instant is written with its offset.
    """

    part: str
    aspect: str
    wanted: tuple[str, ...]
    relation: Relation = "is"
    place: Place

    def __str__(self) -> str:
        """Give part and aspect, as the file names them."""
        return ".".join(filter(None, (self.part, self.aspect)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTest:
    """One test. `history` is None where nobody looked; `at` is the instant of a review.

    `change` is what the test changes in the policy of its file, and `policy` the policy with that change.
    """

    __test__: ClassVar[bool] = False

    name: str
    place: Place
    complaint: Complaint
    history: tuple[PastCase, ...] | None
    at: datetime | None = None
    events: tuple[Event, ...] = ()
    policy: Policy = field(repr=False)
    change: Mapping[str, Any] = field(default_factory=FrozenMap)
    expected: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTests:
    """The tests of a file, and the policy that they are about."""

    __test__: ClassVar[bool] = False

    file: str
    policy: Policy
    tests: tuple[PolicyTest, ...]
