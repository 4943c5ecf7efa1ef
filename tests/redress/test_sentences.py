"""How a ruling says what is not so yet, in both languages."""

from __future__ import annotations

import pytest

import closedloop as cl
from tests.decision.chery import at
from tests.redress.shop import actor, money, offer

CLUB = """
policy: club
edition: "1"
title: {en: Club, zh: 俱乐部}
timezone: Asia/Shanghai
currency: CNY
parties: {desk: {en: desk, zh: 前台}}
facts: {regretted: {type: yes_no, en: regretted, zh: 已致歉, cite: c/1}}
clocks: {default: {calendar: none, cite: c/1}}
duties: {look: {en: look into it, zh: 查明, do: investigated, cite: c/1}}
gates:
  remedy_granted:
    early: {when: {remedy: cash}, not_before: {wait: 3 days}, cite: c/2}
    late: {when: {remedy: gift}, not_after: {within: 3 days}, cite: c/3}
    unsaid: {when: {remedy: repair}, not_before: {wait: unset}, cite: c/4}
    after_sale: {when: {remedy: return}, not_before: {from: goods_returned, wait: 3 days}, cite: c/5}
    looked: {when: {remedy: service}, met: [look], cite: c/6}
    sorry: {en: first we say sorry, zh: 先致歉, when: {remedy: refund}, needs: {regretted: yes}, cite: c/7}
"""


def ruling(remedy: str, when: str) -> cl.Ruling:
    policy = cl.Policy.from_text(CLUB, name="club.yaml")
    case = policy.open_case(cl.Complaint(id="C-1", received_at=at("2026-03-02 09:00")), history=())
    return policy.authorise(offer(remedy, 10, when), by=actor("desk"), case=case)


@pytest.mark.parametrize(
    ("remedy", "when", "english", "chinese"),
    [
        (
            "cash",
            "2026-03-05",
            "cash 10 CNY: may not be granted, by c/2; not so yet: 3 days passed.",
            "现金 10 CNY：不得给予，依据c/2；尚缺：满3天。",
        ),
        (
            "gift",
            "2026-03-06",
            "gift 10 CNY: may not be granted, by c/3; not so yet: within 3 days.",
            "礼品 10 CNY：不得给予，依据c/3；尚缺：在3天之内。",
        ),
        (
            "return",
            "2026-03-05",
            "return 10 CNY: may not be granted, by c/5; not so yet: goods returned.",
            "退货 10 CNY：不得给予，依据c/5；尚缺：退回货物。",
        ),
        (
            "service",
            "2026-03-05",
            "service 10 CNY: may not be granted, by c/6; not so yet: look into it done.",
            "服务 10 CNY：不得给予，依据c/6；尚缺：完成查明。",
        ),
        (
            "refund",
            "2026-03-05",
            "refund 10 CNY: may not be granted, by c/7; not so yet: first we say sorry. It depends on: regretted.",
            "退款 10 CNY：不得给予，依据c/7；尚缺：先致歉。取决于：已致歉。",
        ),
    ],
)
def test_what_is_not_so_yet(remedy: str, when: str, english: str, chinese: str) -> None:
    found = ruling(remedy, f"{when} 12:00")
    assert (found.reason.text("en"), found.reason.text("zh")) == (english, chinese)


@pytest.mark.parametrize(("remedy", "when"), [("cash", "2026-03-06"), ("gift", "2026-03-05")])
def test_in_its_time_an_offer_is_allowed(remedy: str, when: str) -> None:
    """Three days from Monday 2 March are over at the end of Thursday 5 March."""
    assert ruling(remedy, f"{when} 12:00").outcome == "allowed"


def test_a_time_that_the_source_leaves_out_holds_back_and_says_so() -> None:
    found = ruling("repair", "2026-03-05 12:00")
    assert (found.outcome, found.reason.outcome, found.value) == ("forbidden", "unspecified_by_source", money(10))
    assert "a time or a standard that the source does not give" in found.reason.text("en")
