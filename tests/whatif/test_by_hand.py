"""Small comparisons worked out by hand; the arithmetic stands beside each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

import closedloop as cl
from closedloop import whatif
from tests.whatif import shop
from tests.whatif.shop import at, case, caseload, closed

CHERY = cl.load_policy("chery_nev")
ONE_DAY = CHERY.replace({"tables.closing_limit.rules.quality.then": "1 day"}, name="one day")


def late(found: whatif.Comparison, duty: str = "closure") -> tuple[object, object]:
    row = found.summary().row("late", duty)
    return (0, 0) if row is None else (row.old, row.new)


def quality(name: str, received: tuple[int, int, int, int], applied: tuple[int, int, int, int]) -> shop.Pair:
    return case(name, at(*received), cl.Event(kind="closure_requested", at=at(*applied)), category="product_quality")


def test_one_day_instead_of_two_around_the_cutoff() -> None:
    """Document 000: days end at 16:30; 2026-03-02 is a Monday."""
    found = whatif.compare(
        CHERY,
        ONE_DAY,
        caseload(
            quality("noon", (3, 2, 12, 0), (3, 3, 16, 30)),  # 1 day: due Tue 16:30, met on the stroke; 2 days: due Wed
            quality("after", (3, 2, 12, 0), (3, 3, 16, 31)),  # 1 day: a minute late; 2 days: in time
            quality("evening", (3, 2, 16, 31), (3, 4, 16, 0)),  # counts as Tue: 1 day is Wed 16:30, in time under both
            quality("slow", (3, 2, 12, 0), (3, 5, 16, 30)),  # 2 days: due Wed 16:30, a day late; 1 day: due Tue 16:30, two days late
        ),
    )
    assert late(found) == (1, 2)
    row = found.summary().row("late_by", "closure")
    assert row is not None
    assert (row.old, row.new) == (timedelta(days=1), timedelta(days=2, minutes=1))
    assert row.difference == timedelta(days=1, minutes=1)
    longest = found.summary().row("longest_late_by", "closure")
    assert longest is not None
    assert (longest.old, longest.new) == (timedelta(days=1), timedelta(days=2))
    assert {change.id for change in found.changed} == {"noon", "after", "evening", "slow"}  # every due instant moves
    assert found.attribution("late").rows == (
        whatif.AttributionRow(
            rules=("tables.closing_limit.rules.quality",), clauses=("000/5.3.1/quality",), readings=("counting=roll_at_end",), cases=1, difference=1
        ),
    )


def test_over_the_spring_festival_both_limits_can_end_on_the_same_day() -> None:
    """2026: Fri 02-13; Sat 02-14 is worked; Sun 02-15 to Mon 02-23 is off."""
    found = whatif.compare(
        CHERY,
        ONE_DAY,
        caseload(
            quality("friday", (2, 13, 10, 0), (2, 24, 16, 0)),  # 1 day: Sat 02-14, worked, so late; 2 days: Sun 15, rolls to Tue 24
            quality("saturday", (2, 14, 10, 0), (2, 24, 16, 0)),  # 1 day: Sun 15, rolls to Tue 24; 2 days: Mon 16, rolls to Tue 24
        ),
    )
    assert late(found) == (0, 1)
    assert closure(found, "friday", "due") == ("2026-02-24T16:30:00+08:00", "2026-02-14T16:30:00+08:00")
    assert closure(found, "saturday", "due") == ("2026-02-24T16:30:00+08:00", "2026-02-24T16:30:00+08:00")
    assert closure(found, "saturday", "limit") == ("2 days", "1 day")


def closure(found: whatif.Comparison, name: str, field: str) -> tuple[str, str]:
    """Return what the two policies say of the duty to close a case."""
    (part,) = (part for change in found.changed if change.id == name for part in change.parts if part.part == "duties.closure")
    assert isinstance(part.before, Mapping)
    assert isinstance(part.after, Mapping)
    return part.before[field], part.after[field]


@pytest.mark.parametrize(
    ("received", "old", "new"),
    [
        (at(2, 28, 23, 59), 1, 1),  # one month from 01-28 ends with 02-28
        (at(3, 1, 0, 0), 0, 1),  # a minute later only the 60 days still run: to 03-29
        (at(3, 29, 23, 59), 0, 1),  # 01-28 + 60 days = 03-29
        (at(3, 30, 0, 0), 0, 0),
    ],
)
def test_a_repeat_window_at_its_edge(received: datetime, old: int, new: int) -> None:
    first = case("first", at(1, 20), closed(at(1, 28, 10)), customer="A", category="goods")
    again = case("again", received, customer="A", category="goods")
    found = whatif.compare(shop.SHOP, shop.VARIANTS["60 days"], caseload(first, again))
    row = found.summary().row("repeats")
    assert row is not None
    assert (row.old, row.new) == (old, new)
    assert [change.id for change in found.changed] == (["again"] if old != new else [])


def test_an_upgrade_raises_the_level_and_with_it_the_limit() -> None:
    """A repeat of a `low` case is `middle`; two levels up it is `high`, which must also be looked into within 4 hours."""
    first = case("first", at(3, 2), closed(at(3, 3)), customer="A", category="goods", loss="small")
    again = case("again", at(3, 9), closed(at(3, 10, 10)), customer="A", category="goods", loss="small")
    found = whatif.compare(shop.SHOP, shop.VARIANTS["two levels"], caseload(first, again))
    (change,) = found.changed
    parts = {part.part: part for part in change.parts}
    assert (change.id, parts["level"].before, parts["level"].after) == ("again", "middle", "high")
    assert parts["level"].rules == ("repeats", "tables.level.rules.low")  # the rule that was edited, and the row that no longer matters
    assert parts["findings"].after == "events.0: `closed` came through a shut gate; not met: investigated"
    assert [(row.of, row.old, row.new) for row in found.summary().rows if row.measure == "level"] == [("low", 1, 1), ("middle", 1, 0), ("high", 0, 1)]
    assert found.summary("level").row("cases", group="high") == whatif.SummaryRow(measure="cases", of="", group="high", old=0, new=1)


def test_a_complaint_sees_an_earlier_case_as_it_stood_then() -> None:
    """The first case closes later than the second comes in: open then, so the second is merged; it has no level of its own to count."""
    first = case("first", at(3, 2), closed(at(3, 20)), customer="A", category="goods")
    second = case("second", at(3, 9), customer="A", category="goods")
    row = whatif.compare(shop.SHOP, shop.SHOP, caseload(first, second)).summary().row("merged")
    assert row is not None
    assert (row.old, row.new, row.difference) == (1, 1, 0)


def test_each_policy_sees_the_cases_that_it_would_itself_have() -> None:
    """Under `no repeats` nothing is merged, so that three cases are three; under the shop's own rule they are one."""
    calls = [case(f"T{day}", at(3, day), closed(at(3, 30)), customer="A", category="goods") for day in (2, 3, 4)]
    found = whatif.compare(shop.SHOP, shop.VARIANTS["no repeats"], caseload(*calls))
    row = found.summary().row("cases")
    assert row is not None
    assert (row.old, row.new) == (1, 3)


