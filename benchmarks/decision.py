"""One decision of document 000, beside general rule engines with the same classifying and routing rules.

All first have to agree on every complaint of the workload. The engines answer kind, level, accountable party and limit, and
nothing else; a decision here also looks for repeats, works out due instants and the state of every duty, and carries the
clauses. So the comparison is of what a program would call, not of equal work.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from peer_rules import Answers, WithBusinessRules, WithRuleEngine
from turns import seconds, show

import closedloop as cl

COMPLAINTS = 500
#: So many batches, each a day after the one before, that a due instant has been forgotten when its turn comes again.
BATCHES = 40
POLICY = cl.load_policy("chery_nev")
#: The facts asked at intake; each takes its values in a rhythm of its own, so that together they go through many cases.
ASKED = {
    "dissatisfied": 1,
    "entitlement_harmed": 2,
    "seeks": 3,
    "dissatisfaction": 5,
    "loss": 7,
    "deficiency": 11,
    "quickly_removable": 13,
    "high_claim": 17,
    "late_certificate": 19,
}


def workload(*, known: bool) -> list[cl.Complaint]:
    """Return complaints of every kind, the same in every run: with all facts known, or with none but the category."""
    start = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
    categories = [str(each) for each in POLICY.vocabulary.categories]
    return [
        cl.Complaint(
            id=f"T-{number}",
            received_at=start + timedelta(minutes=37 * number),
            customer=f"C-{number % 50}",
            subject="battery",
            category=categories[number % len(categories)],
            facts={name: _value(name, number // every) for name, every in ASKED.items()} if known else {},
        )
        for number in range(COMPLAINTS)
    ]


def days(complaints: list[cl.Complaint]) -> list[list[cl.Complaint]]:
    """Return the same complaints on one day after the other, for clocks keep the due instants that they worked out."""
    return [[replace(each, received_at=each.received_at + timedelta(days=day, seconds=day)) for each in complaints] for day in range(BATCHES)]


def _value(name: str, number: int) -> Any:
    values = [str(each) for each in POLICY.vocabulary.values(name)] or [False, True]
    return values[number % len(values)]


def answers(decision: cl.Decision) -> Answers:
    """Return what the peers can answer too."""
    values = {name: decision.outcome(name).value for name in ("kind", "level", "routing", "closing_limit")}
    said = {name: "unset" if value is None else str(value) for name, value in values.items()}
    return {"kind": said["kind"], "level": said["level"], "accountable": values["routing"].accountable, "limit": said["closing_limit"]}


def agree(complaints: list[cl.Complaint], peers: dict[str, WithRuleEngine | WithBusinessRules]) -> None:
    """Stop where a peer answers otherwise."""
    for complaint in complaints:
        ours = answers(POLICY.decide(complaint, history=()))
        for name, peer in peers.items():
            theirs = peer.decide(given(complaint))
            if theirs != ours:
                raise SystemExit(f"{complaint.id}: {name} gives {theirs}, closedloop {ours}")


def given(complaint: cl.Complaint) -> dict[str, Any]:
    """Return the facts as a peer reads them."""
    return {**complaint.facts, "category": complaint.category}


def main() -> None:
    """Compare, and print."""
    peers = {"rule-engine": WithRuleEngine(), "business-rules": WithBusinessRules()}
    known, unknown = workload(known=True), workload(known=False)
    agree(known, peers)
    plain = [given(each) for each in known]
    new, open_ = cycle(days(known)), cycle(days(unknown))
    ours = {
        "closedloop": lambda: [_read(POLICY.decide(each, history=())) for each in next(new)],
        "closedloop, and every reason": lambda: [POLICY.decide(each, history=()).reasons for each in next(new)],
        "closedloop, nothing known but the category": lambda: [_read(POLICY.decide(each, history=())) for each in next(open_)],
        "closedloop, the same, and every reason and question": lambda: [_all(POLICY.decide(each, history=())) for each in next(open_)],
        "closedloop, and the text for people": lambda: [POLICY.decide(each, history=()).explain("zh") for each in next(new)],
        "closedloop, and the record as JSON": lambda: [POLICY.decide(each, history=()).record().model_dump_json() for each in next(new)],
    }
    theirs = {
        "rule-engine (kind, level, route, limit only)": lambda: [peers["rule-engine"].decide(each) for each in plain],
        "business-rules (kind, level, route, limit only)": lambda: [peers["business-rules"].decide(each) for each in plain],
    }
    show("One decision of document 000", seconds({**ours, **theirs}, each=COMPLAINTS), against="closedloop")


def _read(decision: cl.Decision) -> object:
    """Read the duties and records too, which are dressed in the policy's words then."""
    return decision.duties, decision.required


def _all(decision: cl.Decision) -> object:
    return decision.reasons, decision.questions


if __name__ == "__main__":
    main()
