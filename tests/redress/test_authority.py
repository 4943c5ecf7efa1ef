"""Who may grant an offer: ladders, approvals, parties, preferences, and what keeps an offer back."""

from __future__ import annotations

import pickle
from typing import NoReturn, get_type_hints

import pytest

import closedloop as cl
from tests.decision.chery import at
from tests.redress.shop import actor, approval, ask, case, event, money, offer, shop

OURS = event("investigated", "2026-03-03 09:00", our_fault=True)
NOT_OURS = event("investigated", "2026-03-03 09:00", our_fault=False)


@pytest.mark.parametrize(
    ("remedy", "amount", "by", "outcome", "approver"),
    [
        ("own_product", "500", "desk", "allowed", None),
        ("own_product", "500.01", "desk", "needs_approval", "manager"),
        ("own_product", "2000", "manager", "allowed", None),
        ("own_product", "2000.01", "manager", "needs_approval", "president"),
        ("own_product", "1000000", "president", "allowed", None),
        ("cash", "0.01", "desk", "needs_approval", "manager"),
        ("cash", "1000.01", "desk", "needs_approval", "president"),
        ("service", "0.01", "desk", "needs_approval", "president"),
        ("service", "0.01", "manager", "needs_approval", "president"),
    ],
)
def test_the_first_step_that_covers_the_value_approves(remedy: str, amount: str, by: str, outcome: str, approver: str | None) -> None:
    """A ceiling itself is covered; an unset one covers nothing, so that the last step takes it."""
    found = ask(offer(remedy, amount), by)
    assert (found.outcome, found.approver) == (outcome, approver)


def test_a_ruling_names_clause_value_and_the_actors_ceiling() -> None:
    found = ask(offer("own_product", "600"), "desk")
    assert (found.reason.rule, found.reason.clause.id, found.reason.outcome) == ("goods", "s/4", "decided")
    assert (found.value, found.used, found.ceiling) == (money(600), money(0), money(500))
    assert found.reason.text("en") == "own product 600 CNY: needs the approval of manager, by s/4; the actor may go up to 500 CNY."
    assert found.reason.text("zh") == "本品 600 CNY：须经经理批准，依据s/4；本人权限500 CNY。"


def test_a_party_off_the_ladder_has_no_authority_of_its_own() -> None:
    """Deputies do not stand on the ladder for goods, even for a cent."""
    found = ask(offer("own_product", "0.01"), "deputies")
    assert (found.outcome, found.approver, found.ceiling) == ("needs_approval", "desk", None)


def test_a_higher_step_may_grant_what_a_lower_one_may() -> None:
    assert ask(offer("own_product", "1"), "president").outcome == "allowed"


def test_goods_are_valued_at_retail_where_the_gate_says_so() -> None:
    """They cost 300 and sell for 800: the desk's 500 do not cover them."""
    found = ask(offer("own_product", 300, value_retail=money(800), value_cost=money(300)), "desk")
    assert (found.outcome, found.value) == ("needs_approval", money(800))


def test_documents_come_with_the_offer_and_do_not_hold_it_back() -> None:
    cash, goods = ask(offer("cash", 10), "manager"), ask(offer("own_product", 10), "desk")
    assert (cash.outcome, cash.documents, cash.one_of) == ("allowed", ("receipt",), ())
    assert (goods.outcome, goods.documents, goods.one_of) == ("allowed", (), (("photo", "invoice"),))


# --- whose approval counts ---


def test_nobody_approves_what_they_asked_for_themselves() -> None:
    """The manager asks for 1500 of goods: above the desk's 500, so that another manager, or the president, must approve."""
    mine = offer("own_product", 1500, requested_by=actor("manager"))
    assert shop().authorise(mine, by=actor("manager"), case=case()).outcome == "needs_approval"
    assert shop().authorise(mine, by=actor("manager", "manager-2"), case=case()).outcome == "allowed"
    assert shop().authorise(mine, by=actor("president"), case=case()).outcome == "allowed"
    assert "asked for themselves" in shop().authorise(mine, by=actor("manager"), case=case()).reason.text("en")


def test_the_same_person_under_another_hat_is_still_the_requester() -> None:
    mine = offer("own_product", 1500, requested_by=actor("desk", "ann"))
    assert shop().authorise(mine, by=actor("manager", "ann"), case=case()).outcome == "needs_approval"
    hat = cl.Event(kind="approved", at=at("2026-03-05 11:00"), by=actor("manager", "ann"), data={"of": "remedy_granted"})
    assert shop().authorise(mine, by=actor("desk", "ann"), case=case(hat)).outcome == "needs_approval"


