"""Editions: which one applies to a complaint, and to a case that was open at the change."""

from __future__ import annotations

import pytest

import closedloop as cl
from tests.decision.chery import at, complaint, policy

HEAD = "policy: shop\ntimezone: Asia/Shanghai\ntitle: {en: Shop}\n"
BODY = """
facts: {channel: {type: text, cite: s/1}}
clocks: {default: {calendar: none, cite: s/1}}
duties: {answer: {do: final_replied, from: received, within: %s, cite: s/1}}
"""


def edition(number: str, in_force: str, within: str) -> cl.Policy:
    """Return an edition of a small policy."""
    return cl.Policy.from_text(f'{HEAD}edition: "{number}"\nin_force: {{{in_force}, cite: s/0}}\n{BODY % within}', name=f"shop{number}.yaml")


FIRST = edition("1", "from: unset", "5 days")
STAYS = edition("2", 'from: "2026-03-01", by: received, open_cases: stay', "3 days")
MOVES = edition("2", 'from: "2026-03-01", by: received, open_cases: move', "3 days")


@pytest.mark.parametrize(("received", "number"), [("2026-02-28 23:59:59", "1"), ("2026-03-01 00:00:00", "2")])
def test_the_date_of_receipt_picks_the_edition(received: str, number: str) -> None:
    """The first day of an edition starts at midnight in its zone."""
    book = cl.PolicyBook([STAYS, FIRST])
    assert book.edition(received=at(received)).edition == number
    assert book.decide(complaint(received, category=None, subject=None), history=()).policy.edition == number


@pytest.mark.parametrize(("later", "due"), [(STAYS, "2026-03-05"), (MOVES, "2026-03-03")])
def test_an_open_case_stays_or_moves_as_the_new_edition_says(later: cl.Policy, due: str) -> None:
    """Received 27 February: 5 days end with 4 March, 3 days with 2 March (24:00 is the next day's 00:00)."""
    book = cl.PolicyBook([FIRST, later])
    case = FIRST.open_case(complaint("2026-02-27 09:00", category=None, subject=None), history=())
    assert book.review(case, at=at("2026-03-02 09:00")).duties[0].due == at(f"{due} 00:00")


def test_two_policies_are_no_book() -> None:
    """A book holds the editions of one policy."""
    with pytest.raises(cl.PolicyMismatch):
        cl.PolicyBook([FIRST, policy()])
