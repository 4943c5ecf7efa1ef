"""Gates at an instant: what must be so before an event may happen, and what of it is not so yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from closedloop.evaluation.applicability import applies, truth_of
from closedloop.evaluation.approvals import needed
from closedloop.evaluation.limits import met_by, run_out
from closedloop.evaluation.requests import request_for
from closedloop.evaluation.weighing import weigh_if_possible
from closedloop.rules.states import Truth, Unset
from closedloop.values.construction import constructor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from closedloop.complaint import Event
    from closedloop.evaluation.duties import Duties
    from closedloop.evaluation.requests import Request
    from closedloop.evaluation.situation import Situation
    from closedloop.evaluation.weighing import Weighed
    from closedloop.policy.model import Bound, GateRule

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


_gate_finding, _unmet = constructor(GateFinding), constructor(Unmet)


def gate(situation: Situation, duties: Duties, event: str, coming: Event | None = None) -> GateFinding:
    """Look at all gates of an event; all that match apply.

    `coming` is the event itself, where it is about to happen; without it the gates are asked of what was last put forward.
    """
    unmet: list[Unmet] = []
    applying: list[str] = []
    rules = situation.book.gates.get(event, ())
    request = request_for(situation, event, coming) if event in situation.book.weighed else None
    for rule in rules:
        truth, found = _asked(situation, duties, rule, rules) if request is None else _weighed(situation, duties, rule, rules, request)
        if truth is Truth.YES:
            applying.append(rule.id)
        unmet += found
    state: GateState = "shut" if any(each.state == "shut" for each in unmet) else "unknown" if unmet else "open"
    return _gate_finding(event=event, state=state, applying=tuple(applying), unmet=tuple(unmet))


def _asked(situation: Situation, duties: Duties, rule: GateRule, rules: Sequence[GateRule]) -> tuple[Truth, list[Unmet]]:
    """Return whether a gate applies, and what of it is not so yet."""
    truth, fields = applies(situation, rule, rules)
    if truth is Truth.NO:
        return truth, []
    if truth is Truth.YES:
        return truth, list(requirements(situation, duties, rule))
    return truth, [_open(situation, rule, "applicability", str(rule.when), truth, fields)]


def _weighed(situation: Situation, duties: Duties, rule: GateRule, rules: Sequence[GateRule], request: Request) -> tuple[Truth, list[Unmet]]:
    """Return the same of a gate that looks at what is given and at who approved it."""
    weighed = weigh_if_possible(situation, duties, rule, rules, request)
    truth, found = _asked(weighed.situation, weighed.duties, rule, rules)
    if truth is Truth.YES:
        found += _approvals(weighed, rule, request)
    return truth, [each if not each.missing else replace(each, missing=weighed.asked(each.missing)) for each in found]


def _open(situation: Situation, rule: GateRule, kind: UnmetKind, what: str, truth: Truth, fields: tuple[str, ...]) -> Unmet:
    state: Literal["unknown", "unspecified_by_source"] = "unspecified_by_source" if truth is Truth.SILENT else "unknown"
    return _unmet(gate=rule, kind=kind, what=what, state=state, missing=situation.missing(fields), awaited=situation.awaited(fields))


def requirements(situation: Situation, duties: Duties, rule: GateRule) -> Iterator[Unmet]:
    """Give what a gate asks for and is not so yet, approvals apart."""
    yield from _after(situation, rule)
    if rule.needs is not None:
        truth, fields = truth_of(situation, rule.needs)
        if truth is Truth.NO:
            yield _unmet(gate=rule, kind="condition", what=str(rule.needs), state="shut")
        elif truth is not Truth.YES:
            yield _open(situation, rule, "condition", str(rule.needs), truth, fields)
    for duty in rule.met:
        if duties[duty].state not in {"met", "met_late", "not_owed"}:
            yield _unmet(gate=rule, kind="duty", what=duty, state="shut")
    for record in rule.records:
        if not duties.complete(record):
            yield _unmet(gate=rule, kind="record", what=record, state="shut")
    if rule.one_of and not any(duties.complete(record) for record in rule.one_of):
        yield _unmet(gate=rule, kind="one_of", what=", ".join(rule.one_of), state="shut")
    yield from _bounds(situation, rule)


def _after(situation: Situation, rule: GateRule) -> Iterator[Unmet]:
    """Ask for the events in their order; one that happened before its predecessor does not count."""
    earliest: datetime | None = None
    for kind in rule.after:
        happened = [situation.received_at] if kind == "received" else [event.at for event in situation.log.all(kind)]
        counting = [at for at in happened if earliest is None or at >= earliest]
        if not counting:
            yield _unmet(gate=rule, kind="event", what=kind, state="shut", awaited=(kind,))
            return
        earliest = counting[0]


def _approvals(weighed: Weighed, rule: GateRule, request: Request) -> Iterator[Unmet]:
    """Name the first approval still to be had; where the total is not known, the one that could be."""
    if isinstance(rule.approval, Unset):
        yield _unmet(gate=rule, kind="approval", what="unset", state="unspecified_by_source")
        return
    least, most = (needed(weighed.duties, rule, request, step) for step in (weighed.least, weighed.most))
    if least:
        yield _unmet(gate=rule, kind="approval", what=least[0], state="shut")
    elif most:
        yield _unmet(gate=rule, kind="approval", what="ladder", state="unknown", missing=weighed.missing)


def _bounds(situation: Situation, rule: GateRule) -> Iterator[Unmet]:
    if rule.not_before is not None:
        yield from _bound(situation, rule, "too_early", rule.not_before)
    if rule.not_after is not None:
        yield from _bound(situation, rule, "too_late", rule.not_after)


def _bound(situation: Situation, rule: GateRule, kind: Literal["too_early", "too_late"], bound: Bound) -> Iterator[Unmet]:
    start = situation.received_at if bound.from_ == "received" else situation.log.first(bound.from_)
    if isinstance(bound.amount, Unset):
        yield _unmet(gate=rule, kind=kind, what="unset", state="unspecified_by_source")
    elif start is None:
        yield _unmet(gate=rule, kind=kind, what=bound.from_, state="unknown", awaited=(bound.from_,))
    else:
        end = run_out(situation.book.clock(bound.clock), start, bound.amount)
        assert end is not None
        running = met_by(end, situation.at)
        if running is (kind == "too_early"):
            yield _unmet(gate=rule, kind=kind, what=str(bound.amount), state="shut")
