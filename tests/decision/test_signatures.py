"""Signatures of records, as events: when a record is complete, who has not signed it yet, and who gets a copy."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import closedloop as cl
from tests.decision.chery import at

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT = """
policy: papers
edition: "1"
title: {en: Papers}
timezone: Asia/Shanghai
parties: {desk: {en: desk}, manager: {en: manager}, deputy: {en: deputy}, heads: {en: heads, any_of: [manager, deputy]}, store: {en: store}}
facts: {number: {type: text, at: registered, cite: p/1}, worth: {type: number, at: registered, cite: p/1}}
records:
  slip: {en: slip, fields: [number, worth], signed_by: [heads, accountable], copies: [store, desk], cite: p/1}
  card: {en: card, signed_by: [heads], cite: p/4}
tables: {routing: {rules: {all: {then: {accountable: store}, cite: p/1}}}}
duties: {write: {do: registered, by: desk, from: received, within: 24 hours, leaving: [slip], cite: p/2}}
gates: {closed: {written: {records: [slip], cite: p/3}}, archived: {carded: {records: [card], cite: p/4}}}
"""


@cache
def papers() -> cl.Policy:
    """Return a policy with a slip that a head and the accountable party sign."""
    return cl.Policy.from_text(TEXT, name="papers.yaml")


def written(when: str = "2026-03-02 10:00", number: str = "S-1") -> cl.Event:
    """Return the filling in of the slip."""
    return cl.Event(kind="registered", at=at(when), by=cl.Actor(id="d", party="desk"), data={"number": number, "worth": 3})


def signed(by: str, when: str, record: str = "slip") -> cl.Event:
    """Return a signature."""
    return cl.Event(kind="signed", at=at(when), by=cl.Actor(id=by, party=by), data={"record": record})


def review(when: str, *events: cl.Event) -> cl.Review:
    """Review a complaint received on Monday 2026-03-02 09:00; the slip is due a day later."""
    complaint = cl.Complaint(id="P-1", received_at=at("2026-03-02 09:00"))
    return papers().review(papers().open_case(complaint, history=()).with_events(*events), at=at(when))


def test_a_filled_in_record_waits_for_its_signatures() -> None:
    """The fields are there; a head and the store, which is accountable, have not signed."""
    found = review("2026-03-02 11:00", written())
    (slip,) = found.missing
    assert (slip.fields, slip.signatures, slip.copies) == ((), ("heads", "store"), ("store", "desk"))
    assert (found.duty("write").state, found.closing.allowed) == ("running", False)
    (store,) = review("2026-03-02 12:00", written(), signed("deputy", "2026-03-02 11:30")).missing
    assert store.signatures == ("store",)


def test_the_duty_is_met_with_the_last_signature() -> None:
    """Written at 10:00, signed at 11:30 by the deputy, who is one of the heads, and at 13:00 by the store."""
    signatures = (signed("deputy", "2026-03-02 11:30"), signed("store", "2026-03-02 13:00"))
    found = review("2026-03-02 14:00", written(), *signatures)
    assert (found.duty("write").state, found.duty("write").met_at) == ("met", at("2026-03-02 13:00"))
    assert found.closing.allowed
    assert found.missing == ()


def test_a_signature_after_the_limit_is_late() -> None:
    """Due on Tuesday 09:00; the last signature comes an hour after."""
    found = review("2026-03-03 12:00", written(), signed("manager", "2026-03-02 11:00"), signed("store", "2026-03-03 10:00"))
    assert found.duty("write").state == "met_late"
    assert [breach.duty for breach in found.breaches] == ["write"]


def test_what_changes_after_a_signature_is_signed_anew() -> None:
    """Another number after the manager signed: the manager signs again. The same number again changes nothing."""
    first = (written(), signed("manager", "2026-03-02 11:00"))
    after = signed("store", "2026-03-02 13:00")
    changed = review("2026-03-02 14:00", *first, written("2026-03-02 12:00", "S-2"), after)
    assert [each.signatures for each in changed.missing] == [("heads",)]
    assert review("2026-03-02 14:00", *first, written("2026-03-02 12:00"), after).missing == ()


def test_a_signature_of_another_party_is_a_finding_and_counts_for_nothing() -> None:
    """The desk does not sign the card; the deputy may, as one of the heads. The finding says who does, and the clause."""
    found = review("2026-03-02 12:00", signed("desk", "2026-03-02 11:00", "card"))
    assert [(each.id, each.severity, each.rules, each.clauses, each.place.path) for each in found.findings] == [
        ("not_the_signer", "warning", ("records.card",), ("p/4",), "events.0")
    ]
    assert found.gates["archived"].state == "shut"
    deputy = review("2026-03-02 12:00", signed("deputy", "2026-03-02 11:00", "card"))
    assert (deputy.findings, deputy.gates["archived"].state) == ((), "open")


@pytest.mark.parametrize(
    ("event", "code", "path", "suggestion"),
    [
        (cl.Event(kind="signed", at=at("2026-03-02 11:00"), data={"record": "slip"}), "missing_key", ("by",), None),
        (cl.Event(kind="signed", at=at("2026-03-02 11:00"), by=cl.Actor(id="m", party="manager")), "missing_key", ("data", "record"), None),
        (signed("manager", "2026-03-02 11:00", "slipp"), "unknown_choice", ("data", "record"), "slip"),
    ],
)
def test_a_signature_says_whose_it_is_and_on_what(event: cl.Event, code: str, path: tuple[Any, ...], suggestion: str | None) -> None:
    """One without an actor, without a record, or on a record that does not exist is refused."""
    with pytest.raises(cl.InvalidEvent) as raised:
        review("2026-03-02 12:00", event)
    assert [(each.code, each.path, each.suggestion) for each in raised.value.problems] == [(code, path, suggestion)]


def test_a_decision_says_who_will_sign_and_who_gets_a_copy() -> None:
    """Before anything happens: the roles as the policy names them."""
    (slip,) = papers().decide(cl.Complaint(id="P-1", received_at=at("2026-03-02 09:00")), history=()).required
    assert (slip.signatures, slip.copies) == (("heads", "accountable"), ("store", "desk"))
    assert (papers().vocabulary.label("signed", "zh"), papers().vocabulary.label("signed", "en")) == ("签字", "signed")


@given(st.permutations([written(), signed("manager", "2026-03-02 10:00"), signed("store", "2026-03-02 10:00")]))
def test_signatures_of_one_instant_need_no_order(events: Sequence[cl.Event]) -> None:
    """Filled in and signed at once is complete, in whatever order the log has it."""
    assert review("2026-03-02 10:00", *events).duty("write").state == "met"
