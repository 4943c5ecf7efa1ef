"""Signatures of records: who has signed, when, and whose signature is still to be had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.evaluation.facts import SIGNED
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from closedloop.complaint import Event
    from closedloop.evaluation.duties import Duties


def unsigned(duties: Duties, record: str) -> tuple[str, ...]:
    """Return the parties whose signature a record still needs."""
    return tuple(party for party in duties.situation.book.model.records[record].signed_by if _signed_at(duties, record, party) is None)


def signed_at(duties: Duties, record: str) -> Iterator[datetime]:
    """Give when each of those who sign a record signed it, as far as they have."""
    for party in duties.situation.book.model.records[record].signed_by:
        if (at := _signed_at(duties, record, party)) is not None:
            yield at


def _signed_at(duties: Duties, record: str, party: str) -> datetime | None:
    signers = duties.parties((party,))
    return next((event.at for event in _standing(duties, record) if event.by is not None and event.by.party in signers), None)


def _standing(duties: Duties, record: str) -> Iterator[Event]:
    """Give the signatures that still stand: what is filled in or changed afterwards must be signed anew."""
    log, fields = duties.situation.log, duties.situation.book.model.records[record].fields
    names = () if isinstance(fields, Unset) else fields
    filled = max((log.changed_at[name] for name in names if name in log.changed_at), default=None)
    for event in log.all(SIGNED):
        if event.data.get("record") == record and (filled is None or event.at >= filled):
            yield event
