"""How well a policy's targets are reached: exact shares of cases, and what is not known about them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from closedloop.reporting.caseload import Undecided, gather
from closedloop.rules.states import Truth, Unset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from closedloop.casework import Case
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import Goal, Target
    from closedloop.reporting.caseload import Caseload, View
    from closedloop.values.clauses import Clause, ReadingChoice
    from closedloop.values.text import Label

_MEETS: Final[Mapping[str, Callable[[Fraction, Fraction], bool]]] = {
    "<": lambda share, goal: share < goal,
    "<=": lambda share, goal: share <= goal,
    ">": lambda share, goal: share > goal,
    ">=": lambda share, goal: share >= goal,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A target over some cases: `numerator` of the `denominator` cases under `among` fulfil `share`.

    `least` and `most` bound the share, whatever the `undecided` cases turn out to be; `share` is given where the two agree,
    and None where no case is certain to count. `goal` is as the policy writes it, None where it is unset; `met` is None
    where the goal is unset, no case is certain to count, or undecided cases leave it open.
    """

    target: str
    label: Label
    numerator: int
    denominator: int
    share: Fraction | None
    least: Fraction | None
    most: Fraction | None
    goal: str | None
    met: bool | None
    undecided: tuple[Undecided, ...] = ()
    clauses: tuple[Clause, ...] = ()
    readings: tuple[ReadingChoice, ...] = ()


def targets(book: Rulebook, cases: Iterable[Case], at: datetime) -> tuple[Measure, ...]:
    """Measure every target of a policy over the cases received by an instant, as they stand then.

    A call merged into an open case counts with that case, and a complaint out of scope does not count. Raises `NaiveDatetime`,
    `PolicyMismatch` for a case decided under another policy, and `InvalidValue` for a case given twice.
    """
    return measure_all(book, gather(book, cases, at))


def measure_all(book: Rulebook, caseload: Caseload) -> tuple[Measure, ...]:
    """Measure every target over cases that are worked out."""
    return tuple(_measure(target, caseload.views) for target in book.model.targets.values())


def _measure(target: Target, views: Iterable[View]) -> Measure:
    """Sort the cases by whether they are among those that count, and whether they fulfil the share."""
    found: Counter[tuple[Truth, Truth]] = Counter()
    undecided: list[Undecided] = []
    for view in views:
        among = view.holds(target.among)
        if among is Truth.NO:
            continue
        share = view.holds(target.share)
        found[_settled(among), _settled(share)] += 1
        open_side = next((each for each in (among, share) if isinstance(each, Undecided)), None)
        if open_side is not None:
            undecided.append(open_side)
    numerator = found[Truth.YES, Truth.YES]
    denominator = sum(count for (among, _), count in found.items() if among is Truth.YES)
    least, most = _bounds(found, numerator, denominator)
    goal = None if isinstance(target.goal, Unset) else target.goal
    return Measure(
        target=target.id,
        label=target.label,
        numerator=numerator,
        denominator=denominator,
        share=least if denominator and least == most else None,
        least=least,
        most=most,
        goal=None if goal is None else goal.text,
        met=None if goal is None or not denominator or least is None or most is None else _met(goal, least, most),
        undecided=tuple(undecided),
        clauses=target.provenance.clauses,
        readings=target.provenance.readings,
    )


def _settled(truth: Truth | Undecided) -> Truth:
    return Truth.UNKNOWN if isinstance(truth, Undecided) else truth


def _bounds(found: Counter[tuple[Truth, Truth]], numerator: int, denominator: int) -> tuple[Fraction | None, Fraction | None]:
    """Return the lowest and the highest share that the undecided cases leave possible; None where there may be no case at all."""
    maybe = {share: found[Truth.UNKNOWN, share] for share in (Truth.YES, Truth.NO, Truth.UNKNOWN)}
    if denominator == 0 and not any(maybe.values()):
        return None, None
    fewest, open_share = maybe[Truth.NO] + maybe[Truth.UNKNOWN], found[Truth.YES, Truth.UNKNOWN]
    gained = maybe[Truth.YES] + maybe[Truth.UNKNOWN]
    least = Fraction(numerator, denominator + fewest) if denominator + fewest else Fraction(1)
    most = Fraction(numerator + open_share + gained, denominator + gained) if denominator + gained else Fraction(0)
    return least, most


def _met(goal: Goal, least: Fraction, most: Fraction) -> bool | None:
    """Say whether a goal is reached at both bounds, at neither, or whether that is open. Exact: 499 of 500 is 99.8 %."""
    aim = Fraction(goal.share)
    if goal.operator == "=":
        return least == aim if least == most else None if least <= aim <= most else False
    low, high = (_MEETS[goal.operator](bound, aim) for bound in (least, most))
    return low if low is high else None
