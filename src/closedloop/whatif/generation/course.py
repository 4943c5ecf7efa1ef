"""The course that a case takes under a policy: which events its duties and gates ask for, from what, by whom, and in what time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from closedloop.complaint import Actor
from closedloop.policy.model import ACCOUNTABLE, Start
from closedloop.policy.terms import Combined, FactLimit
from closedloop.rules.states import Unset
from closedloop.values.limits import Limit
from closedloop.whatif.generation.values import Maker, with_event

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import DutyRule, Round
    from closedloop.policy.terms import Within
    from closedloop.values.limits import Unit

RECEIVED: Final = "received"
CLOSED: Final = "closed"
REOPENED: Final = "reopened"
APPROVED: Final = "approved"
_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
#: About how long a unit lasts on the wall clock, in seconds; delays are drawn around it.
_ABOUT: Final[dict[Unit, int]] = {
    "minutes": 60,
    "hours": _HOUR,
    "working hours": 4 * _HOUR,
    "days": _DAY,
    "working days": _DAY * 7 // 5,
    "weeks": 7 * _DAY,
    "months": 30 * _DAY,
    "years": 365 * _DAY,
}
_UNTIMED: Final = (2 * _DAY,)
#: How many cases in a hundred see an event that no duty asks for; these are exceptions, all others are common.
_RARE: Final = frozenset({"refused", "withdrawn", "extension_granted", "delay_found", "destroyed", "referred", "queried"})
_CHANCE_RARE: Final = 5
_CHANCE_COMMON: Final = 60
_CHANCE_OWED: Final = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Events that may happen next. `kinds` are alternatives, `spans` about how long it may take, in seconds; `chance` of a hundred happen."""

    kinds: tuple[str, ...]
    purpose: bytes
    starts: tuple[Start, ...]
    spans: tuple[int, ...] = _UNTIMED
    by: tuple[Actor, ...] = ()
    to: str | None = None
    times: int = 1
    chance: int = _CHANCE_OWED
    duties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A round: the event that starts it, and the steps that are taken anew."""

    on: str
    purpose: bytes
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The steps before a case is closed, the closing, and those after; the rounds; what comes with events; who approves them."""

    before: tuple[Step, ...]
    closing: tuple[Step, ...]
    after: tuple[Step, ...]
    rounds: tuple[Again, ...]
    data: dict[str, tuple[Maker, ...]]
    approvals: dict[str, tuple[Actor, ...]]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind of event that can happen."""
        steps = (*self.before, *self.closing, *self.after)
        found = {kind for step in steps for kind in step.kinds} | {each.on for each in self.rounds} | ({APPROVED} if self.approvals else set())
        return tuple(sorted(found))


def course_of(book: Rulebook) -> Course:
    """Return the course of cases under a policy."""
    steps = _in_order([*_owed(book), *_others(book)], _gate_order(book))
    late = _following(book, steps)
    closing = tuple(step for step in steps if CLOSED in step.kinds)
    after = tuple(step for step in steps if step not in closing and set(step.kinds) <= late)
    before = tuple(step for step in steps if step not in closing and step not in after)
    rounds = tuple(_round(each, (*before, *closing, *after)) for each in book.model.rounds.values())
    kinds = {kind for step in steps for kind in step.kinds} | {each.on for each in rounds}
    data = {kind: with_event(book, kind) for kind in sorted(kinds)}
    return Course(before=before, closing=closing, after=after, rounds=rounds, data=data, approvals=_approvals(book))


def _round(rule: Round, steps: tuple[Step, ...]) -> Again:
    again = tuple(step for step in steps if set(step.kinds) & set(rule.again) or any(start.of == rule.on for start in step.starts))
    return Again(on=rule.on, purpose=f"round {rule.id}".encode(), steps=again)


# --- what duties ask for ---


def _owed(book: Rulebook) -> Iterator[Step]:
    """Give one step for all duties that ask for the same: between them they say from what, by whom and in what time."""
    asked: dict[tuple[str, ...], list[DutyRule]] = {}
    seen: set[str] = set()
    for duty in book.model.duties.values():
        kinds = tuple(kind for kind in duty.do if kind not in {RECEIVED, REOPENED})
        if kinds in asked or (kinds and seen.isdisjoint(kinds)):
            asked.setdefault(kinds, []).append(duty)
            seen.update(kinds)
    for kinds, duties in asked.items():
        spans = dict.fromkeys(span for duty in duties for span in _spans(book, duty.within if duty.every is None else duty.every))
        to = _agreed(duty.to for duty in duties)
        yield Step(
            kinds=kinds,
            purpose=f"step {' '.join(kinds)}".encode(),
            starts=tuple(dict.fromkeys(start for duty in duties for start in duty.from_)),
            spans=tuple(spans) or _UNTIMED,
            by=tuple(Actor(id=party, party=party) for party in _agreed(duty.by for duty in duties)),
            to=to[0] if len(to) == 1 else None,
            times=max(duty.times.least for duty in duties),
            duties=tuple(duty.id for duty in duties),
        )


def _agreed(parties: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the parties that all duties name; none where one may be anybody, or is only known when the case is routed."""
    named = list(parties)
    common = [party for party in named[0] if all(party in each for each in named)]
    return () if any(ACCOUNTABLE in each or not each for each in named) else tuple(common)


