"""A decision as a line of a table for people, and as a row of a CSV file for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.cli.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from closedloop.decision import Decision, Duty
    from closedloop.explanation.reasons import Reason
    from closedloop.values.choices import Choice
    from closedloop.values.text import Lang

TITLES: Final = ("id", "received", "category", "accountable", "level", "repeat", "first due", "questions")


def titles(lang: Lang) -> tuple[str, ...]:
    """Return the titles of the table for people."""
    return tuple(say(title, lang) for title in TITLES)


def line(decision: Decision, lang: Lang) -> tuple[str, ...]:
    """Return the cells of the table for people: each answer with the clause behind it."""
    start = (
        decision.complaint.id,
        _written(decision.complaint.received_at),
        _part(decision, "category", decision.category, lang, cited=False),
    )
    questions = str(len(decision.questions))
    if decision.scope == "out_of_scope":
        scope = f"{say(decision.scope, lang)} {_clause(decision.why('scope'))}".rstrip()
        return (*start, scope, "", "", "", questions)
    accountable = _part(decision, "route", None if decision.route is None else decision.route.accountable, lang)
    return (*start, accountable, _part(decision, "level", decision.level, lang), _repeat(decision, lang), _first_due(decision), questions)


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S" if at.second else "%Y-%m-%d %H:%M")


def _part(decision: Decision, part: str, value: Choice | None, lang: Lang, *, cited: bool = True) -> str:
    if part not in decision.parts:
        return ""
    reason = decision.why(part)
    text = say(reason.outcome, lang) if value is None else value.label(lang)
    return f"{text} {_clause(reason)}".rstrip() if cited else text


def _clause(reason: Reason) -> str:
    return reason.clauses[0].id if reason.clauses else ""


def _repeat(decision: Decision, lang: Lang) -> str:
    state = say(decision.repeat.state, lang)
    return f"{state} {decision.repeat.of}" if decision.repeat.of is not None else state


def _first_due(decision: Decision) -> str:
    """Give the earliest due instant, the duties that fall due then, and the clause of the first of them."""
    running = [duty for duty in decision.duties if duty.due is not None]
    if not running:
        return ""
    due = min(duty.due for duty in running if duty.due is not None)
    first = [duty for duty in running if duty.due == due]
    return f"{_written(due)} {', '.join(duty.id for duty in first)} {_clause(first[0].reason)}".rstrip()


def csv_header(duties: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of the CSV form, two for each duty of the policy."""
    fixed = ("id", "received_at", "scope", "kind", "category", "level", "level_clause", "repeat", "repeat_of")
    route = ("accountable", "responsible", "route_clause")
    return (*fixed, *route, *(f"{duty}_{what}" for duty in duties for what in ("state", "due")), "questions")


def csv_row(decision: Decision, duties: Iterable[str]) -> tuple[str, ...]:
    """Return the cells of the CSV form. What is not decided gives its status, such as `open`."""
    route = decision.route
    owed = {duty.id: duty for duty in decision.duties}
    return (
        decision.complaint.id,
        decision.complaint.received_at.isoformat(),
        decision.scope,
        _value(decision, "kind", decision.kind),
        _value(decision, "category", decision.category),
        _value(decision, "level", decision.level),
        _cited(decision, "level"),
        decision.repeat.state,
        decision.repeat.of or "",
        _value(decision, "route", None if route is None else route.accountable),
        "" if route is None else " ".join(party.id for party in route.responsible),
        _cited(decision, "route"),
        *(cell for name in duties for cell in _duty_cells(owed.get(name))),
        " ".join(question.fact for question in decision.questions),
    )


def _value(decision: Decision, part: str, value: Choice | None) -> str:
    if value is not None:
        return value.id
    return decision.why(part).outcome if part in decision.parts else ""


def _cited(decision: Decision, part: str) -> str:
    return _clause(decision.why(part)) if part in decision.parts else ""


def _duty_cells(duty: Duty | None) -> tuple[str, str]:
    if duty is None:
        return "", ""
    return duty.state, "" if duty.due is None else duty.due.isoformat()
