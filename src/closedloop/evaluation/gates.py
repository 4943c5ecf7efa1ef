"""Gates at an instant: what must be so before an event may happen, and what of it is not so yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from closedloop.evaluation.limits import met_by, run_out
from closedloop.policy.model import AnyAmount
from closedloop.rules.states import Truth, Unset, both, negate
from closedloop.values.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from closedloop.complaint import Event
    from closedloop.evaluation.duties import Duties
    from closedloop.evaluation.situation import Situation
    from closedloop.policy.model import Bound, GateRule
    from closedloop.rules.conditions import Condition

#: Events with which something is put forward to be approved.
_PUT_FORWARD: Final = ("plan_proposed", "remedy_offered")

GateState = Literal["open", "shut", "unknown"]
UnmetKind = Literal["event", "condition", "duty", "record", "one_of", "approval", "too_early", "too_late", "applicability", "party"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A requirement that is not met: of which gate, what kind, and what exactly.

    `state` is `shut` where it is known not to be met, `unknown` where facts are missing, and `unspecified_by_source` where the
    text does not say what is required.
    """

    gate: GateRule
    kind: UnmetKind
    what: str
    state: Literal["shut", "unknown", "unspecified_by_source"]
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFinding:
    """Whether an event may happen: `open`, `shut`, or `unknown`; the gates that apply; every requirement that is not met."""

    event: str
    state: GateState
    applying: tuple[str, ...]
    unmet: tuple[Unmet, ...]


def gate(situation: Situation, duties: Duties, event: str) -> GateFinding:
    """Look at all gates of an event; all that match apply."""
    unmet: list[Unmet] = []
    applying: list[str] = []
    rules = situation.book.gates.get(event, ())
    for rule in rules:
        truth, fields = applies(situation, rule, rules)
        if truth is Truth.NO:
            continue
        if truth is Truth.YES:
            applying.append(rule.id)
            unmet.extend(requirements(situation, duties, rule))
            unmet.extend(_approvals(situation, rule))
        else:
            unmet.append(_open(situation, rule, "applicability", str(rule.when), truth, fields))
    state: GateState = "shut" if any(each.state == "shut" for each in unmet) else "unknown" if unmet else "open"
    return GateFinding(event=event, state=state, applying=tuple(applying), unmet=tuple(unmet))


def applies(situation: Situation, rule: GateRule, rules: Sequence[GateRule]) -> tuple[Truth, tuple[str, ...]]:
    """Whether a gate applies, the gates of the event that set it aside included, and the fields on which that depends."""
    truth, fields = _truth(situation, rule.when)
    for other in rules:
        if rule.id in other.overrides:
            theirs, read = _truth(situation, other.when)
            truth, fields = both(truth, negate(theirs)), (*fields, *read)
    return truth, fields


def _truth(situation: Situation, condition: Condition) -> tuple[Truth, tuple[str, ...]]:
    """Return whether a condition holds under every way of filling in what is missing, else what it depends on."""
    found = situation.book.program.holds(condition, situation.given)
    values = found.values
    only = values[0] if len(values) == 1 else Truth.UNKNOWN
    return only if isinstance(only, Truth) else Truth.UNKNOWN, found.facts


def _open(situation: Situation, rule: GateRule, kind: UnmetKind, what: str, truth: Truth, fields: tuple[str, ...]) -> Unmet:
    state: Literal["unknown", "unspecified_by_source"] = "unspecified_by_source" if truth is Truth.SILENT else "unknown"
    return Unmet(gate=rule, kind=kind, what=what, state=state, missing=situation.missing(fields), awaited=situation.awaited(fields))


