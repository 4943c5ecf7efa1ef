"""Checks the facts of a complaint, or of an event, against what the policy declares, and brings them into one form."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from closedloop.complaint import Complaint
from closedloop.errors import InvalidComplaint, InvalidEvent, Problem, closest
from closedloop.policy.terms import Count
from closedloop.rules.domains import OTHER, RESERVED
from closedloop.values.limits import Limit
from closedloop.values.money import Money
from closedloop.values.numbers import sensible, shortest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from closedloop.complaint import Event
    from closedloop.history import PastCase
    from closedloop.policy.model import Fact, PolicyModel
    from closedloop.rules.domains import Domain
    from closedloop.rules.states import Value

#: Facts that a complaint carries as attributes of its own.
ATTRIBUTES: Final = ("customer", "subject", "category", "channel", "text", "claim")
#: The code that says that the actual customer complains, where a policy has it.
ACTUAL: Final = "actual"


def intake_facts(model: PolicyModel, complaint: Complaint) -> dict[str, Value]:
    """Return the facts known at intake, typed and checked, or raise `InvalidComplaint` with every problem."""
    problems: list[Problem] = []
    known: dict[str, Value] = {}
    for name, given in complaint.facts.items():
        fact, problem = _acceptable(model, name)
        if fact is not None:
            known[name], problem = _checked(fact.domain, given, ("facts", name), model.currency)
        if problem is not None:
            problems.append(problem)
    for name in ATTRIBUTES:
        value = getattr(complaint, name)
        if value is not None:
            _take(model, name, value, (name,), known, problems)
    _complainant(model, complaint, known, problems)
    if problems:
        raise InvalidComplaint(problems)
    return known


def complaint_of(model: PolicyModel, case: PastCase) -> Complaint:
    """Return the complaint of an earlier case, as far as its key and its facts say what it was."""
    stated: dict[str, Any] = {name: value for name, value in case.key.items() if _says(model, name)} | dict(case.facts or {})
    aside = {name: stated.pop(name) for name in (*ATTRIBUTES, "proxy", "incident_at") if name in stated}
    return Complaint(id=case.id, received_at=case.received_at, facts=stated, **aside)


def _says(model: PolicyModel, name: str) -> bool:
    """Whether a part of a key, which is text, is what the complaint said."""
    fact = model.facts.get(name)
    if fact is None:
        return name in ATTRIBUTES
    plain = fact.table is None and fact.derived is None and fact.at is None and not fact.domain.many
    return plain and fact.domain.type in {"choice", "ordered", "party", "text"}


def event_facts(model: PolicyModel, event: Event) -> dict[str, Value]:
    """Return the facts that came with an event, typed and checked, or raise `InvalidEvent` with every problem."""
    problems: list[Problem] = []
    if event.kind not in model.events or event.kind in _NAMING:
        problems.extend(_kind_problems(model, event))
    known: dict[str, Value] = {}
    for name, value in event.data.items():
        fact = model.facts.get(name)
        if fact is None or fact.table is not None or fact.derived is not None:
            if (event.kind, name) not in _CARRIED:
                problems.append(
                    _unknown_fact(model, name, ("data", name), _carried_by(model, event.kind)) if fact is None else _computed(name, ("data", name))
                )
            continue
        if _is_code(value, fact.domain):
            known[name] = value
            continue
        typed, problem = _checked(fact.domain, value, ("data", name), model.currency)
        if problem is not None:
            problems.append(problem)
        else:
            known[name] = typed
    if problems:
        raise InvalidEvent(problems)
    return known


def _kind_problems(model: PolicyModel, event: Event) -> Iterator[Problem]:
    """Look whether the policy knows such events, and what those of the library's own name."""
    if event.kind not in model.events:
        hint = closest(event.kind, model.events)
        expected = "a kind of event that the policy knows"
        yield Problem(code="unknown_event", path=("kind",), found=f"`{event.kind[:60]}`", expected=expected, suggestion=hint)
    if event.kind == SIGNED:
        yield from _signature_problems(model, event)
    if event.kind == APPROVED and "of" in event.data:
        yield from _unless_declared(model, event, "of", model.events, "event")
    if event.kind == DELAY_FOUND and "duty" in event.data:
        yield from _unless_declared(model, event, "duty", model.duties)