def test_within_the_first_step_nobody_need_approve() -> None:
    own = offer("own_product", 500, requested_by=actor("desk"))
    assert shop().authorise(own, by=actor("desk"), case=case()).outcome == "allowed"


@pytest.mark.parametrize("when", ["2026-03-05 11:00", "2026-03-05 13:00"])
def test_an_approval_opens_the_way_whether_it_came_before_or_after_the_offer(when: str) -> None:
    assert ask(offer("cash", 5000), "desk", approval(when, "president")).outcome == "allowed"


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (approval("2026-03-05 11:00", "manager"), "needs_approval"),
        (event("approved", "2026-03-05 11:00", "president", of="closed"), "needs_approval"),
        (approval("2026-03-05 11:00", "president", remedy="cash", value=money(5000)), "allowed"),
        (approval("2026-03-05 11:00", "president", remedy="cash", value=money(4999)), "needs_approval"),
        (approval("2026-03-05 11:00", "president", remedy="gift", value=money(5000)), "needs_approval"),
        (approval("2026-03-05 11:00", "president", offer="O-1"), "allowed"),
        (approval("2026-03-05 11:00", "president", offer="O-2"), "needs_approval"),
    ],
)
def test_an_approval_counts_for_what_it_approves(given: cl.Event, outcome: str) -> None:
    """5000 in cash, offer O-1: by the president, of a grant, of this remedy, of no less, of this offer."""
    assert ask(offer("cash", 5000, id="O-1"), "desk", given).outcome == outcome


def test_a_later_change_of_what_was_approved_asks_for_it_again() -> None:
    """3000 were offered and approved; 3000 and less may be granted now, 3001 may not."""
    log = (event("remedy_offered", "2026-03-04 09:00", remedy="cash", value=money(3000), offer="O-1"), approval("2026-03-04 10:00", "president"))
    assert ask(offer("cash", 3000, id="O-1"), "desk", *log).outcome == "allowed"
    assert ask(offer("cash", 2999, id="O-1"), "desk", *log).outcome == "allowed"
    assert ask(offer("cash", 3001, id="O-1"), "desk", *log).outcome == "needs_approval"


def test_an_approval_serves_one_grant() -> None:
    log = (approval("2026-03-04 10:00", "president"), event("remedy_granted", "2026-03-04 11:00", remedy="gift", value=money(1)))
    assert ask(offer("cash", 2000), "desk", *log).outcome == "needs_approval"


def test_approvals_are_had_in_their_order() -> None:
    """A return needs the manager, then the president; the manager's own grant is an approval, the president's comes too early."""
    back = event("goods_returned", "2026-03-04 09:00")
    asked = offer("return", 10)
    assert ask(asked, "desk", back).approvals == ("manager", "president")
    assert ask(asked, "manager", back).approvals == ("president",)
    assert ask(asked, "president", back).approvals == ("manager", "president")
    assert ask(asked, "president", back, approval("2026-03-04 10:00", "manager")).outcome == "allowed"


def test_the_accountable_party_may_stand_on_a_ladder() -> None:
    """Whoever routing names: the workshop for repairs. Where routing is open, the word stands for it."""
    text = """
policy: routed
edition: "1"
title: {en: Routed}
timezone: Asia/Shanghai
currency: CNY
parties: {workshop: {en: workshop}, head: {en: head}}
facts: {category: {type: choice, values: [service, sale], cite: a/1}}
tables: {routing: {rules: {service: {when: {category: service}, then: {accountable: workshop}, cite: a/1}}, otherwise: unset}}
gates: {remedy_granted: {all: {ladder: [{party: accountable, up_to: 100 CNY}, {party: head, up_to: any}], cite: a/2}}}
"""
    policy = cl.Policy.from_text(text, name="routed.yaml")
    received = at("2026-03-02 09:00")
    routed = policy.open_case(cl.Complaint(id="A-1", received_at=received, category="service"), history=())
    unrouted = policy.open_case(cl.Complaint(id="A-2", received_at=received), history=())
    by_workshop = (policy.authorise(offer("cash", 100), by=actor("workshop"), case=each) for each in (routed, unrouted))
    assert [(found.outcome, found.approver) for found in by_workshop] == [("allowed", None), ("needs_approval", "accountable")]
    assert policy.authorise(offer("cash", 100), by=actor("head"), case=unrouted).outcome == "allowed"


