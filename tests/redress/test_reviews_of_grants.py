"""What a review says of grants: it adds them up as a ruling does, so that splitting slips under no limit."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import at
from tests.redress.shop import actor, approval, event, money

TILL = """
policy: till
edition: "1"
title: {en: Till}
timezone: Asia/Shanghai
currency: CNY
parties: {desk: {en: desk}, manager: {en: manager}, president: {en: president}}
facts: {vip: {type: yes_no, cite: t/1}}
clocks: {default: {calendar: none, cite: t/1}}
rounds: {again: {on: customer_rejected, again: [approved], cite: t/1}}
gates:
  remedy_granted:
    money:
      when: {remedy: {not: gift}}
      ladder: [{party: desk, up_to: 100 CNY}, {party: manager, up_to: 500 CNY}, {party: president, up_to: any}]
      cite: t/2
    gift: {when: {remedy: gift}, ladder: [{party: desk, up_to: 100 CNY}, {party: manager, up_to: any}], per: customer, window: 1 month, cite: t/3}
  closed: {calm: {needs: {vip: no}, cite: t/4}}
"""
RANKS = ("desk", "manager", "president")
NOW = at("2026-03-30 09:00")


@cache
def till() -> cl.Policy:
    return cl.Policy.from_text(TILL, name="till.yaml")


def case(*events: cl.Event, policy: cl.Policy | None = None) -> cl.Case:
    complaint = cl.Complaint(id="T-1", received_at=at("2026-03-02 09:00"), customer="c", facts={"vip": False} if policy is None else {})
    return (policy or till()).open_case(complaint, history=()).with_events(*events)


def shut(*events: cl.Event, policy: cl.Policy | None = None) -> list[int]:
    """Return the places of the events that came through a shut gate."""
    found = (policy or till()).review(case(*events, policy=policy), at=NOW)
    return [finding.place.line - 1 for finding in found.findings if finding.id == "shut_gate"]


def grant(when: str, amount: int | str, by: str = "desk", remedy: str = "cash", **data: Any) -> cl.Event:
    return event("remedy_granted", when, by, remedy=remedy, value=money(amount), **data)


def offered(when: str, amount: int, by: str | None = None, **data: Any) -> cl.Event:
    return event("remedy_offered", when, by, remedy="cash", value=money(amount), **data)


# --- by hand ---


def test_grants_that_pass_a_ceiling_together_are_remarked_on_with_the_clause() -> None:
    """60, then 39 make 99, which the desk may; 2 more make 101, above the desk's 100."""
    log = (grant("2026-03-03 09:00", 60), grant("2026-03-03 10:00", 39), grant("2026-03-03 11:00", 2))
    (found,) = till().review(case(*log), at=NOW).findings
    assert (found.id, found.place.path, found.clauses) == ("shut_gate", "events.2", ("t/2",))
    assert "not met: manager" in found.message


def test_the_next_ceiling_is_that_of_all_together_too() -> None:
    """By the manager 400 and 100 make 500, which the manager may; 1 more makes 501, the president's."""
    log = [grant(f"2026-03-03 {hour}:00", amount, "manager") for hour, amount in (("09", 400), ("10", 100), ("11", 1))]
    assert shut(*log) == [2]
    assert shut(*log[:2], grant("2026-03-03 11:00", 1, "president")) == []


def test_an_offer_and_its_grant_count_once_in_a_review() -> None:
    """60 were offered and granted, under an id and without one: 40 more make 100; with another 60 offered, 160."""
    second = grant("2026-03-03 12:00", 40, offer="B")
    assert shut(offered("2026-03-03 09:00", 60, offer="A"), grant("2026-03-03 10:00", 60, offer="A"), second) == []
    assert shut(offered("2026-03-03 09:00", 60), grant("2026-03-03 10:00", 60), second) == []
    assert shut(grant("2026-03-03 10:00", 60), offered("2026-03-03 11:00", 60, offer="A"), second) == [2]


def test_a_rejected_offer_does_not_count_in_a_review() -> None:
    assert shut(offered("2026-03-03 09:00", 90, offer="A"), event("customer_rejected", "2026-03-03 10:00"), grant("2026-03-03 11:00", 90)) == []


