"""A clock that runs for a case: what is used, what is left, when it is due and late, through pauses and changes."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from closedloop.calendars import BusinessCalendar, ChangeRule, Clock, Pause, RunningClock, Threshold, named_calendar, warns_at
from closedloop.errors import InvalidValue
from closedloop.values.limits import Limit

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = BusinessCalendar(timezone="Asia/Shanghai", hours={"mon-fri": [("09:00", "12:00"), ("13:00", "18:00")]})
CLOCK = Clock(calendar=OFFICE, day_ends="closing")
DAY_BOUNDARY = Clock(calendar=named_calendar("cn_office"), cutoff=time(16, 30), day_ends=time(16, 30), roll="following")


def at(text: str) -> datetime:
    """Read a day and time of March 2026; the 2nd is a Monday."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=SHANGHAI)


def started(limit: str, start: str = "02T10:00", clock: Clock = CLOCK) -> RunningClock:
    return RunningClock(clock=clock, limit=Limit.parse(limit), started=at(start))


def due_at(clock: RunningClock) -> str:
    assert clock.due is not None
    return f"{clock.due.at:%d %H:%M}"


class TestWorkingHours:
    """8 working hours from Monday 10:00: two to lunch, five in the afternoon, one on Tuesday."""

    clock = started("8 working hours")

    def test_what_is_used_and_what_is_left(self) -> None:
        assert self.clock.consumed(at("02T12:30")) == 2
        assert self.clock.remaining(at("02T13:20")) == Fraction(17, 3)
        assert due_at(self.clock) == "03 10:00"

    def test_nothing_is_used_before_the_start(self) -> None:
        assert self.clock.consumed(at("02T09:30")) == 0

    def test_it_is_negative_when_late(self) -> None:
        assert self.clock.remaining(at("03T11:30")) == Fraction(-3, 2)

    def test_a_pause_takes_open_time_only(self) -> None:
        """From 11:00 to 14:00 there are two open hours, so it is due two open hours later."""
        paused = self.clock.pause(at("02T11:00"))
        assert paused.is_paused(at("02T12:00"))
        assert paused.due is None
        assert paused.consumed(at("02T15:00")) == 1
        resumed = paused.resume(at("02T14:00"))
        assert not resumed.is_paused(at("02T14:00"))
        assert due_at(resumed) == "03 12:00"

    def test_a_pause_over_the_weekend_buys_no_time(self) -> None:
        clock = started("8 working hours", "06T17:00").pause(at("06T18:00")).resume(at("09T09:00"))
        assert due_at(clock) == "09 17:00"

    def test_a_pause_after_it_was_due_changes_nothing(self) -> None:
        assert due_at(self.clock.pause(at("03T10:00"))) == "03 10:00"

    def test_two_reasons_hold_it_until_both_are_gone(self) -> None:
        clock = self.clock.pause(at("02T11:00"), "customer").pause(at("02T11:30"), "parts").resume(at("02T13:30"), "customer")
        assert clock.due is None
        assert due_at(clock.resume(at("02T14:00"), "parts")) == "03 12:00"

    def test_a_reason_that_the_clock_does_not_name_does_not_stop_it(self) -> None:
        clock = started("8 working hours", clock=Clock(calendar=OFFICE, paused_by={"customer"}))
        assert due_at(clock.pause(at("02T11:00"), "holiday of a colleague")) == "03 10:00"
        assert clock.pause(at("02T11:00"), "customer").due is None


