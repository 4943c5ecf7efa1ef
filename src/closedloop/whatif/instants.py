"""Reads what a table or a document gives as an instant, as far as no policy is needed for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from closedloop.calendars import localise
from closedloop.calendars.instants import zone
from closedloop.errors import InvalidValue, Problem
from closedloop.values.facts import instant_problems

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORM: Final = "an instant, such as `2026-02-13T10:00:00+08:00`"

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Instants:
    """Reads instants; `timezone` is the zone of those that are given without one."""

    timezone: str | None

    def __post_init__(self) -> None:
        """Check the zone. Raises `UnknownTimezone`."""
        if self.timezone is not None:
            zone(self.timezone)

    def read(self, value: object, path: Path, *, dates: bool) -> datetime | date | Problem:
        """Return the instant, or the problem with it. A bare date stays one where `dates` says so: policies read it, each in its own way."""
        read = _written(value.strip()) if isinstance(value, str) else value
        if isinstance(read, datetime):
            return self._aware(read, path)
        if isinstance(read, date):
            expected = "an instant with its time of day; only `received_at` may be a bare date"
            return read if dates else Problem(code="date_without_time", path=path, found=str(read), expected=expected)
        found = f"`{value[:40]}`" if isinstance(value, str) else type(value).__name__
        return Problem(code="wrong_type", path=path, found=found, expected=_FORM)

    def _aware(self, value: datetime, path: Path) -> datetime | Problem:
        if value.utcoffset() is None:
            if self.timezone is None:
                expected = "an instant with an offset; or name the zone of wall times with `timezone`"
                return Problem(code="naive_datetime", path=path, found=value.isoformat(), expected=expected)
            try:
                value = localise(value, self.timezone)
            except InvalidValue:
                expected = f"a wall time that happens once in {self.timezone}, where the clocks change then; write it with its offset"
                return Problem(code="no_such_instant", path=path, found=value.isoformat(), expected=expected)
        return next(instant_problems(path, value), value)


def _written(text: str) -> datetime | date | None:
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError:
        return None
