"""Decides the complaints of a file in the order in which they were received, each with the earlier ones as its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from closedloop.cli.given_twice import contradictions
from closedloop.cli.past_cases import moment
from closedloop.cli.progress import watched
from closedloop.complaint_files import Rejected
from closedloop.errors import ClosedloopError, InvalidComplaint, Problem
from closedloop.evaluation.facts import complaint_of
from closedloop.history import PastCase
from closedloop.whatif.linked import Linked, compared
from closedloop.whatif.replay import is_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from closedloop.complaint import Complaint
    from closedloop.complaint_files import ComplaintFile, Row
    from closedloop.decision import Decision
    from closedloop.facade import Policy

#: What a complaint is told of earlier cases: the earlier rows of its file with whatever was given besides, or that nobody looked.
HistorySource = Literal["stream", "unknown"]
#: The column that says when a complaint of the stream was closed. It is no part of the complaint.
CLOSED_AT = "closed_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A row and the decision on it."""

    row: Row
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedStream:
    """Every decision and every row set aside, both in the order of the file, and where history came from."""

    decided: tuple[Decided, ...]
    set_aside: tuple[Rejected, ...]
    history: HistorySource


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arrival:
    row: Row
    complaint: Complaint
    closed_at: datetime | None


def decide_stream(policy: Policy, file: ComplaintFile, *, timezone: str, history: HistorySource, earlier: Iterable[PastCase] = ()) -> DecidedStream:
    """Decide every acceptable row, in the order of receipt; rows received at the same instant in the order of the file.

    Of a row that `earlier` has too, later rows are told what `earlier` says; it is set aside where the two contradict each other.
    """
    arrivals, aside = _arrivals(policy, file.rows, timezone)
    index = Linked[PastCase](policy.book.compared)
    known = {case.id: case for case in earlier}
    for case in known.values():
        told = compared(policy.book, complaint_of(policy.book.model, case), case.events or ())
        index.add(told | dict(case.key), case)
    decided: list[Decided] = []
    for arrival in watched(sorted(arrivals, key=lambda each: each.complaint.received_at), "deciding"):
        try:
            _hold_against(policy, arrival, known.get(arrival.complaint.id))
            decision = _decide(policy, arrival.complaint, index, history)
        except InvalidComplaint as error:
            aside.append(_set_aside(arrival.row, error.problems))
        except ClosedloopError as error:
            aside.append(
                _set_aside(arrival.row, [Problem(code="not_decided", path=(), found=str(error), expected="a complaint that can be decided")])
            )
        else:
            decided.append(Decided(row=arrival.row, decision=decision))
            if arrival.complaint.id not in known:
                _remember(policy, arrival, decision, index)
    return DecidedStream(
        decided=tuple(sorted(decided, key=lambda each: each.row.number)),
        set_aside=tuple(sorted((*file.set_aside, *aside), key=lambda each: each.number)),
        history=history,
    )


def _arrivals(policy: Policy, rows: Sequence[Row], timezone: str) -> tuple[list[_Arrival], list[Rejected]]:
    arrivals: list[_Arrival] = []
    aside: list[Rejected] = []
    seen: dict[str, str] = {}
    for row in rows:
        try:
            arrival = _arrival(policy, row, timezone)
        except InvalidComplaint as error:
            aside.append(_set_aside(row, error.problems))
            continue
        first = seen.setdefault(arrival.complaint.id, row.place)
        if first == row.place:
            arrivals.append(arrival)
        else:
            problem = Problem(code="duplicate_id", path=("id",), found=f"the id of {first}", expected="an id of its own")
            aside.append(_set_aside(row, [problem]))
    return arrivals, aside


def _arrival(policy: Policy, row: Row, timezone: str) -> _Arrival:
    problems: list[Problem] = []
    closed_at = moment(row.data, CLOSED_AT, timezone, problems)
    given: dict[str, Any] = {key: value for key, value in row.data.items() if key != CLOSED_AT}
    complaint: Complaint | None = None
    try:
        complaint = policy.complaint(given, assume_timezone=timezone)
    except InvalidComplaint as error:
        problems.extend(error.problems)
    if complaint is not None and closed_at is not None and closed_at < complaint.received_at:
        problems.append(Problem(code="closed_before_received", path=(CLOSED_AT,), found="a closing before receipt", expected="a later one"))
    if complaint is None or problems:
        raise InvalidComplaint(problems)
    return _Arrival(row=row, complaint=complaint, closed_at=closed_at)


def _hold_against(policy: Policy, arrival: _Arrival, case: PastCase | None) -> None:
    """Raise `InvalidComplaint` where a row says something else of a case than the history, for nobody knows which of them is right."""
    if case is not None:
        found = list(contradictions(policy.book.model, arrival.row.data, arrival.complaint, arrival.closed_at, case))
        if found:
            raise InvalidComplaint(found)


def _decide(policy: Policy, complaint: Complaint, index: Linked[PastCase], history: HistorySource) -> Decision:
    # Without the whole key of a repeat nobody could have looked, and that is not the same as having found nothing.
    looked = policy.book.counts_earlier or policy.repeat_query(complaint) is not None
    if history == "unknown" or not looked:
        return policy.decide(complaint, history=None)
    return policy.decide(complaint, history=index.find(compared(policy.book, complaint)))


def _remember(policy: Policy, arrival: _Arrival, decision: Decision, index: Linked[PastCase]) -> None:
    query = policy.repeat_query(arrival.complaint)
    if not is_case(decision) or (query is None and not policy.book.counts_earlier):
        return
    level = None if decision.level is None else decision.level.id
    case = PastCase.of(arrival.complaint, key={} if query is None else query.key, closed_at=arrival.closed_at, level=level)
    # What only a count looks at is no business of a record of repeats.
    index.add(compared(policy.book, arrival.complaint), case if policy.book.counts_earlier else replace(case, facts=None))


def _set_aside(row: Row, problems: Iterable[Problem]) -> Rejected:
    given = row.data.get("id")
    return Rejected(number=row.number, place=row.place, id=None if given is None else str(given), problems=tuple(problems))
