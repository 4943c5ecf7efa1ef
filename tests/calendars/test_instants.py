"""Wall times become instants: once, twice, or never a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from closedloop.calendars import localise


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_wall_time_that_happens_once_needs_no_choice() -> None:
    assert localise(wall("2026-07-01T12:00"), "Europe/Berlin").isoformat() == "2026-07-01T12:00:00+02:00"


def test_one_that_happens_twice_is_the_one_asked_for() -> None:
    first = localise(wall("2026-10-25T02:30"), "Europe/Berlin", ambiguous="first")
    second = localise(wall("2026-10-25T02:30"), "Europe/Berlin", ambiguous="second")
    assert (first.isoformat(), second.isoformat()) == ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00")


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T03:30:00+02:00"),
        ("2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-04T02:40:00+11:00"),
        ("2018-11-04T00:00", "America/Sao_Paulo", "2018-11-04T01:00:00-02:00"),
        # Samoa had no 2011-12-30; the clocks skipped 24 hours.
        ("2011-12-30T10:00", "Pacific/Apia", "2011-12-31T10:00:00+14:00"),
    ],
)
def test_one_that_never_happens_moves_on_by_what_is_skipped(text: str, zone: str, expected: str) -> None:
    assert localise(wall(text), zone, nonexistent="forward").isoformat() == expected


def test_a_fold_that_the_value_carries_is_not_taken_for_a_choice() -> None:
    assert localise(wall("2026-07-01T12:00").replace(fold=1), "Europe/Berlin").fold == 0


def test_the_instant_is_on_the_wall_that_was_given() -> None:
    found = localise(wall("2026-07-01T12:00"), "Asia/Shanghai")
    assert (found.replace(tzinfo=None), found.utcoffset()) == (wall("2026-07-01T12:00"), timedelta(hours=8))
