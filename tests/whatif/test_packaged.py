"""Packaged policies on made-up cases: a policy compared with itself changes nothing."""

from __future__ import annotations

import pytest

import closedloop as cl
from closedloop import whatif
from tests.packaged import POLICIES, load, made_up

pytestmark = pytest.mark.untraced


@pytest.mark.parametrize("info", POLICIES, ids=lambda info: info.path.stem)
def test_a_policy_compared_with_itself_changes_nothing(info: cl.PolicyInfo) -> None:
    policy = load(info)
    found = whatif.compare(policy, policy, made_up(policy))
    assert (found.changed, found.errors, found.unchanged, found.cases) == ((), (), 60, 60)
    assert all(row.difference in {0, None} or not row.difference for row in found.summary().rows)


def test_workers_batches_and_one_process_give_the_same_bytes() -> None:
    policy = cl.load_policy("chery_nev")
    new = policy.replace({"tables.closing_limit.rules.quality.then": "1 day"}, name="one day")
    cases = made_up(policy, 200)
    texts = {
        whatif.compare(policy, new, cases, workers=workers, batch=batch).to_json() for workers, batch in ((1, 2_000), (1, 7), (4, 20), (2, 2_000))
    }
    assert len(texts) == 1


def test_the_two_editions_of_vanke_differ() -> None:
    first, second = (load(info) for info in POLICIES if info.id == "vanke")
    found = whatif.compare(first, second, made_up(first))
    assert found.changed
    assert found.errors == ()


def test_a_policy_without_the_calendar_of_its_host_does_not_run() -> None:
    policy = cl.load_policy("vanke@1")
    with pytest.raises(cl.UnknownCalendar, match="there is no calendar `office`"):
        whatif.compare(policy, policy, made_up(policy, 3))
