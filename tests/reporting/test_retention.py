"""Until when a case must be kept."""

from __future__ import annotations

from datetime import date

import pytest

import closedloop as cl
from tests.reporting.shop import at, event, opened, shop

CLOSED = event("closed", "2026-03-04 15:00")


def archived(*, important: bool) -> cl.Event:
    """Return the archiving of a case."""
    return event("archived", "2026-03-05 09:00", important=important)


def kept(*events: cl.Event, urgent: bool = False) -> cl.Retention:
    """Return until when a sale of March 2nd is kept, as things stand in June."""
    return shop().retention(opened("B-1", "2026-03-02 09:00", "sale", *events, urgent=urgent), at=at("2026-06-01 00:00"))


def test_a_year_from_closing() -> None:
    """Closed on 2026-03-04: the year ends with 2027-03-04, so the first day after it is the 5th."""
    found = kept(CLOSED, archived(important=False))
    assert (found.state, found.earliest, found.date) == ("dated", at("2027-03-05 00:00"), date(2027, 3, 5))
    assert [(hold.gate, hold.counted_from, str(hold.wait), [clause.id for clause in hold.clauses]) for hold in found.holds] == [
        ("one_year", "closed", "1 year", ["s/9"])
    ]


def test_the_cutoff_of_a_clock_counts_for_the_start_of_a_wait() -> None:
    """Closed after 16:30 on the 4th counts as the 5th, a year from which ends with 2027-03-05."""
    found = kept(event("closed", "2026-03-04 16:31"), archived(important=False))
    assert found.date == date(2027, 3, 6)


def test_the_longest_of_several_holds() -> None:
    """Urgent: three years from receipt on 2026-03-02 end with 2029-03-02."""
    found = kept(CLOSED, archived(important=False), urgent=True)
    assert [hold.gate for hold in found.holds] == ["one_year", "three_years"]
    assert found.date == date(2029, 3, 3)


def test_the_gate_agrees() -> None:
    """At the instant given destruction is open, a microsecond before it is shut."""
    case = opened("B-1", "2026-03-02 09:00", "sale", CLOSED, archived(important=False), urgent=False)
    states = {when: shop().review(case, at=at(when)).gates["destroyed"].state for when in ("2027-03-04 23:59:59.999999", "2027-03-05 00:00")}
    assert list(states.values()) == ["shut", "open"]


def test_an_important_case_is_kept_for_a_time_that_the_source_leaves_out() -> None:
    found = kept(CLOSED, archived(important=True))
    assert (found.state, found.earliest, found.date, [hold.gate for hold in found.holds]) == ("unspecified_by_source", None, None, ["important"])


def test_an_open_case_waits_for_its_closing() -> None:
    found = kept(archived(important=False))
    assert (found.state, found.closed, [hold.awaited for hold in found.holds]) == ("waiting", False, [("closed",)])


def test_whether_a_hold_applies_may_wait_for_an_event() -> None:
    """Archiving says whether the case is important."""
    found = kept(CLOSED)
    assert (found.state, found.closed) == ("waiting", True)
    assert {(hold.state, hold.awaited) for hold in found.holds} == {("waiting", ("archived",))}


def test_a_missing_fact_is_asked_for() -> None:
    case = opened("B-1", "2026-03-02 09:00", "sale", CLOSED, archived(important=False))
    found = shop().retention(case, at=at("2026-06-01 00:00"))
    assert (found.state, found.earliest) == ("needs_fact", None)
    assert [(hold.state, hold.missing) for hold in found.holds] == [("dated", ()), ("needs_fact", ("urgent",))]


def test_the_records_of_a_case_share_its_date() -> None:
    assert kept(CLOSED).records == ()
    assert kept(event("final_replied", "2026-03-03 09:00", answer="x"), CLOSED).records == ("letter",)


def test_a_policy_without_such_a_gate_says_so() -> None:
    bare = 'policy: bare\nedition: "1"\ntitle: {en: Bare}\ntimezone: Asia/Shanghai\n'
    policy = cl.Policy.from_text(bare, name="bare.yaml")
    case = policy.open_case(cl.Complaint(id="B", received_at=at("2026-03-02 09:00")), history=())
    assert policy.retention(case, at=at("2026-03-03 09:00")).state == "no_rule"


def test_a_date_beyond_the_published_days_off_is_provisional() -> None:
    """Two working days after a closing in 2035, when nobody has published the days off of China yet."""
    clock = "clocks: {office: {calendar: cn_office, cite: b/1}}\n"
    gate = "gates: {destroyed: {later: {not_before: {from: closed, wait: 2 working days, clock: office}, cite: b/1}}}\n"
    policy = cl.Policy.from_text(f'policy: bare\nedition: "1"\ntitle: {{en: Bare}}\n{clock}{gate}', name="bare.yaml")
    complaint = cl.Complaint(id="B", received_at=at("2035-03-01 09:00"))
    case = policy.open_case(complaint, history=()).with_events(event("closed", "2035-03-01 09:00"))
    found = policy.retention(case, at=at("2035-03-01 10:00"))
    assert (found.provisional, found.holds[0].provisional) == (True, True)


def test_an_instant_without_a_zone_is_refused() -> None:
    case = opened("B-1", "2026-03-02 09:00", "sale")
    with pytest.raises(cl.InvalidValue, match="without a time zone"):
        shop().retention(case, at=at("2026-03-03 09:00").replace(tzinfo=None))
