"""Builds what the other rules speak of: parties, events, records and clocks."""

from __future__ import annotations

import re
from datetime import time
from typing import TYPE_CHECKING, Final

from closedloop.policy.model import ClockRule, EventKind, Party, Pause, RecordForm
from closedloop.policy.standard import STANDARD_EVENTS, VOIDED
from closedloop.rules.states import UNSET
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.policy import document
    from closedloop.policy.building.draft import Draft
    from closedloop.policy.tree import Path
    from closedloop.rules.states import Unset

_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_CALENDAR: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_DAY_ENDS: Final = frozenset({"midnight", "closing", "same_time"})


def parties(draft: Draft, rows: Mapping[str, document.Party]) -> FrozenMap[str, Party]:
    """Build the parties."""
    return FrozenMap({name: _party(draft, ("parties", name), name, row) for name, row in rows.items()})


def _party(draft: Draft, path: Path, name: str, row: document.Party) -> Party:
    draft.code(path, name, "the id of a party")
    if name == "accountable":
        draft.fault(
            "reserved_code", path, "`accountable` cannot be the id of a party: it stands for whoever answers", "choose another word", key=True
        )
    any_of = draft.listed((*path, "any_of"), row.any_of, draft.names.parties - {name}, "party")
    also = (row.also,) if isinstance(row.also, str) else tuple(row.also or ())
    return Party(id=name, label=draft.label(name, row), also=also, any_of=any_of, provenance=draft.provenance(path, row))


def events(draft: Draft, rows: Mapping[str, document.EventKind]) -> FrozenMap[str, EventKind]:
    """Build the kinds of event, the library's among them."""
    built = dict(STANDARD_EVENTS)
    for name, row in rows.items():
        path = ("events", name)
        draft.code(path, name, "the id of an event")
        if name == VOIDED:
            draft.fault("reserved_code", path, f"`{name}` takes an event of the log back; no rule speaks of it", "choose another word", key=True)
        label = draft.label(name, row) if row.labels or name not in STANDARD_EVENTS else STANDARD_EVENTS[name].label
        built[name] = EventKind(id=name, label=label, standard=name in STANDARD_EVENTS, provenance=draft.provenance(path, row))
    return FrozenMap(built)


def records(draft: Draft, rows: Mapping[str, document.Record]) -> FrozenMap[str, RecordForm]:
    """Build the records."""
    return FrozenMap({name: _record(draft, ("records", name), name, row) for name, row in rows.items()})


def _record(draft: Draft, path: Path, name: str, row: document.Record) -> RecordForm:
    draft.code(path, name, "the id of a record")
    return RecordForm(
        id=name,
        label=draft.label(name, row),
        fields=UNSET if row.fields == "unset" else draft.fields((*path, "fields"), row.fields),
        signed_by=draft.parties((*path, "signed_by"), row.signed_by),
        copies=draft.parties((*path, "copies"), row.copies),
        handwritten=row.handwritten is not None,
        provenance=draft.provenance(path, row),
    )


def clocks(draft: Draft, rows: Mapping[str, document.Clock]) -> FrozenMap[str, ClockRule]:
    """Build the clocks. Which calendar a name means, the caller of the policy knows."""
    return FrozenMap({name: _clock(draft, ("clocks", name), name, row) for name, row in rows.items()})


def _clock(draft: Draft, path: Path, name: str, row: document.Clock) -> ClockRule:
    draft.code(path, name, "the id of a clock")
    if not _CALENDAR.fullmatch(row.calendar):
        message = f"found `{row.calendar[:60]}`, expected the name of a calendar, or `none`"
        draft.fault("bad_calendar", (*path, "calendar"), message)
    return ClockRule(
        id=name,
        label=draft.label(name, row),
        calendar=None if row.calendar == "none" else row.calendar,
        convention=row.convention,
        cutoff=_cutoff(draft, (*path, "cutoff"), row.cutoff),
        off_day_arrival=row.off_day_arrival,
        date_only=row.date_only,
        first_day=row.first_day,
        last_day=row.last_day,
        day_ends=row.day_ends if row.day_ends is None or row.day_ends in _DAY_ENDS else _time(draft, (*path, "day_ends"), row.day_ends),
        roll=row.roll,
        hours_on_day_off=row.hours_on_day_off,
        pauses=tuple(_pause(draft, (*path, "pauses", reason), reason, pause) for reason, pause in (row.pauses or {}).items()),
        provenance=draft.provenance(path, row),
    )


def _cutoff(draft: Draft, path: Path, text: str | None) -> time | Unset | None:
    if text is None:
        return UNSET
    return None if text == "none" else _time(draft, path, text)


def _time(draft: Draft, path: Path, text: str) -> time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        words = "`none`" if path[-1] == "cutoff" else "`midnight`, `closing`, `same_time`"
        draft.fault("bad_time", path, f"found `{text[:60]}`, expected {words} or a time of day, such as `16:30`")
        return None
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def _pause(draft: Draft, path: Path, reason: str, row: document.Pause) -> Pause:
    draft.code(path, reason, "a reason for a pause")
    return Pause(
        reason=reason,
        from_=_unless_unset(draft, (*path, "from"), row.from_, draft.names.events, "event"),
        until=_unless_unset(draft, (*path, "until"), row.until, draft.names.events | _instants(draft), "event"),
        provenance=draft.provenance(path, row),
    )


def _unless_unset(draft: Draft, path: Path, name: str, among: frozenset[str], what: str) -> str | Unset:
    return UNSET if name == "unset" or not draft.known(path, name, among, what) else name


def _instants(draft: Draft) -> frozenset[str]:
    return frozenset(name for name, domain in draft.domains.items() if domain.type == "instant")
