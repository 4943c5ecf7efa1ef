"""Streams of real complaints: each counted by plain csv and datetime, and each as a caseload with a small policy of our own.

The counts know nothing of closedloop: whatever compares policies can be held against them. The rows of two of the streams
may not be shipped; they lie beside the checkout where there are any, and a stream that is not there is not counted.
"""

from __future__ import annotations

import csv
import gzip
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import closedloop as cl
from closedloop import whatif

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHARED = ROOT.parent / "shared" / "data"
NYC311_ROWS = ROOT / "examples" / "nyc311" / "complaints.csv"
HELPDESK_ROWS = SHARED / "helpdesk_it" / "helpdesk_events.csv.gz"
TIPDM_ROWS = SHARED / "tipdm2020_smartgov" / "att4_replied.csv.gz"
WORKING_DAYS = SHARED / "holiday_cn" / "working_days_2007_2026.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a plain program counts: cases of their own, those merged into an open one, repeats after a closing, and late cases by duty.

    What is merged is part of the case that it is merged into: it is neither late by itself, nor repeated by another.
    """

    cases: int
    repeats: int
    merged: int
    late: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A stream of complaints: its files, the independent count, and the same rows as a caseload under a policy."""

    name: str
    files: tuple[Path, ...]
    count: Callable[[], Counts]
    caseload: Callable[[], whatif.Caseload]
    policy: Callable[[], cl.Policy]