class TestDaysOfDocument000:
    """2 days from Monday 09:00 end on Wednesday 16:30."""

    clock = started("2 days", "02T09:00", DAY_BOUNDARY)

    def test_a_day_is_used_when_it_ends(self) -> None:
        assert [self.clock.consumed(at(text)) for text in ("03T16:29", "03T16:30", "04T16:30", "05T16:30")] == [0, 1, 2, 3]
        assert self.clock.remaining(at("05T16:30")) == -1

    def test_the_days_that_end_in_a_pause_are_not_used(self) -> None:
        """Paused from Tuesday 10:00 to Friday 14:00: Friday and Saturday are counted, and Saturday rolls to Monday."""
        clock = self.clock.pause(at("03T10:00")).resume(at("06T14:00"))
        assert due_at(clock) == "09 16:30"

    def test_a_pause_within_a_day_buys_no_time(self) -> None:
        clock = self.clock
        for hour in range(9, 16):
            clock = clock.pause(at(f"03T{hour:02}:00")).resume(at(f"03T{hour:02}:59"))
        assert due_at(clock) == "04 16:30"

    def test_a_pause_of_exactly_a_day_moves_it_by_a_day(self) -> None:
        assert due_at(self.clock.pause(at("02T16:30")).resume(at("03T16:30"))) == "05 16:30"
        assert due_at(self.clock.pause(at("03T16:30")).resume(at("04T16:30"))) == "05 16:30"


def test_elapsed_hours_stand_still_in_a_pause() -> None:
    clock = started("24 hours").pause(at("02T12:00")).resume(at("03T13:30"))
    assert due_at(clock) == "04 11:30"
    assert clock.consumed(at("03T13:00")) == 2


def test_working_days_that_end_in_a_pause_are_not_used() -> None:
    """3 working days from Monday end on Thursday 18:00; Wednesday ends in the pause, so Friday stands in for it."""
    assert due_at(started("3 working days").pause(at("04T17:00")).resume(at("04T18:00"))) == "06 18:00"


def test_months_move_by_the_days_that_end_in_a_pause() -> None:
    clock = started("1 month", clock=Clock(timezone="Asia/Shanghai")).pause(at("10T00:00")).resume(at("13T00:00"))
    assert clock.due is not None
    # Up to 24:00 of 04-02, and three days more.
    assert clock.due.at.isoformat() == "2026-04-06T00:00:00+08:00"


def test_consumed_is_in_the_unit_of_the_limit() -> None:
    assert started("2 weeks").consumed(at("05T00:00")) == Fraction(2, 7)
    assert started("30 minutes").consumed(at("02T10:10")) == 10
    # March 2 to April 2 are 31 days.
    assert started("1 month").consumed(at("05T00:00")) == Fraction(2, 31)


def test_it_is_breached_after_its_due_instant_and_not_once_it_was_stopped_in_time() -> None:
    clock = started("8 working hours")
    assert clock.breached_at(at("03T10:00")) is None
    assert clock.breached_at(at("03T10:01")) == at("03T10:00")
    assert clock.stop(at("03T09:59")).breached_at(at("09T10:00")) is None
    assert clock.stop(at("03T10:01")).breached_at(at("09T10:00")) == at("03T10:00")


def test_nothing_runs_after_the_stop() -> None:
    stopped = started("8 working hours").stop(at("02T11:30"))
    assert stopped.consumed(at("05T12:00")) == Fraction(3, 2)
    with pytest.raises(InvalidValue, match="final"):
        stopped.pause(at("02T12:00"))


@pytest.mark.parametrize(
    ("limit", "when", "expected"),
    [
        ("8 working hours", Decimal("0.75"), "02 17:00"),
        ("8 working hours", Limit(2, "working hours"), "02 17:00"),
        ("8 working hours", Limit(90, "minutes"), "03 08:30"),
        ("24 hours", Fraction(1, 2), "02 22:00"),
        ("24 hours", Limit(30, "hours"), "02 10:00"),
        # 3 working days end on Thursday 18:00, after 7 + 3 x 8 = 31 open hours; half of them on Wednesday at 09:30.
        ("3 working days", Decimal("0.5"), "04 09:30"),
        ("3 working days", Limit(1, "working days"), "04 18:00"),
        ("3 working days", Limit(4, "working hours"), "05 14:00"),
        # 2 days end on Wednesday 18:00, after 56 hours around the clock.
        ("2 days", Fraction(1, 2), "03 14:00"),
        ("2 days", Limit(1, "days"), "03 18:00"),
        ("2 days", Limit(2, "weeks"), "02 10:00"),
    ],
)
def test_warnings_are_found_on_the_clock_of_the_limit(limit: str, when: Threshold, expected: str) -> None:
    assert f"{warns_at(CLOCK, at('02T10:00'), Limit.parse(limit), when):%d %H:%M}" == expected