def test_a_grant_counts_until_it_is_voided() -> None:
    """90 taken back before the next 90 do not count; taken back after it, they did when it came."""
    first = cl.Event(kind="remedy_granted", at=at("2026-03-03 09:00"), id="e", by=actor("desk"), data={"remedy": "cash", "value": money(90)})
    second = grant("2026-03-03 11:00", 90)
    assert shut(first, event("voided", "2026-03-03 10:00", event="e"), second) == []
    assert shut(first, second, event("voided", "2026-03-03 12:00", event="e")) == [1]


def test_an_event_that_was_sent_twice_is_one_grant() -> None:
    twice = [cl.Event(kind="remedy_granted", at=at("2026-03-03 09:00"), id="e", by=actor("desk"), data={"remedy": "cash", "value": money(90)})] * 2
    assert shut(*twice, grant("2026-03-03 10:00", 10)) == []


def test_grants_of_one_instant_count_beside_each_other() -> None:
    """60 and 60 at nine o'clock: whichever came second made 120."""
    assert shut(grant("2026-03-03 09:00", 60), grant("2026-03-03 09:00", 60, remedy="refund")) == [0, 1]


def test_an_approval_of_a_smaller_grant_does_not_serve_the_next_one() -> None:
    """The manager approved 120, which were granted; the 20 after it make 140, and nobody approved them."""
    approved = approval("2026-03-03 09:00", "manager")
    first, second = grant("2026-03-03 10:00", 120, offer="A"), grant("2026-03-03 11:00", 20, offer="B")
    assert shut(approved, first, second) == [2]
    assert shut(approved, first, approval("2026-03-03 10:30", "manager", offer="B"), second) == []


def test_an_approval_is_of_what_it_states_and_no_more() -> None:
    """The manager approved 120 of offer A: 121 are more."""
    approved = approval("2026-03-03 09:00", "manager", offer="A", value=money(120))
    assert shut(approved, grant("2026-03-03 10:00", 120, offer="A")) == []
    assert shut(approved, grant("2026-03-03 10:00", 121, offer="A")) == [1]
    assert shut(approved, grant("2026-03-03 10:00", 120, offer="B")) == [1]


def test_what_is_put_forward_anew_asks_for_approval_anew() -> None:
    """An approval that does not say what it approves ends with the next offer; one that names the offer does not."""
    second, given = offered("2026-03-03 11:00", 150, offer="A"), grant("2026-03-03 12:00", 150, offer="A")
    assert shut(approval("2026-03-03 10:00", "manager"), second, given) == [2]
    assert shut(approval("2026-03-03 10:00", "manager", offer="A"), second, given) == []
    assert shut(second, approval("2026-03-03 11:30", "manager"), given) == []


def test_an_approval_from_before_a_rejection_does_not_serve_the_next_round() -> None:
    """The policy has approvals given anew, and a ruling says so too."""
    log = (approval("2026-03-03 09:00", "manager", offer="A"), event("customer_rejected", "2026-03-03 10:00"))
    assert shut(*log, grant("2026-03-03 11:00", 150, offer="A")) == [2]
    again = cl.Offer(id="A", remedy="cash", amount=money(150), at=at("2026-03-03 11:00"))
    assert till().authorise(again, by=actor("desk"), case=case(*log)).approver == "manager"


def test_nobody_approves_what_they_put_forward() -> None:
    """The manager offers 150 and approves it, or grants it: somebody else must. What the first step covers needs nobody else."""
    offer = offered("2026-03-03 09:00", 150, "manager", offer="A")
    approved = approval("2026-03-03 10:00", "manager", offer="A")
    assert shut(offer, approved, grant("2026-03-03 11:00", 150, offer="A")) == [2]
    assert shut(offer, grant("2026-03-03 11:00", 150, "manager", offer="A")) == [1]
    assert shut(offer, grant("2026-03-03 11:00", 150, "president", offer="A")) == []
    assert shut(offered("2026-03-03 09:00", 90, "desk"), grant("2026-03-03 10:00", 90, "desk")) == []
    asked = cl.Offer(id="A", remedy="cash", amount=money(150), at=at("2026-03-03 11:00"))
    ruling = till().authorise(asked, by=actor("manager"), case=case(offer))
    assert ruling.outcome == "needs_approval"
    assert "nobody approves what they asked for themselves" in ruling.reason.text("en")


def test_who_grants_within_their_own_step_needs_no_event_of_approval() -> None:
    assert shut(grant("2026-03-03 09:00", 500, "manager")) == []
    assert shut(grant("2026-03-03 09:00", 501, "manager")) == [0]
    assert shut(grant("2026-03-03 09:00", 50, "president")) == []


