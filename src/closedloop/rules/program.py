"""Tables that read facts and one another, worked out for what is known: the plain interpreter that is the specification."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from closedloop.errors import ClosedloopError
from closedloop.rules.atoms import Atoms, cut
from closedloop.rules.diagrams import Branch, Diagram, Leaf
from closedloop.rules.domains import Domain
from closedloop.rules.states import MISSING, OPEN, Truth, Unknown, Unset
from closedloop.rules.tables import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping

    from closedloop.rules.conditions import Condition, Test
    from closedloop.rules.states import State
    from closedloop.rules.tables import Hit, Table

#: More evaluations than this for one question mean that the tables are too intricate to answer exactly.
MOST_EVALUATIONS = 50_000
#: How many answers about open parts one program keeps; they depend on nothing but the facts.
MOST_KEPT = 20_000


class TooIntricate(ClosedloopError):
    """With so many facts missing, what a part can still become cannot be worked out exactly within bounds."""


class World(dict[str, Any]):
    """What is known of every field: given states, and table outcomes worked out when first read."""

    __slots__ = ("_program", "hits", "truths")

    def __init__(self, program: Program, given: Mapping[str, State]) -> None:
        """Start from the given states; a field that is not given is missing."""
        super().__init__(given)
        self._program = program
        self.hits: dict[str, Hit] = {}
        self.truths: dict[str, dict[str, Truth]] = {}

    def __missing__(self, name: str) -> State:
        """Work out a table, or say that the fact is missing."""
        table = self._program.tables.get(name)
        if table is None:
            self[name] = MISSING
            return MISSING
        truths = table.truths(self)
        hit = resolve(table, self, truths)
        self.truths[name], self.hits[name] = truths, hit
        state: Any = OPEN if hit.open else hit.value
        self[name] = state
        return OPEN if hit.open else state

    def hit(self, table: str) -> Hit:
        """Return how the table was decided."""
        self[table]
        return self.hits[table]

    def blockers(self, name: str) -> frozenset[str]:
        """Return the facts without a value on which a field still depends."""
        state = self[name]
        if not isinstance(state, Unknown):
            return frozenset()
        if state.cause != "open":
            return frozenset({name})
        table = self._program.tables[name]
        undecided = set(self.hits[name].undecided)
        relevant = [rule for rule in table.rules if rule.id in undecided or not undecided.isdisjoint(rule.overrides)]
        found = frozenset[str]().union(*(self.blocking(rule.when) for rule in relevant))
        return found | self.blockers(table.floor) if table.floor else found

    def blocking(self, condition: Condition) -> frozenset[str]:
        """Return the facts without a value that keep a condition from being decided."""
        found: set[str] = set()
        for alternative in condition.alternatives:
            answers = [(name, test.on(self[name])) for name, test in alternative]
            if all(answer is not Truth.NO for _, answer in answers):
                found.update(*(self.blockers(name) for name, answer in answers if answer is Truth.UNKNOWN))
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Matched:
    """How a table stands for what is known: its hit, the rules that match but are overridden, and the truth of each rule."""

    hit: Hit
    set_aside: tuple[str, ...]
    truths: tuple[tuple[str, Truth], ...]


@dataclass(frozen=True)
class Program:
    """The tables of a policy over its declared fields.

    `conditions` are those of the rest of the policy (duties, gates), so that every class of values that any of them tells
    apart is tried.
    """

    tables: Mapping[str, Table]
    domains: Mapping[str, Domain]
    conditions: tuple[Condition, ...] = ()
    _atoms: dict[str, Atoms] = field(default_factory=dict, compare=False, repr=False)
    _tests: dict[str, tuple[Test, ...]] = field(default_factory=dict, compare=False, repr=False)
    _kept: dict[Hashable, Diagram] = field(default_factory=dict, compare=False, repr=False)
    _hits: dict[Hashable, Matched] = field(default_factory=dict, compare=False, repr=False)
    _supports: dict[Hashable, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Gather the tests on each field."""
        tests: dict[str, dict[Test, None]] = {}
        every = (*self.conditions, *(rule.when for table in self.tables.values() for rule in table.rules))
        for condition in every:
            for alternative in condition.alternatives:
                for name, test in alternative:
                    tests.setdefault(name, {})[test] = None
        self._tests.update({name: tuple(found) for name, found in tests.items()})

    def world(self, given: Mapping[str, State]) -> World:
        """Return what the given states make of every field."""
        return World(self, given)

    def atoms(self, name: str) -> Atoms:
        """Return the classes into which the policy's tests cut a field."""
        if name not in self._atoms:
            domain = self.domains.get(name, Domain(type="text"))
            self._atoms[name] = cut(domain, self._tests.get(name, ()))
        return self._atoms[name]

    def order(self, names: Iterable[str]) -> list[str]:
        """Sort facts so that those that most rules read come first; the order of the document plays no part."""
        return sorted(names, key=lambda name: (-len(self._tests.get(name, ())), name))

    def support(self, table: str) -> tuple[str, ...]:
        """Return the facts that a table reads, through other tables too."""
        if table not in self._supports:
            self._supports[table] = tuple(sorted(self._reach(self.tables[table].fields)))
        return self._supports[table]

    def _reach(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for name in names:
            found.update(self.support(name) if name in self.tables else (name,))
        return found

    def reads(self, condition: Condition) -> tuple[str, ...]:
        """Return the facts that a condition reads, through tables too."""
        if condition not in self._supports:
            self._supports[condition] = tuple(sorted(self._reach(condition.fields)))
        return self._supports[condition]

    def matched(self, table: str, given: Mapping[str, State]) -> Matched:
        """Return how a table stands before anything missing is filled in: the rules that apply, wait, or are set aside."""
        key = (("matched", table), self._classes(self.support(table), given))
        kept = self._hits.get(key)
        if kept is None:
            if len(self._hits) >= MOST_KEPT:
                self._hits.clear()
            kept = self._hits[key] = self._match(self.tables[table], given)
        return kept

    def _match(self, table: Table, given: Mapping[str, State]) -> Matched:
        world = self.world(given)
        truths = table.truths(world)
        overridden = frozenset[str]().union(*(rule.overrides for rule in table.rules)) if table.rules else frozenset[str]()
        aside = tuple(name for name in sorted(overridden) if truths.get(name) is Truth.NO and table.rule(name).when.on(world) is Truth.YES)
        return Matched(world.hit(table.name), aside, tuple(truths.items()))

    def outcome(self, table: str, given: Mapping[str, State]) -> Diagram:
        """Return what a table gives for every way of filling in the facts that have no value."""
        return self._asked(table, self.support(table), given, lambda world: _outcome(world, table))

    def holds(self, condition: Condition, given: Mapping[str, State]) -> Diagram:
        """Return for every way of filling in the missing facts whether a condition holds."""
        return self._asked(condition, self.reads(condition), given, lambda world: _holds(world, condition))

    def ask(self, given: Mapping[str, State], question: Callable[[World], tuple[Hashable, frozenset[str]]]) -> Diagram:
        """Return the answer to any question about the world, for every way of filling in the missing facts."""
        return self._explore(dict(given), question, [0])

    def _asked(
        self,
        key: Hashable,
        support: Iterable[str],
        given: Mapping[str, State],
        question: Callable[[World], tuple[Hashable, frozenset[str]]],
    ) -> Diagram:
        """Answer from what is kept: the answer depends only on the class of each fact that is read."""
        full = (key, self._classes(support, given))
        kept = self._kept.get(full)
        if kept is None:
            kept = self.ask(given, question)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[full] = kept
        return kept

    def _classes(self, support: Iterable[str], given: Mapping[str, State]) -> tuple[Hashable, ...]:
        return tuple([self._class(name, given.get(name, MISSING)) for name in support])

    def _class(self, name: str, state: State) -> Hashable:
        if isinstance(state, (Unknown, Unset)):
            return state
        return self.atoms(name).index(state)

    def _explore(self, given: dict[str, State], question: Callable[[World], tuple[Hashable, frozenset[str]]], spent: list[int]) -> Diagram:
        spent[0] += 1
        if spent[0] > MOST_EVALUATIONS:
            message = f"too many facts are missing to say exactly what follows (more than {MOST_EVALUATIONS} cases); state more of the facts"
            raise TooIntricate(message)
        value, blockers = question(self.world(given))
        if not blockers:
            return Leaf(value)
        name = self.order(blockers)[0]
        state = given.get(name)
        narrowed = state.among if isinstance(state, Unknown) else ()
        representatives = narrowed or self.atoms(name).representatives
        children = tuple(self._explore({**given, name: each}, question, spent) for each in representatives)
        if all(child == children[0] for child in children[1:]):
            return children[0]
        return Branch(name, tuple(zip(representatives, children, strict=True)))


def _outcome(world: World, table: str) -> tuple[Hashable, frozenset[str]]:
    hit = world.hit(table)
    return (None, world.blockers(table)) if hit.open else (hit.value, frozenset())


def _holds(world: World, condition: Condition) -> tuple[Hashable, frozenset[str]]:
    truth = condition.on(world)
    return (None, world.blocking(condition)) if truth is Truth.UNKNOWN else (truth, frozenset())
