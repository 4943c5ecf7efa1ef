"""Tell the stories beside this file, or the one named: a case from call to closure, reviewed after each event.

A story names a policy, the complaint, and what happened; `office` gives the hours of a host whose policy leaves them to it.
An entry that has only an instant looks at the case when nothing happened.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import yaml

import closedloop as cl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

STORIES = Path(__file__).parent
OWED = {"running", "late", "paused"}


def load(story: Mapping[str, Any]) -> cl.Policy:
    """Load the policy of a story, with the hours of its host."""
    hours = story.get("office")
    calendars = {} if hours is None else {"office": cl.BusinessCalendar(timezone="Asia/Shanghai", hours=hours)}
    return cl.load_policy(story["policy"], calendars=calendars)


def clauses(cited: Iterable[cl.Clause]) -> str:
    """Name the clauses behind an answer."""
    return f"[{', '.join(dict.fromkeys(clause.id for clause in cited))}]"


def instant(policy: cl.Policy, at: datetime) -> str:
    """Write an instant in the zone of the policy."""
    return at.astimezone(ZoneInfo(policy.timezone)).strftime("%a %Y-%m-%d %H:%M:%S")


class Telling:
    """Tells what each review says that the one before it did not."""

    def __init__(self, policy: cl.Policy) -> None:
        """Begin with nothing told."""
        self.policy = policy
        self.states: dict[str, tuple[object, ...]] = {}
        self.needs: list[str] | None = None
        self.notices: set[str] = set()

    def news(self, review: cl.Review) -> Iterator[str]:
        """Say which duties were met, fell late or began to run, which notices are owed, and what closing still needs."""
        for duty in review.duties:
            now = (duty.state, duty.due, duty.start)
            before, self.states[duty.id] = self.states.get(duty.id, ("waiting",)), now
            if now != before and (duty.state in OWED or duty.state != before[0]):
                yield from self.duty(duty)
        for notice in review.notices:
            if notice.id not in self.notices:
                self.notices.add(notice.id)
                yield f"notice to {notice.to.id}: {notice.duty}"
        if "closed" in review.gates:
            needs = [f"{blocker.what} {clauses(blocker.clauses)}" for blocker in review.closing.blockers]
            if needs != self.needs:
                self.needs = needs
                yield f"closing needs {'; '.join(needs)}" if needs else "closing allowed"

    def duty(self, duty: cl.Duty) -> Iterator[str]:
        """Say in what state a duty is, where somebody has to know."""
        cited = clauses(duty.reason.clauses)
        if duty.state in {"met", "met_late"}:
            late = "" if duty.state == "met" else " late" if duty.late_by is None else f" late by {duty.late_by}"
            yield f"{duty.id} met{late} {cited}"
        elif duty.state in OWED:
            until = f", due {instant(self.policy, duty.due)}" if duty.due is not None else ", promptly" if duty.promptly else ""
            yield f"{duty.id} {duty.state}: {duty.party.id}{until} {cited}"
        elif duty.state == "unspecified_by_source":
            yield f"{duty.id}: the source does not say {cited}"


def tell(path: Path) -> None:
    """Tell one story."""
    story = yaml.safe_load(path.read_text("utf-8"))
    policy = load(story)
    case = policy.open_case(policy.complaint({"id": path.stem, **story["complaint"]}, assume_timezone=policy.timezone), history=())
    telling = Telling(policy)
    say(instant(policy, case.complaint.received_at), "received", telling.news(policy.review(case, at=case.complaint.received_at)))
    at = case.complaint.received_at
    for entry in story["events"]:
        what = "nothing happened"
        at = cl.localise(entry["at"], policy.timezone)
        if "kind" in entry:
            event = policy.event(entry, assume_timezone=policy.timezone)
            case = case.with_events(event)
            what = happened(event)
        say(instant(policy, at), what, telling.news(policy.review(case, at=at)))
    end(policy, policy.review(case, at=at))


def happened(event: cl.Event) -> str:
    """Write an event: its kind, by whom, towards whom, and the facts that came with it."""
    by = f" by {event.by.party}" if event.by is not None else ""
    to = f" to {event.to}" if event.to is not None else ""
    return event.kind + by + to + "".join(f", {name}: {written(value)}" for name, value in event.data.items())


def written(value: object) -> str:
    """Write the value of a fact as a policy does."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, tuple | frozenset) else str(value)


def say(at: str, what: str, news: Iterable[str]) -> None:
    """Print what happened, and under it what that changed."""
    print(f"{at}  {what}")
    for each in news:
        print(f"    {each}")


def end(policy: cl.Policy, review: cl.Review) -> None:
    """Say how the story ends."""
    print("the end")
    say_closing = "may close" if review.closing.allowed else "may not close"
    print(f"    {say_closing if 'closed' in review.gates else 'the policy has no closing standard'}, round {review.round}")
    print(f"    still owed: {', '.join(duty.id for duty in review.duties if duty.state in OWED) or 'nothing'}")
    for breach in review.breaches:
        missed = f"found late {instant(policy, breach.seen_at)}" if breach.due is None else f"due {instant(policy, breach.due)}"
        print(f"    breach: {breach.duty}, {missed}")
    for remark in dict.fromkeys(f"{finding.severity}: {finding.message}" for finding in review.findings):
        print(f"    {remark}")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.stem for path in STORIES.glob("*.yaml")):
        print(f"== {name}")
        tell(STORIES / f"{name}.yaml")
