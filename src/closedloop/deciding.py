"""Decides a complaint: works out everything that a policy says at its receipt, and dresses it in the policy's words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from closedloop.decision import Basis, Decision, Duty, PolicyRef, Repeat, Requirement, Route
from closedloop.errors import InvalidComplaint, InvalidEvent, Problem, closest
from closedloop.evaluation.counts import relied_on
from closedloop.evaluation.duties import Duties, limit_of
from closedloop.evaluation.facts import complaint_of, event_facts, intake_facts
from closedloop.evaluation.outcomes import table_outcome
from closedloop.evaluation.situation import situation
from closedloop.evaluation.warnings import left_of
from closedloop.explanation.reasons import Later
from closedloop.policy.model import ACCOUNTABLE, RouteTo
from closedloop.policy.program import RAISED
from closedloop.policy.standard import VOIDED
from closedloop.policy.terms import PROMPTLY
from closedloop.rules.states import Unset
from closedloop.values.construction import constructor
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from closedloop.complaint import Complaint, Event
    from closedloop.decision import Scope
    from closedloop.evaluation.duties import DutyFinding
    from closedloop.evaluation.log import Brought
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.history import PastCase
    from closedloop.policy.vocabulary import Vocabulary
    from closedloop.values.choices import Choice

#: Some twenty duties are made for each complaint.
_duty = constructor(Duty)
_SCOPES: Final[dict[str, Scope]] = {"in": "in_scope", "out": "out_of_scope"}


def at_receipt(book: Rulebook, complaint: Complaint, cases: Sequence[PastCase] | None) -> Basis:
    """Work out what is known of a complaint at its receipt. Raises `InvalidComplaint` with every problem at once."""
    _check_history(book, cases)
    now = situation(book, complaint, cases)
    return Basis(now, Duties(now))


def later(decided: Basis, happened: Sequence[Brought], at: datetime, coming: Event | None = None) -> Basis:
    """Work out what is known of a complaint at a later instant, from what it was decided by and the events that happened since.

    `coming` is an event about to happen: its facts are known, but it has not happened. Raises `InvalidEvent` where they do not fit.
    """
    now = decided.situation.after(happened, at)
    if coming is not None:
        now.expect(coming)
    return Basis(now, Duties(now))


def decide(book: Rulebook, complaint: Complaint, cases: Sequence[PastCase] | None) -> Decision:
    """Decide a complaint as of its receipt. `cases` is None where nobody looked for earlier ones.

    Raises `InvalidComplaint` with every problem at once.
    """
    found = at_receipt(book, complaint, cases)
    model, words = book.model, book.vocabulary
    outcomes = {name: table_outcome(found.situation, name) for name in model.order if name in model.tables}
    routing = outcomes.get("routing")
    applicable = _scope(outcomes) != "out_of_scope"
    route = _route(words, routing.value) if applicable and routing is not None and routing.value is not None else None
    # They are dressed in words when they are read; what cannot be worked out is raised now.
    for duty in model.duties if applicable else ():
        found.duties[duty]
    return Decision(
        policy=PolicyRef(id=model.id, edition=model.edition, hash=model.hash),
        complaint=complaint,
        scope=_scope(outcomes),
        kind=_choice(found, outcomes, "kind"),
        category=_choice(found, outcomes, "category"),
        level=_choice(found, outcomes, "level") if applicable else None,
        repeat=_repeat(found),
        route=route,
        outcomes=FrozenMap(outcomes),
        relied_on=tuple(dict.fromkeys((*found.situation.repeat.relied_on, *relied_on(found.situation)))),
        examined=cases is not None or not book.compared,
        timezone=book.timezone,
        _duties=Later(lambda: tuple(dress(found, duty) for duty in model.duties) if applicable else ()),
        _required=Later(lambda: tuple(_required(found)) if applicable else ()),
        _basis=found,
    )


def _check_history(book: Rulebook, cases: Sequence[PastCase] | None) -> None:
    """Refuse levels and keys that the policy does not know: a raised level would rest on them, or a repeat stay hidden."""
    problems = [problem for case in cases or () for problem in case_problems(book, case)]
    if problems:
        raise InvalidComplaint(problems)


def case_problems(book: Rulebook, case: PastCase) -> Iterator[Problem]:
    """Find what an earlier case says that does not fit the policy: its level, its key, and what is counted over."""
    yield from _unknown_choices(book, case)
    yield from _unfit(book, case)


def _unknown_choices(book: Rulebook, case: PastCase) -> Iterator[Problem]:
    said = {("level",): ("level", case.level)} | {("key", name): (name, value) for name, value in case.key.items()}
    for path, (name, value) in said.items():
        fact = book.model.facts.get(name)
        if value is None or fact is None or not fact.domain.listed or fact.domain.open_list:
            continue
        # In a key a set is written as its members.
        codes = filter(None, value.split(", ")) if fact.domain.many else (value,)
        if all(code in fact.domain.values for code in codes):
            continue
        yield Problem(
            code="unknown_choice",
            path=("history", case.id, *path),
            found=f"`{str(value)[:60]}`",
            expected=fact.domain.expected(),
            suggestion=closest(str(value), fact.domain.values),
        )


def _unfit(book: Rulebook, case: PastCase) -> Iterator[Problem]:
    """Find what does not fit in the facts and events of an earlier case, where the policy counts over them."""
    if not book.counts_earlier:
        return
    try:
        intake_facts(book.model, complaint_of(book.model, case))
    except InvalidComplaint as error:
        yield from (replace(problem, path=("history", case.id, *problem.path)) for problem in error.problems)
    for number, event in enumerate(case.events or ()):
        if event.kind == VOIDED:
            continue
        try:
            event_facts(book.model, event)
        except InvalidEvent as error:
            yield from (replace(problem, path=("history", case.id, "events", number, *problem.path)) for problem in error.problems)


def _scope(outcomes: dict[str, Outcome]) -> Scope:
    found = outcomes.get("scope")
    if found is None:
        return "in_scope"
    if found.status == "decided":
        return _SCOPES[str(found.value)]
    return "unspecified_by_source" if found.status == "unspecified_by_source" else "open"


def _choice(found: Basis, outcomes: dict[str, Outcome], name: str) -> Choice | None:
    """Return a part that is a code: from its table, else as it was given with the complaint."""
    value = outcomes[name].value if name in outcomes else found.situation.known.get(name)
    if value is None or name not in found.situation.book.model.facts:
        return None
    choices = found.situation.book.vocabulary.values(name)
    return choices[str(value)] if str(value) in choices.labels else None


def _route(words: Vocabulary, value: RouteTo) -> Route | None:
    if isinstance(value.accountable, Unset):
        return None
    lists = {name: tuple(words.party(each) for each in getattr(value, name)) for name in ("responsible", "informed", "through")}
    return Route(accountable=words.party(value.accountable), **lists)


def _repeat(found: Basis) -> Repeat:
    repeat, book = found.situation.repeat, found.situation.book
    raised: Any = None
    if repeat.state == "again" and RAISED in book.program.tables:
        floor = book.program.outcome(RAISED, found.situation.given).values
        raised = book.vocabulary.levels[str(floor[0])] if len(floor) == 1 and isinstance(floor[0], str) else None
    return Repeat(
        state=repeat.state or "not_examined",
        of=repeat.of.id if repeat.of is not None and repeat.state is not None else None,
        count=repeat.count,
        raised_to=raised,
        at_cap=repeat.at_cap,
        possible=tuple(dict.fromkeys(link.split(".", 1)[0] for link in repeat.possible)),
        _reason=Later(found.reasoning.repeat),
    )


def dress(found: Basis, name: str) -> Duty:
    """Turn what was found of a duty into a value with the policy's words."""
    duty: DutyFinding = found.duties[name]
    rule, book = duty.rule, found.situation.book
    party, counted = rule.by[0] if rule.by else "anyone", duty.counted
    return _duty(
        id=rule.id,
        rule=duty.limit_rules[0] if duty.limit_rules else rule.id,
        event=rule.do[0] if rule.do else "unset",
        # Whoever must act: the accountable party where routing is decided, as of then, else the word for it.
        party=book.vocabulary.party((found.duties.accountable or party) if party == ACCOUNTABLE else party),
        state=duty.state,
        start=duty.start.astimezone(book.zone) if duty.start is not None else None,
        limit=limit_of(duty),
        promptly=duty.amount is PROMPTLY,
        due=duty.due,
        provisional=counted is not None and counted.provisional,
        met_at=duty.met_at,
        late_by=duty.late_by,
        awaiting=duty.awaited,
        records=duty.records,
        certain=duty.certain,
        _end=counted,
        _remaining=Later(lambda: left_of(found.duties, duty)),
        _reason=Later(lambda: found.reasoning.duty(duty)),
    )


def _required(found: Basis) -> Iterator[Requirement]:
    """List the records that duties will leave; a duty whose condition is still open may come to need its records."""
    words, model = found.situation.book.vocabulary, found.situation.book.model
    for name, rule in model.duties.items():
        duty = found.duties[name]
        if duty.state == "not_owed":
            continue
        for record in rule.leaving:
            form = model.records[record]
            fields = () if isinstance(form.fields, Unset) else tuple(words.facts[each] for each in form.fields if each in words.facts)
            yield Requirement(
                record=words.records[record],
                fields=fields,
                duty=name,
                certain=duty.certain,
                signatures=tuple(map(words.party, form.signed_by)),
                copies=tuple(map(words.party, form.copies)),
                clauses=form.provenance.clauses,
            )
