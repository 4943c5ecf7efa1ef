"""The packaged policies with calendars for those that leave them to the host, and made-up cases for them."""

from __future__ import annotations

from datetime import date

import closedloop as cl
from closedloop import whatif

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


def made_up(policy: cl.Policy, complaints: int = 60, seed: int = 11) -> whatif.Caseload:
    """Make up cases of three months."""
    return whatif.generate(policy, complaints=complaints, seed=seed, start=date(2026, 1, 1), end=date(2026, 4, 1))