#: What events of the library's own carry beside declared facts: the duty that is late, what is approved, what is taken back,
#: what is signed, and the id of the offer that was made, approved, granted, accepted or rejected.
_CARRIED: Final = frozenset(
    {
        ("delay_found", "duty"),
        ("approved", "of"),
        ("approved", "offer"),
        ("promised", "offer"),
        ("remedy_offered", "offer"),
        ("remedy_granted", "offer"),
        ("customer_accepted", "offer"),
        ("customer_rejected", "offer"),
        ("signed", "record"),
        ("voided", "event"),
    }
)


def _carried_by(model: PolicyModel, kind: str) -> list[str]:
    """Name what comes with events of a kind."""
    return [name for of, name in sorted(_CARRIED) if of == kind] + [name for name, fact in model.facts.items() if fact.at == kind]


SIGNED: Final = "signed"
DELAY_FOUND: Final = "delay_found"
APPROVED: Final = "approved"
#: Events of the library's own that name something which the policy must know.
_NAMING: Final = frozenset({SIGNED, DELAY_FOUND, APPROVED})


def _signature_problems(model: PolicyModel, event: Event) -> Iterator[Problem]:
    """Look whether a signature says whose it is, and on which record of the policy."""
    if event.by is None:
        yield Problem(code="missing_key", path=("by",), found="nothing", expected="who signed, and for which party")
    if event.data.get("record") is None:
        yield Problem(code="missing_key", path=("data", "record"), found="nothing", expected="the id of the record that was signed")
    else:
        yield from _unless_declared(model, event, "record", model.records)


def _unless_declared(model: PolicyModel, event: Event, what: str, declared: Collection[str], kind: str | None = None) -> Iterator[Problem]:
    """Look whether what an event names is declared in the policy."""
    named = str(event.data[what])
    if named not in declared:
        expected = f"{'an' if kind == 'event' else 'a'} {kind or what} that the policy `{model.id}` declares"
        hint = closest(named, declared)
        yield Problem(code="unknown_choice", path=("data", what), found=f"`{named[:60]}`", expected=expected, suggestion=hint)


def _take(model: PolicyModel, name: str, value: Any, path: tuple[str | int, ...], known: dict[str, Value], problems: list[Problem]) -> None:
    fact = model.facts.get(name)
    if fact is None:
        known[name] = str(value) if isinstance(value, str) else value
        return
    if fact.table is not None:
        problems.append(_computed(name, path))
        return
    typed, problem = _checked(fact.domain, value, path, model.currency)
    if problem is not None:
        problems.append(problem)
    else:
        known[name] = typed


def _complainant(model: PolicyModel, complaint: Complaint, known: dict[str, Value], problems: list[Problem]) -> None:
    """Take the proxy as the kind of complainant; without one the actual customer complains, where the policy has a word for that."""
    fact = model.facts.get("complainant")
    if fact is None or fact.table is not None:
        return
    if "complainant" in known:
        if complaint.proxy is not None and complaint.proxy != known["complainant"]:
            expected = "the kind of proxy in one of the two places"
            problems.append(Problem(code="given_twice", path=("proxy",), found="another kind of complainant than under `facts`", expected=expected))
        return
    if complaint.proxy is not None:
        _take(model, "complainant", complaint.proxy, ("proxy",), known, problems)
    elif ACTUAL in fact.domain.values:
        known["complainant"] = ACTUAL


def _acceptable(model: PolicyModel, name: str) -> tuple[Fact | None, Problem | None]:
    path = ("facts", name)
    fact = model.facts.get(name)
    if name in ATTRIBUTES:
        expected = f"`{name}` beside `facts`, not in it"
        return None, Problem(code="misplaced_fact", path=path, found=f"the fact `{name}`", expected=expected, suggestion=name)
    if fact is None:
        return None, _unknown_fact(model, name, path)
    if fact.table is not None or (fact.derived is not None and not isinstance(fact.derived, Count)):
        return None, _computed(name, path)
    if fact.at is not None:
        expected = f"`{name}` in the data of the event `{fact.at}`, with which it becomes known"
        return None, Problem(code="too_early", path=path, found=f"the fact `{name}` at intake", expected=expected)
    return fact, None


def _unknown_fact(model: PolicyModel, name: str, path: tuple[str | int, ...], likely: Iterable[str] = ()) -> Problem:
    """Suggest the nearest of what is likely to be meant, else of all facts that can be stated."""
    known = [each for each, fact in model.facts.items() if fact.table is None and fact.derived is None and each not in ATTRIBUTES]
    return Problem(
        code="unknown_key",
        path=path,
        found=f"the fact `{name[:60]}`",
        expected=f"a fact that the policy `{model.id}` declares",
        suggestion=closest(name, likely) or closest(name, known),
    )


