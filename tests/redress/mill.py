"""A small policy of a mill: goods that come back, what they lose, who bears it, and the papers of its payments."""

from __future__ import annotations

from functools import cache
from typing import Any

import closedloop as cl
from tests.decision.chery import at

MILL = """
policy: mill
edition: "1"
title: {en: Mill, zh: 工厂}
timezone: Asia/Shanghai
currency: CNY
parties: {finance: {en: finance}, gm: {en: general manager, zh: 总经理}}
facts:
  payment: {type: choice, values: {store_advance: {en: advance by the store}, mail: {en: mail}, cash_advance: {en: cash}}, at: executed, cite: m/1}
  approved_quantity: {type: number, cite: m/2}
  returned_quantity: {type: number, at: goods_returned, cite: m/2}
  over_acceptance: {type: number, unit: percent, cite: m/2}
  company_over_acceptance: {type: number, unit: percent, cite: m/2}
  quantity_check:
    {compare: returned_quantity, with: approved_quantity, tolerance: {first_given: [over_acceptance, company_over_acceptance]}, cite: m/2}
  approved_amount: {type: money, cite: m/3}
  returned_amount: {type: money, at: goods_returned, cite: m/3}
  amount_check: {compare: returned_amount, with: approved_amount, cite: m/3}
  resold: {in_time: {do: goods_resold, from: goods_returned, within: 1 month, clock: day}, cite: m/4}
  fault: {type: choice, values: [individual, joint], at: analysed, cite: m/5}
records:
  store_proof: {en: proof of the advance, zh: 门店代垫证明, fields: unset, handwritten: allowed, cite: m/1}
  receipt: {en: receipt, zh: 收据, fields: unset, handwritten: allowed, cite: m/1}
  form: {en: quality form, zh: 反馈表, fields: unset, cite: m/1}
  invoice: {en: invoice, zh: 发票, fields: unset, cite: m/6}
  certificate: {en: certificate, zh: 证明单, fields: unset, cite: m/6}
clocks: {day: {calendar: none, cite: m/4}}
tables:
  loss_basis: {rules: {sold: {when: {resold: yes}, then: price_loss, cite: m/4a}, unsold: {when: {resold: no}, then: actual_loss, cite: m/4b}}}
  sharing: {rules: {alone: {when: {fault: individual}, then: whole, cite: m/5a}, joint: {when: {fault: joint}, then: by_share, cite: m/5b}}}
gates:
  settled:
    handled: {after: [executed], cite: m/1}
    store: {when: {payment: store_advance}, records: [store_proof, receipt, form], cite: m/1}
    mail: {when: {payment: mail}, records: [receipt, form], needs: {remedy: {not: cash}}, cite: m/1}
    cash: {when: {payment: cash_advance}, records: [receipt], approval: gm, cite: m/1}
    returned: {when: {remedy: return}, one_of: [invoice, certificate], cite: m/6}
  reported:
    too_many: {when: {quantity_check: above}, approval: gm, cite: m/2}
    known: {needs: {quantity_check: present}, cite: m/2}
    amounts: {when: {amount_check: present}, needs: {amount_check: equal}, cite: m/3}
"""


@cache
def mill() -> cl.Policy:
    """Return the policy."""
    return cl.Policy.from_text(MILL, name="mill.yaml")


def event(kind: str, when: str, by: str | None = None, **data: Any) -> cl.Event:
    """Return an event."""
    return cl.Event(kind=kind, at=at(when), by=cl.Actor(id="u", party=by) if by else None, data=data)


def case(*events: cl.Event, **facts: Any) -> cl.Case:
    """Return a case received on Monday 2026-03-02 09:00."""
    complaint = cl.Complaint(id="M-1", received_at=at("2026-03-02 09:00"), facts=facts)
    return mill().open_case(complaint, history=()).with_events(*events)
