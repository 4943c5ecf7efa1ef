"""Conditions: tests on fields, all of which (in a mapping) or any of which (in a list of mappings) must hold.

A test compares a field with constants, never with another field. There are no functions and no arithmetic:
that is what makes gaps, overlaps and open outcomes exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from closedloop.rules.states import Truth, Unknown, Unset, either, negate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from closedloop.rules.domains import Domain
    from closedloop.rules.states import State, Value

Operator = Literal["<", "<=", ">", ">="]

_HOLDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}
_YES_OR_NO: Final = (Truth.NO, Truth.YES)


class Test(Protocol):
    """A unary test on one field."""

    def on(self, state: State) -> Truth:
        """Say whether the test holds for what is known of the field."""
        ...

    def __str__(self) -> str:
        """Give the test as a policy writes it."""
        ...


def _undecided(state: Unknown | Unset) -> Truth:
    return Truth.SILENT if isinstance(state, Unset) else Truth.UNKNOWN


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field has one of these values; a set has at least one of them."""

    values: frozenset[Value]
    written: tuple[str, ...]

    def on(self, state: State) -> Truth:
        """Say whether the value is among those listed."""
        if isinstance(state, (Unknown, Unset)):
            return _undecided(state)
        if isinstance(state, frozenset):
            return _YES_OR_NO[not self.values.isdisjoint(state)]
        return _YES_OR_NO[state in self.values]

    def __str__(self) -> str:
        """Give the value, or the list."""
        return self.written[0] if len(self.written) == 1 else f"[{', '.join(self.written)}]"


@dataclass(frozen=True, slots=True)
class Compared:
    """The field is below or above a bound; `key` turns a code into its rank where the field is ordered."""

    operator: Operator
    bound: Value
    domain: Domain

    def on(self, state: State) -> Truth:
        """Compare; a field that is not known is neither below nor above."""
        if isinstance(state, (Unknown, Unset)):
            return _undecided(state)
        if self.domain.type == "ordered":
            return _YES_OR_NO[_HOLDS[self.operator](self.domain.rank(str(state)), self.domain.rank(str(self.bound)))]
        return _YES_OR_NO[_HOLDS[self.operator](state, self.bound)]

    def __str__(self) -> str:
        """Give the comparison."""
        return f"{self.operator} {self.domain.render(self.bound)}"


@dataclass(frozen=True, slots=True)
class Between:
    """The field lies in a range; each bound counts or not."""

    low: Compared
    high: Compared

    def on(self, state: State) -> Truth:
        """Hold when both bounds do."""
        if isinstance(state, (Unknown, Unset)):
            return _undecided(state)
        return _YES_OR_NO[self.low.on(state) is Truth.YES and self.high.on(state) is Truth.YES]

    def __str__(self) -> str:
        """Give the range as `10..<20`."""
        left = "" if self.low.operator == ">=" else "<"
        right = "" if self.high.operator == "<=" else "<"
        render = self.low.domain.render
        return f"{render(self.low.bound)}{left}..{right}{render(self.high.bound)}"


@dataclass(frozen=True, slots=True)
class Not:
    """The inner test does not hold. What is still pending is not yet `yes` and not yet `no`, so `not` of either holds."""

    inner: Test

    def on(self, state: State) -> Truth:
        """Turn the inner answer round."""
        if isinstance(state, Unknown) and state.cause == "pending" and isinstance(self.inner, OneOf):
            return Truth.YES
        return negate(self.inner.on(state))

    def __str__(self) -> str:
        """Give the inner test behind `not`."""
        return f"{{not: {self.inner}}}"


@dataclass(frozen=True, slots=True)
class Presence:
    """The field is known (`present`) or is not (`missing`); this alone sees that a fact is missing."""

    present: bool

    def on(self, state: State) -> Truth:
        """Look whether there is a value; an outcome that is still open may yet become one."""
        if isinstance(state, Unknown) and state.cause == "open":
            return Truth.UNKNOWN
        return _YES_OR_NO[isinstance(state, (Unknown, Unset)) is not self.present]

    def __str__(self) -> str:
        """Give the word."""
        return "present" if self.present else "missing"


@dataclass(frozen=True, slots=True)
class Mentions:
    """The text mentions at least one of the phrases, in any case of letters."""

    phrases: tuple[str, ...]

    def on(self, state: State) -> Truth:
        """Look for the phrases."""
        if isinstance(state, (Unknown, Unset)):
            return _undecided(state)
        return _YES_OR_NO[self.found(str(state)) is not None]

    def found(self, text: str) -> str | None:
        """Return the first phrase that the text mentions; only this, never the text, is shown."""
        folded = text.casefold()
        return next((phrase for phrase in self.phrases if phrase.casefold() in folded), None)

    def __str__(self) -> str:
        """Give the phrases."""
        return f"{{mentions: [{', '.join(self.phrases)}]}}"


@dataclass(frozen=True, slots=True)
class AgainstUnset:
    """A comparison with a value that the source leaves out: undecided for want of text."""

    written: str

    def on(self, state: State) -> Truth:
        """Be undecided, whatever the field is."""
        del state
        return Truth.SILENT

    def __str__(self) -> str:
        """Give the test as written."""
        return self.written


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the tests holds."""

    tests: tuple[Test, ...]

    def on(self, state: State) -> Truth:
        """Combine the answers."""
        truth = Truth.NO
        for test in self.tests:
            truth = either(truth, test.on(state))
        return truth

    def __str__(self) -> str:
        """Give the list."""
        return f"[{', '.join(map(str, self.tests))}]"


#: Tests that must all hold, by field.
Alternative = tuple[tuple[str, Test], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives, any of which may hold. One empty alternative always holds; `silent` means the source states none."""

    alternatives: tuple[Alternative, ...] = ((),)
    silent: bool = False
    fields: frozenset[str] = field(init=False, compare=False, repr=False)
    _hash: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Note the fields that the condition reads, and its hash: both are asked for at every decision."""
        object.__setattr__(self, "fields", frozenset(name for alternative in self.alternatives for name, _ in alternative))
        object.__setattr__(self, "_hash", hash((self.alternatives, self.silent)))

    def __hash__(self) -> int:
        """Return the hash."""
        return self._hash

    def on(self, states: Mapping[str, State]) -> Truth:
        """Say whether the condition holds for what is known; the mapping must answer for each field read."""
        if self.silent:
            return Truth.SILENT
        result = Truth.NO
        for alternative in self.alternatives:
            truth = Truth.YES
            for name, test in alternative:
                answer = test.on(states[name])
                if answer is Truth.NO:
                    truth = answer
                    break
                if answer is not Truth.YES and truth is not Truth.UNKNOWN:
                    truth = answer
            if truth is Truth.YES:
                return truth
            result = either(result, truth)
        return result

    def __str__(self) -> str:
        """Give the condition as a policy writes it."""
        if self.silent:
            return "unset"
        return " or ".join(", ".join(f"{name}: {test}" for name, test in each) or "always" for each in self.alternatives)


ALWAYS: Final = Condition()
