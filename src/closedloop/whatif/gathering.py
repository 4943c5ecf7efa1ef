"""Gathers cases into a caseload: sorts them, sets aside those whose id is not theirs alone, and notes what they record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from closedloop.casework import Case
from closedloop.complaint import Complaint, Event
from closedloop.complaint_files import Rejected
from closedloop.errors import Problem
from closedloop.whatif.recorded import KEYS, Gathered, Recorded, first_instant, last_instant, shown, sorting

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """What was read: the cases that are acceptable, what is set aside, and what the cases record."""

    cases: Gathered
    rejected: tuple[Rejected, ...]
    timezone: str | None
    events: tuple[str, ...]
    fields: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    ignored_columns: tuple[str, ...] = ()


@dataclass(slots=True)
class Span:
    """The first and the last instant seen so far."""

    timezone: str | None
    first: datetime | None = None
    last: datetime | None = None

    def see(self, at: datetime | date) -> None:
        """Take an instant, or a bare date from its beginning to its end, into the span."""
        first, last = first_instant(at, self.timezone), last_instant(at, self.timezone)
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)


@dataclass(slots=True)
class Survey:
    """What cases record: the span of time, the kinds of event, and the keys and facts of complaints."""

    span: Span
    events: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)

    def see(self, case: Recorded) -> None:
        """Take note of a case."""
        self.span.see(case.received_at)
        for event in case.events:
            kind, at, brought = (event["kind"], event["at"], event.get("data")) if isinstance(event, Mapping) else (event.kind, event.at, event.data)
            self.span.see(at)
            self.events.add(kind)
            self.fields.update(brought or ())
        complaint = case.complaint if isinstance(case.complaint, Mapping) else _as_mapping(case.complaint)
        self.fields.update(name for name, value in complaint.items() if name != "facts" and value is not None)
        self.fields.update(complaint.get("facts") or ())


def _as_mapping(complaint: Complaint) -> Mapping[str, Any]:
    return {name: getattr(complaint, name) for name in (*KEYS, "facts")}


def gathered(found: Iterable[tuple[int, Recorded] | Rejected], timezone: str | None) -> Gathering:
    """Gather cases, each with its number in the source, and what was set aside while they were read."""
    rejected: list[Rejected] = []
    numbered: list[tuple[int, Recorded]] = []
    for each in found:
        if isinstance(each, Rejected):
            rejected.append(each)
        else:
            numbered.append(each)
    kept, twice = apart([(number, case.place, case.id) for number, case in numbered])
    cases = sorted((numbered[place][1] for place in kept), key=lambda case: sorting(case.received_at, case.id, timezone))
    survey = Survey(Span(timezone))
    for case in cases:
        survey.see(case)
    return Gathering(
        cases=Gathered(cases),
        rejected=in_order([*rejected, *twice]),
        timezone=timezone,
        events=tuple(sorted(survey.events)),
        fields=named(survey.fields),
        first=shown(survey.span.first, timezone),
        last=shown(survey.span.last, timezone),
    )


def named(names: Iterable[str]) -> tuple[str, ...]:
    """Return keys of a complaint in their own order, then facts by name."""
    given = set(names)
    return (*(key for key in KEYS if key in given), *sorted(given - set(KEYS)))


def in_order(rejected: Iterable[Rejected]) -> tuple[Rejected, ...]:
    """Return what was set aside in the order of the source."""
    return tuple(sorted(rejected, key=lambda each: each.number))


def apart(given: Sequence[tuple[int, str, str]]) -> tuple[list[int], list[Rejected]]:
    """Tell the cases whose id is theirs alone from those whose id is given twice.

    Takes the number, the place and the id of each; returns the indices of the former, and the latter set aside: all
    that share an id, since nothing says which of them is right.
    """
    seen = Counter(case for _, _, case in given)
    shared: dict[str, list[str]] = {}
    for _, place, case in given:
        if seen[case] > 1:
            shared.setdefault(case, []).append(place)
    kept = [index for index, (_, _, case) in enumerate(given) if seen[case] == 1]
    aside = [_twice(number, place, case, shared[case]) for number, place, case in given if seen[case] > 1]
    return kept, aside


_SHOWN: Final = 4


def _twice(number: int, place: str, case: str, places: Sequence[str]) -> Rejected:
    more = f" and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    found = f"an id that {len(places)} have: {', '.join(places[:_SHOWN])}{more}"
    problem = Problem(code="duplicate_id", path=("id",), found=found, expected="an id of its own; nothing says which of them is right")
    return Rejected(number=number, place=place, id=case, problems=(problem,))


def pair(number: int, given: object) -> tuple[int, Recorded] | Rejected:
    """Take a complaint and its events, as `Case` holds them or as a pair."""
    complaint, events = _parts(given)
    expected = "a Case, or a pair of a Complaint and its events"
    if complaint is given or not isinstance(complaint, Complaint):
        problem = Problem(code="wrong_type", path=(), found=type(given).__name__, expected=expected)
        return Rejected(number=number, place=f"item {number}", id=None, problems=(problem,))
    place = f"case {complaint.id}"
    typed = tuple(event for event in events if isinstance(event, Event))
    if len(typed) < len(events):
        wrong = (
            Problem(code="wrong_type", path=("events", index), found=type(event).__name__, expected="an Event")
            for index, event in enumerate(events)
            if not isinstance(event, Event)
        )
        return Rejected(number=number, place=place, id=complaint.id, problems=tuple(wrong))
    return number, Recorded(complaint=complaint, events=typed, place=place)


def _parts(given: object) -> tuple[object, tuple[object, ...]]:
    match given:
        case Case(complaint=complaint, events=events):
            return complaint, events
        case (Complaint() as complaint, events) if isinstance(events, Iterable):
            return complaint, tuple(events)
    return given, ()
