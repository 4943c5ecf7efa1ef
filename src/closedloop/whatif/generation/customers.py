"""Made-up customers with their complaints, each customer made when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from closedloop.complaint import Complaint
from closedloop.values.limits import Limit
from closedloop.whatif.generation.course import course_of
from closedloop.whatif.generation.draws import Draws
from closedloop.whatif.generation.happening import Happening, instant
from closedloop.whatif.generation.values import at_intake, proxies
from closedloop.whatif.recorded import Gathered, Recorded, must_be_size, sorting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.whatif.generation.course import Course
    from closedloop.whatif.generation.values import Maker

_HUNDRED: Final = 100
_CHANCE_PROXY: Final = 15
#: Of a hundred complaints of a customer that came before, how many are about the same, and how many come soon after it.
_CHANCE_SAME: Final = 70
_CHANCE_SOON: Final = 75
#: Of a hundred instants outside of working hours, how many are taken at the first attempt.
_CHANCE_OFF: Final = 20
_ATTEMPTS: Final = 8
_MOST: Final = 50
_DAY: Final = 86_400
_WINDOW: Final = 30 * _DAY
_ABOUT: Final = {"days": _DAY, "weeks": 7 * _DAY, "months": 30 * _DAY, "years": 365 * _DAY}
_SATURDAY: Final = 5
_OPENS, _SHUTS = 9, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What all customers of a made-up caseload share. Instants are whole seconds since 1970 UTC, shares numbers below which a draw falls."""

    seed: int
    start: int
    end: int
    zone: ZoneInfo
    unknown: int
    returning: int
    makers: tuple[Maker, ...]
    proxies: tuple[str, ...]
    same: frozenset[str]
    window: int
    course: Course

    @classmethod
    def of(cls, book: Rulebook, *, seed: int, period: tuple[int, int], unknown: int, returning: int) -> World:
        """Take from a policy its vocabulary, the course of its cases, and what makes a complaint a repeat."""
        rule = book.model.repeats
        window = rule.window if rule is not None else None
        return cls(
            seed=seed,
            start=period[0],
            end=period[1],
            zone=book.zone,
            unknown=unknown,
            returning=returning,
            makers=at_intake(book),
            proxies=proxies(book),
            same=frozenset(rule.same if rule is not None else ("subject", "category")),
            window=window.amount * _ABOUT.get(window.unit, _DAY) if isinstance(window, Limit) else _WINDOW,
            course=course_of(book),
        )

    def customer(self, number: int, most: int) -> Iterator[Recorded]:
        """Make a customer's complaints, at most so many."""
        name = f"C-{number:07d}"
        draws = Draws(self.seed, name)
        received, known = 0, dict[str, Any]()
        for count in range(1, min(most, _MOST) + 1):
            if count > 1 and draws.of(b"returns", count)[0] >= self.returning:
                return
            case = _Case(self, name, f"{number:07d}-{count}")
            received = case.received(received if count > 1 else None)
            known = case.facts(known)
            yield case.recorded(received, known)


class _Case:
    """One complaint of a customer."""

    __slots__ = ("customer", "draws", "id", "world")

    def __init__(self, world: World, customer: str, case: str) -> None:
        self.world, self.customer, self.id = world, customer, case
        self.draws = Draws(world.seed, case)

    def received(self, before: int | None) -> int:
        """Draw when the complaint is received: soon after the one before, or anywhere in the period; mostly in working hours."""
        world = self.world
        length = world.end - world.start
        at = world.start
        for attempt in range(_ATTEMPTS):
            soon, offset, off, _ = self.draws.of(b"received", attempt)
            at = world.start + offset % length
            if before is not None and soon % _HUNDRED < _CHANCE_SOON and before + 1 < world.end:
                at = before + 1 + offset % min(2 * world.window, world.end - before - 1)
            if off % _HUNDRED < _CHANCE_OFF or _working(instant(at, world.zone)):
                break
        return at

    def facts(self, before: dict[str, Any]) -> dict[str, Any]:
        """Draw what the complaint states; what makes a repeat is often as in the one before."""
        same = bool(before) and self.draws.of(b"same")[0] % _HUNDRED < _CHANCE_SAME
        found: dict[str, Any] = {}
        for maker in self.world.makers:
            chance, number, _, _ = self.draws.of(maker.purpose)
            if same and maker.fact in self.world.same and maker.fact in before:
                found[maker.fact] = before[maker.fact]
            elif chance >= self.world.unknown:
                found[maker.fact] = maker if maker.instant else maker.make(self.customer, _NEVER, number)
        return found

    def recorded(self, received: int, known: dict[str, Any]) -> Recorded:
        world = self.world
        at = instant(received, world.zone)
        given: dict[str, Any] = {}
        facts: dict[str, Any] = {}
        for maker in world.makers:
            if maker.fact in known:
                value = maker.make(self.customer, at, self.draws.of(maker.purpose)[1]) if maker.instant else known[maker.fact]
                (given if maker.attribute else facts)[maker.fact] = value
        chance, which, _, _ = self.draws.of(b"proxy")
        if world.proxies and chance % _HUNDRED < _CHANCE_PROXY:
            given["proxy"] = world.proxies[which % len(world.proxies)]
        complaint = Complaint(id=self.id, received_at=at, facts=facts, **given)
        course = Happening(world.course, self.draws, self.customer, received, world.end, world.zone, world.unknown)
        return Recorded(complaint=complaint, events=course.run(), place=f"made-up complaint {self.id}")


_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


def _working(at: datetime) -> bool:
    return at.weekday() < _SATURDAY and _OPENS <= at.hour < _SHUTS


@dataclass(frozen=True, slots=True)
class MadeUp:
    """Made-up cases, customer by customer. Only the partition that is asked for is in memory."""

    world: World
    complaints: int

    def __len__(self) -> int:
        """Count the cases."""
        return self.complaints

    def __iter__(self) -> Iterator[Recorded]:
        """Go through the cases, customer by customer."""
        for customer in self._customers():
            yield from customer

    def _customers(self) -> Iterator[tuple[Recorded, ...]]:
        left, number = self.complaints, 0
        while left > 0:
            number += 1
            customer = tuple(self.world.customer(number, left))
            left -= len(customer)
            yield customer

    def partitions(self, together: tuple[str, ...] | None, size: int) -> Iterator[tuple[Recorded, ...]]:
        """Give the cases in parts of whole customers. Fields that customers share with one another need all cases in memory."""
        must_be_size(size)
        owned = {maker.fact for maker in self.world.makers if maker.owned}
        if together is None or (together and owned.isdisjoint(together)):
            yield from Gathered(_sorted(self)).partitions(together, size)
            return
        part: list[Recorded] = []
        for customer in self._customers():
            part += customer
            if len(part) >= size:
                yield _sorted(part)
                part = []
        if part:
            yield _sorted(part)


def _sorted(cases: Iterator[Recorded] | list[Recorded] | MadeUp) -> tuple[Recorded, ...]:
    return tuple(sorted(cases, key=lambda case: sorting(case.received_at, case.id, None)))
