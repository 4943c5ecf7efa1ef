"""The commands `decide` and `explain`: a file of complaints under a policy."""

from __future__ import annotations

import shutil
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Final

from closedloop.calendars.instants import zone
from closedloop.cli.answers import line, titles
from closedloop.cli.past_cases import read_history
from closedloop.cli.stream import CLOSED_AT, decide_stream
from closedloop.cli.summary import summary
from closedloop.cli.tables import print_table
from closedloop.cli.words import say
from closedloop.cli.writing import written
from closedloop.complaint import Complaint
from closedloop.complaint_files import STDIN, Columns, UnreadableFile, read_complaints
from closedloop.errors import ClosedloopError, InvalidValue, UnknownName, closest
from closedloop.facade import load_policy
from closedloop.values.columns import shown

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Sequence

    from closedloop.cli.stream import DecidedStream, HistorySource
    from closedloop.complaint_files import ComplaintFile, Rejected
    from closedloop.facade import Policy
    from closedloop.history import PastCase

_ENDINGS: Final = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_NO_FILE: Final = {"none", "unknown"}
_COMPLAINT_KEYS: Final = (*(each.name for each in fields(Complaint)), "timezone")


def decide(options: Namespace) -> int:
    """Decide a file and write the decisions; 1 when rows were set aside."""
    form = options.format or _form(options.output)
    policy, stream = _decided(options)
    _report(stream.set_aside, options.limit if form == "text" else 0)
    decisions = [each.decision for each in stream.decided]
    if options.output is not None:
        _save(options.output, written(decisions, policy, form, options.lang))
        print(summary(stream, policy.vocabulary, options.lang))
    elif form == "text":
        _show(stream, policy, options)
    else:
        for piece in written(decisions, policy, form, options.lang):
            sys.stdout.write(piece)
    if stream.set_aside and form != "text" and options.output is None:
        print(f"{len(decisions)} decided, {len(stream.set_aside)} set aside", file=sys.stderr)
    return 1 if stream.set_aside else 0


def explain(options: Namespace) -> int:
    """Say why one complaint of a file is decided as it is; 1 when its row was set aside."""
    _, stream = _decided(options)
    found = next((each.decision for each in stream.decided if each.decision.complaint.id == options.id), None)
    if found is None:
        mine = [row for row in stream.set_aside if row.id == options.id]
        if not mine:
            raise UnknownName.among("complaint", options.id, (each.decision.complaint.id for each in stream.decided))
        _report(mine)
        return 1
    text = options.format == "text" or (options.format is None and sys.stdout.isatty())
    print(found.explain(options.lang) if text else found.record().model_dump_json())
    return 0


def _decided(options: Namespace) -> tuple[Policy, DecidedStream]:
    policy = load_policy(options.policy)
    timezone = policy.timezone if options.timezone is None else zone(options.timezone).key
    if options.file == STDIN and options.history == STDIN:
        raise ClosedloopError("standard input can be the complaints or their history, not both")
    file = read_complaints(options.file, Columns(names=options.columns, ignored=options.ignore))
    _known_columns(file, policy)
    source, earlier = _history(options.history, file, policy, timezone)
    return policy, decide_stream(policy, file, timezone=timezone, history=source, earlier=earlier)


def _known_columns(file: ComplaintFile, policy: Policy) -> None:
    """Refuse a column that is neither a key nor a fact: a misspelt one would leave its fact out of every complaint."""
    known = (*_COMPLAINT_KEYS, CLOSED_AT, *(fact.id for fact in policy.vocabulary.facts))
    unknown = [column for column in file.columns if column not in known]
    if unknown:
        near = closest(unknown[0], known)
        hint = f"did you mean `{near}`? " if near else ""
        names = ", ".join(f"`{name}`" for name in unknown)
        advice = "map it with --columns KEY=COLUMN, or leave it out with --ignore COLUMN"
        raise UnreadableFile(f"{file.name}:1: the policy has no {names}; {hint}{advice}")


def _history(given: str | None, file: ComplaintFile, policy: Policy, timezone: str) -> tuple[HistorySource, tuple[PastCase, ...]]:
    """Say where earlier cases come from. One complaint alone says nothing about them; several are a stream."""
    if given is None:
        return ("stream" if len(file.rows) > 1 else "unknown"), ()
    if given in _NO_FILE:
        return ("stream" if given == "none" else "unknown"), ()
    cases, aside = read_history(given, policy, timezone=timezone)
    if aside:
        _report(aside)
        raise ClosedloopError(f"{given}: {len(aside)} past cases cannot be read; a history with gaps would hide repeats")
    return "stream", cases


def _report(rows: Sequence[Rejected], limit: int = 0) -> None:
    """Say on standard error what is wrong with each row; as text of at most so many rows, 0 for all."""
    for row in rows[: limit or None]:
        named = f" ({row.id})" if row.id is not None else ""
        for problem in row.problems:
            print(shown(f"{row.place}{named}: {problem}"), file=sys.stderr)
    if limit and len(rows) > limit:
        print(f"... {len(rows) - limit} more rows set aside; --limit 0 shows them", file=sys.stderr)


def _form(output: str | None) -> str:
    if output is None:
        return "text" if sys.stdout.isatty() else "jsonl"
    ending = Path(output).suffix.lower()
    if ending not in _ENDINGS:
        raise InvalidValue(f"`{output}` does not say its form; end it in .csv, .json or .jsonl, or give --format", found=output)
    return _ENDINGS[ending]


def _save(output: str, pieces: Iterable[str]) -> None:
    try:
        with Path(output).open("w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        raise ClosedloopError(f"{output}: cannot be written: {(error.strerror or 'unknown reason').lower()}") from None


def _show(stream: DecidedStream, policy: Policy, options: Namespace) -> None:
    """Print the first rows as a table, then the summary."""
    shown_rows = stream.decided[: options.limit or None]
    terminal_width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if shown_rows:
        print_table(titles(options.lang), [line(each.decision, options.lang) for each in shown_rows], terminal_width=terminal_width)
    if len(shown_rows) < len(stream.decided):
        print(f"... {len(stream.decided) - len(shown_rows)} {say('more rows', options.lang)}; --limit 0 {say('shows them', options.lang)}")
    print()
    print(summary(stream, policy.vocabulary, options.lang))
