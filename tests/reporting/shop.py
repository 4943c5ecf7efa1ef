"""A small policy with targets, routines and retention, and eight complaints of March 2026 that came under it."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import closedloop as cl

SHANGHAI = ZoneInfo("Asia/Shanghai")
MARCH = cl.Period.month(2026, 3)
SHOP = """
policy: shop
edition: "1"
title: {en: Shop, zh: 商店}
timezone: Asia/Shanghai
parties: {desk: {en: desk, zh: 前台}, workshop: {en: workshop, zh: 车间}, office: {en: office, zh: 办公室}}
facts:
  category: {type: choice, values: {repair: {zh: 维修, en: repair}, sale: {zh: 销售, en: sale}, noise: {zh: 噪音, en: noise}}, cite: s/1}
  urgent: {type: yes_no, cite: s/1}
  yearly: {type: yes_no, cite: s/1}
  parts: {type: choice, values: {wheel: {zh: 车轮}, door: {zh: 车门}}, many: yes, cite: s/1}
  blamed: {type: party, at: assessed, cite: s/1}
  satisfaction: {type: ordered, values: [dissatisfied, neutral, satisfied, very_satisfied], at: called_back, cite: s/7}
  answer: {type: text, at: final_replied, cite: s/3}
  important: {type: yes_no, at: archived, cite: s/9}
  closed_in_time: {in_time: {do: closed, from: received, within: 3 days, clock: plain}, cite: s/2}
events: {management_met: {zh: 管理例会, en: management met}, prize_given: {zh: 颁奖}}
records: {letter: {fields: [answer], cite: s/3}, figures: {zh: 统计表, fields: unset, cite: s/5}}
clocks:
  plain: {calendar: none, day_ends: same_time, cite: s/2}
  default: {calendar: none, cutoff: "16:30", cite: s/5}
tables:
  scope: {rules: {outside: {when: {category: noise}, then: out, cite: s/1}}, otherwise: in}
  routing:
    rules:
      repair: {when: {category: repair}, then: {accountable: workshop}, cite: s/1}
      sale: {when: {category: sale}, then: {accountable: desk}, cite: s/1}
repeats: {same: [customer, category], while_open: merge, window: 1 month, cite: s/4}
rounds: {not_satisfied: {on: customer_rejected, again: [final_replied], cite: s/4}}
duties:
  answer_it: {do: final_replied, by: accountable, from: received, within: 48 hours, clock: plain, cite: s/2}
  call: {do: called_back, by: desk, from: final_replied, within: unset, cite: s/7}
gates:
  destroyed:
    one_year: {not_before: {from: closed, wait: 1 year}, cite: s/9}
    three_years: {when: {urgent: yes}, not_before: {from: received, wait: 3 years}, cite: s/9}
    important: {when: {important: yes}, not_before: {from: closed, wait: unset}, overrides: one_year, cite: s/9}
targets:
  satisfaction: {among: {satisfaction: present}, share: {satisfaction: ">= satisfied"}, goal: ">= 99.8%", cite: s/7}
  closed_loop: {among: [{closed: present}, {answer_it.state: late}], share: {closed: present}, goal: "100%", cite: s/2}
  few_urgent: {among: {category: sale}, share: {urgent: yes}, goal: "< 50%", cite: s/1}
  first_pass: {among: {closed: present}, share: {closed_in_time: yes}, goal: unset, cite: s/2}
  standard: {among: {closed: present}, share: unset, goal: "100%", cite: s/2}
