"""Pauses of a clock: half-open stretches [start, end) in which it does not run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from closedloop.calendars.instants import micros
from closedloop.calendars.spans import Span, merged
from closedloop.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock stands still, for a reason where one is named; without an end it still lasts."""

    start: datetime
    end: datetime | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        """Refuse a pause that ends before it starts."""
        start = micros(self.start)
        if self.end is not None and micros(self.end) < start:
            message = f"a pause ends at `{self.end.isoformat()}`, before it starts at `{self.start.isoformat()}`"
            raise InvalidValue(message, found=self.end.isoformat())


def stops(pauses: Iterable[Pause], reasons: Collection[str] | None, until: int | None = None) -> list[Span]:
    """Return the pauses that stop a clock, merged; `reasons` names those that do, None that all do.

    One that still lasts ends at `until`; without `until` it is an error.
    """
    spans: list[Span] = []
    for pause in pauses:
        given: object = pause
        if not isinstance(given, Pause):
            raise InvalidValue(f"a pause is Pause(start, end), found {type(given).__name__}", found=type(given).__name__)
        if reasons is not None and pause.reason is not None and pause.reason not in reasons:
            continue
        if pause.end is not None:
            spans.append((micros(pause.start), micros(pause.end)))
        elif until is not None:
            spans.append((micros(pause.start), max(until, micros(pause.start))))
        else:
            message = f"the clock has stood still since `{pause.start.isoformat()}`; while it does there is no due instant"
            raise InvalidValue(message, found=pause.start.isoformat())
    return merged(spans) if spans else spans
