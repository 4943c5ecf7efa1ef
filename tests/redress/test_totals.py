"""What counts towards a ladder: earlier offers and grants of the case, and of the customer within a window."""

from __future__ import annotations

import pytest

import closedloop as cl
from tests.decision.chery import at
from tests.redress.shop import actor, approval, ask, case, event, granted, money, offer, shop


def offered(when: str, remedy: str, amount: int, **data: str) -> cl.Event:
    return event("remedy_offered", when, remedy=remedy, value=money(amount), **data)


def test_splitting_does_not_slip_under_a_ceiling() -> None:
    """300 were given; 200 more make 500, which the desk may; 201 make 501, which the manager must approve."""
    before = granted("2026-03-04 09:00", "own_product", 300)
    assert ask(offer("own_product", 200), "desk", before).outcome == "allowed"
    found = ask(offer("own_product", 201), "desk", before)
    assert (found.outcome, found.approver, found.used) == ("needs_approval", "manager", money(300))
    assert "300 CNY before it, 501 CNY in all" in found.reason.text("en")


def test_remedies_under_one_ladder_count_together_and_others_apart() -> None:
    """Goods of either kind share the 500; cash has a ladder of its own."""
    assert ask(offer("own_product", 201), "desk", granted("2026-03-04 09:00", "replacement", 300)).outcome == "needs_approval"
    assert ask(offer("own_product", 201), "desk", granted("2026-03-04 09:00", "cash", 300)).outcome == "allowed"


def test_an_offer_counts_until_it_is_rejected() -> None:
    """400 were offered; 399 more make 799, above the desk's 500."""
    first = offered("2026-03-04 09:00", "own_product", 400)
    assert ask(offer("own_product", 399), "desk", first).outcome == "needs_approval"
    assert ask(offer("own_product", 399), "desk", first, event("customer_rejected", "2026-03-04 10:00")).outcome == "allowed"


@pytest.mark.parametrize(("named", "used"), [({}, 0), ({"offer": "A"}, 30), ({"offer": "B"}, 200), ({"offer": "C"}, 230)])
def test_a_rejection_is_of_the_offer_that_it_names_or_of_all(named: dict[str, str], used: int) -> None:
    log = (
        offered("2026-03-04 09:00", "own_product", 200, offer="A"),
        offered("2026-03-04 09:30", "own_product", 30, offer="B"),
        event("customer_rejected", "2026-03-04 10:00", **named),
    )
    assert ask(offer("own_product", 100), "desk", *log).used == money(used)


def test_granting_what_was_offered_is_no_second_offer() -> None:
    """400 were offered, and 400 are about to be granted: 400 in all, and 800 once that is granted and comes again."""
    first = offered("2026-03-04 09:00", "own_product", 400)
    assert ask(offer("own_product", 400), "desk", first).used == money(0)
    assert ask(offer("own_product", 400), "desk", first, granted("2026-03-04 10:00", "own_product", 400)).used == money(400)


def test_an_offer_after_a_grant_of_the_same_is_another() -> None:
    """300 were granted and then offered once more: with 1 more, 601."""
    log = (granted("2026-03-04 09:00", "own_product", 300), offered("2026-03-04 10:00", "own_product", 300))
    assert ask(offer("own_product", 1), "desk", *log).used == money(600)


def test_a_rejected_offer_does_not_take_back_what_was_granted_under_its_id() -> None:
    """450 were granted as A; that A was offered once more for 1, and rejected, changes nothing of it."""
    log = (
        granted("2026-03-04 09:00", "own_product", 450, offer="A"),
        offered("2026-03-04 10:00", "own_product", 1, offer="A"),
        event("customer_rejected", "2026-03-04 11:00"),
    )
    assert ask(offer("own_product", 100), "desk", *log).used == money(450)


def test_a_grant_that_states_no_value_has_that_of_its_offer() -> None:
    log = (offered("2026-03-04 09:00", "own_product", 300), event("remedy_granted", "2026-03-04 10:00"))
    assert ask(offer("own_product", 100), "desk", *log).used == money(300)


def test_an_offer_and_its_grant_count_once() -> None:
    """By the id of the offer; without one, an offer and a later grant of the same remedy and value."""
    named = (offered("2026-03-04 09:00", "own_product", 300, offer="A"), granted("2026-03-04 10:00", "own_product", 250, offer="A"))
    assert ask(offer("own_product", 200), "desk", *named).used == money(250)
    plain = (offered("2026-03-04 09:00", "own_product", 300), granted("2026-03-04 10:00", "own_product", 300))
    assert ask(offer("own_product", 200), "desk", *plain).used == money(300)
    twice = (*plain, granted("2026-03-04 11:00", "own_product", 300))
    assert ask(offer("own_product", 200), "desk", *twice).used == money(600)