# --- what else keeps an offer back ---


def test_an_offer_before_its_time_is_forbidden_and_says_what_is_awaited() -> None:
    found = ask(offer("return", 10), "manager")
    assert (found.outcome, [each.code for each in found.unmet], found.reason.awaited) == ("forbidden", ["event.shut"], ("goods_returned",))


def test_only_a_named_party_or_its_members_may_grant() -> None:
    """`deputies` is any of its members, and the manager is one."""
    assert (ask(offer("repair", 10), "desk").outcome, ask(offer("repair", 10), "desk").unmet[0].code) == ("forbidden", "party.shut")
    assert ask(offer("repair", 10), "manager").outcome == "allowed"


def test_an_excluded_remedy_is_forbidden_and_while_that_is_open_too() -> None:
    refund = offer("refund", 10)
    assert (ask(refund, "president", NOT_OURS).outcome, ask(refund, "president", NOT_OURS).reason.clause.id) == ("forbidden", "s/2a")
    assert (ask(refund, "president").outcome, ask(refund, "president").reason.outcome) == ("forbidden", "waiting")
    assert ask(refund, "president", OURS).outcome == "needs_approval"


def test_an_approval_that_the_source_leaves_open_is_nobodys_to_name() -> None:
    found = ask(offer("refund", 10), "president", OURS)
    assert (found.approver, found.approvals, found.reason.outcome) == (None, (), "unspecified_by_source")


def test_remedies_that_the_policy_prefers_are_named_in_their_order() -> None:
    refund, cash, repair = (ask(offer(remedy, 10), "president", OURS) for remedy in ("refund", "cash", "repair"))
    assert (refund.preferred, refund.discouraged) == (("replacement", "repair"), False)
    assert (cash.preferred, cash.discouraged) == (("replacement", "repair", "refund"), True)
    assert (repair.preferred, repair.discouraged) == (("replacement",), False)


def test_a_remedy_of_which_the_policy_is_silent_is_allowed_and_says_so() -> None:
    found = ask(offer("allowance", 10), "desk")
    assert (found.outcome, found.reason.outcome, found.reason.rules) == ("allowed", "unspecified_by_source", ())


def test_a_missing_fact_leaves_the_strictest_answer_and_asks() -> None:
    """For valued customers an allowance above 50 goes to the president; whether this is one, nobody said."""
    complaint = cl.Complaint(id="S-2", received_at=at("2026-03-02 09:00"))
    unknown = shop().open_case(complaint, history=())
    found = shop().authorise(offer("allowance", 51), by=actor("desk"), case=unknown)
    assert (found.outcome, found.approver, found.reason.outcome) == ("needs_approval", "president", "open")
    assert [(each.fact, each.text("en")) for each in found.questions] == [("vip", "valued customer")]
    assert shop().authorise(offer("allowance", 50), by=actor("desk"), case=unknown).questions == ()


def test_a_promise_beyond_authority_is_refused() -> None:
    """What would need approval may not be promised before it is had; what the gate on promises forbids may not be either."""
    promise = offer("own_product", 501, promised=True)
    assert (ask(promise, "desk").outcome, ask(promise, "desk").approver) == ("forbidden", "manager")
    assert ask(promise, "manager").outcome == "allowed"
    refused = ask(promise, "manager", vip=True)
    assert (refused.outcome, refused.reason.clause.id) == ("forbidden", "s/12")


# --- as a value ---


def test_a_ruling_is_never_a_truth_value() -> None:
    """Neither at run time nor, by its annotation, to a type checker."""
    with pytest.raises(TypeError, match="read `outcome`"):
        bool(ask(offer("cash", 1), "desk"))
    for kind in (cl.Ruling, cl.Settlement, cl.Reconciliation, cl.Closing, cl.GateResult, cl.Verification):
        assert get_type_hints(kind.__bool__)["return"] is NoReturn


def test_a_ruling_is_picklable_with_its_reason() -> None:
    found = ask(offer("cash", 1), "desk")
    back = pickle.loads(pickle.dumps(found))
    assert (back, back.reason.text("zh")) == (found, found.reason.text("zh"))
