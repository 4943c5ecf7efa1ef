"""Offer approval: the ruling has three outcomes, and cannot be used as a truth value by accident.

Names are text here, for the module of typed names (`closedloop stubs chery_nev`) is not made yet; the library's own classes check them when they run.
"""

from __future__ import annotations

from datetime import datetime

import closedloop as cl

FIRM = cl.load_policy("infant_food")
MAKER = cl.load_policy("chery_nev")


def save_offer(policy: cl.Policy, case: cl.Case, offer: cl.Offer, by: cl.Actor) -> str:
    """Say what becomes of an offer."""
    ruling = policy.authorise(offer, by=by, case=case)
    match ruling.outcome:
        case "allowed":
            return "saved; needs " + (", ".join(document.id for document in ruling.documents) or "no document")
        case "needs_approval":
            assert ruling.approver is not None
            return "sent to " + ruling.approver.label("en")
        case "forbidden":
            return ruling.reason.text("en")


def at(text: str) -> datetime:
    """Read local time."""
    return cl.localise(datetime.fromisoformat(text), "Asia/Shanghai")


now = at("2026-03-02 15:00")
cash = cl.Offer(remedy="cash", amount=cl.Money.parse("500 CNY"), at=now)
goods = cl.Offer(remedy="replacement", amount=cl.Money.parse("168 CNY"), at=now)
salesman = cl.Actor(id="u-1", party="market_sales")

car = MAKER.open_case(cl.Complaint(id="T-1", received_at=at("2026-03-02 09:00"), customer="C-7"), history=())
flour = FIRM.open_case(
    FIRM.complaint(
        {
            "id": "T-2",
            "received_at": at("2026-03-02 09:00"),
            "customer": "C-8",
            "channel": "hotline",
            "complainant": "consumer",
            "recall": False,
            "product": "rice_flour",
            "made_by_company": True,
            "aims_to_solve": True,
            "allowed_by_law": True,
            "allowed_by_rules": True,
            "pretext": False,
            "high_claim": False,
            "government": False,
            "media": False,
            "crime": False,
            "other_non_routine": False,
        }
    ),
    history=(),
).with_events(
    cl.Event(kind="visited", at=at("2026-03-02 14:00"), by=salesman),
    cl.Event(kind="investigated", at=at("2026-03-02 14:30"), by=salesman, data={"company_cause": True, "nonconforming": True}),
)

# Document 000 has no rule on offers. Document 004 lost its table of authority, so the president decides; cash is reported first.
print(save_offer(MAKER, car, cash, cl.Actor(id="u-1", party="new_energy_sales")))
print(save_offer(FIRM, flour, goods, salesman))
print(save_offer(FIRM, flour, cash, salesman))
