"""Draws `docs/images/working-week.svg`, one week of a calendar with a clock running across it. Run it to write the picture anew."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from closedloop.calendars import BusinessCalendar, Clock, RunningClock
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator

OFFICE = BusinessCalendar.country("CN", hours={"mon-fri": [("09:00", "12:00"), ("13:00", "18:00")]}, timezone="Asia/Shanghai")
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "working-week.svg"
MONDAY = date(2026, 2, 9)
LEFT, TOP, HOUR, ROW = 132, 64, 30, 44
WIDTH, HEIGHT = LEFT + 24 * HOUR + 20, TOP + 7 * ROW + 66


def at(day: int, hour: int) -> datetime:
    """Return an instant of February 2026 in Shanghai."""
    return datetime(2026, 2, day, hour, tzinfo=OFFICE.zone)


#: 16 working hours from Thursday 15:00, standing still on Friday from 10:00 to 14:00.
CLOCK = RunningClock(clock=Clock(calendar=OFFICE), limit=Limit(16, "working hours"), started=at(12, 15)).pause(at(13, 10)).resume(at(13, 14))


def place(when: datetime, day: date) -> tuple[float, int]:
    """Return where an instant stands in the row of a day; 24:00 stands at its right end."""
    hours = (when - datetime(day.year, day.month, day.day, tzinfo=OFFICE.zone)) / timedelta(hours=1)
    return LEFT + hours * HOUR, TOP + (day - MONDAY).days * ROW


def bar(start: datetime, end: datetime, day: date, style: str) -> str:
    """Draw a stretch of a day."""
    (left, top), (right, _) = place(start, day), place(end, day)
    return f'<rect class="{style}" x="{left:g}" y="{top + 8}" width="{right - left:g}" height="{ROW - 16}"/>'


def mark(when: datetime, style: str, words: str) -> str:
    """Draw an instant, and say below it what it is."""
    x, top = place(when, when.date())
    line = f'<line class="{style}" x1="{x:g}" y1="{top + 3}" x2="{x:g}" y2="{top + ROW - 3}"/>'
    return f'{line}<text class="{style}" x="{x + 5:g}" y="{top + ROW / 2 + 4:g}">{words}</text>'


def running(day: date) -> Iterator[str]:
    """Draw where the clock runs in the open time of a day, and where it stands still."""
    due = CLOCK.due
    end = CLOCK.started if due is None else due.at
    pause = CLOCK.pauses[0]
    edges = sorted({CLOCK.started, pause.start, pause.end or pause.start, end})
    for start, stop in pairwise(edges):
        style = "paused" if start == pause.start else "running"
        for opens, closes in OFFICE.intervals(day):
            if max(start, opens) < min(stop, closes):
                yield bar(max(start, opens), min(stop, closes), day, style)


def rows() -> Iterator[str]:
    """Draw the seven days: open time, the clock, and what kind of day it is."""
    for day in (MONDAY + timedelta(i) for i in range(7)):
        kind = "holiday" if OFFICE.is_holiday(day) else "worked (调休)" if day in OFFICE.working_days else ""
        _, top = place(at(day.day, 0), day)
        yield f'<text x="12" y="{top + ROW / 2 + 3:g}">{day:%a %d %b}</text>'
        yield f'<line class="grid" x1="{LEFT}" y1="{top + ROW}" x2="{LEFT + 24 * HOUR}" y2="{top + ROW}"/>'
        yield from (bar(opens, closes, day, "open") for opens, closes in OFFICE.intervals(day))
        yield from running(day)
        if kind:
            yield f'<text class="kind" x="12" y="{top + ROW / 2 + 17:g}">{kind}</text>'


def hours() -> Iterator[str]:
    """Draw the hours of the day."""
    for hour in range(0, 25, 3):
        x = LEFT + hour * HOUR
        yield f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{TOP + 7 * ROW}"/><text class="hour" x="{x}" y="{TOP - 8}">{hour:02}:00</text>'


def legend() -> Iterator[str]:
    """Explain the shades."""
    y = TOP + 7 * ROW + 20
    for i, (style, words) in enumerate((("open", "open"), ("running", "the clock runs"), ("paused", "it stands still"))):
        x = LEFT + i * 150
        yield f'<rect class="{style}" x="{x}" y="{y}" width="26" height="16"/><text x="{x + 34}" y="{y + 13}">{words}</text>'


STYLE = """
text { font: 13px sans-serif; fill: #222 } .title { font-size: 15px; font-weight: bold } .hour { font-size: 11px; text-anchor: middle; fill: #555 }
.kind { font-size: 11px; fill: #666 } .grid { stroke: #ddd } .open { fill: #d6e6f5 } .running { fill: #2a6fb0 }
.paused { fill: #e9b44c } line.start, line.warning, line.due { stroke-width: 3 } line.start { stroke: #222 } line.warning { stroke: #b45f06 }
line.due { stroke: #b00020 } text.start, text.warning { font-size: 11px; fill: #fff } text.due { font-size: 11px; fill: #b00020 }
"""


def picture() -> str:
    """Return the picture as SVG."""
    warning, due = CLOCK.warns_at(Decimal("0.75")), CLOCK.due
    marks = [mark(CLOCK.started, "start", "start")]
    marks += [mark(warning, "warning", "75% used")] if warning else []
    marks += [mark(due.at, "due", "due 18:00")] if due else []
    title = "16 working hours from Thursday 15:00, paused on Friday from 10:00 to 14:00: due on Saturday at closing"
    body = [*hours(), *rows(), *marks, *legend()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">\n'
        f"<style>{STYLE}</style>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
        f'<text class="title" x="12" y="26">{title}</text>\n' + "\n".join(body) + "\n</svg>\n"
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(), "utf-8")
