"""What document 000 says of car complaints: `python summary.py car_complaints.csv.gz`.

The published rows have a date without a time, no customer, and a list of problem codes. What cannot be known from them
stays out of the complaint, so that the policy asks for it:

- the category, where the codes are of several categories, or of one that document 000 does not have;
- the customer, and with it whether the complaint is a repeat;
- everything that a person of the customer service must judge, and with it the level.

The rows are not part of this project.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter
from pathlib import Path

import closedloop as cl

# A code is a letter for the group and a number for the problem. What they mean was read off the rows. A code counts by its
# own entry, else by that of its letter; without either it belongs to no category that document 000 names, whose standard
# of classification (clause 5.1) is not among the published pages.
CATEGORY_OF_CODE = {
    "A": "product_quality",  # engine
    "B": "product_quality",  # gearbox
    "C": "product_quality",  # clutch
    "D": "product_quality",  # steering
    "E": "product_quality",  # brakes
    "F": "product_quality",  # tyres
    "G": "product_quality",  # axles and suspension
    "H": "product_quality",  # body and electrics
    "I": "service_process",  # the workshop's manners, delays and refusals
    "K": "sales_process",  # fees, deposits, forced purchases
    "L": "sales_process",  # promises not kept
    "M": "sales_process",  # sold not as advertised
    "M284": None,  # a defect of the new car, or damage before it was handed over
    "N": "parts_supply",  # spare parts missing or bad
    "O353": "vehicle_documents",  # papers missing or wrong
    # Not here: J (a bad repair: technical ability or service), O (various), P (privacy), Q (design and recalls).
}


def category_of(code: str) -> str | None:
    """Give the category of a problem code, or None where document 000 does not say."""
    return CATEGORY_OF_CODE.get(code, CATEGORY_OF_CODE.get(code[0]))


def complaint_data(row: dict[str, str]) -> dict[str, object]:
    """Turn a published row into the data of a complaint, leaving out what it does not say."""
    categories = {category_of(code) for code in row["problem"].split(",") if code}
    data: dict[str, object] = {"id": row["id"], "received_at": row["datetime"], "subject": f"{row['brand']} {row['car_model']}", "text": row["desc"]}
    category = categories.pop() if len(categories) == 1 else None
    return data if category is None else {**data, "category": category}


def tally(decision: cl.Decision, counts: Counter[str]) -> None:
    """Count what was decided and what stays open."""
    closure = decision.duty("closure")
    counts[f"category: {decision.category or 'open'}"] += 1
    counts[f"accountable: {decision.route.accountable if decision.route else 'open'}"] += 1
    counts[f"level: {decision.level or 'open'}"] += 1
    counts[f"repeat: {decision.repeat.state}"] += 1
    counts[f"closure: {closure.state}"] += 1
    if closure.due is not None:
        counts[f"closure after {(closure.due.date() - decision.complaint.received_at.date()).days} days"] += 1
    counts.update(f"question: {question.fact}" for question in decision.questions)


def main(published: Path) -> None:
    """Decide every row and print how often each answer was given."""
    policy = cl.load_policy(Path(__file__).with_name("chery_car.yaml"))
    counts: Counter[str] = Counter()
    with gzip.open(published, "rt", encoding="utf-8", newline="") as source:
        for row in csv.DictReader(source):
            complaint = policy.complaint(complaint_data(row), assume_timezone=policy.timezone)
            tally(policy.decide(complaint, history=None), counts)
    for what, number in sorted(counts.items()):
        print(f"{number:6}  {what}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
