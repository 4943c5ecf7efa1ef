"""What each table gives: the value where every way of filling in the missing facts agrees, else what is still possible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from closedloop.rules.program import MOST_KEPT
from closedloop.rules.states import UNSET, Truth, Unset
from closedloop.rules.tables import members

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from closedloop.evaluation.situation import Situation
    from closedloop.rules.diagrams import Diagram
    from closedloop.rules.program import World
    from closedloop.rules.tables import Table

OutcomeStatus = Literal["decided", "open", "waiting", "unspecified_by_source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a table gives.

    `possible` lists every value that some answer to the open questions would give (one when it is decided), and
    `may_be_unspecified` says that for some answers the source names none. `matched` are the rules that decided, or that are
    still undecided; `set_aside` match but are overridden; `missing` facts would settle it, `awaited` events will.
    """

    table: str
    status: OutcomeStatus
    value: Any = None
    possible: tuple[Any, ...] = ()
    may_be_unspecified: bool = False
    matched: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()

    @property
    def rule(self) -> str | None:
        """The id of the row that decided, or None."""
        return self.matched[0] if self.status == "decided" and self.matched else None


def table_outcome(situation: Situation, name: str) -> Outcome:
    """Return what a table gives in a situation. It rests on the classes of the facts that it reads, and is kept by them."""
    book = situation.book
    kept = book.outcomes.setdefault(name, {})
    classes = book.program.classes(name, situation.given), situation.repeat.missing
    found = kept.get(classes)
    if found is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        found = kept[classes] = _table_outcome(situation, book.program.tables[name])
    return found


def _table_outcome(situation: Situation, table: Table) -> Outcome:
    if table.hit == "all":
        return _set_outcome(situation, table)
    found = situation.outcome(table.name)
    matched = situation.book.program.matched(table.name, situation.given)
    return _outcome(situation, table, found, (*matched.hit.rules, *matched.hit.undecided), matched.set_aside)


def _outcome(situation: Situation, table: Table, found: Diagram, matched: tuple[str, ...], set_aside: tuple[str, ...]) -> Outcome:
    values = tuple(value for value in found.values if not isinstance(value, Unset))
    missing = situation.missing(found.facts)
    status: OutcomeStatus = "open" if missing else "waiting"
    if len(found.values) == 1:
        status = "decided" if values else "unspecified_by_source"
    return Outcome(
        table=table.name,
        status=status,
        value=values[0] if status == "decided" else None,
        possible=_in_order(table, values),
        may_be_unspecified=UNSET in found.values,
        matched=matched,
        set_aside=set_aside,
        missing=missing,
        awaited=situation.awaited(found.facts),
    )


def _in_order(table: Table, values: Iterable[Any]) -> tuple[Any, ...]:
    """Sort codes as their list stands, other values as they are written, sets by their members: the order in which they were met says nothing."""
    listed = {code: place for place, code in enumerate(table.domain.values)}

    def place(value: Any) -> list[tuple[int, str]]:
        each = value if isinstance(value, frozenset) else (value,)
        return sorted((listed.get(member, len(listed)), str(member)) for member in each)

    return tuple(sorted(values, key=place))


def _set_outcome(situation: Situation, table: Table) -> Outcome:
    """Decide for each value on its own whether it belongs to the set; the set is decided when all of them are."""
    program, given = situation.book.program, situation.given
    certain: list[Any] = []
    facts: dict[str, None] = {}
    open_values: list[Any] = []
    for value in dict.fromkeys(each for rule in table.rules for each in sorted(members(rule.then), key=str)):
        found = program.ask(given, _membership(table, value))
        if found.values == (True,):
            certain.append(value)
        elif len(found.values) > 1:
            open_values.append(value)
            facts |= dict.fromkeys(found.facts)
    found_rules = program.matched(table.name, given)
    matched = tuple(rule for rule, truth in found_rules.truths if truth is Truth.YES)
    unsaid = bool(matched) or any(truth is Truth.SILENT for _, truth in found_rules.truths) or isinstance(table.otherwise, Unset)
    missing, awaited = situation.missing(facts), situation.awaited(facts)
    silent = not certain and not open_values and unsaid
    decided: OutcomeStatus = "unspecified_by_source" if silent else "decided"
    status: OutcomeStatus = ("open" if missing else "waiting") if open_values else decided
    return Outcome(
        table=table.name,
        status=status,
        value=_agreed(table, certain) if status == "decided" else None,
        possible=_in_order(table, (*certain, *open_values)),
        matched=matched,
        set_aside=found_rules.set_aside,
        missing=missing,
        awaited=awaited,
    )


def _agreed(table: Table, certain: list[Any]) -> frozenset[Any]:
    return frozenset(certain) if certain else members(table.otherwise)


def _membership(table: Table, value: Hashable) -> Any:
    rules = [rule for rule in table.rules if value in members(rule.then)]

    def question(world: World) -> tuple[Hashable, frozenset[str]]:
        truths = table.truths(world)
        if any(truths[rule.id] is Truth.YES for rule in rules):
            return True, frozenset()
        waiting = {rule.id for rule in rules if truths[rule.id] is Truth.UNKNOWN}
        relevant = [rule for rule in table.rules if rule.id in waiting or not waiting.isdisjoint(rule.overrides)]
        return False, frozenset().union(*(world.blocking(rule.when) for rule in relevant)) if waiting else frozenset()

    return question