# --- of the customer ---


def gift_gate(*events: cl.Event) -> cl.GateResult:
    return till().review(case(*events), at=NOW).gates["remedy_granted"]


def test_a_limit_per_customer_is_certain_only_where_the_case_alone_passes_it() -> None:
    """60 and 41 make 101 in the case; 60 and 40 make 100, and nobody knows what the customer had elsewhere."""
    first = grant("2026-03-28 09:00", 60, remedy="gift")
    assert shut(first, grant("2026-03-28 10:00", 41, remedy="gift")) == [1]
    within = (first, grant("2026-03-28 10:00", 40, remedy="gift"))
    assert shut(*within) == []
    found = gift_gate(*within)
    assert (found.state, [(each.code, each.missing) for each in found.unmet]) == ("unknown", [("approval.unknown", ("prior",))])


def test_what_the_highest_step_approves_does_not_depend_on_other_cases() -> None:
    assert gift_gate(grant("2026-03-28 09:00", 60, "manager", remedy="gift")).state == "open"


def test_a_window_ends_what_counts_in_a_review() -> None:
    """A month before 10 April is 10 March: 60 on 9 March do not count then, 60 on 10 March do."""
    later = at("2026-04-20 09:00")
    for day, places in (("09", []), ("10", [1])):
        log = case(grant(f"2026-03-{day} 09:00", 60, remedy="gift"), grant("2026-04-10 09:00", 60, remedy="gift"))
        findings = till().review(log, at=later).findings
        assert [finding.place.line - 1 for finding in findings if finding.id == "shut_gate"] == places


def test_closing_is_settled_while_a_limit_per_customer_is_not() -> None:
    found = till().review(case(grant("2026-03-28 09:00", 60, remedy="gift")), at=NOW)
    assert (found.gates["remedy_granted"].state, found.closing.allowed) == ("unknown", True)


# --- what cannot be added ---

FREE = """
policy: free
edition: "1"
title: {en: Free}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, manager: {en: manager}}
gates: {remedy_granted: {all: {ladder: [{party: desk, up_to: unset}, {party: manager, up_to: any}], cite: f/1}}}
"""


def test_amounts_that_do_not_add_up_are_no_reason_to_pass() -> None:
    """A policy that names no currency has no ceilings: 5 USD and 5 CNY have no sum, and the last step approves each."""
    free = cl.Policy.from_text(FREE, name="free.yaml")
    dollars = event("remedy_granted", "2026-03-03 09:00", "desk", remedy="cash", value=cl.Money.parse("5 USD"))
    assert shut(dollars, grant("2026-03-03 10:00", 5), policy=free) == [0, 1]
    assert shut(dollars, grant("2026-03-03 10:00", 5, "manager"), policy=free) == [0]
    in_dollars = approval("2026-03-03 08:00", "manager", value=cl.Money.parse("5 USD"))
    assert shut(in_dollars, grant("2026-03-03 10:00", 5), policy=free) == [1]


def test_a_grant_whose_value_nobody_states_leaves_the_next_one_open_unless_the_rest_is_too_much() -> None:
    """Of an unknown grant, 60 and 30 it is open who approves; with 60 and 50, 110 alone are above the desk's 100."""
    unknown, first = event("remedy_granted", "2026-03-03 08:00", "desk", remedy="cash"), grant("2026-03-03 09:00", 60)
    assert shut(unknown, first, grant("2026-03-03 10:00", 30)) == []
    assert shut(unknown, first, grant("2026-03-03 10:00", 50)) == [2]
    found = till().review(case(unknown, first), at=NOW).gates["remedy_granted"]
    assert (found.state, found.unmet[0].missing) == ("unknown", ("value",))


def test_a_gate_on_the_value_looks_at_the_total_in_a_review() -> None:
    """Above 1000 in all the manager approves: 600 and 400 make 1000, and 1 more 1001."""
    text = FREE.replace("ladder: [{party: desk, up_to: unset}, {party: manager, up_to: any}]", 'when: {value: "> 1000 CNY"}, approval: manager')
    policy = cl.Policy.from_text(text.replace("parties", "currency: CNY\nparties"), name="values.yaml")
    log = [grant(f"2026-03-03 {hour}:00", amount) for hour, amount in (("09", 600), ("10", 400), ("11", 1))]
    assert shut(*log, policy=policy) == [2]


