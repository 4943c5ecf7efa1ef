"""Builds what must happen: duties, the rounds in which it happens again, and routines for the whole caseload."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from closedloop.calendars import countable
from closedloop.policy.building.conditions import condition
from closedloop.policy.building.limits import amount, amount_or_unset, clock, share, whole, whole_or_unset, within
from closedloop.policy.model import DutyRule, Round, Routine, Start, Times
from closedloop.policy.terms import PROMPTLY, AsFirstKnown, Combined
from closedloop.rules.states import UNSET
from closedloop.values.limits import Limit
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from closedloop.policy import document
    from closedloop.policy.building.draft import Draft
    from closedloop.policy.terms import Within
    from closedloop.policy.tree import Path
    from closedloop.rules.states import Unset

_TIMES: Final = re.compile(r"(?:>=\s*)?([0-9]{1,3})|([0-9]{1,3})\.\.([0-9]{1,3})")
_PERIODS: Final = ("day", "week", "month", "quarter", "half_year", "year")


def duties(draft: Draft, rows: Mapping[str, document.Duty]) -> FrozenMap[str, DutyRule]:
    """Build the duties."""
    return FrozenMap({name: _duty(draft, ("duties", name), name, row) for name, row in rows.items()})


def _duty(draft: Draft, path: Path, name: str, row: document.Duty) -> DutyRule:
    draft.code(path, name, "the id of a duty")
    limit = _limit(draft, path, row)
    extend = _extensions(draft, path, row)
    every = None if row.every is None else amount_or_unset(draft, (*path, "every"), row.every)
    if row.every is not None and row.within is not None:
        draft.fault("unfit_key", (*path, "every"), "`every` stands instead of `within`", "keep one of the two", key=True)
    on = clock(draft, path, row.clock, limit, every if isinstance(every, Limit) else None, *extend.values())
    return DutyRule(
        id=name,
        label=draft.label(name, row),
        when=condition(draft, (*path, "when"), row.when),
        do=_unless_unset(draft.events, (*path, "do"), row.do),
        times=_times(draft, (*path, "times"), row.times, row.do),
        by=_unless_unset(draft.parties, (*path, "by"), row.by),
        to=_unless_unset(draft.parties, (*path, "to"), row.to),
        from_=_starts(draft, path, row.from_),
        within=limit,
        extend=FrozenMap(extend),
        every=every,
        clock=on,
        warn=_warnings(draft, (*path, "warn"), row.warn, every or limit, on),
        leaving=draft.listed((*path, "leaving"), row.leaving, draft.names.records, "record"),
        overrides=frozenset(draft.listed((*path, "overrides"), row.overrides, draft.names.duties - {name}, "duty")),
        unset=frozenset(key for key, value in (("do", row.do), ("by", row.by), ("to", row.to)) if value == "unset"),
        provenance=draft.provenance(path, row, must_cite=True),
    )


def _limit(draft: Draft, path: Path, row: document.Duty) -> Within | None:
    """Read how much time there is: `within`, but no longer than `at_latest`."""
    limit, latest = within(draft, (*path, "within"), row.within), within(draft, (*path, "at_latest"), row.at_latest)
    if latest is None:
        return limit
    if PROMPTLY in {limit, latest} or isinstance(limit, AsFirstKnown) or isinstance(latest, AsFirstKnown):
        draft.fault("bad_limit", (*path, "at_latest"), "of these two limits none can be said to be the earlier", "give both as amounts of time")
        return limit
    return latest if limit is None else Combined("earliest", (limit, latest))


def _unless_unset(read: Callable[[Path, str | list[str] | None], tuple[str, ...]], path: Path, value: str | list[str] | None) -> tuple[str, ...]:
    return () if value == "unset" else read(path, value)


def _extensions(draft: Draft, path: Path, row: document.Duty) -> dict[str, Within]:
    if row.extend and row.within is None:
        draft.fault("unfit_key", (*path, "extend"), "`extend` moves a limit, and this duty has none", "add `within`", key=True)
    read: dict[str, Within] = {}
    for event, raw in (row.extend or {}).items():
        limit = within(draft, (*path, "extend", event), raw)
        if draft.known((*path, "extend", event), event, draft.names.events, "event") and limit is not None:
            read[event] = limit
    return read


def _times(draft: Draft, path: Path, raw: object, do: str | list[str]) -> Times:
    if isinstance(raw, dict):
        return _times_by_event(draft, path, raw, [do] if isinstance(do, str) else do)
    if raw is None:
        return Times()
    if raw == "each":
        return Times(each=True)
    text = raw if isinstance(raw, str) else ""
    match = _TIMES.fullmatch(text)
    least, most = (int(match[1] or match[2]), int(match[3]) if match[3] else None) if match else (0, None)
    if least < 1 or (most is not None and most < least):
        draft.fault("bad_number", path, f"found `{text[:60]}`, expected how often: `2`, `>= 2`, `1..2` or `each`")
        return Times()
    return Times(least, most)


def _times_by_event(draft: Draft, path: Path, raw: dict[str, object], do: list[str]) -> Times:
    """Read for each event of `do` how often it must happen."""
    for event in do:
        if event not in raw:
            draft.fault("missing_key", path, f"`times` does not say how often `{event}` will do", f"add `{event}: 1`", key=True)
    often: dict[str, int | Unset] = {}
    for event, text in raw.items():
        if draft.known((*path, event), event, do, "event"):
            read = whole_or_unset(draft, (*path, event), text if isinstance(text, str) else "", 1)
            often |= {} if read is None else {event: read}
    return Times(by_event=FrozenMap(often))


def _starts(draft: Draft, path: Path, value: str | list[str] | None) -> tuple[Start, ...]:
    starts = [value] if isinstance(value, str) else (value or ["received"])
    read = ((path if isinstance(value, str) else (*path, "from", number), name) for number, name in enumerate(starts))
    return tuple(_start(draft, (*path, "from") if isinstance(value, str) else at, name) for at, name in read)


def _start(draft: Draft, path: Path, name: str) -> Start:
    duty, _, what = name.partition(".")
    if duty in draft.names.duties and what == "late":
        return Start(duty, "late")
    if duty in draft.names.duties and what == "due":
        return Start(duty, "due")
    of_duties = {f"{each}.{end}" for each in draft.names.duties for end in ("late", "due")}
    draft.known(path, name, draft.names.events | of_duties, "event")
    return Start(name)


def _warnings(draft: Draft, path: Path, value: str | list[str] | None, limit: Within | None, on: str | None) -> tuple[Limit | Decimal, ...]:
    read: list[Limit | Decimal] = []
    if value is not None and limit is None:
        draft.fault("unfit_key", path, "`warn` is about a limit, and this duty has none", "add `within` or `every`", key=True)
    for number, text in enumerate([value] if isinstance(value, str) else value or ()):
        at = path if isinstance(value, str) else (*path, number)
        part = share(text)
        if part is not None and not 0 < part < 1:
            draft.fault("bad_share", at, f"found `{text}`, expected a share of the limit between 0% and 100%")
        warning = part if part is not None else amount(draft, at, text)
        if isinstance(warning, Limit) and limit is not None:
            _check_left(draft, at, warning, limit, on)
        read += [] if warning is None else [warning]
    return tuple(read)


def _check_left(draft: Draft, path: Path, left: Limit, limit: Within, on: str | None) -> None:
    """Refuse an amount left that can never be counted: on another kind of days than the limit, or without a calendar."""
    if isinstance(limit, Limit) and not countable(limit, left):
        help_text = "write it in the unit of the limit, in hours, or as a share of the limit"
        draft.fault("unfit_warning", path, f"`{left}` left cannot be counted on a limit of `{limit}`", help_text)
    elif left.unit in {"working hours", "working days"} and (on is None or draft.tree.text("clocks", on, "calendar") in {"none", None}):
        draft.fault("unfit_warning", path, f"`{left}` left is counted on a calendar, and the clock of the duty has none")


def rounds(draft: Draft, rows: Mapping[str, document.Round]) -> FrozenMap[str, Round]:
    """Build the rounds."""
    return FrozenMap({name: _round(draft, ("rounds", name), name, row) for name, row in rows.items()})


def _round(draft: Draft, path: Path, name: str, row: document.Round) -> Round:
    draft.code(path, name, "the id of a round")
    draft.known((*path, "on"), row.on, draft.names.events, "event")
    return Round(
        id=name,
        on=row.on,
        again=draft.events((*path, "again"), row.again),
        limit=whole_or_unset(draft, (*path, "limit"), row.limit, 1),
        provenance=draft.provenance(path, row, must_cite=True),
    )


def routines(draft: Draft, rows: Mapping[str, document.Routine]) -> FrozenMap[str, Routine]:
    """Build the routines."""
    return FrozenMap({name: _routine(draft, ("routines", name), name, row) for name, row in rows.items()})


def _routine(draft: Draft, path: Path, name: str, row: document.Routine) -> Routine:
    draft.code(path, name, "the id of a routine")
    limit = within(draft, (*path, "within"), row.within)
    return Routine(
        id=name,
        label=draft.label(name, row),
        when=condition(draft, (*path, "when"), row.when),
        every=_period(draft, (*path, "every"), row.every),
        within=limit,
        clock=clock(draft, path, row.clock, limit),
        do=_unless_unset(draft.events, (*path, "do"), row.do),
        by=_unless_unset(draft.parties, (*path, "by"), row.by),
        to=_unless_unset(draft.parties, (*path, "to"), row.to),
        leaving=draft.listed((*path, "leaving"), row.leaving, draft.names.records, "record"),
        per=None if row.per is None else _grouping(draft, (*path, "per"), row.per)[0],
        among=condition(draft, (*path, "among"), row.among),
        tabulate=() if row.tabulate is None else _grouping(draft, (*path, "tabulate"), row.tabulate),
        sample=whole_or_unset(draft, (*path, "sample"), row.sample, 1),
        when_fewer=row.when_fewer or "all",
        if_at_least=whole(draft, (*path, "if_at_least"), row.if_at_least, 1),
        unset=frozenset(key for key, value in (("do", row.do), ("by", row.by), ("to", row.to)) if value == "unset"),
        provenance=draft.provenance(path, row, must_cite=True),
    )


def _period(draft: Draft, path: Path, text: str) -> str | Unset:
    if text == "unset":
        return UNSET
    draft.known(path, text, draft.names.events | set(_PERIODS), "period")
    return text


def _grouping(draft: Draft, path: Path, value: str | list[str]) -> tuple[str, ...]:
    """Read facts by which cases are grouped; `accountable` is the party under the routing table."""
    names = [value] if isinstance(value, str) else value
    known = draft.names.facts | draft.names.tables | {"accountable"}
    for number, name in enumerate(names):
        draft.known(path if isinstance(value, str) else (*path, number), name, known, "fact")
    return tuple(names)