def test_first_pass_is_the_exact_share_of_closed_cases() -> None:
    """`low` has 2 days; Mon 03-02 9:00 is due Wed 16:30. One day: Tue 16:30. Of three closed cases 2 are in time, then 1."""
    done = [at(3, 3), at(3, 4), at(3, 5)]
    cases = [case(f"T{number}", at(3, 2), closed(when), customer=f"C{number}", category="goods", loss="small") for number, when in enumerate(done)]
    row = whatif.compare(shop.SHOP, shop.VARIANTS["a day"], caseload(*cases)).summary().row("first_pass", "closed_in_time")
    assert row is not None
    assert (str(row.old), str(row.new), str(row.difference)) == ("2/3", "1/3", "-1/3")


def test_approvals_are_counted_for_each_grant() -> None:
    """A grant for goods needs manager and owner; one in a staff matter the manager alone."""
    grant = cl.Event(kind="remedy_granted", at=at(3, 3))
    cases = [case("T1", at(3, 2), grant, category="goods", customer="A"), case("T2", at(3, 2), grant, category="staff", customer="B")]
    fewer = shop.SHOP.replace({"gates.remedy_granted.allowed.approval": "manager"}, name="manager alone")
    found = whatif.compare(shop.SHOP, fewer, caseload(*cases))
    rows = {row.of: (row.old, row.new) for row in found.summary().rows if row.measure == "approvals"}
    assert rows == {"manager": (2, 2), "owner": (1, 0)}
    shut = found.unavailable
    assert any((each.measure, each.of, each.lacks) == ("shut_gates", "remedy_granted", ("approved",)) for each in shut)


def test_a_ladder_asks_for_approval_of_all_grants_together() -> None:
    """60 and 60 make 120. Under a ceiling of 100 the manager approves the second; under one of 50 both."""

    def ladder(ceiling: int) -> cl.Policy:
        steps = f"ladder: [{{party: front, up_to: {ceiling} CNY}}, {{party: manager, up_to: any}}]"
        text = shop.TEXT.replace("when: {category: goods}, approval: [manager, owner]", "when: {category: goods}, " + steps)
        return cl.Policy.from_text(text.replace("timezone:", "currency: CNY\ntimezone:"), name="shop")

    def granted(day: int) -> cl.Event:
        return cl.Event(kind="remedy_granted", at=at(3, day), by=cl.Actor(id="x", party="front"), data={"value": cl.Money.parse("60 CNY")})

    twice = caseload(case("T1", at(3, 2), granted(3), granted(4), category="goods", customer="A"))

    rows = whatif.compare(ladder(100), ladder(50), twice).summary().rows
    assert {row.of: (row.old, row.new) for row in rows if row.measure == "approvals"} == {"manager": (1, 2), "front": (1, 0)}


