"""Makes up a caseload for a policy whose data cannot be shipped."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from closedloop.calendars import localise
from closedloop.complaint import aware
from closedloop.errors import InvalidValue
from closedloop.whatif.caseload import Caseload
from closedloop.whatif.gathering import named
from closedloop.whatif.generation.customers import MadeUp, World
from closedloop.whatif.generation.draws import threshold
from closedloop.whatif.generation.happening import instant, seconds

if TYPE_CHECKING:
    from closedloop.facade import Policy

#: How many customers come back after a complaint.
_RETURNING: Final = 0.4


def generate(policy: Policy, *, complaints: int, seed: int, start: date, end: date, unknown: float = 0.1) -> Caseload:
    """Make up complaints with what happened to them, in the words of a policy. They are made up, and forecast nothing.

    `complaints` are received from `start` to before `end`, mostly in working hours; each is an instant, or a date, whose day
    begins in the zone of the policy. What would happen after `end` is not recorded. `unknown` is the share of facts that
    nobody states, from 0 to 1.

    Every draw is keyed by the seed, the complaint, its purpose and the attempt: the same arguments give the same caseload on every
    machine, and more complaints leave the earlier ones as they are. Cases are made when they are asked for, customer by customer.
    Raises `InvalidValue` for an argument that is not of its form.
    """
    _check(complaints, seed, unknown)
    book = policy.book
    first, last = _begin(start, book.timezone), _begin(end, book.timezone)
    if last <= first:
        raise InvalidValue(f"the period ends at {end}, not after it starts at {start}", found=str(end))
    world = World.of(book, seed=seed, period=(first, last), unknown=threshold(unknown), returning=threshold(_RETURNING))
    fields = ["id", "received_at", *(["proxy"] if world.proxies else []), *(maker.fact for maker in world.makers)]
    return Caseload(
        cases=MadeUp(world, complaints),
        timezone=book.timezone,
        events=world.course.kinds,
        fields=named(fields),
        first=instant(first, book.zone),
        last=instant(last, book.zone),
    )


def _check(complaints: object, seed: object, unknown: float) -> None:
    for name, number in {"complaints": complaints, "seed": seed}.items():
        if not isinstance(number, int) or isinstance(number, bool):
            raise InvalidValue(f"`{name}` is a whole number, found {type(number).__name__}", found=type(number).__name__)
    if isinstance(complaints, int) and complaints < 0:
        raise InvalidValue(f"`complaints` is a whole number from 0 on, found {complaints}", found=str(complaints))
    if not 0 <= unknown <= 1:
        raise InvalidValue(f"`unknown` is a share from 0 to 1, found {unknown}", found=str(unknown))


def _begin(at: object, timezone: str) -> int:
    if isinstance(at, datetime):
        return seconds(aware(at))
    if not isinstance(at, date):
        raise InvalidValue(f"a period is given by dates or by instants, found {type(at).__name__}", found=type(at).__name__)
    return seconds(localise(datetime.combine(at, time.min), timezone, ambiguous="first", nonexistent="forward"))