def there() -> list[Stream]:
    """Return the streams whose rows are there."""
    return [stream for stream in STREAMS if all(path.exists() for path in stream.files)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    id: str
    received: datetime
    closed: datetime | None
    key: tuple[str, ...] | None


def _linked(tickets: Iterable[_Ticket], days: int) -> tuple[int, frozenset[str]]:
    """Count the tickets that come back within so many days of a closing; and name those that come while one with the same key is open."""
    repeats, merged = 0, set[str]()
    earlier: dict[tuple[str, ...], list[datetime | None]] = {}
    for ticket in sorted(tickets, key=lambda each: (each.received, each.id)):
        if ticket.key is None:
            continue
        closings = earlier.setdefault(ticket.key, [])
        if any(closed is None or closed >= ticket.received for closed in closings):
            merged.add(ticket.id)
            continue
        if closings:
            last = max(closed for closed in closings if closed is not None)
            repeats += (ticket.received.date() - last.date()).days <= days
        closings.append(ticket.closed)
    return repeats, frozenset(merged)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


# --- New York: complaints about animals ---

#: The limits of examples/nyc311/nyc311.yaml for closing, in hours, by category; what is dead or dirty in a park has longer.
_HOURS = {
    "animal_abuse": 24,
    "animal_in_a_park": 24,
    "dead_animal": 72,
    "unsanitary_animal_pvt_property": 72,
    "unsanitary_animal_facility": 72,
    "illegal_animal_kept_as_pet": 336,
    "illegal_animal_sold": 336,
    "animal_facility_no_permit": 336,
    "pet_shop": 336,
}
_IN_A_PARK = 240


def count_nyc311() -> Counts:
    """Count by wall clock where days are meant, by elapsed time where hours are."""
    zone = ZoneInfo("America/New_York")
    rows = list(_rows(NYC311_ROWS))
    tickets = [
        _Ticket(
            id=row["id"],
            received=datetime.fromisoformat(row["received_at"]),
            closed=datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else None,
            key=(row["subject"], row["category"]) if row["subject"] else None,
        )
        for row in rows
    ]
    end = max(at for ticket in tickets for at in (ticket.received, ticket.closed) if at is not None)
    repeats, merged = _linked(tickets, 30)
    late = 0
    for row, ticket in zip(rows, tickets, strict=True):
        in_a_park = row["category"] == "animal_in_a_park" and row["descriptor"] in {"dead_animal", "animal_waste"}
        hours = _IN_A_PARK if in_a_park else _HOURS[row["category"]]
        passed = (ticket.closed or end).replace(tzinfo=zone).timestamp() - ticket.received.replace(tzinfo=zone).timestamp()
        late += ticket.id not in merged and passed > hours * 3600
    return Counts(cases=len(rows) - len(merged), repeats=repeats, merged=len(merged), late={"closure": late})


def nyc311() -> whatif.Caseload:
    return whatif.Caseload.from_csv(
        NYC311_ROWS, facts={"agency": "agency", "descriptor": "descriptor"}, events={"closed": "closed_at"}, timezone="America/New_York"
    )


# --- an Italian help desk: an event log ---


def _helpdesk() -> list[dict[str, Any]]:
    """Return one row for each ticket: when it came, when it was first taken in charge, and when it was last closed."""
    tickets: dict[str, dict[str, Any]] = {}
    for row in _rows(HELPDESK_ROWS):
        at = datetime.fromisoformat(row["timestamp"])
        fresh = {"id": row["Case ID"], "customer": row["customer"], "subject": row["product"], "received_at": at, "taken": None, "closed": None}
        ticket = tickets.setdefault(row["Case ID"], fresh)
        ticket["received_at"] = min(ticket["received_at"], at)
        if row["Activity"] == "Take in charge ticket":
            ticket["taken"] = at if ticket["taken"] is None else min(ticket["taken"], at)
        if row["Activity"] == "Closed":
            ticket["closed"] = at if ticket["closed"] is None else max(ticket["closed"], at)
    return list(tickets.values())


def count_helpdesk() -> Counts:
    """Count with the limits of helpdesk_it.yaml: taken in charge within 48 hours, closed by the end of the 40th day."""
    rows = _helpdesk()
    end = max(at for row in rows for at in (row["received_at"], row["taken"], row["closed"]) if at is not None)
    tickets = [_Ticket(id=row["id"], received=row["received_at"], closed=row["closed"], key=(row["customer"], row["subject"])) for row in rows]
    repeats, merged = _linked(tickets, 30)
    own = [row for row in rows if row["id"] not in merged]
    answers = sum((row["taken"] or end) - row["received_at"] > timedelta(hours=48) for row in own)
    closings = sum(((row["closed"] or end).date() - row["received_at"].date()).days > 40 for row in own)
    return Counts(cases=len(own), repeats=repeats, merged=len(merged), late={"answer": answers, "closure": closings})


def helpdesk() -> whatif.Caseload:
    """Give the tickets as typed cases. The log is in naive local time of an unnamed zone; UTC has no changes of clocks."""
    zone = ZoneInfo("UTC")
    pairs = []
    for row in _helpdesk():
        received = row["received_at"].replace(tzinfo=zone)
        complaint = cl.Complaint(id=row["id"], received_at=received, customer=row["customer"], subject=row["subject"])
        happened = {"first_replied": row["taken"], "closed": row["closed"]}
        pairs.append((complaint, [cl.Event(kind=kind, at=at.replace(tzinfo=zone)) for kind, at in happened.items() if at is not None]))
    return whatif.Caseload.from_cases(pairs)


# --- a city's message board: replies by working days ---


def count_tipdm() -> Counts:
    """Count with the limit of message_board.yaml: a reply by the end of the 15th working day after the message, by the published calendar."""
    working = [date.fromisoformat(row["date"]) for row in _rows(WORKING_DAYS) if row["is_working"] == "1"]
    tickets = [
        _Ticket(
            id=row["msg_id"],
            received=datetime.fromisoformat(row["posted_at"]),
            closed=datetime.fromisoformat(row["replied_at"]),
            key=(row["user_id"],),
        )
        for row in _rows(TIPDM_ROWS)
    ]
    repeats, merged = _linked(tickets, 30)
    late = 0
    for ticket in tickets:
        last = working[bisect_right(working, ticket.received.date()) + 14]
        assert ticket.closed is not None
        late += ticket.id not in merged and ticket.closed >= datetime.combine(last + timedelta(days=1), time.min)
    return Counts(cases=len(tickets) - len(merged), repeats=repeats, merged=len(merged), late={"reply": late})


def tipdm() -> whatif.Caseload:
    rows = [(row["msg_id"], row["user_id"], row["posted_at"], row["replied_at"]) for row in _rows(TIPDM_ROWS)]
    zone = ZoneInfo("Asia/Shanghai")
    return whatif.Caseload.from_cases(
        (
            cl.Complaint(id=case, received_at=datetime.fromisoformat(posted).replace(tzinfo=zone), customer=user),
            [cl.Event(kind=kind, at=datetime.fromisoformat(replied).replace(tzinfo=zone)) for kind in ("final_replied", "closed")],
        )
        for case, user, posted, replied in rows
    )


STREAMS = (
    Stream(
        name="nyc311",
        files=(NYC311_ROWS,),
        count=count_nyc311,
        caseload=nyc311,
        policy=lambda: cl.load_policy(ROOT / "examples" / "nyc311" / "nyc311.yaml"),
    ),
    Stream(
        name="helpdesk_it",
        files=(HELPDESK_ROWS,),
        count=count_helpdesk,
        caseload=helpdesk,
        policy=lambda: cl.load_policy(HERE / "helpdesk_it.yaml"),
    ),
    Stream(
        name="tipdm2020_smartgov",
        files=(TIPDM_ROWS, WORKING_DAYS),
        count=count_tipdm,
        caseload=tipdm,
        policy=lambda: cl.load_policy(HERE / "message_board.yaml"),
    ),
)
