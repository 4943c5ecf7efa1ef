"""Reads limits, amounts and shares, and finds the clock that a limit needs."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, cast

from closedloop.errors import InvalidValue
from closedloop.policy.terms import PROMPTLY, AsFirstKnown, Combined, DutyDue, FactLimit, RunsFrom, fields_of
from closedloop.rules.states import UNSET
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from closedloop.policy.building.draft import Draft
    from closedloop.policy.terms import Within
    from closedloop.policy.tree import Path
    from closedloop.rules.states import Unset

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_SHARE: Final = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,6})?)\s*%")
_WHOLE: Final = re.compile(r"[0-9]{1,6}")
_COMBINED: Final = ("first_given", "earliest", "latest")
_FORM: Final = (
    "write `2 days`, the name of a fact, `<duty>.due`, {first_given: [...]}, {earliest: [...]}, {latest: [...]}, "
    "{from: ..., within: ...}, {as_first_known: ...}, `promptly` or `unset`"
)
#: Which kinds of limit only some sections have: a routine runs from its period, and only duties wait for one another.
_OF_A_CASE: Final = ("duties", "facts")


def within(draft: Draft, path: Path, raw: object) -> Within | None:
    """Read how much time there is; None where it is left out, or where a finding says what is wrong."""
    if raw is None:
        return None
    if isinstance(raw, str):
        return _single(draft, path, raw)
    if isinstance(raw, dict) and len(raw) == 1 and next(iter(raw)) in _COMBINED:
        how, members = next(iter(raw.items()))
        return _combined(draft, (*path, how), cast("Literal['first_given', 'earliest', 'latest']", how), members)
    if isinstance(raw, dict) and raw.keys() == {"from", "within"} and path[0] in _OF_A_CASE:
        return _runs_from(draft, path, raw["from"], raw["within"])
    if isinstance(raw, dict) and raw.keys() == {"as_first_known"} and path[0] in _OF_A_CASE:
        return _as_first_known(draft, (*path, "as_first_known"), raw["as_first_known"])
    draft.fault("bad_limit", path, "this is not a limit", _FORM)
    return None


def _runs_from(draft: Draft, path: Path, start: object, raw: object) -> RunsFrom | None:
    """Read a limit with a start of its own: an event, or a fact that gives an instant."""
    instants = {fact for fact, domain in draft.domains.items() if domain.type == "instant"}
    limit = within(draft, (*path, "within"), raw)
    if not isinstance(start, str):
        draft.fault("bad_limit", (*path, "from"), "this is neither an event nor an instant", "name one of them")
        return None
    known = draft.known((*path, "from"), start, draft.names.events | instants, "event")
    if limit is PROMPTLY or isinstance(limit, (RunsFrom, AsFirstKnown)):
        draft.fault("bad_limit", (*path, "within"), "what runs from here is an amount of time", "write `2 days`, or the name of a fact")
        return None
    return RunsFrom(start, limit) if known and limit is not None else None


def _as_first_known(draft: Draft, path: Path, raw: object) -> AsFirstKnown | None:
    limit = within(draft, path, raw)
    if limit is not None and not any(fields_of(limit)):
        draft.fault("bad_limit", path, "no fact could move this limit", "write it without `as_first_known`")
    return None if limit is None else AsFirstKnown(limit)


def _single(draft: Draft, path: Path, text: str) -> Within | None:
    if text == "unset":
        return UNSET
    if text == "promptly":
        return PROMPTLY
    if _NAME.fullmatch(text):
        return _fact(draft, path, text)
    return amount(draft, path, text)


def _fact(draft: Draft, path: Path, name: str) -> FactLimit | DutyDue | None:
    duty, _, what = name.partition(".")
    if what == "due" and path[0] == "duties" and draft.known(path, duty, draft.names.duties, "duty"):
        return DutyDue(duty)
    timed = {fact for fact, domain in draft.domains.items() if domain.type in {"limit", "instant"}}
    if name in timed:
        return FactLimit(name)
    if name in draft.domains:
        draft.fault("bad_limit", path, f"`{name}` is of type {draft.domains[name].type}, expected a fact of type limit or instant")
    elif name not in draft.names.facts | draft.names.tables:
        draft.known(path, name, timed, "limit")
    return None


def _combined(draft: Draft, path: Path, how: Literal["first_given", "earliest", "latest"], members: object) -> Combined | None:
    if not isinstance(members, list) or not members[1:]:
        draft.fault("bad_limit", path, f"`{how}` needs a list of two or more limits")
        return None
    read = [within(draft, (*path, number), member) for number, member in enumerate(members)]
    if any(isinstance(member, AsFirstKnown) for member in read):
        draft.fault("bad_limit", path, f"`as_first_known` stands around `{how}`, not in it", f"write {{as_first_known: {{{how}: [...]}}}}")
    if PROMPTLY in read:
        draft.fault("bad_limit", path, f"`promptly` has no due instant, so that `{how}` cannot weigh it")
    return Combined(how, tuple(member for member in read if member is not None))


def amount(draft: Draft, path: Path, text: str) -> Limit | None:
    """Read an amount of time with its unit."""
    try:
        return Limit.parse(text)
    except InvalidValue as error:
        draft.fault("bad_limit", path, str(error))
        return None


def amount_or_unset(draft: Draft, path: Path, text: str | None) -> Limit | Unset:
    """Read an amount of time, or that the source gives none."""
    if text is None or text == "unset":
        return UNSET
    return amount(draft, path, text) or UNSET


def share(text: str) -> Decimal | None:
    """Read `99.8%` as the fraction 0.998."""
    match = _SHARE.fullmatch(text.strip())
    return Decimal(match[1]) / 100 if match else None


def whole(draft: Draft, path: Path, text: str | None, least: int = 0) -> int | None:
    """Read a whole number from `least` on."""
    if text is None:
        return None
    if _WHOLE.fullmatch(text) and int(text) >= least:
        return int(text)
    draft.fault("bad_number", path, f"found `{text[:60]}`, expected a whole number from {least} on")
    return None


def whole_or_unset(draft: Draft, path: Path, text: str | None, least: int = 0) -> int | Unset | None:
    """Read a whole number, or that the source gives none."""
    return UNSET if text == "unset" else whole(draft, path, text, least)


def clock(draft: Draft, path: Path, name: str | None, *limits: Within | None) -> str | None:
    """Return the clock named under `path`; where none is named and a limit needs one, the clock `default`."""
    if name is not None:
        return name if draft.known((*path, "clock"), name, draft.names.clocks, "clock") else None
    needing = next((limit for limit in limits if _needs_clock(draft, limit)), None)
    if needing is None:
        return None
    if "default" in draft.names.clocks:
        return "default"
    what = f"`{needing}`" if isinstance(needing, Limit) else "a limit that can be in days"
    draft.fault("no_clock", path, f"{what} needs a clock to say when it ends", "name one with `clock`, or declare the clock `default`", key=True)
    return None


def _needs_clock(draft: Draft, limit: Within | None) -> bool:
    if isinstance(limit, Limit):
        return limit.in_days or limit.unit == "working hours"
    if isinstance(limit, Combined):
        return any(_needs_clock(draft, member) for member in limit.members)
    if isinstance(limit, (RunsFrom, AsFirstKnown)):
        return _needs_clock(draft, limit.within)
    return isinstance(limit, FactLimit) and draft.domains[limit.fact].type == "limit" and _gives_days(draft, limit.fact)


def _gives_days(draft: Draft, fact: str) -> bool:
    """Say whether a fact can give a limit that needs a clock: what a host supplies always can."""
    if fact not in draft.names.tables:
        return True
    rules = ("tables", fact, "rules")
    written = [draft.tree.text(*rules, row, "then") for row in draft.tree.keys(*rules)]
    return any(_written_in_days(draft, text) for text in (*written, draft.tree.text("tables", fact, "otherwise")))


def _written_in_days(draft: Draft, text: str | None) -> bool:
    try:
        return text is not None and _needs_clock(draft, Limit.parse(text))
    except InvalidValue:
        return False
