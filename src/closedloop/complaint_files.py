"""Reads complaints from CSV, JSON and JSON Lines: rows of plain data with the place of each, and what is wrong with the rest.

Nothing here knows a policy; `Policy.complaint` turns a row into a complaint. What is not acceptable is set aside with its
reasons, so that one bad row does not stop the others.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, Final, Literal

from closedloop.errors import ClosedloopError, Problem, closest
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Form = Literal["csv", "json", "jsonl"]

STDIN: Final = "-"
_FORMS: Final[Mapping[str, Form]] = {".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_DELIMITERS: Final = (",", "\t", ";")


class UnreadableFile(ClosedloopError, ValueError):
    """A file of complaints cannot be read at all; the message names the file, the place and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One complaint as a file gives it. `number` counts from 1, `place` is how messages name it; empty cells are left out."""

    number: int
    place: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that is set aside, and everything that is wrong with it. `id` is the host's key where it can be read."""

    number: int
    place: str
    id: str | None
    problems: tuple[Problem, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {"row": self.number, "place": self.place, "id": self.id, "problems": [problem.as_dict() for problem in self.problems]}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintFile:
    """The rows of a file, in its order. `columns` are the names in the header of a CSV file, and none for JSON."""

    name: str
    rows: tuple[Row, ...]
    set_aside: tuple[Rejected, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """How the names in a file are read: `names` maps a key to the column that holds it, `ignored` are columns to leave out."""

    names: Mapping[str, str] = field(default_factory=FrozenMap)
    ignored: frozenset[str] = frozenset()

    def renamed(self, found: str) -> str | None:
        """Return the key that a column holds, or None for a column that is left out."""
        if found in self.ignored:
            return None
        return next((key for key, column in self.names.items() if column == found), found)


def read_text(source: str) -> str:
    """Read a file, or standard input for `-`, as UTF-8 with or without a byte order mark."""
    try:
        content = sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not the name of a file"
        raise UnreadableFile(f"{source}: cannot be read: {reason.lower()}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(f"{file_name(source)}:{line}: this is not UTF-8 text; save the file as UTF-8") from None


def file_name(source: str) -> str:
    """Return how messages name a source."""
    return "standard input" if source == STDIN else source


def read_complaints(source: str, columns: Columns | None = None) -> ComplaintFile:
    """Read a file of complaints; its form is known by its ending, else by how it begins.

    Raises
    ------
    UnreadableFile
        If there is no such file, or no rows can be made out in it.

    """
    return parse_complaints(read_text(source), name=file_name(source), columns=columns)


def parse_complaints(text: str, *, name: str, columns: Columns | None = None) -> ComplaintFile:
    """Read complaints from a text; see `read_complaints`."""
    columns = columns or Columns()
    form = _FORMS.get(PurePath(name).suffix.lower()) or _sniffed(text)
    if form == "csv":
        keys, lines = csv_rows(text, name=name, columns=columns)
        return _gathered(name, lines, keys)
    return _gathered(name, _objects(_json_items(text, name), columns) if form == "json" else json_line_rows(text, name=name, columns=columns))


def csv_rows(text: str, *, name: str, columns: Columns | None = None) -> tuple[tuple[str, ...], Iterator[Row | Rejected]]:
    """Return the keys that a CSV text gives, and its rows one after the other, those that are set aside among them.

    Raises
    ------
    UnreadableFile
        If the header cannot be used; and while the rows are read, if the text is not CSV.

    """
    return _Csv(name, columns or Columns()).read(text)


def json_line_rows(text: str, *, name: str, columns: Columns | None = None) -> Iterator[Row | Rejected]:
    """Give the objects of a text in JSON Lines one after the other, those that are set aside among them."""
    return _objects(_json_lines(text, name), columns or Columns())


def _gathered(name: str, lines: Iterable[Row | Rejected], columns: tuple[str, ...] = ()) -> ComplaintFile:
    found = list(lines)
    rows = tuple(each for each in found if isinstance(each, Row))
    return ComplaintFile(name=name, rows=rows, set_aside=tuple(each for each in found if isinstance(each, Rejected)), columns=columns)


def _sniffed(text: str) -> Form:
    start = text.lstrip()[:1]
    if start == "[":
        return "json"
    if start != "{":
        return "csv"
    first_line = text.strip().split("\n", 1)[0]
    return "jsonl" if isinstance(_loaded(first_line), dict) else "json"


# --- JSON -----------------------------------------------------------------------------------------------------------


class _Fault(ValueError):
    """What is wrong with a piece of JSON."""


_Item = tuple[int, str, "object | _Fault"]


def _json_items(text: str, name: str) -> Iterator[_Item]:
    value = _loaded(text)
    if isinstance(value, _Fault):
        hint = "; give a file with one object a line the ending .jsonl" if "Extra data" in str(value) else ""
        raise UnreadableFile(f"{name}: this is not JSON: {value}{hint}")
    for number, item in enumerate(value if isinstance(value, list) else [value], 1):
        yield number, f"{name}: complaint {number}", item


def _json_lines(text: str, name: str) -> Iterator[_Item]:
    number = 0
    # Not splitlines(): a text in JSON may hold other line separators as they are.
    for line, content in enumerate(text.split("\n"), 1):
        if content.strip():
            number += 1
            yield number, f"{name}:{line}", _loaded(content)


def _loaded(text: str) -> object:
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except _Fault as fault:
        return fault
    except json.JSONDecodeError as error:
        return _Fault(f"{error.msg} at line {error.lineno}, column {error.colno}" if "\n" in text.strip() else f"{error.msg} at column {error.colno}")
    except (ValueError, RecursionError):
        return _Fault("a number or a nesting is too long to be read")
    # A half of a surrogate pair can be written in JSON, but it is no text that could be written again.
    if "\\ud" in text.lower() and not _is_text(value):
        return _Fault("half of a character (a lone surrogate) in a text")
    return value


def _no_constant(found: str) -> object:
    raise _Fault(f"{found} is not a number in JSON")


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise _Fault(f"the key `{twice[:60]}` is given twice")
    return value


def _is_text(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _objects(items: Iterable[_Item], columns: Columns) -> Iterator[Row | Rejected]:
    for number, place, item in items:
        data = _renamed(item, columns)
        if isinstance(data, Problem):
            yield Rejected(number=number, place=place, id=None, problems=(data,))
        else:
            yield Row(number=number, place=place, data=data)


def _renamed(item: object, columns: Columns) -> Mapping[str, Any] | Problem:
    expected = "one JSON object with `id` and `received_at`"
    if isinstance(item, _Fault):
        return Problem(code="not_json", path=(), found=str(item), expected=expected)
    if not isinstance(item, dict):
        return Problem(code="wrong_type", path=(), found=type(item).__name__, expected=expected)
    try:
        return FrozenMap(_no_duplicates([(key, value) for found, value in item.items() if (key := columns.renamed(found)) is not None]))
    except _Fault as fault:
        return Problem(code="duplicate_key", path=(), found=str(fault), expected="each key once; leave a column out by ignoring it (`ignore`)")


# --- CSV ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Csv:
    """One reading of a CSV text: the first line names the columns, an empty cell is a value that is not given."""

    name: str
    columns: Columns

    def read(self, text: str) -> tuple[tuple[str, ...], Iterator[Row | Rejected]]:
        lines = self._lines(text)
        _, header = next(lines, (0, []))
        keys = self._keys([cell.strip() for cell in header])
        return tuple(key for key in keys if key is not None), self._rows(keys, lines)

    def _rows(self, keys: list[str | None], lines: Iterator[tuple[int, list[str]]]) -> Iterator[Row | Rejected]:
        for number, (line, cells) in enumerate(lines, 1):
            place = f"{self.name}:{line}"
            if len(cells) == len(keys):
                data = {key: value for key, cell in zip(keys, cells, strict=True) if key is not None and (value := cell.strip())}
                yield Row(number=number, place=place, data=FrozenMap(data))
            else:
                expected = f"{len(keys)} cells, as in the header; put a cell that holds the separator in double quotes"
                problem = Problem(code="wrong_length", path=(), found=f"{len(cells)} cells", expected=expected)
                yield Rejected(number=number, place=place, id=None, problems=(problem,))

    def _lines(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """Give each line that is not blank, with the number of the text line on which it starts."""
        head = text.lstrip("\n").split("\n", 1)[0]
        delimiter = max(_DELIMITERS, key=head.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        start = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield start, cells
                start = reader.line_num + 1
        except csv.Error as error:
            raise UnreadableFile(f"{self.name}:{start}: this is not CSV: {error}") from None

    def _keys(self, header: list[str]) -> list[str | None]:
        if not header:
            raise UnreadableFile(f"{self.name}: the file is empty; the first line names the columns")
        if "" in header:
            raise UnreadableFile(f"{self.name}:1: column {header.index('') + 1} has no name; the first line names the columns")
        for wanted in (*self.columns.names.values(), *sorted(self.columns.ignored)):
            if wanted not in header:
                near = closest(wanted, header)
                hint = f"did you mean `{near}`?" if near else f"there are {', '.join(header)}"
                raise UnreadableFile(f"{self.name}:1: there is no column `{wanted}`; {hint}")
        keys = [self.columns.renamed(column) for column in header]
        given = [key for key in keys if key is not None]
        if twice := next((key for key in given if given.count(key) > 1), None):
            raise UnreadableFile(f"{self.name}:1: `{twice}` is given by two columns; leave one out by ignoring it (`ignore`)")
        return keys
