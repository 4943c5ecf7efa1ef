"""Settlement: the papers of each way of payment, which are missing, which may be handwritten, and not before the handling is done."""

from __future__ import annotations

import pytest

import closedloop as cl
from tests.redress.mill import case, event, mill
from tests.redress.shop import money, offer

PRODUCT = offer("own_product", 80)


def settle(asked: cl.Offer, documents: list[str], *events: cl.Event) -> cl.Settlement:
    return mill().settle(asked, case=case(*events), documents=documents)


def done(route: str) -> cl.Event:
    return event("executed", "2026-03-04 09:00", payment=route)


def test_it_is_ready_when_handled_and_every_paper_is_there() -> None:
    found = settle(PRODUCT, ["store_proof", "receipt", "form"], done("store_advance"))
    assert (found.outcome, found.missing, found.reason.text("en")) == ("ready", (), "own product 80 CNY: may be settled, by m/1.")


def test_missing_papers_are_named_and_which_may_be_handwritten() -> None:
    found = settle(PRODUCT, ["receipt"], done("store_advance"))
    assert (found.outcome, found.missing) == ("incomplete", (("store_proof",), ("form",)))
    assert (found.papers.documents, found.handwritten) == (("store_proof", "receipt", "form"), ("store_proof", "receipt"))
    assert found.reason.text("zh") == "本品 80 CNY：核销缺少单据，依据m/1：门店代垫证明、反馈表。"


def test_not_before_the_handling_is_finished() -> None:
    """All papers are there, the way of payment is named, and nothing was carried out."""
    found = mill().settle(offer("own_product", 80, payment="mail"), case=case(), documents=["receipt", "form"])
    assert (found.outcome, [(each.code, each.what) for each in found.unmet]) == ("blocked", [("event.shut", "executed")])


def test_the_papers_of_each_way_while_it_is_not_chosen() -> None:
    """By mail no cash goes, so that two ways are open for cash and three for goods."""
    goods = settle(PRODUCT, [])
    assert {each.route: each.documents for each in goods.routes} == {
        "store_advance": ("store_proof", "receipt", "form"),
        "mail": ("receipt", "form"),
        "cash_advance": ("receipt",),
    }
    assert [question.fact for question in goods.questions] == ["payment"]
    assert [each.route for each in settle(offer("cash", 80), []).routes] == ["store_advance", "cash_advance"]
    assert settle(PRODUCT, [], done("mail")).routes == ()


def test_one_of_several_papers_will_do() -> None:
    back = offer("return", 80)
    assert settle(back, ["receipt", "form"], done("mail")).missing == (("invoice", "certificate"),)
    assert settle(back, ["receipt", "form", "certificate"], done("mail")).outcome == "ready"


def test_an_approval_that_the_payment_needs_holds_it_back_until_given() -> None:
    blocked = settle(offer("cash", 80), ["receipt"], done("cash_advance"))
    assert (blocked.outcome, [(each.code, each.what) for each in blocked.unmet]) == ("blocked", [("approval.shut", "gm")])
    approved = event("approved", "2026-03-04 10:00", "gm", of="settled", remedy="cash", value=money(80))
    assert settle(offer("cash", 80), ["receipt"], done("cash_advance"), approved).outcome == "ready"


def test_an_unknown_document_is_refused_with_its_place() -> None:
    with pytest.raises(cl.InvalidOffer) as raised:
        settle(PRODUCT, ["receipt", "reciept"])
    (problem,) = raised.value.problems
    assert (problem.code, problem.path, problem.suggestion) == ("unknown_choice", ("documents", 1), "receipt")


def test_an_event_without_a_gate_is_refused_for_silence_is_no_permission() -> None:
    with pytest.raises(cl.UnknownName, match="no gate on the event `settlement`; did you mean `settled`"):
        mill().settle(PRODUCT, case=case(), documents=[], event="settlement")


def test_a_settlement_is_never_a_truth_value() -> None:
    with pytest.raises(TypeError, match="read `outcome`"):
        bool(settle(PRODUCT, []))