# --- of every log ---

AMOUNTS = st.integers(min_value=0, max_value=300)
PEOPLE = st.sampled_from([actor("desk"), actor("desk", "desk-2"), actor("manager"), actor("manager", "desk-1"), actor("president")])
IDS = st.sampled_from([None, "A", "B"])
HOURS = st.integers(min_value=0, max_value=9)


@st.composite
def happenings(draw: st.DrawFn) -> cl.Event:
    """Draw something that may happen to a case on one of ten hours: two may happen at once."""
    when = at("2026-03-03 09:00").replace(hour=9 + draw(HOURS))
    kind = draw(st.sampled_from(["remedy_granted"] * 4 + ["remedy_offered", "approved", "approved", "customer_rejected", "voided"]))
    if kind == "customer_rejected":
        return cl.Event(kind=kind, at=when)
    if kind == "voided":
        return cl.Event(kind=kind, at=when, data={"event": f"e{draw(HOURS)}"})
    offer = draw(IDS)
    data: dict[str, Any] = {} if offer is None else {"offer": offer}
    if kind == "approved":
        data |= {"of": "remedy_granted"} | ({"value": money(draw(AMOUNTS))} if draw(st.booleans()) else {})
    else:
        data |= {"remedy": draw(st.sampled_from(["cash", "refund"])), "value": money(draw(AMOUNTS))}
    return cl.Event(kind=kind, at=when, by=draw(PEOPLE), data=data)


LOGS = st.lists(happenings(), max_size=8).map(lambda log: [replace(each, id=f"e{n}") for n, each in enumerate(log)])


@given(log=LOGS)
@example(log=[grant("2026-03-03 09:00", 60), grant("2026-03-03 10:00", 39), grant("2026-03-03 11:00", 2)])
@example(
    log=[
        replace(grant("2026-03-03 09:00", 0), id="e0"),
        grant("2026-03-03 09:00", 101),
        cl.Event(kind="voided", at=at("2026-03-03 09:00"), data={"event": "e0"}),
    ]
)
def test_a_review_finds_a_shut_gate_exactly_where_a_ruling_would_have_refused(log: list[cl.Event]) -> None:
    """What was taken back is remarked on no more."""
    refused = []
    back = {each.data["event"] for each in log if each.kind == "voided"}
    for place, each in enumerate(log):
        if each.kind == "remedy_granted" and each.id not in back:
            terms: dict[str, Any] = dict(each.data)
            asked = cl.Offer(remedy=terms["remedy"], amount=terms["value"], at=each.at, id=terms.get("offer"))
            assert each.by is not None
            before = [other for other in log if other is not each and other.at <= each.at]
            if till().authorise(asked, by=each.by, case=case(*before)).outcome != "allowed":
                refused.append(place)
    assert shut(*log) == refused


@given(parts=st.lists(AMOUNTS, min_size=1, max_size=5), by=st.sampled_from(RANKS))
@example(parts=[60, 39, 2], by="desk")
def test_a_grant_is_remarked_on_when_all_up_to_it_are_above_the_ceiling_of_who_grants(parts: list[int], by: str) -> None:
    """The desk's ceiling is 100, the manager's 500, and the president has none."""
    log = [grant(f"2026-03-03 {9 + number:02}:00", part, by) for number, part in enumerate(parts)]
    ceiling = {"desk": 100, "manager": 500}.get(by)
    assert shut(*log) == [place for place in range(len(parts)) if ceiling is not None and sum(parts[: place + 1]) > ceiling]


@given(parts=st.lists(AMOUNTS, min_size=2, max_size=5))
@example(parts=[60, 39, 2])
def test_splitting_never_needs_less_approval_at_the_last_part_than_the_whole(parts: list[int]) -> None:
    for by in RANKS:
        split = [grant(f"2026-03-03 {9 + number:02}:00", part, by, offer=f"part-{number}") for number, part in enumerate(parts)]
        assert (len(parts) - 1 in shut(*split)) == bool(shut(grant("2026-03-03 09:00", sum(parts), by)))


@given(log=LOGS, data=st.data())
def test_the_order_in_which_a_log_is_handed_in_plays_no_part(log: list[cl.Event], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(log))
    assert {log[place].id for place in shut(*log)} == {mixed[place].id for place in shut(*mixed)}
