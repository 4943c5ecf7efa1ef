"""Cut the example stream from the published file: `python cut.py nyc311_animals.csv.gz complaints.csv`.

Every row is kept, in the order of arrival. Of the columns, those stay that the policy beside this file reads. Types,
agencies and descriptors become codes; times become ISO 8601 and stay what they are, naive local New York time.
"""

from __future__ import annotations

import csv
import gzip
import re
import sys
from datetime import datetime
from pathlib import Path

COLUMNS = ("id", "received_at", "closed_at", "category", "agency", "descriptor", "subject")


def code(text: str) -> str:
    """Turn `Animal-Abuse` into `animal_abuse`."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def local_time(text: str) -> str:
    """Turn `3/14/2025 1:20` into `2025-03-14T01:20:00`; an empty cell stays empty."""
    if not text:
        return ""
    day, clock = text.split()
    month, date, year = map(int, day.split("/"))
    return datetime.fromisoformat(f"{year}-{month:02}-{date:02}T{clock:0>5}").isoformat()


def place(row: dict[str, str]) -> str:
    """Give address and postal code, which together name a place in the city; nothing where the address is not given."""
    address = " ".join(row["Incident Address"].split())
    return f"{address} {row['Incident Zip']}".strip() if address else ""


def cut(row: dict[str, str]) -> dict[str, str]:
    """Keep of a published row what the policy reads."""
    return {
        "id": row["Unique Key"],
        "received_at": local_time(row["Created Date"]),
        "closed_at": local_time(row["Closed Date"]),
        "category": code(row["Complaint Type"]),
        "agency": code(row["Agency"]),
        "descriptor": code(row["Descriptor"]),
        "subject": place(row),
    }


def main(published: Path, target: Path) -> None:
    """Read the published file and write the cut."""
    with gzip.open(published, "rt", encoding="utf-8", newline="") as source:
        rows = sorted((cut(row) for row in csv.DictReader(source)), key=lambda row: (row["received_at"], row["id"]))
    with target.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} complaints")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