def test_a_warning_waits_with_the_clock() -> None:
    clock = started("8 working hours").pause(at("02T11:00"))
    assert clock.warns_at(Decimal("0.75")) is None
    resumed = clock.resume(at("02T14:00")).warns_at(Decimal("0.75"))
    assert resumed == warns_at(CLOCK, at("02T10:00"), Limit(8, "working hours"), Decimal("0.75"), [Pause(at("02T11:00"), at("02T14:00"))])
    # Six hours: one before the pause, four after it, and one on Tuesday.
    assert resumed == at("03T10:00")


class TestChanges:
    """From Tuesday the office closes at 15:00. Eight working hours from Monday 10:00; by Tuesday 09:30 seven and a half are used."""

    short = Clock(calendar=BusinessCalendar(timezone="Asia/Shanghai", hours={"mon-fri": [("09:00", "12:00"), ("13:00", "15:00")]}))
    clock = started("8 working hours")
    change = at("03T09:30")

    def test_pinned_keeps_the_calendar(self) -> None:
        assert due_at(self.clock.changed(self.change, "pinned", clock=self.short)) == "03 10:00"

    def test_recompute_counts_anew_from_the_start(self) -> None:
        """Monday 2 + 2, Tuesday 4 to 14:00."""
        assert due_at(self.clock.changed(self.change, "recompute", clock=self.short)) == "03 14:00"

    def test_keep_consumed_counts_the_rest_on(self) -> None:
        changed = self.clock.changed(self.change, "keep_consumed", clock=self.short)
        assert due_at(changed) == "03 10:00"
        assert changed.consumed(self.change) == Fraction(15, 2)
        # With 12 hours instead, 4.5 are left: to lunch 2.5, to 15:00 2.
        assert due_at(self.clock.changed(self.change, "keep_consumed", clock=self.short, limit=Limit(12, "working hours"))) == "03 15:00"

    def test_a_limit_used_up_by_a_change_is_due_at_the_change(self) -> None:
        assert due_at(self.clock.changed(self.change, "keep_consumed", limit=Limit(4, "working hours"))) == "03 09:30"

    def test_days_that_were_used_stay_used(self) -> None:
        """Two of three days are used by Wednesday 20:00; of five, three are left, ending on Saturday and rolling to Monday."""
        clock = started("3 days", "02T09:00", DAY_BOUNDARY)
        longer = clock.changed(at("04T20:00"), "keep_consumed", limit=Limit(5, "days"))
        assert longer.consumed(at("04T20:00")) == 2
        assert due_at(longer) == "09 16:30"

    def test_a_breach_stays_a_fact(self) -> None:
        late = self.clock.changed(at("04T09:00"), "recompute", limit=Limit(80, "working hours"))
        assert late.breached_at(at("04T10:00")) == at("03T10:00")

    def test_units_of_another_kind_cannot_be_kept(self) -> None:
        with pytest.raises(InvalidValue, match="recompute it"):
            self.clock.changed(self.change, "keep_consumed", limit=Limit(2, "days"))


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: started("1 day").pause(at("01T10:00")), "before the clock starts"),
        (lambda: started("1 day").pause(at("03T10:00")).pause(at("03T11:00")), "already stands still"),
        (lambda: started("1 day").resume(at("03T10:00"), "parts"), "does not stand still for `parts`"),
        (lambda: started("1 day").pause(at("03T10:00")).resume(at("03T09:00")), "before it starts"),
        (lambda: started("1 day").changed(at("03T10:00"), cast("ChangeRule", "restart")), "there is no rule `restart`"),
    ],
)
def test_steps_out_of_order_are_refused(ask: object, words: str) -> None:
    assert callable(ask)
    with pytest.raises(InvalidValue, match=words):
        ask()
