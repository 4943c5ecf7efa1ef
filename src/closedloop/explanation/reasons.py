"""Reasons and questions as values: which rule and clause, which facts were read, what is missing, and how to say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast

from closedloop.values.clauses import NO_CLAUSE
from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from closedloop.values.clauses import Clause, ReadingChoice
    from closedloop.values.facts import FactValue
    from closedloop.values.text import Lang

T = TypeVar("T")
Status = Literal["decided", "open", "waiting", "unspecified_by_source", "not_applicable"]

#: The languages in which reasons are kept when a decision leaves the process that has its policy.
KEPT_LANGUAGES = ("zh", "en")


class Words:
    """A text in any language, worked out when it is read; pickled as the languages of `KEPT_LANGUAGES`."""

    __slots__ = ("_kept", "_say")

    def __init__(self, say: Callable[[Lang], str] | None = None, kept: Mapping[Lang, str] | None = None) -> None:
        """Keep how to say it, or what is said."""
        self._say = say
        self._kept = kept

    def text(self, lang: Lang) -> str:
        """Return the text in a language."""
        if self._say is not None:
            return self._say(lang)
        return Label("", self._kept or {}).text(lang)

    def __reduce__(self) -> tuple[type[Words], tuple[None, dict[Lang, str]]]:
        """Pickle the text, not the policy behind it."""
        return Words, (None, {lang: self.text(lang) for lang in KEPT_LANGUAGES})


class Later(Generic[T]):
    """A value that is made when it is first read; pickled as what it is made of then."""

    __slots__ = ("_make", "_value")

    def __init__(self, make: Callable[[], T] | None, value: T | None = None) -> None:
        """Keep how to make the value, or the value."""
        self._make = make
        self._value = value

    def get(self) -> T:
        """Return the value."""
        if self._make is not None:
            self._value, self._make = self._make(), None
        return cast("T", self._value)

    def __eq__(self, other: object) -> bool:
        """Be equal where the values are."""
        return self is other or (isinstance(other, Later) and self.get() == other.get())

    def __hash__(self) -> int:
        """Hash the value."""
        return hash(self.get())

    def __repr__(self) -> str:
        """Show the value."""
        return repr(self.get())

    def __reduce__(self) -> tuple[type[Later[T]], tuple[None, T]]:
        """Pickle the value."""
        return Later, (None, self.get())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a part of a decision is as it is.

    `rules` are the paths of the rules that made it so (for an open part, those still undecided); `facts` the known
    facts that they read; `missing` the facts that would settle it; `awaited` the events that it waits for.
    """

    part: str
    outcome: Status
    rules: tuple[str, ...] = ()
    clauses: tuple[Clause, ...]
    readings: tuple[ReadingChoice, ...] = ()
    facts: Mapping[str, FactValue] = field(default_factory=FrozenMap)
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    words: Words = field(compare=False, repr=False)

    @property
    def rule(self) -> str | None:
        """The id of the rule that decided, or None where no single rule did."""
        return self.rules[0].rsplit(".", 1)[-1] if self.rules else None

    @property
    def clause(self) -> Clause:
        """The first clause cited; one without an id where the document says nothing."""
        return self.clauses[0] if self.clauses else NO_CLAUSE

    @property
    def reading(self) -> str | None:
        """The readings that this rests on, as `reading=choice`, or None."""
        return ", ".join(map(str, self.readings)) or None

    def text(self, lang: Lang) -> str:
        """Return the reason as a sentence for people."""
        return self.words.text(lang)

    def as_dict(self) -> dict[str, Any]:
        """Return what a record keeps of the reason."""
        return {
            "outcome": self.outcome,
            "rules": list(self.rules),
            "clauses": [clause.id for clause in self.clauses],
            "readings": [str(choice) for choice in self.readings],
            "missing": list(self.missing),
            "awaited": list(self.awaited),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A missing fact that would settle something: which parts it blocks, and the values it may take."""

    fact: str
    blocks: tuple[str, ...]
    choices: tuple[str, ...] = ()
    words: Words = field(compare=False, repr=False)

    def text(self, lang: Lang) -> str:
        """Return the question as it is put to a person."""
        return self.words.text(lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A change of one fact: what it is now (None: missing), the test that it would have to meet, and a value that does."""

    fact: str
    now: FactValue | None
    test: str
    to: FactValue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why a rule did not decide its part, and the smallest change of facts that would make it apply.

    `failing` are the tests that do not hold and `unknown` those on missing facts, of the alternative that comes nearest.
    `set_aside_by` names a rule that overrides it. `applied` says that the rule did apply after all.
    """

    rule: str
    part: str
    applied: bool
    failing: tuple[FactChange, ...] = ()
    unknown: tuple[FactChange, ...] = ()
    set_aside_by: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    words: Words = field(compare=False, repr=False)

    @property
    def changes(self) -> tuple[FactChange, ...]:
        """Every fact that would have to change or become known."""
        return (*self.failing, *self.unknown)

    def text(self, lang: Lang) -> str:
        """Return the explanation as a sentence for people."""
        return self.words.text(lang)
