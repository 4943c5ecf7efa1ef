"""A small policy with everything that a comparison looks at, variants of it, and cases to put under them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

import closedloop as cl
from closedloop import whatif

if TYPE_CHECKING:
    from collections.abc import Iterable

TEXT = """
policy: shop
edition: "1"
title: {zh: 商店投诉办法, en: Complaints of a shop}
timezone: Asia/Shanghai
clauses: {s/1: who, s/2: how serious, s/3: by when, s/4: repeats, s/5: closing, s/6: grant}
parties: {front: {zh: 前台, en: front desk}, manager: {zh: 经理, en: manager}, owner: {zh: 业主, en: owner}}
facts:
  category: {type: choice, zh: 类别, en: category, values: {goods: {zh: 商品, en: goods}, staff: {zh: 员工, en: staff}}}
  loss: {type: ordered, zh: 损失, en: loss, values: {small: {zh: 小, en: small}, large: {zh: 大, en: large}}}
  level: {type: ordered, zh: 级别, en: level, values: {low: {zh: 低, en: low}, middle: {zh: 中, en: middle}, high: {zh: 高, en: high}}}
  closing_limit: {type: limit, zh: 时限, en: closing limit}
  closed_in_time: {in_time: {do: closed, from: received, within: closing_limit, clock: day}, zh: 时限内闭环, en: closed in time, cite: s/3}
clocks:
  day: {zh: 工作日, en: office day, cutoff: "16:30", day_ends: "16:30", calendar: cn_office, roll: following, cite: s/3}
tables:
  routing:
    rules:
      goods: {when: {category: goods}, then: {accountable: front}, cite: s/1}
      staff: {when: {category: staff}, then: {accountable: manager}, cite: s/1}
  level:
    hit: highest
    rules:
      low: {then: low, cite: s/2}
      middle: {when: {loss: large}, then: middle, cite: s/2}
  closing_limit:
    rules:
      quick: {when: {level: ">= middle"}, then: 1 day, cite: s/3}
      slow: {when: {level: low}, then: 2 days, cite: s/3}
repeats: {same: [customer], window: 1 month, raise_level_by: 1, cite: s/4}
duties:
  closure: {zh: 闭环, en: close it, do: closed, by: accountable, from: received, within: closing_limit, clock: day, cite: s/3}
  look: {zh: 调查, en: look into it, when: {level: high}, do: investigated, by: accountable, from: received, within: 4 hours, cite: s/2}
gates:
  closed:
    looked: {zh: 先调查, en: looked into first, when: {level: high}, after: [investigated], cite: s/5}
  remedy_granted:
    allowed: {zh: 审批, en: approval, when: {category: goods}, approval: [manager, owner], cite: s/6}
    staff: {zh: 经理审批, en: the manager approves, when: {category: staff}, approval: [manager], cite: s/6}
readings:
  severity:
    zh: 何为严重
    en: what is serious
    cite: s/2
    take: loss_alone
    choices:
      loss_alone: {tables: {level: {rules: {middle: {when: {loss: large}}}}}}
      staff_too: {tables: {level: {rules: {middle: {when: [{loss: large}, {category: staff}]}}}}}
"""
ZONE = ZoneInfo("Asia/Shanghai")
SHOP = cl.Policy.from_text(TEXT, name="shop")
RENAMED = cl.Policy.from_text(TEXT.replace("  severity:", "  gravity:"), name="shop")
VARIANTS = {
    "the same": SHOP,
    "a day": SHOP.replace({"tables.closing_limit.rules.slow.then": "1 day"}, name="a day"),
    "60 days": SHOP.replace({"repeats.window": "60 days"}, name="60 days"),
    "two levels": SHOP.replace({"repeats.raise_level_by": "2"}, name="two levels"),
    "reading": SHOP.replace({"readings.severity.take": "staff_too"}, name="reading"),
    "renamed": RENAMED,
    "serious": SHOP.replace({"tables.level.rules.middle.then": "high"}, name="serious"),
    "route": SHOP.replace({"tables.routing.rules.staff.then.accountable": "owner"}, name="route"),
    "clause": cl.Policy.from_text(TEXT.replace("then: 1 day, cite: s/3", "then: 1 day, cite: s/2"), name="shop"),
    "no repeats": cl.Policy.from_text("\n".join(line for line in TEXT.splitlines() if not line.startswith("repeats:")), name="shop"),
}
Pair = tuple[cl.Complaint, tuple[cl.Event, ...]]


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    """Return an instant of 2026 in Shanghai."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def case(name: str, received: datetime, *events: cl.Event, customer: str | None = None, category: str | None = None, loss: str | None = None) -> Pair:
    """Return a complaint with its events."""
    facts: dict[str, cl.FactValue] = {} if loss is None else {"loss": loss}
    return cl.Complaint(id=name, received_at=received, customer=customer, category=category, facts=facts), events


def closed(when: datetime) -> cl.Event:
    """Return the closing of a case."""
    return cl.Event(kind="closed", at=when)


def caseload(*pairs: Pair) -> whatif.Caseload:
    return whatif.Caseload.from_cases(pairs)


# --- any cases ---

_HOURS = st.integers(0, 24 * 100)
_KINDS = ["closed", "closed", "closed", "reopened", "investigated", "reclassified", "approved", "remedy_granted"]
#: What an event may bring.
_BROUGHT = {
    "approved": [{"of": "remedy_granted"}],
    "reclassified": [{"category": "goods"}, {"category": "staff"}],
    "investigated": [{}, {"loss": "small"}, {"loss": "large"}],
}
_START = at(1, 5, 0)


@st.composite
def pairs(draw: st.DrawFn) -> list[Pair]:
    """Draw some complaints of few customers, closed, reopened, given other facts, taken back and granted at all hours."""
    found = []
    for number in range(draw(st.integers(1, 9))):
        received = _START + timedelta(hours=draw(_HOURS))
        kinds = draw(st.lists(st.sampled_from(_KINDS), max_size=5))
        hours = st.integers(0, 24 * 40)
        events = [_event(draw, kind, place, received + timedelta(hours=draw(hours))) for place, kind in enumerate(kinds)]
        taken_back: bool = draw(st.booleans())
        if events and taken_back:
            events.append(cl.Event(kind="voided", at=received + timedelta(hours=draw(hours)), data={"event": "e0"}))
        given = {"customer": [None, "A", "A", "B"], "category": [None, "goods", "staff"], "loss": [None, "small", "large"]}
        found.append(case(f"T{number}", received, *events, **{name: draw(st.sampled_from(values)) for name, values in given.items()}))
    return found


def _event(draw: st.DrawFn, kind: str, place: int, when: datetime) -> cl.Event:
    by = cl.Actor(id="x", party=draw(st.sampled_from(["manager", "owner", "front"]))) if kind in {"approved", "remedy_granted"} else None
    return cl.Event(kind=kind, at=when, id=f"e{place}", by=by, data=draw(st.sampled_from(_BROUGHT.get(kind, [{}]))))


def shuffled(given: Iterable[Pair], order: list[int]) -> list[Pair]:
    """Return the cases in another order."""
    rows = list(given)
    return [rows[place] for place in order]
