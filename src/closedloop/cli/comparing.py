"""The command `compare`: the same cases under two policies."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from closedloop.calendars.instants import zone
from closedloop.cli.progress import counted
from closedloop.errors import ClosedloopError, InvalidValue
from closedloop.facade import load_policy
from closedloop.values.columns import shown
from closedloop.whatif import Caseload
from closedloop.whatif import compare as compare_policies
from closedloop.whatif.listing import COLUMNS, rows

if TYPE_CHECKING:
    from argparse import Namespace

    from closedloop.facade import Policy
    from closedloop.whatif import Comparison


def compare(options: Namespace) -> int:
    """Compare two policies and write what differs; 1 when rows were set aside, or a policy could not take a case."""
    old, new = load_policy(options.old), load_policy(options.new)
    caseload = _caseload(options, old)
    with counted("comparing") as progress:
        found = compare_policies(old, new, caseload, workers=options.workers, progress=progress)
    if options.report is not None:
        found.report(options.report, lang=options.lang)
    if options.changed is not None:
        _save(options.changed, found)
    text = options.format == "text" or (options.format is None and sys.stdout.isatty())
    print(_text(found, options) if text else found.to_json())
    for line in (*map(str, found.errors), *(f"{row.place}: {problem}" for row in found.rejected for problem in row.problems)):
        print(shown(line), file=sys.stderr)
    return 1 if found.errors or found.rejected else 0


def _caseload(options: Namespace, old: Policy) -> Caseload:
    timezone = old.timezone if options.timezone is None else zone(options.timezone).key
    ending = Path(options.data).suffix.lower()
    if ending in {".jsonl", ".ndjson"}:
        if mapped := [name for name in ("columns", "facts", "events") if getattr(options, name)]:
            raise InvalidValue(f"--{mapped[0]} is for CSV; in JSON Lines each line has the keys itself", found=f"--{mapped[0]}")
        return Caseload.from_jsonl(options.data, timezone=timezone)
    if ending not in {".csv", ".tsv"}:
        raise InvalidValue(f"`{options.data}` is neither CSV nor JSON Lines; end its name in .csv or .jsonl", found=options.data)
    return Caseload.from_csv(options.data, columns=options.columns, facts=options.facts, events=options.events, timezone=timezone)


def _text(found: Comparison, options: Namespace) -> str:
    by = f"\n\n{found.summary(options.by).to_text(options.lang)}" if options.by else ""
    return found.to_text(options.lang) + by


def _save(path: str, found: Comparison) -> None:
    """Write the changes as CSV."""
    try:
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows((id_, at.isoformat(), *rest) for id_, at, *rest in rows(found.changed))
    except OSError as error:
        raise ClosedloopError(f"{path}: cannot be written: {(error.strerror or 'unknown reason').lower()}") from None