def requirements(situation: Situation, duties: Duties, rule: GateRule) -> Iterator[Unmet]:
    """Give what a gate asks for and is not so yet, approvals apart."""
    yield from _after(situation, rule)
    if rule.needs is not None:
        truth, fields = _truth(situation, rule.needs)
        if truth is Truth.NO:
            yield Unmet(gate=rule, kind="condition", what=str(rule.needs), state="shut")
        elif truth is not Truth.YES:
            yield _open(situation, rule, "condition", str(rule.needs), truth, fields)
    for duty in rule.met:
        if duties[duty].state not in {"met", "met_late", "not_owed"}:
            yield Unmet(gate=rule, kind="duty", what=duty, state="shut")
    for record in rule.records:
        if not duties.complete(record):
            yield Unmet(gate=rule, kind="record", what=record, state="shut")
    if rule.one_of and not any(duties.complete(record) for record in rule.one_of):
        yield Unmet(gate=rule, kind="one_of", what=", ".join(rule.one_of), state="shut")
    yield from _bounds(situation, rule)


def _after(situation: Situation, rule: GateRule) -> Iterator[Unmet]:
    """Ask for the events in their order; one that happened before its predecessor does not count."""
    earliest: datetime | None = None
    for kind in rule.after:
        happened = [situation.received_at] if kind == "received" else [event.at for event in situation.log.all(kind)]
        counting = [at for at in happened if earliest is None or at >= earliest]
        if not counting:
            yield Unmet(gate=rule, kind="event", what=kind, state="shut", awaited=(kind,))
            return
        earliest = counting[0]


def _approvals(situation: Situation, rule: GateRule) -> Iterator[Unmet]:
    if isinstance(rule.approval, Unset):
        yield Unmet(gate=rule, kind="approval", what="unset", state="unspecified_by_source")
        return
    parties = list(rule.approval)
    if rule.ladder:
        rung = _rung(situation, rule)
        if rung is None:
            yield Unmet(gate=rule, kind="approval", what="ladder", state="unknown", missing=("value",))
        else:
            parties.append(rung)
    if not parties:
        return
    given = [event.by.party for event in _approved(situation, rule) if event.by is not None]
    for party in parties:
        if party not in given:
            yield Unmet(gate=rule, kind="approval", what=party, state="shut")
            return
        given = given[given.index(party) + 1 :]


def _approved(situation: Situation, rule: GateRule) -> list[Event]:
    """Return the approvals that still stand: what was put forward anew afterwards asks for them again."""
    changed = max((event.at for kind in _PUT_FORWARD for event in situation.log.all(kind)), default=situation.received_at)
    return [event for event in situation.log.all("approved") if event.data.get("of") == rule.event and event.at >= changed]


def _rung(situation: Situation, rule: GateRule) -> str | None:
    """Return the first party whose ceiling covers the value; an unset ceiling covers nothing, the last rung takes the rest."""
    value = situation.states["value"]
    for rung in rule.ladder[:-1]:
        if isinstance(rung.up_to, Unset):
            continue
        if isinstance(rung.up_to, AnyAmount) or (isinstance(value, Money) and value <= rung.up_to):
            return rung.party
        if not isinstance(value, Money):
            return None
    return rule.ladder[-1].party


def _bounds(situation: Situation, rule: GateRule) -> Iterator[Unmet]:
    if rule.not_before is not None:
        yield from _bound(situation, rule, "too_early", rule.not_before)
    if rule.not_after is not None:
        yield from _bound(situation, rule, "too_late", rule.not_after)


def _bound(situation: Situation, rule: GateRule, kind: Literal["too_early", "too_late"], bound: Bound) -> Iterator[Unmet]:
    start = situation.received_at if bound.from_ == "received" else situation.log.first(bound.from_)
    if isinstance(bound.amount, Unset):
        yield Unmet(gate=rule, kind=kind, what="unset", state="unspecified_by_source")
    elif start is None:
        yield Unmet(gate=rule, kind=kind, what=bound.from_, state="unknown", awaited=(bound.from_,))
    else:
        end = run_out(situation.book.clock(bound.clock), start, bound.amount)
        assert end is not None
        running = met_by(end, situation.at)
        if running is (kind == "too_early"):
            yield Unmet(gate=rule, kind=kind, what=str(bound.amount), state="shut")
