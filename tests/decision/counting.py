"""A small policy that counts over earlier cases, and a table that shows what a count comes to."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import closedloop as cl

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: What the table tells apart: the numbers up to here, and more.
MOST = 9
FACTS = """
policy: counting
edition: "1"
timezone: Asia/Shanghai
title: {zh: 计数, en: counting}
clauses: {c/1: counts}
parties: {desk: {zh: 前台, en: desk}}
events: {repaired: {zh: 修理, en: repaired}}
clocks: {plain: {zh: 时间, en: time, calendar: none}}
facts:
  category: {type: choice, zh: 类别, en: category, values: {goods: {zh: 商品, en: goods}, staff: {zh: 员工, en: staff}}}
  vehicle: {type: text, zh: 车, en: vehicle}
  pieces: {type: number, zh: 件数, en: pieces}
  days: {type: number, at: repaired, zh: 天数, en: days}
  works: {type: yes_no, at: repaired, zh: 修好, en: works}
  in_time: {in_time: {do: closed, from: received, within: 48 hours, clock: plain}, zh: 按时, en: in time}
  complaints: {count: received, same: [subject], zh: 投诉数, en: complaints}
  repairs: {count: repaired, same: [vehicle], zh: 修理次数, en: repairs}
  repairs_here: {count: repaired, zh: 本案修理次数, en: repairs in this case}
  goods_repairs: {count: repaired, same: [vehicle], where: {category: goods}, zh: 商品修理次数, en: repairs of goods}
  in_vain: {count: repaired, same: [vehicle], where: {works: no}, zh: 未修好次数, en: repairs in vain}
  recent: {count: repaired, same: [vehicle], window: 24 hours, zh: 近期修理次数, en: recent repairs}
  of_a_month: {count: received, same: [subject], window: 1 month, zh: 一个月内投诉数, en: complaints in a month}
  late_ones: {count: received, same: [customer], where: {in_time: no}, zh: 逾期数, en: late cases}
  pieces_in_all: {total: pieces, same: [customer], zh: 件数合计, en: pieces in all}
  days_in_all: {total: days, same: [vehicle], zh: 天数合计, en: days in all}
"""


@cache
def counting(fact: str) -> cl.Policy:
    """Return a policy whose table `shown` says what a number is."""
    codes = [f"n{number}" for number in range(MOST + 1)] + ["more"]
    values = ", ".join(f"{code}: {{zh: {code}, en: {code}}}" for code in codes)
    rows = "".join(f'      {code}: {{when: {{{fact}: "{number}"}}, then: {code}, cite: c/1}}\n' for number, code in enumerate(codes[:-1]))
    text = (
        f"{FACTS}  shown: {{type: ordered, zh: 数, en: number, values: {{{values}}}}}\n"
        f"tables:\n  routing: {{rules: {{all: {{then: {{accountable: desk}}, cite: c/1}}}}}}\n"
        f'  shown:\n    rules:\n{rows}      more: {{when: {{{fact}: "> {MOST}"}}, then: more, cite: c/1}}\n'
    )
    return cl.Policy.from_text(text)


def at(text: str) -> datetime:
    """Read a local instant of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def complaint(received: str = "2026-06-01 09:00", **given: Any) -> cl.Complaint:
    """Return a complaint about one vehicle of one customer."""
    attributes = {"customer": "A", "subject": "brakes"} | given
    facts = {"vehicle": "V-1"} | attributes.pop("facts", {})
    known = {name: value for name, value in facts.items() if value is not None}
    return cl.Complaint(id="T", received_at=at(received), facts=known, **{name: value for name, value in attributes.items() if value is not None})


def past(name: str, received: str, *events: cl.Event, **given: Any) -> cl.PastCase:
    """Return an earlier case of the same vehicle, customer and subject; what is given as None is not known."""
    facts = {"vehicle": "V-1", "customer": "A", "subject": "brakes"} | given
    known = {key: value for key, value in facts.items() if value is not None}
    return cl.PastCase(id=name, key={}, received_at=at(received), facts=known, events=events)


def repaired(when: str, **data: Any) -> cl.Event:
    """Return a repair."""
    return cl.Event(kind="repaired", at=at(when), data=data)


def shown(outcome: cl.Outcome) -> str:
    """Say what the table shows: the number, or which it can be, and what is missing or awaited."""
    if outcome.status == "decided":
        return str(outcome.value).removeprefix("n")
    possible = " ".join(str(each).removeprefix("n") for each in outcome.possible)
    return f"{possible} ? {' '.join((*outcome.missing, *outcome.awaited))}"


def decided(fact: str, history: Any, now: cl.Complaint | None = None) -> str:
    """Return what a number is at receipt."""
    return shown(counting(fact).decide(now or complaint(), history=history).outcome("shown"))


def reviewed(fact: str, history: Any, when: str, *events: cl.Event, now: cl.Complaint | None = None) -> str:
    """Return what a number is at an instant."""
    policy = counting(fact)
    return shown(policy.review(policy.open_case(now or complaint(), history=history).with_events(*events), at=at(when)).outcomes["shown"])
