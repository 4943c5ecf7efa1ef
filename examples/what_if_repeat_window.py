"""A repeat window of one month against 60 days, on a real stream: New York's calls about animals (nyc311)."""

from __future__ import annotations

from pathlib import Path

import closedloop as cl
from closedloop import whatif

FOLDER = Path(__file__).with_name("nyc311")

old = cl.load_policy(FOLDER / "nyc311.yaml").replace({"repeats.window": "1 month"}, name="one month")
new = old.replace({"repeats.window": "60 days"}, name="60 days")
caseload = whatif.Caseload.from_csv(
    FOLDER / "complaints.csv", events={"closed": "closed_at"}, facts={"agency": "agency", "descriptor": "descriptor"}, timezone="America/New_York"
)
outcome = whatif.compare(old, new, caseload)
print(outcome)
print(outcome.attribution("repeats"))
