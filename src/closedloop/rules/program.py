"""Tables that read facts and one another, worked out for what is known: the plain interpreter that is the specification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

from closedloop.errors import ClosedloopError
from closedloop.rules.atoms import Atoms, cut
from closedloop.rules.diagrams import Branch, Diagram, Leaf
from closedloop.rules.domains import Domain
from closedloop.rules.states import MISSING, OPEN, Truth, Unknown, Unset
from closedloop.rules.tables import resolve

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from closedloop.rules.conditions import Condition, Test
    from closedloop.rules.states import State
    from closedloop.rules.tables import Hit, Table

#: More evaluations than this for one question mean that the tables are too intricate to answer exactly.
MOST_EVALUATIONS = 50_000
#: How many answers are kept of one question; they depend on nothing but the classes of the facts.
MOST_KEPT = 10_000


class TooIntricate(ClosedloopError):
    """With so many facts missing, what a part can still become cannot be worked out exactly within bounds."""


class World(dict[str, Any]):
    """What is known of every field: given states, and table outcomes worked out when first read."""

    __slots__ = ("_program", "_states", "hits", "truths")

    def __init__(self, program: Program, known: Known, assumed: Mapping[str, State]) -> None:
        """Start from what is known, and from what is assumed beyond it."""
        super().__init__(known.states)
        self.update(assumed)
        self._program = program
        self._states = known.states
        self.hits: dict[str, Hit] = {}
        self.truths: dict[str, dict[str, Truth]] = {}

    def __missing__(self, name: str) -> State:
        """Work out a table, or read what is known of a fact."""
        table = self._program.tables.get(name)
        if table is None:
            state: State = self._states[name]
            self[name] = state
            return state
        truths = table.truths(self)
        hit = resolve(table, self, truths)
        self.truths[name], self.hits[name] = truths, hit
        found: Any = OPEN if hit.open else hit.value
        self[name] = found
        return OPEN if hit.open else found

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


class States(dict[str, Any]):
    """The state of every field: those given, and those that `derive` works out when they are first read."""

    __slots__ = ("derive",)

    def __init__(self, given: Mapping[str, State], derive: Callable[[str], State] = lambda _: MISSING) -> None:
        """Start from the given states."""
        super().__init__(given)
        self.derive = derive

    def __missing__(self, name: str) -> State:
        """Work out what was not given. What nobody knows is not kept: the name may be that of a table, which a world works out."""
        state = self.derive(name)
        if state is not MISSING:
            self[name] = state
        return state


class Classes(dict[str, Any]):
    """The class of each field by its name, worked out when it is first asked for: of a value its number, else what stands in its place."""

    __slots__ = ("_program", "_states")

    def __init__(self, program: Program, states: States) -> None:
        """Read the states."""
        super().__init__()
        self._program = program
        self._states = states

    def __missing__(self, name: str) -> object:
        """Find the class."""
        state = self._states[name]
        found = state if isinstance(state, (Unknown, Unset)) else self._program.atoms(name).index(state)
        self[name] = found
        return found


class Known:
    """What is known of every field, and the class of each: answers are kept by classes, so a field that several questions read is classed once."""

    __slots__ = ("classes", "states")

    def __init__(self, program: Program, states: States) -> None:
        """Start from the states."""
        self.states = states
        self.classes = Classes(program, states)


#: What a question is asked of: the states of fields, or what is known of them with their classes.
Given: TypeAlias = "Mapping[str, State] | Known"
#: Answers a question in a world: the value, and the facts without one that keep it open.
Asking = Callable[[World], "tuple[Hashable, frozenset[str]]"]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Something that is asked of the tables again and again: the facts that its answer depends on, and the answers so far."""

    support: tuple[str, ...]
    asking: Asking
    _pick: Callable[[Mapping[str, Any]], Hashable]
    _kept: dict[Hashable, Diagram] = field(default_factory=dict)

    @classmethod
    def about(cls, support: tuple[str, ...], asking: Asking) -> Question:
        """Make a question whose answer depends on the classes of some facts and on nothing else."""
        return cls(support, asking, itemgetter(*support) if support else _nothing)

    def classes(self, known: Known) -> Hashable:
        """Return the classes of the facts that it depends on."""
        return self._pick(known.classes)

    def answer(self, program: Program, known: Known) -> Diagram:
        """Answer for every way of filling in what is missing, from what is kept if it was asked before."""
        classes = self._pick(known.classes)
        found = self._kept.get(classes)
        if found is None:
            found = program.ask(known, self.asking)
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[classes] = found
        return found


