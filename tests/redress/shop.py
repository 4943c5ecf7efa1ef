"""A small policy with ladders for cash and goods, a limit per customer and month, and helpers to ask about offers in a case."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import closedloop as cl
from tests.decision.chery import at

SHOP = """
policy: shop
edition: "1"
title: {en: Shop, zh: 商店}
timezone: Asia/Shanghai
currency: CNY
parties:
  desk: {en: desk, zh: 前台}
  manager: {en: manager, zh: 经理}
  president: {en: president, zh: 总裁}
  deputies: {en: deputies, zh: 代理, any_of: [manager]}
facts:
  our_fault: {type: yes_no, at: investigated, cite: s/1}
  vip: {type: yes_no, en: valued customer, zh: 贵宾, cite: s/1}
  receipt_no: {type: text, cite: s/5}
records:
  receipt: {en: receipt, fields: [receipt_no], cite: s/5}
  photo: {en: photo, fields: unset, cite: s/5}
  invoice: {en: invoice, fields: unset, cite: s/5}
clocks: {default: {calendar: none, cite: s/1}}
tables:
  remedies:
    hit: all
    rules:
      first: {when: {our_fault: yes}, then: {preferred: [replacement, repair, refund], discouraged: [cash]}, cite: s/2}
      not_ours: {when: {our_fault: no}, then: {excluded: [refund]}, cite: s/2a}
gates:
  remedy_granted:
    cash:
      when: {remedy: cash}
      ladder: [{party: desk, up_to: 0 CNY}, {party: manager, up_to: 1000 CNY}, {party: president, up_to: any}]
      records: receipt
      cite: s/3
    goods:
      when: {remedy: [replacement, own_product]}
      ladder: [{party: desk, up_to: 500 CNY}, {party: manager, up_to: 2000 CNY}, {party: president, up_to: any}]
      value_at: retail
      one_of: [photo, invoice]
      cite: s/4
    service:
      when: {remedy: service}
      ladder: [{party: desk, up_to: unset}, {party: manager, up_to: unset}, {party: president, up_to: any}]
      cite: s/6
    gift:
      when: {remedy: gift}
      ladder: [{party: desk, up_to: 100 CNY}, {party: manager, up_to: any}]
      per: customer
      window: 1 month
      cite: s/7
    returned: {when: {remedy: return}, approval: [manager, president], after: [goods_returned], cite: s/8}
    repair: {when: {remedy: repair}, by: [deputies], cite: s/9}
    valued: {when: {remedy: allowance, vip: yes}, ladder: [{party: desk, up_to: 50 CNY}, {party: president, up_to: any}], cite: s/10}
    unnamed: {when: {remedy: refund}, approval: unset, cite: s/11}
  promised:
    calm: {needs: {vip: no}, cite: s/12}
"""


@cache
def shop() -> cl.Policy:
    """Return the policy."""
    return cl.Policy.from_text(SHOP, name="shop.yaml")


def money(amount: str | int | Decimal) -> cl.Money:
    """Return an amount in CNY."""
    return cl.Money(Decimal(amount), "CNY")


def actor(party: str, id: str | None = None) -> cl.Actor:
    """Return somebody of a party."""
    return cl.Actor(id=id or f"{party}-1", party=party)


def event(kind: str, when: str, by: str | None = None, **data: Any) -> cl.Event:
    """Return an event."""
    return cl.Event(kind=kind, at=at(when), by=actor(by) if by else None, data=data)


def approval(when: str, by: str, **data: Any) -> cl.Event:
    """Return an approval of a grant."""
    return event("approved", when, by, of="remedy_granted", **data)


def granted(when: str, remedy: str, amount: str | int, **data: Any) -> cl.Event:
    """Return an event by which a remedy was given."""
    return event("remedy_granted", when, remedy=remedy, value=money(amount), **data)


def case(*events: cl.Event, **facts: Any) -> cl.Case:
    """Return a case received on Monday 2026-03-02 09:00."""
    complaint = cl.Complaint(id="S-1", received_at=at("2026-03-02 09:00"), customer="c", facts={"vip": False} | facts)
    return shop().open_case(complaint, history=()).with_events(*events)


def offer(remedy: str, amount: str | int | Decimal, when: str = "2026-03-05 12:00", **given: Any) -> cl.Offer:
    """Return an offer made on Thursday 2026-03-05 12:00."""
    return cl.Offer(remedy=remedy, amount=money(amount), at=at(when), **given)


def ask(asked: cl.Offer, by: str, *events: cl.Event, **facts: Any) -> cl.Ruling:
    """Ask whether somebody of a party may grant an offer."""
    return shop().authorise(asked, by=actor(by), case=case(*events, **facts))