def _spans(book: Rulebook, within: Within | None) -> Iterator[int]:
    """Give about how long each limit lasts that may be in force; at once counts as half a day."""
    match within:
        case Limit():
            yield max(within.amount * _ABOUT[within.unit], _HOUR)
        case FactLimit():
            table = book.model.tables.get(within.fact)
            outcomes = [*(rule.then for rule in table.rules), table.otherwise] if table is not None else [Limit(3, "days")]
            yield from (span for outcome in outcomes if isinstance(outcome, Limit) for span in _spans(book, outcome))
        case Combined():
            yield from (span for member in within.members for span in _spans(book, member))
        case None | Unset():
            return
        case _:
            yield _DAY // 2


# --- what else is spoken of ---


def _others(book: Rulebook) -> Iterator[Step]:
    """Give the events that no duty asks for: those on which gates, starts, pauses, extensions and facts wait, and the closing."""
    model = book.model
    owed = {kind for duty in model.duties.values() for kind in duty.do}
    order = _gate_order(book)
    pauses = (pause for clock in model.clocks.values() for pause in clock.pauses)
    spoken = [
        *(start.of for duty in model.duties.values() for start in duty.from_ if start.what == "event"),
        *(kind for duty in model.duties.values() for kind in duty.extend),
        *(name for pause in pauses for name in (pause.from_, pause.until) if isinstance(name, str) and name in model.events),
        *(fact.at for fact in model.facts.values() if fact.at is not None),
        *(kind for gate in model.gates.values() for kind in (*gate.after, gate.event)),
        CLOSED,
    ]
    left_out = {RECEIVED, REOPENED, APPROVED, "voided", *(each.on for each in model.rounds.values())} | owed
    for kind in dict.fromkeys(spoken):
        if kind in left_out:
            continue
        starts = tuple(Start(name) for name in order.get(kind, ())) or (Start(RECEIVED),)
        chance = _CHANCE_OWED if kind == CLOSED else _CHANCE_RARE if kind in _RARE else _CHANCE_COMMON
        yield Step(kinds=(kind,), purpose=f"step {kind}".encode(), starts=starts, chance=chance)


def _gate_order(book: Rulebook) -> dict[str, tuple[str, ...]]:
    """Return for each event the events that its gates want to have happened before."""
    order: dict[str, dict[str, None]] = {}
    for gate in book.model.gates.values():
        order.setdefault(gate.event, {}).update(dict.fromkeys(kind for kind in gate.after if kind not in {RECEIVED, gate.event}))
    return {kind: tuple(before) for kind, before in order.items() if before}


def _in_order(steps: list[Step], order: dict[str, tuple[str, ...]]) -> list[Step]:
    """Put each step after those that it starts from; where they wait on one another the order of the document decides."""
    makes = {kind: step for step in steps for kind in step.kinds}
    owners = {duty: step for step in steps for duty in step.duties}
    left, placed = list(steps), list[Step]()
    while left:
        ready = next((step for step in left if not any(each in left and each is not step for each in _needs(step, makes, owners, order))), left[0])
        placed.append(ready)
        left.remove(ready)
    return placed


def _needs(step: Step, makes: dict[str, Step], owners: dict[str, Step], order: dict[str, tuple[str, ...]]) -> Iterator[Step]:
    for start in step.starts:
        found = makes.get(start.of) if start.what == "event" else owners.get(start.of)
        if found is not None:
            yield found
    yield from (makes[kind] for each in step.kinds for kind in order.get(each, ()) if kind in makes)


def _following(book: Rulebook, steps: list[Step]) -> set[str]:
    """Return the kinds of event that only a closing leads to, one after the other."""
    order = _gate_order(book)
    found = {CLOSED}
    for _ in steps:
        for step in steps:
            if all(start.of in found for start in step.starts) or any(set(order.get(kind, ())) & found for kind in step.kinds):
                found.update(step.kinds)
    return found - {CLOSED}


def _approvals(book: Rulebook) -> dict[str, tuple[Actor, ...]]:
    """Return for each event who approves it: the parties that a gate names, and of a ladder the first rung."""
    found: dict[str, dict[str, None]] = {}
    for gate in book.model.gates.values():
        named = () if isinstance(gate.approval, Unset) else gate.approval
        parties = (*named, *(rung.party for rung in gate.ladder[:1]))
        if parties:
            found.setdefault(gate.event, {}).update(dict.fromkeys(parties))
    return {kind: tuple(Actor(id=party, party=party) for party in parties) for kind, parties in found.items()}