def _nothing(_known: Mapping[str, Any]) -> Hashable:
    return ()


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
    _questions: dict[Hashable, Question] = field(default_factory=dict, compare=False, repr=False)
    _hits: dict[str, dict[Hashable, Matched]] = field(default_factory=dict, compare=False, repr=False)
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

    def world(self, given: Given) -> World:
        """Return what the given states make of every field."""
        return World(self, self.known(given), {})

    def tested(self, name: str) -> bool:
        """Whether any condition tests the field."""
        return name in self._tests

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

    def known(self, given: Given) -> Known:
        """Return the given states with the class of each."""
        return given if isinstance(given, Known) else Known(self, States(given))

    def classes(self, table: str, known: Known) -> Hashable:
        """Return the classes of the facts that a table reads; its outcome depends on nothing else."""
        return self.deciding(table).classes(known)

    def matched(self, table: str, given: Given) -> Matched:
        """Return how a table stands before anything missing is filled in: the rules that apply, wait, or are set aside."""
        known = self.known(given)
        kept = self._hits.setdefault(table, {})
        classes = self.deciding(table).classes(known)
        found = kept.get(classes)
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[classes] = self._match(self.tables[table], known)
        return found

    def _match(self, table: Table, given: Given) -> Matched:
        world = self.world(given)
        truths = table.truths(world)
        overridden = frozenset[str]().union(*(rule.overrides for rule in table.rules)) if table.rules else frozenset[str]()
        aside = tuple(name for name in sorted(overridden) if truths.get(name) is Truth.NO and table.rule(name).when.on(world) is Truth.YES)
        return Matched(world.hit(table.name), aside, tuple(truths.items()))

    def outcome(self, table: str, given: Given) -> Diagram:
        """Return what a table gives for every way of filling in the facts that have no value."""
        return self.deciding(table).answer(self, self.known(given))

    def deciding(self, table: str) -> Question:
        """Return the question what a table gives."""
        found = self._questions.get(table)
        if found is None:
            found = self._questions[table] = Question.about(self.support(table), lambda world: _outcome(world, table))
        return found

    def holds(self, condition: Condition, given: Given) -> Diagram:
        """Return for every way of filling in the missing facts whether a condition holds."""
        found = self._questions.get(condition)
        if found is None:
            found = self._questions[condition] = Question.about(self.reads(condition), lambda world: _holds(world, condition))
        return found.answer(self, self.known(given))

    def ask(self, given: Given, asking: Asking) -> Diagram:
        """Return the answer to any question about the world, for every way of filling in the missing facts."""
        return self._explore(self.known(given), {}, asking, [0])

    def _explore(self, known: Known, assumed: dict[str, State], asking: Asking, spent: list[int]) -> Diagram:
        spent[0] += 1
        if spent[0] > MOST_EVALUATIONS:
            message = f"too many facts are missing to say exactly what follows (more than {MOST_EVALUATIONS} cases); state more of the facts"
            raise TooIntricate(message)
        value, blockers = asking(World(self, known, assumed))
        if not blockers:
            return Leaf(value)
        name = self.order(blockers)[0]
        state = known.states[name]
        narrowed = state.among if isinstance(state, Unknown) else ()
        representatives = narrowed or self.atoms(name).representatives
        children = tuple(self._explore(known, {**assumed, name: each}, asking, spent) for each in representatives)
        if all(child == children[0] for child in children[1:]):
            return children[0]
        return Branch(name, tuple(zip(representatives, children, strict=True)))


def _outcome(world: World, table: str) -> tuple[Hashable, frozenset[str]]:
    hit = world.hit(table)
    return (None, world.blockers(table)) if hit.open else (hit.value, frozenset())


def _holds(world: World, condition: Condition) -> tuple[Hashable, frozenset[str]]:
    truth = condition.on(world)
    return (None, world.blocking(condition)) if truth is Truth.UNKNOWN else (truth, frozenset())