def _computed(name: str, path: tuple[str | int, ...]) -> Problem:
    return Problem(code="computed_fact", path=path, found=f"a value for `{name}`", expected="nothing: the policy works it out itself")


def _checked(domain: Domain, value: Any, path: tuple[str | int, ...], currency: str | None) -> tuple[Any, Problem | None]:
    """Return the value in the one form in which rules compare it, or the problem with it."""
    if _is_code(value, domain):
        return value, None
    if domain.many:
        return _checked_set(domain, value, path)
    if domain.type in {"choice", "ordered", "party", "text"}:
        return _checked_text(domain, value, path)
    accepted, form = _TYPES[domain.type]
    if not accepted(value):
        return None, Problem(code="wrong_type", path=path, found=_kind(value), expected=form)
    if isinstance(value, Money) and currency is not None and value.currency != currency:
        return None, Problem(code="wrong_currency", path=path, found=value.currency, expected=f"an amount in {currency}")
    return _checked_number(domain, Decimal(value), path) if domain.type == "number" else (value, None)


def _is_code(value: object, domain: Domain) -> TypeGuard[str | bool]:
    """Whether a value is a code of its list, or yes or no, as nearly every value is: it is in its one form already."""
    kind = type(value)
    return (kind is str and value in domain.values and not domain.many) or (kind is bool and domain.type == "yes_no")


def _checked_number(domain: Domain, value: Decimal, path: tuple[str | int, ...]) -> tuple[Any, Problem | None]:
    if sensible(value) and (domain.counts is None or (value % 1 == 0 and value >= domain.counts)):
        return value, None
    form = "a number of at most 30 digits" if domain.counts is None else f"a whole number from {domain.counts} on"
    return None, Problem(code="out_of_range", path=path, found=str(value)[:40], expected=form)


def _checked_set(domain: Domain, value: Any, path: tuple[str | int, ...]) -> tuple[Any, Problem | None]:
    if not isinstance(value, frozenset) or not all(isinstance(each, str) for each in value):
        return None, Problem(code="wrong_type", path=path, found=_kind(value), expected="a frozenset of codes")
    members: set[str] = set()
    for each in sorted(value):
        code, problem = _checked_text(domain, each, path)
        if problem is not None:
            return None, problem
        members.add(code)
    return frozenset(members), None


def _checked_text(domain: Domain, value: Any, path: tuple[str | int, ...]) -> tuple[Any, Problem | None]:
    if not isinstance(value, str):
        return None, Problem(code="wrong_type", path=path, found=_kind(value), expected=domain.expected())
    text = str.__str__(value)
    if not text.strip() and path != ("text",):
        return None, Problem(code="empty", path=path, found="empty text", expected="a value; leave it out when it is not known")
    if domain.type == "text" or not domain.listed or text in domain.values:
        return text, None
    if text.casefold() in RESERVED:
        expected = f"{domain.expected()}; leave the fact out when it is not known"
        return None, Problem(code="reserved_word", path=path, found=text, expected=expected)
    if domain.open_list:
        return OTHER, None
    return None, Problem(code="unknown_choice", path=path, found=text[:60], expected=domain.expected(), suggestion=closest(text, domain.values))


def _kind(value: Any) -> str:
    return {"str": "text", "bool": "true or false", "int": "a whole number"}.get(type(value).__name__, type(value).__name__)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


_TYPES: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "yes_no": (lambda value: isinstance(value, bool), "true or false (bool)"),
    "number": (_is_number, "a whole number or a Decimal"),
    "money": (lambda value: isinstance(value, Money), "an amount of money, such as Money.parse('5000 CNY')"),
    "limit": (lambda value: isinstance(value, Limit), "an amount of time, such as Limit.parse('2 days')"),
    "instant": (lambda value: isinstance(value, datetime), "an aware datetime"),
}


def key_text(value: Any) -> str | None:
    """Return a value as part of a key by which cases are compared: equal values give the same text, wherever and however they are written."""
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Money):
        return f"{shortest(value.amount):f} {value.currency}"
    text = f"{shortest(value):f}" if isinstance(value, Decimal) else str(value)
    return ("yes" if value else "no") if isinstance(value, bool) else text
