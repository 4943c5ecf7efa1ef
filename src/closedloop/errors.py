"""What can go wrong, as values: problems in given data, findings on a policy, and the errors that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Severity = Literal["error", "warning", "note"]


def closest(found: str, known: Iterable[str]) -> str | None:
    """Return the known name that `found` most probably means, or None when nothing is near.

    Case and the choice between `-`, space and `_` do not count as differences.
    """
    names = {_fold(name): name for name in known}
    near = get_close_matches(_fold(found), names, n=1, cutoff=0.6)
    return names[near[0]] if near else None


def _fold(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A fault in given data.

    `code` is stable and may be translated or switched on; `path` leads to the fault in the given data;
    `found` never quotes a customer's name or words.
    """

    code: str
    path: tuple[str | int, ...]
    found: str
    expected: str
    suggestion: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the problem as data that a form can show."""
        return {
            "code": self.code,
            "path": list(self.path),
            "found": self.found,
            "expected": self.expected,
            "suggestion": self.suggestion,
        }

    def __str__(self) -> str:
        """Give place, what was found, what was expected and what may be meant, in one line."""
        place = ".".join(map(str, self.path)) or "(whole)"
        hint = f"; did you mean `{self.suggestion}`?" if self.suggestion else ""
        return f"{place}: found {self.found}, expected {self.expected}{hint}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a document something stands. Lines and columns count from 1; 0 means not from a text."""

    file: str
    line: int
    column: int
    path: str = ""

    def __str__(self) -> str:
        """Give `file:line:column`, or the path where there is no text."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else f"{self.file}: {self.path or '(whole)'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A remark on a policy (or a log of events): what, where, and what to do about it.

    `id` names the kind of remark (`overlap`, `unknown_key`, ...); `witness` is an example that shows it, where there is one.
    A remark on an event names the rules that it goes against by their paths, and their clauses by id.
    """

    id: str
    severity: Severity
    place: Place
    message: str
    help: str = ""
    witness: object | None = None
    rules: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give place, severity, message and help in one line."""
        return f"{self.place}: {self.severity}: {self.message}" + (f"; {self.help}" if self.help else "")


class ClosedloopError(Exception):
    """Base of every error that this library raises. `str()` of it is one line; all are picklable."""

    def __init__(self, message: str, **fields: Any) -> None:
        """Keep the message and the fields that describe the fault."""
        super().__init__(message)
        for name, value in fields.items():
            setattr(self, name, value)

    def __reduce__(self) -> tuple[Callable[..., ClosedloopError], tuple[type[ClosedloopError], tuple[Any, ...], dict[str, Any]]]:
        """Pickle by class, arguments and fields, whatever the signature of the subclass."""
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[ClosedloopError], args: tuple[Any, ...], fields: dict[str, Any]) -> ClosedloopError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(fields)
    return error


class _WithProblems(ClosedloopError, ValueError):
    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Report all problems at once."""
        found = tuple(problems)
        super().__init__("; ".join(map(str, found)), problems=found)


class InvalidValue(ClosedloopError, ValueError):
    """A single value (an amount, a limit, a choice) is not of its form."""


class NaiveDatetime(InvalidValue):
    """An instant has no zone, or what should be an instant is none; `localise` gives a wall time its zone."""


class OutOfRange(InvalidValue):
    """An answer lies outside the years 1 to 9999, or further away than is ever counted."""


class UnknownTimezone(InvalidValue, LookupError):
    """No zone of that name is in the zone database."""


class InvalidComplaint(_WithProblems):
    """A complaint or its history is not acceptable; `problems` says everything that is wrong."""


class InvalidEvent(_WithProblems):
    """An event is not acceptable; `problems` says everything that is wrong."""


class InvalidOffer(_WithProblems):
    """An offer, a loss, or what is given with them, is not acceptable; `problems` says everything that is wrong."""


class InvalidRecord(_WithProblems):
    """A stored decision is no whole record, or does not come out the same; `problems` says everything that is wrong."""


class InvalidPolicy(ClosedloopError, ValueError):
    """A policy document cannot be used; `findings` are in the order of the file."""

    findings: tuple[Finding, ...]

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Report all findings at once."""
        found = tuple(findings)
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        super().__init__(f"{found[0]}{more}" if found else "the policy is not usable", findings=found)


class UnknownPolicy(ClosedloopError, LookupError):
    """No policy of that name is packaged or found."""


class UnknownName(ClosedloopError, KeyError):
    """A part, duty, rule or fact of that name does not exist; the message suggests the nearest."""

    def __str__(self) -> str:
        """Give the message without the quotes that KeyError adds."""
        return str(self.args[0])

    @classmethod
    def among(cls, kind: str, found: str, known: Iterable[str]) -> UnknownName:
        """Build the error for `found`, which is none of `known`."""
        names = sorted(known)
        near = closest(found, names)
        hint = f"did you mean `{near}`?" if near else f"known: {', '.join(names) or 'none'}"
        return cls(f"there is no {kind} `{found}`; {hint}", kind=kind, found=found, suggestion=near)


class UnknownCalendar(ClosedloopError, LookupError):
    """A clock names a calendar that neither the library nor the host provides."""


class PolicyMismatch(ClosedloopError):
    """A case was decided under another policy than the one that is asked about it."""


class MissingExtra(ClosedloopError, ImportError):
    """An optional part of the library is used without its packages; the message says what to install."""


class NoOpenTime(ClosedloopError, ValueError):
    """A calendar has no (more) open time within the range that can be searched."""