def test_lateness_is_elapsed_time_over_a_change_to_summer_time() -> None:
    """New York leaves out 02:00 to 03:00 on 2025-03-09: from Saturday 12:00 to Sunday 12:00 are 23 hours."""
    zoned = shop.TEXT.replace("timezone: Asia/Shanghai", "timezone: America/New_York").replace("2 days", "24 hours")
    policy = cl.Policy.from_text(zoned, name="shop")
    received, done = (cl.localise(datetime.fromisoformat(f"2025-03-0{day} 12:00"), policy.timezone) for day in (7, 9))
    found = whatif.compare(policy, policy, caseload(case("T1", received, closed(done), customer="A", category="goods", loss="small")))
    row = found.summary().row("late_by", "closure")
    assert row is not None
    assert row.old == timedelta(hours=23)  # due on Saturday 12:00


PROMPT = {"tables.closing_limit.rules.slow.then": "promptly"}


def test_a_delay_that_somebody_found_is_counted_without_an_amount() -> None:
    """Two days from Monday 12:00 end on Wednesday 16:30: closed on Thursday 16:30, a day late. Promptly: one case was found late, by no amount."""
    found_late = cl.Event(kind="delay_found", at=at(3, 3), data={"duty": "closure"})
    slow = case("slow", at(3, 2, 12), found_late, closed(at(3, 5, 16, 30)), customer="A", category="goods", loss="small")
    quick = case("quick", at(3, 2, 12), closed(at(3, 2, 13)), customer="B", category="goods", loss="small")
    new = shop.SHOP.replace(PROMPT, name="promptly")
    found = whatif.compare(shop.SHOP, new, caseload(slow, quick))
    rows = {row.measure: (row.old, row.new, row.difference) for row in found.summary().rows if row.of == "closure"}
    assert rows == {"late": (1, 1, 0), "late_by": (timedelta(days=1), None, None), "longest_late_by": (timedelta(days=1), None, None)}
    (line,) = (line for line in str(found.summary()).splitlines() if line.startswith("late by, in all"))
    assert line.split()[-5:] == ["1", "d", "00:00:00", "-", "-"]
    assert {"measure": "late_by", "of": "closure", "group": None, "old": "PT86400S", "new": None, "difference": None} in found.as_dict()["summary"]
    (part,) = (part for change in found.changed if change.id == "slow" for part in change.parts if part.part == "duties.closure")
    assert isinstance(part.after, Mapping)
    assert (part.after["state"], part.after["found_late"], "late_by" in part.after) == ("met_late", "2026-03-03T09:00:00+08:00", False)


def test_amounts_add_up_over_the_cases_that_have_one() -> None:
    """Large losses are due in a day: by Tuesday 16:30, closed on Wednesday 16:30. The other case was found late."""
    found_late = cl.Event(kind="delay_found", at=at(3, 3), data={"duty": "closure"})
    measured = case("measured", at(3, 2, 12), closed(at(3, 4, 16, 30)), customer="A", category="goods", loss="large")
    found = whatif.compare(
        shop.SHOP,
        shop.SHOP.replace(PROMPT, name="promptly"),
        caseload(measured, case("found", at(3, 2, 12), found_late, closed(at(3, 3, 10)), customer="B", category="goods", loss="small")),
    )
    rows = {row.measure: (row.old, row.new) for row in found.summary().rows if row.of == "closure"}
    day = timedelta(days=1)
    assert rows == {"late": (1, 2), "late_by": (day, day), "longest_late_by": (day, day)}


@pytest.mark.parametrize(
    ("recorded", "lacks"),
    [((), [("delay_found",)]), ((cl.Event(kind="delay_found", at=at(3, 3), data={"duty": "look"}),), [])],
)
def test_what_is_always_due_promptly_is_counted_late_where_delays_are_recorded(recorded: tuple[cl.Event, ...], lacks: list[tuple[str, ...]]) -> None:
    """By how much it is late no policy says that gives no number."""
    looked = cl.Event(kind="investigated", at=at(3, 4))
    new = shop.SHOP.replace({"duties.look.within": "promptly"}, name="promptly")
    found = whatif.compare(shop.SHOP, new, caseload(case("one", at(3, 2), looked, *recorded, category="goods")))
    of_look = [each for each in found.unavailable if each.side == "new" and each.of == "look"]
    assert [each.lacks for each in of_look if each.measure == "late"] == lacks
    assert {(each.measure, each.because) for each in of_look} >= {("late_by", "policy"), ("longest_late_by", "policy")}


def test_what_a_correction_alone_made_late_is_no_breach_and_listed_as_such() -> None:
    """A small loss has 2 days, or 1; it turns out to be large, which has 1, on Tuesday 17:00: Tuesday 16:30 was missed only where it was 1 before."""
    corrected = cl.Event(kind="investigated", at=at(1, 6, 17), data={"loss": "large"})
    found = whatif.compare(
        shop.SHOP, shop.VARIANTS["a day"], caseload(case("A", at(1, 5), corrected, closed(at(1, 8)), category="goods", loss="small"))
    )
    assert late(found) == (0, 1)
    (part,) = [part for change in found.changed for part in change.parts if part.part == "duties.closure"]
    assert isinstance(part.before, Mapping)
    assert isinstance(part.after, Mapping)
    assert (part.before["state"], part.before["breach"], "breach" in part.after) == ("met_late", "none", False)
    assert found.attribution("late.closure").rows[0].difference == 1
