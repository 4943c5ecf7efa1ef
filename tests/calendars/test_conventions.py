"""The named conventions: what each brings, and that a clock's own setting goes before it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from closedloop.calendars import BusinessCalendar, Clock, convention_names, named_calendar
from closedloop.values.limits import Limit

CN = named_calendar("cn_office")
UK = named_calendar("uk_business")
BRUSSELS = BusinessCalendar(timezone="Europe/Brussels", hours={"mon-fri": [("09:00", "17:00")]}, holidays={date(2026, 4, 6)})


def due(clock: Clock, start: str, limit: str) -> str:
    found = clock.due(datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(str(clock.timezone))), Limit.parse(limit))
    return found.at.isoformat(" ", "minutes")[:16]


def test_four_conventions_ship() -> None:
    assert convention_names() == ("literal", "cn_civil_code", "eu_1182_71", "fca_business_day")


def test_literal_counts_and_moves_nothing() -> None:
    """Friday + 1 day ends with Saturday."""
    assert due(Clock(calendar=CN), "2026-03-06T10:00", "1 day") == "2026-03-08 00:00"


class TestChineseCivilCode:
    """Arts. 200-204, by analogy."""

    clock = Clock(calendar=CN, convention="cn_civil_code")

    def test_the_first_day_is_not_counted(self) -> None:
        """Art. 201(1)."""
        assert due(self.clock, "2026-03-02T00:00", "1 day") == "2026-03-04 00:00"

    def test_a_period_in_hours_runs_from_the_moment(self) -> None:
        """Art. 201(2)."""
        assert due(self.clock, "2026-09-30T10:00", "24 hours") == "2026-10-01 10:00"

    def test_a_month_ends_on_the_corresponding_day_or_the_last(self) -> None:
        """Art. 202."""
        assert due(self.clock, "2026-05-31T10:00", "1 month") == "2026-07-01 00:00"

    def test_a_last_day_on_a_statutory_holiday_moves_to_the_day_after_the_holiday(self) -> None:
        """Art. 203(1): 2026-10-01 is National Day, the holiday ends on 10-07."""
        assert due(self.clock, "2026-09-30T10:00", "1 day") == "2026-10-09 00:00"

    def test_a_plain_weekend_is_no_statutory_holiday(self) -> None:
        """Art. 203(1) speaks of 法定休假日; a clock that states a roll itself moves off weekends too."""
        assert due(self.clock, "2026-03-06T10:00", "1 day") == "2026-03-08 00:00"
        assert due(Clock(calendar=CN, convention="cn_civil_code", roll="following"), "2026-03-06T10:00", "1 day") == "2026-03-10 00:00"

    def test_the_last_day_ends_when_business_stops(self) -> None:
        """Art. 203(2)."""
        office = BusinessCalendar.country("CN", hours={"mon-fri": [("09:00", "17:30")]}, timezone="Asia/Shanghai")
        assert due(Clock(calendar=office, convention="cn_civil_code"), "2026-03-02T10:00", "1 day") == "2026-03-03 17:30"

    def test_without_a_calendar_its_roll_is_without_effect(self) -> None:
        assert due(Clock(timezone="Asia/Shanghai", convention="cn_civil_code"), "2026-09-30T10:00", "1 day") == "2026-10-02 00:00"


class TestRegulation1182:
    """Regulation (EEC, Euratom) 1182/71, art. 3."""

    clock = Clock(calendar=BRUSSELS, convention="eu_1182_71")

    def test_the_day_of_the_event_is_not_counted_and_the_last_hour_is(self) -> None:
        """Art. 3(1) and (2)(b)."""
        assert due(self.clock, "2026-03-02T10:00", "3 days") == "2026-03-06 00:00"

    def test_a_last_day_that_is_no_working_day_moves_to_the_next(self) -> None:
        """Art. 3(4): Friday + 1 day is Saturday; 2026-04-06 is Easter Monday."""
        assert due(self.clock, "2026-03-06T10:00", "1 day") == "2026-03-10 00:00"
        assert due(self.clock, "2026-04-02T10:00", "4 days") == "2026-04-08 00:00"

    def test_a_period_in_hours_does_not_move(self) -> None:
        """Art. 3(4) excepts it."""
        assert due(self.clock, "2026-03-06T10:00", "24 hours") == "2026-03-07 10:00"

    def test_two_days_or_more_hold_two_working_days(self) -> None:
        """Art. 3(5): from Friday, Saturday and Sunday are followed by Monday, the first working day, and Tuesday, the second."""
        assert due(self.clock, "2026-03-06T10:00", "2 days") == "2026-03-11 00:00"
        found = self.clock.due(datetime(2026, 3, 6, 10, tzinfo=ZoneInfo("Europe/Brussels")), Limit(2, "days"))
        assert found.steps[4].text("en") == "holds at least 2 working days, moved to 2026-03-10 (Regulation 1182/71 art. 3(4) and (5))"


class TestFcaBusinessDay:
    """DISP 1.5: close of business on the third business day following the day on which it is received."""

    def test_three_business_days_after_the_day_of_receipt(self) -> None:
        """Received on Thursday 2026-12-24: Tuesday 29, Wednesday 30, Thursday 31, for 25 is Christmas and 28 stands in for Boxing Day."""
        assert due(Clock(calendar=UK, convention="fca_business_day"), "2026-12-24T10:00", "3 working days") == "2027-01-01 00:00"

    def test_business_closes_when_the_calendar_closes(self) -> None:
        firm = BusinessCalendar.country("GB", hours={"mon-fri": [("09:00", "17:00")]}, timezone="Europe/London", subdivision="ENG")
        assert due(Clock(calendar=firm, convention="fca_business_day"), "2026-03-02T10:00", "3 working days") == "2026-03-05 17:00"


def test_a_setting_of_the_clock_goes_before_the_convention_and_drops_its_article() -> None:
    clock = Clock(calendar=CN, convention="cn_civil_code", day_ends="midnight")
    assert clock.rules.authority("expiry") is None
    assert clock.rules.authority("count") is not None
