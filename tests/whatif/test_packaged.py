"""Packaged policies on made-up cases: a policy compared with itself changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

import closedloop as cl
from closedloop import whatif

pytestmark = pytest.mark.untraced

POLICIES = cl.packaged_policies()


OFFICE = cl.BusinessCalendar.country("CN", hours={"mon-fri": [("09:00", "18:00")]}, timezone="Asia/Shanghai")
BANK = cl.BusinessCalendar.country("GB", hours={"mon-fri": [("09:00", "17:00")]}, timezone="Europe/London")
#: The calendars of hosts that packaged policies leave to them, made up.
HOSTS: dict[str, dict[str, cl.BusinessCalendar]] = {
    "vanke": {"office": OFFICE},
    "parts_maker": {"office": OFFICE},
    "eu_psd2_101": {"business_days": BANK},
}


def load(info: cl.PolicyInfo) -> cl.Policy:
    """Load a packaged policy with the calendars that it needs."""
    named = {clock.calendar for clock in cl.load_policy(info.path).book.model.clocks.values()}
    return cl.load_policy(info.path, calendars={name: each for name, each in HOSTS.get(info.id, {}).items() if name in named})


def made_up(policy: cl.Policy, complaints: int = 60) -> whatif.Caseload:
    return whatif.generate(policy, complaints=complaints, seed=11, start=date(2026, 1, 1), end=date(2026, 4, 1))


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