def test_the_offer_itself_does_not_count_beside_itself() -> None:
    first = offered("2026-03-04 09:00", "own_product", 400, offer="A")
    assert ask(offer("own_product", 450, id="A"), "desk", first).used == money(0)


def test_what_was_taken_back_does_not_count() -> None:
    """A voided grant is none."""
    gone = cl.Event(kind="remedy_granted", at=at("2026-03-04 09:00"), id="e", data={"remedy": "own_product", "value": money(400)})
    assert ask(offer("own_product", 400), "desk", gone, event("voided", "2026-03-04 10:00", event="e")).used == money(0)


def test_an_offer_dated_back_does_not_slip_under_a_ceiling() -> None:
    later = granted("2026-03-06 09:00", "own_product", 400)
    assert ask(offer("own_product", 200, "2026-03-05 12:00"), "desk", later).outcome == "needs_approval"


def test_an_earlier_grant_without_a_value_leaves_the_total_open() -> None:
    """It may have been anything: until its value is known the last step decides."""
    found = ask(offer("own_product", 1), "desk", event("remedy_granted", "2026-03-04 09:00", remedy="own_product"))
    assert (found.outcome, found.approver, [each.fact for each in found.questions]) == ("needs_approval", "president", ["value"])


def test_a_new_round_does_not_begin_a_new_account() -> None:
    """What must be done anew after a rejection may be granting too; what was granted stays granted."""
    text = """
policy: rounds
edition: "1"
title: {en: Rounds}
timezone: Asia/Shanghai
currency: CNY
parties: {desk: {en: desk}, head: {en: head}}
rounds: {again: {on: customer_rejected, again: [remedy_granted], cite: r/1}}
gates: {remedy_granted: {all: {ladder: [{party: desk, up_to: 500 CNY}, {party: head, up_to: any}], cite: r/2}}}
"""
    policy = cl.Policy.from_text(text, name="rounds.yaml")
    opened = policy.open_case(cl.Complaint(id="R-1", received_at=at("2026-03-02 09:00")), history=())
    log = (granted("2026-03-03 09:00", "cash", 400), event("customer_rejected", "2026-03-04 09:00"))
    found = policy.authorise(offer("cash", 200), by=actor("desk"), case=opened.with_events(*log))
    assert (found.used, found.approver) == (money(400), "head")


def test_a_gate_on_the_value_looks_at_the_total() -> None:
    """Above 1000 in all the head approves: 600 in cash and 600 as a gift are 1200."""
    text = """
policy: values
edition: "1"
title: {en: Values}
timezone: Asia/Shanghai
currency: CNY
parties: {desk: {en: desk}, head: {en: head}}
gates: {remedy_granted: {large: {when: {value: "> 1000 CNY"}, approval: head, cite: v/1}}}
"""
    policy = cl.Policy.from_text(text, name="values.yaml")
    opened = policy.open_case(cl.Complaint(id="V-1", received_at=at("2026-03-02 09:00")), history=())
    second = offer("gift", 600)
    assert policy.authorise(second, by=actor("desk"), case=opened).outcome == "allowed"
    after = opened.with_events(granted("2026-03-04 09:00", "cash", 600))
    assert policy.authorise(second, by=actor("desk"), case=after).approver == "head"


# --- of the customer, within a window ---


def test_a_ceiling_per_customer_asks_what_the_customer_had_before() -> None:
    """Without it the last step decides; that it is known to be nothing settles it."""
    gift = offer("gift", 100)
    found = ask(gift, "desk")
    assert (found.outcome, found.approver, found.reason.outcome) == ("needs_approval", "manager", "open")
    assert [(each.fact, each.text("en")) for each in found.questions] == [("prior", "what the customer was offered in other cases?")]
    assert shop().authorise(gift, by=actor("desk"), case=case(), prior=()).outcome == "allowed"
    assert ask(gift, "manager").outcome == "allowed"
    assert ask(offer("gift", 101), "desk").questions == ()