routines:
  statistics:
    every: month
    within: 10 days
    do: reported
    by: office
    among: {closed: present}
    tabulate: [category, accountable]
    leaving: [figures]
    cite: s/5
  callbacks: {every: month, do: called_back, by: desk, among: {received: present}, sample: 3, cite: s/6}
  strict: {every: month, within: 2 hours, do: called_back, by: desk, among: {received: present}, sample: 9, when_fewer: short, cite: s/6}
  each_party: {every: month, within: promptly, do: reported, by: accountable, per: accountable, among: {received: present}, cite: s/6}
  each_category: {every: month, do: reported, by: office, per: category, among: {received: present}, cite: s/6}
  publish: {every: month, within: unset, if_at_least: 7, among: {received: present}, do: reported, by: office, cite: s/6}
  urgent_ones: {every: month, do: reported, by: office, if_at_least: 1, among: {urgent: yes, received: present}, cite: s/6}
  watch: {every: week, do: reported, by: unset, cite: s/6}
  minutes: {every: management_met, within: 2 days, do: reported, by: office, among: {closed: present}, cite: s/8}
  prize: {every: prize_given, do: reported, by: office, cite: s/8}
  half_yearly: {when: {yearly: no}, every: half_year, do: reported, by: office, cite: s/8}
  sharing: {every: unset, do: reported, by: office, cite: s/8}
"""


@cache
def shop() -> cl.Policy:
    """Return the policy."""
    return cl.Policy.from_text(SHOP, name="shop.yaml")


def at(text: str) -> datetime:
    """Read a local instant of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def event(kind: str, when: str, **data: Any) -> cl.Event:
    """Return an event."""
    return cl.Event(kind=kind, at=at(when), data=data)


def opened(name: str, received: str, category: str, *events: cl.Event, history: Any = (), customer: str | None = None, **facts: Any) -> cl.Case:
    """Return a case with its events; each customer complains once, unless one is named."""
    complaint = cl.Complaint(id=name, received_at=at(received), customer=customer or name, category=category, facts=facts)
    return shop().open_case(complaint, history=history).with_events(*events)


def march() -> tuple[cl.Case, ...]:
    """Return the complaints of March 2026."""
    first = cl.PastCase(id="A-1", key={"customer": "c", "category": "repair"}, received_at=at("2026-03-02 09:00"), closed_at=None, level=None)
    closed = cl.PastCase(id="A-1", key=first.key, received_at=first.received_at, closed_at=at("2026-03-04 09:00"), level=None)
    return (
        # Answered after 24 hours, closed after 2 days; complained about again by A-8.
        opened(
            *("A-1", "2026-03-02 09:00", "repair"),
            event("final_replied", "2026-03-03 09:00", answer="done"),
            event("called_back", "2026-03-04 08:00", satisfaction="satisfied"),
            event("closed", "2026-03-04 09:00"),
            customer="c",
        ),
        # Answered after 72 hours, closed after 4 days.
        opened(
            *("A-2", "2026-03-02 09:00", "repair"),
            event("final_replied", "2026-03-05 09:00", answer="done"),
            event("called_back", "2026-03-06 08:00", satisfaction="dissatisfied"),
            event("closed", "2026-03-06 09:00"),
        ),
        # Rejected; the second answer comes after 51 hours; closed after 2 days and 6 hours.
        opened(
            *("A-3", "2026-03-10 09:00", "sale"),
            event("final_replied", "2026-03-11 09:00", answer="no"),
            event("customer_rejected", "2026-03-12 09:00"),
            event("final_replied", "2026-03-12 12:00", answer="yes"),
            event("closed", "2026-03-12 15:00"),
            urgent=False,
        ),
        # Never answered.
        opened("A-4", "2026-03-20 09:00", "sale"),
        # Received half a day before the month is over.
        opened("A-5", "2026-03-31 12:00", "repair"),
        # Nothing that the policy is about.
        opened("A-6", "2026-03-05 09:00", "noise"),
        # A call while A-1 was open.
        opened("A-7", "2026-03-02 12:00", "repair", history=[first], customer="c"),
        # The same customer again after A-1 was closed: answered after 12 hours, closed after a day.
        opened(
            *("A-8", "2026-03-15 09:00", "repair"),
            event("final_replied", "2026-03-15 21:00", answer="done"),
            event("closed", "2026-03-16 09:00"),
            history=[closed],
            customer="c",
        ),
    )
