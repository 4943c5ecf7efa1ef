"""What holds of every offer and every loss: authority is monotone and indifferent to splitting, shares add up."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce

from hypothesis import assume, example, given
from hypothesis import strategies as st

import closedloop as cl
from tests.redress.shop import actor, ask, case, granted, money, offer, shop

#: From nobody above the desk to the president.
STEPS: dict[str | None, int] = {None: 0, "desk": 1, "manager": 2, "president": 3}
CENTS = st.integers(min_value=0, max_value=300_000).map(lambda cents: Decimal(cents) / 100)
LADDERS = st.sampled_from(["cash", "own_product", "service", "replacement"])
PARTIES = st.sampled_from(["desk", "manager", "president", "deputies"])


@given(remedy=LADDERS, by=PARTIES, one=CENTS, other=CENTS, before=CENTS)
@example(remedy="own_product", by="desk", one=Decimal(500), other=Decimal("500.01"), before=Decimal(0))
def test_a_smaller_offer_never_needs_a_higher_approver(remedy: str, by: str, one: Decimal, other: Decimal, before: Decimal) -> None:
    earlier = granted("2026-03-04 09:00", remedy, str(before))
    small, large = (ask(offer(remedy, amount), by, earlier) for amount in sorted((one, other)))
    assert STEPS[small.approver] <= STEPS[large.approver]


@given(remedy=LADDERS, by=PARTIES, parts=st.lists(CENTS, min_size=2, max_size=4))
@example(remedy="own_product", by="desk", parts=[Decimal(250), Decimal(250), Decimal("0.01")])
def test_the_last_part_of_a_split_offer_needs_what_the_whole_needs(remedy: str, by: str, parts: list[Decimal]) -> None:
    whole = ask(offer(remedy, sum(parts, Decimal(0))), by)
    given_before = [granted("2026-03-04 09:00", remedy, str(part), offer=f"part-{number}") for number, part in enumerate(parts[:-1])]
    last = ask(offer(remedy, parts[-1]), by, *given_before)
    assert (last.outcome, last.approver, last.used + last.value) == (whole.outcome, whole.approver, whole.value)


@given(remedy=LADDERS, amount=CENTS, later=CENTS)
def test_what_a_party_may_grant_everybody_above_it_may(remedy: str, amount: Decimal, later: Decimal) -> None:
    earlier = granted("2026-03-04 09:00", remedy, str(later))
    outcomes = [ask(offer(remedy, amount), party, earlier).outcome for party in ("desk", "manager", "president")]
    assert outcomes == sorted(outcomes, reverse=True)  # needs_approval, then allowed
    assert outcomes[-1] == "allowed"


@given(amount=CENTS, parts=st.lists(CENTS, max_size=4), data=st.data())
def test_the_order_in_which_events_are_handed_in_plays_no_part(amount: Decimal, parts: list[Decimal], data: st.DataObject) -> None:
    log = [granted(f"2026-03-04 0{number}:00", "cash", str(part)) for number, part in enumerate(parts)]
    mixed = data.draw(st.permutations(log))
    assert ask(offer("cash", amount), "manager", *log).used == ask(offer("cash", amount), "manager", *mixed).used


RATIOS = st.one_of(st.integers(0, 10**6), st.decimals(min_value=0, max_value=1000, places=4, allow_nan=False))
LOSSES = st.integers(0, 10**18)


@given(cents=LOSSES, ratios=st.lists(RATIOS, min_size=1, max_size=9))
@example(cents=10**18, ratios=[1, 1, 1])
def test_shares_add_up_to_the_loss_and_differ_from_the_exact_ratio_by_less_than_a_unit(cents: int, ratios: list[Decimal | int]) -> None:
    assume(any(ratios))
    loss = money(Decimal(cents).scaleb(-2))
    shares = shop().apportion(loss, {f"b{number}": ratio for number, ratio in enumerate(ratios)})
    assert reduce(cl.Money.__add__, (share.amount for share in shares)) == loss
    whole = sum(Decimal(ratio) for ratio in ratios)
    for share, ratio in zip(shares, ratios, strict=True):
        assert abs(share.amount.amount * whole - loss.amount * ratio) < Decimal("0.01") * whole


@given(cents=LOSSES, bearer=st.integers(0, 3))
def test_one_at_fault_bears_all(cents: int, bearer: int) -> None:
    loss = money(Decimal(cents).scaleb(-2))
    shares = shop().apportion(loss, {f"b{number}": int(number == bearer) for number in range(4)})
    assert [share.amount.amount for share in shares] == [loss.amount if number == bearer else 0 for number in range(4)]


@given(amount=CENTS, by=PARTIES)
def test_the_requester_never_approves(amount: Decimal, by: str) -> None:
    """Whatever the amount: allowed to the requester is only what the first step covers."""
    mine = offer("own_product", amount, requested_by=actor(by))
    found = shop().authorise(mine, by=actor(by), case=case())
    assert (found.outcome == "allowed") == (amount <= 500 and by != "deputies")