@pytest.mark.parametrize(("when", "outcome"), [("2026-02-05 00:00", "needs_approval"), ("2026-02-04 23:59", "allowed")])
def test_a_month_reaches_back_to_the_same_day_of_the_month_before(when: str, outcome: str) -> None:
    """Asked on 5 March: a gift of 60 on 5 February still counts (60 + 60 = 120 > 100), one on 4 February does not."""
    prior = [offer("gift", 60, when)]
    assert shop().authorise(offer("gift", 60), by=actor("desk"), case=case(), prior=prior).outcome == outcome


def test_earlier_offers_of_other_remedies_or_of_this_offer_do_not_count() -> None:
    prior = [offer("cash", 90), offer("gift", 90, id="A")]
    found = shop().authorise(offer("gift", 60, id="A"), by=actor("desk"), case=case(), prior=prior)
    assert (found.outcome, found.used) == ("allowed", money(0))


def test_prior_offers_play_no_part_in_a_ceiling_per_case() -> None:
    prior = [offer("own_product", 500)]
    assert shop().authorise(offer("own_product", 500), by=actor("desk"), case=case(), prior=prior).outcome == "allowed"


def test_an_approval_does_not_lift_a_later_total() -> None:
    """The manager approved 1500 in all; with the 600 granted before, 1500 more are 2100, which are the president's."""
    log = (granted("2026-03-04 09:00", "own_product", 600), approval("2026-03-05 09:00", "manager", remedy="own_product", value=money(1500)))
    assert ask(offer("own_product", 1400), "desk", *log).outcome == "allowed"
    assert ask(offer("own_product", 1500), "desk", *log).approver == "president"


@pytest.mark.parametrize(("key", "value"), [("per", "customer"), ("window", "1 month")])
def test_what_counts_is_said_of_a_ladder_only(key: str, value: str) -> None:
    changes = {f"gates.remedy_granted.repair.{key}": value}
    with pytest.raises(cl.InvalidPolicy, match=f"`{key}` says what counts towards a ladder, and there is none"):
        shop().replace(changes, name="changed")


def test_a_window_that_the_source_leaves_out_reaches_back_for_good() -> None:
    unset = shop().replace({"gates.remedy_granted.gift.window": "unset"}, name="unset")
    opened = unset.open_case(cl.Complaint(id="S-1", received_at=at("2026-03-02 09:00"), facts={"vip": False}), history=())
    found = unset.authorise(offer("gift", 60), by=actor("desk"), case=opened, prior=[offer("gift", 60, "2020-01-01 00:00")])
    assert (found.used, found.approver) == (money(60), "manager")


def test_a_window_may_narrow_the_count_within_a_case_too() -> None:
    """Of the case only, the last seven days: 400 on 3 March still count on the 10th, on the 11th no more."""
    weekly = shop().replace({"gates.remedy_granted.goods.window": "7 days"}, name="weekly")
    opened = weekly.open_case(cl.Complaint(id="S-1", received_at=at("2026-03-02 09:00"), facts={"vip": False}), history=())
    before = opened.with_events(granted("2026-03-03 09:00", "own_product", 400))
    tenth, eleventh = (weekly.authorise(offer("own_product", 200, f"2026-03-{day} 09:00"), by=actor("desk"), case=before) for day in (10, 11))
    assert (tenth.used, eleventh.used) == (money(400), money(0))


def test_a_grant_of_the_same_offer_once_more_is_given_twice() -> None:
    """400 were granted as A; as A once more it is 800, and an approval of A that the first grant used does not serve the second."""
    first = granted("2026-03-04 09:00", "own_product", 400, offer="A")
    found = ask(offer("own_product", 400, id="A"), "desk", first)
    assert (found.used, found.outcome) == (money(400), "needs_approval")
    assert ask(offer("own_product", 400, id="A"), "desk", approval("2026-03-04 08:00", "manager", offer="A"), first).outcome == "needs_approval"
    assert ask(offer("own_product", 400, id="A"), "desk", first, approval("2026-03-04 10:00", "manager", offer="A")).outcome == "allowed"


def test_a_rejection_that_names_an_offer_is_of_that_one() -> None:
    """400 as A and 300 as B were offered; A was rejected, so 200 more make 500."""
    log = (offered("2026-03-04 09:00", "own_product", 400, offer="A"), offered("2026-03-04 09:30", "own_product", 300, offer="B"))
    assert ask(offer("own_product", 200), "desk", *log, event("customer_rejected", "2026-03-04 10:00", offer="A")).outcome == "allowed"
    assert ask(offer("own_product", 201), "desk", *log, event("customer_rejected", "2026-03-04 10:00", offer="A")).outcome == "needs_approval"
