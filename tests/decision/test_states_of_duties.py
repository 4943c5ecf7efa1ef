"""What conditions read of duties, and events that were taken back or given twice before a gate."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest

import closedloop as cl
from tests.decision.chery import at

TEXT = """
policy: shop
edition: "1"
title: {en: Shop}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, head: {en: head}}
facts: {minor: {type: yes_no, cite: s/1}}
clocks: {default: {calendar: none, cite: s/2}}
duties:
  reply: {do: final_replied, by: desk, from: received, within: 2 days, cite: s/2}
  apologise: {when: {minor: no}, do: apologised, by: desk, from: received, within: 3 days, cite: s/3}
  escalate: {when: {reply.state: [late, met_late]}, do: escalated, by: desk, to: head, from: reply.due, cite: s/4}
gates:
  appealed: {late: {needs: [{reply.state: [late, met_late]}], cite: s/5}}
  archived: {sorry: {needs: [{apologise.state: [met, not_owed]}], cite: s/6}}
  remedy_granted: {approved: {approval: [head], cite: s/7}}
events: {appealed: {en: appeal, cite: s/5}, apologised: {en: apology, cite: s/3}}
"""


@cache
def shop() -> cl.Policy:
    """Return a policy whose gates and duties read the states of duties."""
    return cl.Policy.from_text(TEXT, name="shop.yaml")


def event(kind: str, when: str, by: str = "desk", id: str | None = None, **data: cl.FactValue) -> cl.Event:
    """Return an event of March 2026."""
    return cl.Event(kind=kind, at=at(f"2026-03-{when}"), by=cl.Actor(id="u", party=by), id=id, data=data)


def review(*events: cl.Event, when: str = "20 09:00", **facts: cl.FactValue) -> cl.Review:
    """Review a case received on 2 March at 09:00: the reply is due by the end of the 4th, the apology by that of the 5th."""
    complaint = cl.Complaint(id="S-1", received_at=at("2026-03-02 09:00"), facts=facts)
    return shop().review(shop().open_case(complaint, history=()).with_events(*events), at=at(f"2026-03-{when}"))


def findings(*events: cl.Event) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what is remarked on, by the event and the clause."""
    return [(each.id, each.place.path, each.clauses) for each in review(*events, minor=True).findings]


@pytest.mark.parametrize(
    ("replied", "found"),
    [("04 18:00", [("shut_gate", "events.1", ("s/5",))]), ("05 00:00", []), (None, [])],
)
def test_a_gate_that_asks_for_a_late_duty_is_judged_by_how_the_duty_stood_at_the_event(
    replied: str | None, found: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    """The reply is late from the 5th at 00:00: who appeals on the 6th after a reply of the 4th comes through a shut gate."""
    before = [] if replied is None else [event("final_replied", replied)]
    assert findings(*before, event("appealed", "06 10:00")) == found


def test_an_appeal_in_the_packaged_rules_follows_a_late_answer() -> None:
    """15 days after 2 March end with the 17th: answered on the 20th the answer is late, and the appeal of the 21st in order."""
    policy = cl.load_policy("cn_telecom_appeals")
    case = policy.open_case(cl.Complaint(id="T-1", received_at=at("2026-03-02 09:00")), history=())
    answered = [cl.Event(kind="final_replied", at=at(f"2026-03-{day} 09:00")) for day in (17, 20)]
    appealed = cl.Event(kind="appealed", at=at("2026-03-21 09:00"))
    in_time, late = (policy.review(case.with_events(answer, appealed), at=at("2026-03-22 09:00")) for answer in answered)
    assert [finding.id for finding in late.findings] == []
    assert [(finding.id, finding.clauses) for finding in in_time.findings] == [("shut_gate", ("第十条",))]


def test_a_duty_can_rest_on_the_state_of_another() -> None:
    """Nothing is to be escalated while the reply may still come in time."""
    assert review(when="04 23:59", minor=True).duty("escalate").state == "not_owed"
    assert review(when="05 00:00", minor=True).duty("escalate").state == "running"
    assert review(event("final_replied", "04 18:00"), minor=True).duty("escalate").state == "not_owed"


def test_the_state_of_a_duty_that_needs_a_fact_is_not_guessed() -> None:
    """Whether an apology is owed depends on a fact that nobody has stated: the gate asks for it."""
    gate = review().gates["archived"]
    assert (gate.state, [(each.code, each.missing) for each in gate.unmet]) == ("unknown", [("condition.unknown", ("minor",))])
    assert review(minor=True).gates["archived"].state == "open"
    assert review(minor=False).gates["archived"].state == "shut"


APPROVED = event("approved", "03 10:00", "head", id="a", of="remedy_granted")
GRANTED = event("remedy_granted", "04 10:00", id="g")
SHUT = ("shut_gate", "events.1", ("s/7",))


def test_an_approval_that_was_taken_back_opens_no_gate() -> None:
    """Taken back before the grant it does not count; after the grant it still stood."""
    assert findings(APPROVED, GRANTED) == []
    assert findings(APPROVED, GRANTED, event("voided", "03 11:00", event="a")) == [SHUT]
    assert findings(APPROVED, GRANTED, event("voided", "04 11:00", event="a")) == []


def test_a_grant_that_was_taken_back_or_came_twice_is_judged_so() -> None:
    """What was taken back is no grant any more; the same event given twice is one."""
    assert findings(event("called_back", "03 10:00"), GRANTED) == [SHUT]
    assert findings(event("called_back", "03 10:00"), GRANTED, event("voided", "05 10:00", event="g")) == []
    again = cl.Event(kind="remedy_granted", at=GRANTED.at + timedelta(minutes=1), by=GRANTED.by, id="g", data={"offer": "x"})
    assert [each for each in findings(event("called_back", "03 10:00"), GRANTED, again) if each[0] == "shut_gate"] == [SHUT]
