"""Decisions as CSV, JSON, JSON Lines or an aligned table, piece by piece."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from closedloop.cli.answers import csv_header, csv_row, line, titles
from closedloop.values.columns import plain_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from closedloop.decision import Decision
    from closedloop.facade import Policy
    from closedloop.values.text import Lang


def written(decisions: Sequence[Decision], policy: Policy, form: str, lang: Lang) -> Iterator[str]:
    """Give the decisions as `csv`, `json`, `jsonl` or `text`."""
    if form == "csv":
        return _csv(decisions, policy)
    if form == "text":
        return iter([plain_table(titles(lang), [line(decision, lang) for decision in decisions]), "\n"])
    return _json(decisions) if form == "json" else (f"{decision.record().model_dump_json()}\n" for decision in decisions)


def _json(decisions: Sequence[Decision]) -> Iterator[str]:
    yield "["
    for number, decision in enumerate(decisions):
        yield f"{',' if number else ''}\n{decision.record().model_dump_json()}"
    yield "\n]\n"


def _csv(decisions: Sequence[Decision], policy: Policy) -> Iterator[str]:
    duties = [duty.id for duty in policy.vocabulary.duties]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for cells in (csv_header(duties), *(csv_row(decision, duties) for decision in decisions)):
        writer.writerow(cells)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
