"""What holds of every calendar and every clock, on calendars and instants that hypothesis draws."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from closedloop.calendars import BusinessCalendar, Clock, DayEnds, Pause, named_calendar
from closedloop.values.limits import Limit

ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Pacific/Apia")
#: Two years with clock changes of every kind in these zones, and the day that Samoa skipped.
START, END = datetime(2010, 7, 1, tzinfo=UTC), datetime(2012, 7, 1, tzinfo=UTC)
ZERO = timedelta()


def written(minute: int) -> str | time:
    return f"{minute // 60:02}:{minute % 60:02}"


#: Hours of a day: one stretch of at least an hour.
hours = st.integers(0, 1380).flatmap(lambda opens: st.integers(opens + 60, 1440).map(lambda closes: ((written(opens), written(closes)),)))
weekdays = st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
days = st.dates(date(2010, 1, 1), date(2013, 1, 1))
calendars = st.builds(
    BusinessCalendar,
    timezone=st.sampled_from(ZONES),
    hours=st.dictionaries(weekdays, hours, min_size=1),
    holidays=st.frozensets(days, max_size=20),
    date_hours=st.dictionaries(days, hours, max_size=5),
)
instants = st.integers(0, int((END - START) / timedelta(seconds=1))).map(lambda seconds: START + timedelta(seconds=seconds))
amounts = st.integers(1, 2_000_000).map(lambda seconds: timedelta(seconds=seconds))
units = st.sampled_from(("hours", "working hours", "days", "working days", "weeks", "months"))
limits = st.builds(Limit, st.integers(1, 40), units)


def clocks_that_end(*ends: DayEnds) -> st.SearchStrategy[Clock]:
    return st.builds(
        Clock,
        calendar=calendars,
        cutoff=st.none() | st.just(time(16, 30)),
        day_ends=st.sampled_from(ends),
        roll=st.sampled_from(("none", "following")),
        off_day_arrival=st.sampled_from(("counts", "next_working_day")),
        first_day=st.sampled_from(("counted", "not_counted")),
        last_day=st.sampled_from(("counted", "not_counted")),
        hours_on_day_off=st.sampled_from(("stay", "move")),
    )


clocks = clocks_that_end("midnight", "closing", "same_time", time(16, 30))


@given(calendars, instants, amounts)
def test_adding_then_measuring_gives_the_amount(cal: BusinessCalendar, start: datetime, amount: timedelta) -> None:
    assert cal.between(start, cal.add(start, amount)) == amount
    assert cal.between(start, cal.add(start, -amount)) == -amount


@given(calendars, instants, amounts)
def test_going_on_and_back_leads_to_an_instant_with_nothing_open_between(cal: BusinessCalendar, start: datetime, amount: timedelta) -> None:
    assert cal.between(start, cal.add(cal.add(start, amount), -amount)) == ZERO


@given(calendars, instants, amounts)
def test_going_on_and_back_from_open_time_returns(cal: BusinessCalendar, start: datetime, amount: timedelta) -> None:
    opened = cal.snap(start)
    assert cal.add(cal.add(opened, amount), -amount) - opened == ZERO


@given(calendars, instants, instants, amounts, amounts)
def test_a_later_start_or_a_larger_amount_never_ends_earlier(
    cal: BusinessCalendar, one: datetime, other: datetime, less: timedelta, more: timedelta
) -> None:
    assert cal.add(max(one, other), less) - cal.add(min(one, other), less) >= ZERO
    assert cal.add(one, max(less, more)) - cal.add(one, min(less, more)) >= ZERO


@given(calendars, instants, amounts)
def test_an_answer_lies_in_open_time_or_at_its_edge(cal: BusinessCalendar, start: datetime, amount: timedelta) -> None:
    end = cal.add(start, amount)
    assert cal.snap(end, "backward") == end
    assert cal.snap(cal.add(start, -amount)) == cal.add(start, -amount)


@given(calendars, instants, instants, instants)
def test_measures_add_up(cal: BusinessCalendar, one: datetime, two: datetime, three: datetime) -> None:
    assert cal.between(one, two) + cal.between(two, three) == cal.between(one, three)


@given(calendars, st.dates(date(2010, 6, 1), date(2012, 6, 1)), st.integers(1, 300))
def test_counting_working_days_undoes_adding_them(cal: BusinessCalendar, day: date, count: int) -> None:
    start = cal.roll(day, "following")
    end = cal.add_working_days(start, count)
    assert cal.is_working_day(end)
    assert cal.count_working_days(start, end) == count
    assert cal.add_working_days(end, -count) == start


@given(clocks_that_end("midnight", "closing", time(16, 30)), instants, instants, limits)
def test_a_later_arrival_is_never_due_earlier(clock: Clock, one: datetime, other: datetime, limit: Limit) -> None:
    """A limit that ends at the time of arrival is left out: the day it ends on, not its time, is what must not go back."""
    assert clock.due(max(one, other), limit).at - clock.due(min(one, other), limit).at >= ZERO


@given(clocks, instants, limits, st.integers(1, 30))
def test_a_longer_limit_is_never_due_earlier(clock: Clock, start: datetime, limit: Limit, more: int) -> None:
    assert clock.due(start, Limit(limit.amount + more, limit.unit)).at - clock.due(start, limit).at >= ZERO


pauses = st.builds(lambda start, length: Pause(start, start + length), instants, amounts)


@given(clocks, instants, limits, st.lists(pauses, max_size=4), pauses)
def test_one_more_pause_never_makes_anything_due_earlier(clock: Clock, start: datetime, limit: Limit, some: list[Pause], more: Pause) -> None:
    near = Pause(start + (more.start - START) / 100, start + (more.start - START) / 100 + timedelta(days=2))
    assert clock.due(start, limit, [*some, more, near]).at - clock.due(start, limit, some).at >= ZERO


@given(calendars, instants, st.integers(2, 60), st.floats(0, 0.99), st.integers(60, 500_000))
def test_a_pause_in_working_time_shifts_by_exactly_its_open_time(
    cal: BusinessCalendar, start: datetime, hours: int, share: float, seconds: int
) -> None:
    clock, limit = Clock(calendar=cal), Limit(hours, "working hours")
    begins = cal.add(start, timedelta(hours=hours) * share + timedelta(microseconds=1))
    pause = Pause(begins, begins + timedelta(seconds=seconds))
    shift = cal.between(pause.start, begins + timedelta(seconds=seconds))
    without = clock.due(start, limit).at
    assert clock.due(start, limit, [pause]).at - cal.add(without, shift) == ZERO


@given(clocks, instants, limits, st.lists(pauses, min_size=1, max_size=4))
def test_pauses_that_overlap_count_once(clock: Clock, start: datetime, limit: Limit, some: list[Pause]) -> None:
    twice = [*some, *(Pause(pause.start, pause.end) for pause in reversed(some))]
    assert clock.due(start, limit, twice) == clock.due(start, limit, some)


@given(st.datetimes(datetime.fromisoformat("2004-01-02"), datetime.fromisoformat("2026-11-01")), st.integers(1, 20))
def test_the_16_30_day_gives_at_least_the_hours_it_names_and_less_than_a_day_more(received: datetime, count: int) -> None:
    """N x 24 h <= due - received < (N + 1) x 24 h, before a roll."""
    clock = Clock(calendar=named_calendar("cn_office"), cutoff=time(16, 30), day_ends=time(16, 30))
    start = received.replace(tzinfo=named_calendar("cn_office").zone)
    allowed = clock.due(start, Limit(count, "days")).at - start
    assert timedelta(days=count) <= allowed < timedelta(days=count + 1)


@given(clocks, instants, limits)
def test_the_steps_lead_from_the_start_to_the_due_instant(clock: Clock, start: datetime, limit: Limit) -> None:
    found = clock.due(start, limit)
    assert [step.name for step in found.steps] == ["start", "deemed_receipt", "count", "expiry", "roll"]
    assert (found.steps[0].at - start, found.steps[-1].at - found.at) == (ZERO, ZERO)
    assert found.explain("en").count("\n") == found.explain("zh").count("\n") == 4
