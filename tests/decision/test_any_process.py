"""Answers are the same in every process and zone: they hang neither on the seed of hashes nor on how an instant, a number or a set is written."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

import closedloop as cl
from tests.decision.chery import at

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = """
policy: parts
edition: "1"
title: {en: Parts}
timezone: Asia/Shanghai
parties: {desk: {en: desk}}
facts:
  category: {type: choice, values: [machine, car, toy]}
  broken: {type: choice, values: [bolt, nut, screw, spring, washer], many: yes, at: noted}
  ordered: {type: choice, values: [washer, spring, screw, nut, bolt], many: yes}
  pieces: {type: number, at: noted}
  visit_at: {type: instant, at: noted}
  broken_at_receipt: {type: choice, values: [bolt, nut, screw], many: yes}
  seen_at: {type: instant}
  count: {type: number}
  price: {type: money}
events: {noted: {en: noted}}
clocks: {plain: {calendar: none, day_ends: same_time, pauses: {visit: {from: received, until: visit_at}}, cite: p/3}}
tables:
  routing: {rules: {all: {then: {accountable: desk}, cite: p/1}}}
  ordered:
    rules:
      machine: {when: {category: machine}, then: [screw, nut, bolt], cite: p/2}
      car: {when: {category: car}, then: [spring, nut, washer], cite: p/2}
      toy: {when: {category: toy}, then: [washer], cite: p/2}
duties:
  answer: {do: final_replied, by: desk, from: received, within: 10 hours, clock: plain, cite: p/3}
gates:
  final_replied: {nuts: {needs: {broken: nut}, cite: p/4}, many: {needs: {pieces: "> 10.2"}, cite: p/4}}
"""
PROGRAM = """
import closedloop as cl
from tests.decision.test_any_process import TEXT, noted, repeat_key, unmet
decision = cl.Policy.from_text(TEXT).decide(cl.Complaint(id="P", received_at=noted().at), history=())
print([sorted(codes) for codes in decision.possible("ordered")])
few, more = frozenset({"bolt", "nut", "screw"}), frozenset({"screw", "spring", "washer", "bolt"})
print(unmet(noted(broken=few), noted(broken=more)))
print(repeat_key(broken_at_receipt=few))
"""


def noted(**data: Any) -> cl.Event:
    return cl.Event(kind="noted", at=at("2026-03-02 11:00"), data=data)


def review(*events: cl.Event) -> cl.Review:
    policy = cl.Policy.from_text(TEXT)
    complaint = cl.Complaint(id="P", received_at=at("2026-03-02 09:00"), category="toy")
    return policy.review(policy.open_case(complaint, history=()).with_events(*events), at=at("2026-03-03 12:00"))


def repeat_key(**facts: Any) -> Mapping[str, str]:
    """Return what a host is to look up, where complaints are compared by these facts."""
    policy = cl.Policy.from_text(f"{TEXT}repeats: {{same: [{', '.join(facts)}], while_open: merge, window: 30 days, cite: p/5}}\n")
    query = policy.repeat_query(cl.Complaint(id="P", received_at=at("2026-03-02 09:00"), facts=facts))
    assert query is not None
    return query.key


def unmet(*events: cl.Event) -> list[str]:
    return [blocker.rule.rpartition(".")[2] for blocker in review(*events).gates["final_replied"].unmet]


def test_answers_do_not_hang_on_the_seed_of_hashes() -> None:
    """Sets stand as the list of the fact has their members; of the two events that say what is broken, the one without a nut comes second."""
    told = set[str]()
    for seed in range(6):
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        run = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
        told.add(run.stdout)
    assert told == {
        "[['washer'], ['nut', 'spring', 'washer'], ['bolt', 'nut', 'screw']]\n['nuts', 'many']\n{'broken_at_receipt': 'bolt, nut, screw'}\n"
    }


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_events_of_one_instant_stand_in_one_order_in_whatever_zone_they_are_written(zone: str) -> None:
    """Both visits are noted at 11:00; the later of the two holds, and 10 hours from 21:00 end at 07:00."""
    early, late = noted(visit_at=at("2026-03-02 20:00")), noted(visit_at=at("2026-03-02 21:00"))
    for log in permutations((early, late.in_zone(ZoneInfo(zone)))):
        assert review(*log).duty("answer").due == at("2026-03-03 07:00")
    assert late.in_zone(UTC) == late


@pytest.mark.parametrize("ten", [10, Decimal(10), Decimal("10.00"), Decimal("1E+1")])
def test_equal_numbers_have_one_place_however_they_are_written(ten: Decimal | int) -> None:
    for log in permutations((noted(pieces=Decimal("10.5")), noted(pieces=ten))):
        assert unmet(*log) == ["nuts", "many"]


def test_equal_values_give_one_key_however_they_are_written() -> None:
    written = [
        repeat_key(seen_at=at("2026-03-01 20:00"), count=Decimal("10.0"), price=cl.Money.parse("10.00 CNY")),
        repeat_key(seen_at=at("2026-03-01 20:00").astimezone(UTC), count=Decimal("1E+1"), price=cl.Money.parse("10 CNY")),
    ]
    assert written == [{"seen_at": "2026-03-01T12:00:00+00:00", "count": "10", "price": "10 CNY"}] * 2


@pytest.mark.parametrize("few", [frozenset({"bolt", "nut"}), frozenset[str]()])
def test_a_complaint_whose_key_is_a_set_is_found_again(few: frozenset[str]) -> None:
    """The host stores the key as the library gives it, and hands it back."""
    policy = cl.Policy.from_text(f"{TEXT}repeats: {{same: [broken_at_receipt], while_open: merge, window: 30 days, cite: p/5}}\n")
    earlier = cl.PastCase(id="E", key=repeat_key(broken_at_receipt=few), received_at=at("2026-03-01 09:00"))
    again = cl.Complaint(id="P", received_at=at("2026-03-02 09:00"), facts={"broken_at_receipt": few})
    assert policy.decide(again, history=[earlier]).repeat.state == "merged"
    with pytest.raises(cl.InvalidComplaint, match="found `bolt, nutt`"):
        policy.decide(again, history=[replace(earlier, key={"broken_at_receipt": "bolt, nutt"})])
