"""The counts on a real stream agree with a short script that knows nothing of the library but the two rules."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import closedloop as cl
from closedloop import whatif

pytestmark = pytest.mark.untraced

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "nyc311"
ZONE = ZoneInfo("America/New_York")
HOURS = {"animal_abuse": 24, "dead_animal": 72, "unsanitary_animal_pvt_property": 72, "unsanitary_animal_facility": 72}


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE) if text else None


def limit(row: dict[str, str]) -> timedelta:
    if row["category"] == "animal_in_a_park":
        return timedelta(hours=240 if row["descriptor"] in {"dead_animal", "animal_waste"} else 24)
    return timedelta(hours=HOURS.get(row["category"], 336))


def counts(days: int) -> tuple[int, int, int, timedelta]:
    """Count calls merged, repeated within some days, and closed late; and by how much they were late in all."""
    with (FOLDER / "complaints.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["received_at"], row["id"]))
    instants = [at for row in rows for name in ("received_at", "closed_at") if (at := instant(row[name])) is not None]
    last = max(instants, key=datetime.timestamp)
    seen: dict[tuple[str, str], list[datetime | None]] = {}
    merged = repeats = late = 0
    late_by = 0.0
    for row in rows:
        received, closed = instant(row["received_at"]), instant(row["closed_at"])
        assert received is not None
        earlier = seen.setdefault((row["subject"], row["category"]), []) if row["subject"] else []
        if any(each is None or each.timestamp() >= received.timestamp() for each in earlier):
            merged += 1
            continue
        ends = [each.astimezone(ZONE).date() for each in earlier if each is not None]
        repeats += bool(ends) and received.date() <= max(ends, default=date.min) + timedelta(days=days)
        earlier.append(closed)
        over = (closed or last).timestamp() - received.timestamp() - limit(row).total_seconds()
        late += over > 0
        late_by += max(over, 0.0)
    return merged, repeats, late, timedelta(seconds=late_by)


@pytest.fixture(scope="module")
def found() -> whatif.Comparison:
    old = cl.load_policy(FOLDER / "nyc311.yaml")
    caseload = whatif.Caseload.from_csv(
        FOLDER / "complaints.csv", events={"closed": "closed_at"}, facts={"agency": "agency", "descriptor": "descriptor"}, timezone="America/New_York"
    )
    return whatif.compare(old, old.replace({"repeats.window": "60 days"}, name="60 days"), caseload)


def test_repeats_and_lateness_agree(found: whatif.Comparison) -> None:
    sides = []
    for side in ("old", "new"):
        keys = (("merged", ""), ("repeats", ""), ("late", "closure"), ("late_by", "closure"))
        sides.append(tuple(getattr(found.summary().row(*key), side) for key in keys))
    assert sides == [counts(30), counts(60)]
