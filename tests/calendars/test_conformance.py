"""Cases of other people's test suites: inputs and expected answers as facts, each file naming its source.

`ref_agrees: true` marks the cases on which an independent reference gives the expected answer; those must pass. The cases
marked false are forks of meaning, and `docs/explanation/time-traps.md` says which side this library takes.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from closedloop.calendars import BusinessCalendar

if TYPE_CHECKING:
    from collections.abc import Callable

Case = dict[str, Any]

DATA = Path(__file__).parent / "data"
SUITES = ("working_hours_spec", "moment_business_time_spec", "business_time_tests", "glpi_calendar")


def load(suite: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / f"{suite}.json").read_text(encoding="utf-8"))
    return found


def cases(*, agreed: bool) -> list[Any]:
    return [pytest.param(suite, case, id=case["id"]) for suite in SUITES for case in load(suite)["cases"] if case.get("ref_agrees") is agreed]


def calendar(suite: str, name: str) -> BusinessCalendar:
    given = load(suite)["calendars"][name]
    holidays = given.get("holidays", ())
    return BusinessCalendar(
        timezone=given["tz"],
        hours=given["hours"],
        holidays={date.fromisoformat(day) for day in holidays if not day.startswith("*")},
        annual_holidays={day[2:] for day in holidays if day.startswith("*")},
        date_hours={date.fromisoformat(day): hours for day, hours in given.get("date_hours", {}).items()},
        date_hours_override_holidays=given.get("date_hours_override_holiday", False),
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def day_or_instant(text: str) -> date:
    return at(text) if "T" in text else date.fromisoformat(text)


def truncated(cal: BusinessCalendar, case: Case) -> int:
    unit = timedelta(minutes=1) if case["unit"] == "minutes" else timedelta(hours=1)
    return int(cal.between(at(case["start"]), at(case["end"])) / unit)


def measured(cal: BusinessCalendar, case: Case) -> float:
    found = cal.between(at(case["start"]), at(case["end"])).total_seconds()
    return max(found, 0.0) if case["reversed"] == "zero" else found


def add_days(cal: BusinessCalendar, case: Case) -> date:
    found = cal.add_working_days(day_or_instant(case["start"]), case["days"])
    return cal.intervals(found)[-1][1] if case["semantics"].endswith("then_close_of_business") else found


def transition(cal: BusinessCalendar, case: Case) -> object:
    opening, closing = cal.next_opening(at(case["start"])), cal.next_closing(at(case["start"]))
    return {"at": min(opening, closing), "transition": "open" if opening < closing else "close"}


#: How each operation of the suites is asked of a calendar.
ANSWERS: dict[str, Callable[[BusinessCalendar, Case], object]] = {
    "add_working_time": lambda cal, case: cal.add(at(case["start"]), timedelta(seconds=case["seconds"])),
    "working_time_between": measured,
    "working_time_between_truncated": truncated,
    "add_working_days": add_days,
    "working_days_between": lambda cal, case: cal.count_working_days(day_or_instant(case["start"]), day_or_instant(case["end"])),
    "is_open": lambda cal, case: cal.is_open(at(case["at"])),
    "is_working_day": lambda cal, case: cal.is_working_day(day_or_instant(case["at"])),
    "next_close": lambda cal, case: cal.next_closing(at(case["start"])),
    "next_opening_after": lambda cal, case: cal.next_opening(at(case["start"])),
    "next_transition": transition,
    "snap": lambda cal, case: cal.snap(at(case["start"]), case["direction"]),
}


def expected(value: object) -> object:
    if isinstance(value, dict):
        return {key: expected(item) for key, item in value.items()}
    if isinstance(value, str) and value[:4].isdigit():
        return day_or_instant(value)
    return value


@pytest.mark.parametrize(("suite", "case"), cases(agreed=True))
def test_gives_the_answer_on_which_the_suite_and_the_reference_agree(suite: str, case: Case) -> None:
    assert ANSWERS[case["op"]](calendar(suite, case["calendar"]), case) == expected(case["expected"])


@pytest.mark.parametrize(("suite", "case"), cases(agreed=False))
def test_takes_the_side_of_the_reference_where_a_suite_differs(suite: str, case: Case) -> None:
    assert ANSWERS[case["op"]](calendar(suite, case["calendar"]), case) == expected(case["ref_got"])


def test_holds_every_case_on_which_the_reference_agrees() -> None:
    """154 + 116 + 87 + 24 cases, as the README of the suites counts them; nothing is left out."""
    assert len(cases(agreed=True)) == 154 + 116 + 87 + 24


def test_instants_come_back_on_the_clocks_of_the_calendar() -> None:
    cal = calendar("working_hours_spec", "C03")
    assert cal.add(datetime(2014, 4, 7, 0, 30, tzinfo=UTC), timedelta(hours=1)).isoformat() == "2014-04-07T10:30:00+09:00"
