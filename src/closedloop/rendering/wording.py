"""The words around entries: their clauses, notes and readings, the same in every form of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.explanation.wording import join
from closedloop.rendering.phrases import pick

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from closedloop.rendering.parts import Entry, Page
    from closedloop.values.clauses import Clause
    from closedloop.values.text import Lang

_CODES: Final = {
    "number": ("条", "No."),
    "clauses": ("条款", "Clauses"),
    "code": ("代码", "Code"),
    "source": ("依据", "Source"),
    "contents": ("目录", "Contents"),
}


def codes(lang: Lang, word: str) -> str:
    """Return one of the headings that every table has."""
    return pick(_CODES[word], lang)


def joined(lang: Lang, sentences: Iterable[str]) -> str:
    """Put sentences one after another."""
    return pick(("", " "), lang).join(sentences)


def notes(page: Page, number: str, entry: Entry) -> list[str]:
    """Give the notes on an entry and its rows, and the readings on which they rest; what holds for several rows is said once."""
    of_rows = {each.reading for row in entry.rows for each in row.provenance.readings}
    found = [*_note(page, entry, [each.reading for each in entry.provenance.readings if each.reading not in of_rows])]
    rows: dict[str, list[str]] = {}
    for line, row in enumerate(entry.rows, 1):
        for text in _note(page, row, [each.reading for each in row.provenance.readings]):
            rows.setdefault(text, []).append(f"{number}.{line}")
    return [
        *found,
        *(pick((f"{join(at, 'and', page.lang)}：{text}", f"{join(at, 'and', page.lang)}: {text}"), page.lang) for text, at in rows.items()),
    ]


def _note(page: Page, entry: Entry, readings: list[str]) -> Iterator[str]:
    if entry.provenance.note:
        note = " ".join(entry.provenance.note.split())
        yield pick((f"注：{note}", f"Note: {note}"), page.lang)
    if readings:
        numbers = join((page.numbers[f"readings.{each}"] for each in readings), "and", page.lang)
        yield pick((f"所据解读见{numbers}", f"depends on the reading: see {numbers}"), page.lang)


def quotes(lang: Lang, entry: Entry, *, whole: bool) -> list[str]:
    """Quote the clauses behind an entry, and behind its rows where `whole` says so; clauses of the same words are quoted once."""
    clauses = list(entry.provenance.clauses)
    if whole:
        clauses += [clause for row in entry.rows for clause in row.provenance.clauses]
    return [_quote(lang, ids, text) for text, ids in _by_words(clauses)]


def _by_words(clauses: Iterable[Clause]) -> Iterator[tuple[str | None, list[str]]]:
    grouped: dict[str, list[str]] = {}
    bare: dict[str, None] = {}
    for clause in clauses:
        if clause.text is None:
            bare[clause.id] = None
        elif clause.id not in grouped.setdefault(clause.text, []):
            grouped[clause.text].append(clause.id)
    yield from grouped.items()
    if bare:
        yield None, list(bare)


def _quote(lang: Lang, ids: list[str], text: str | None) -> str:
    listed = join(ids, "and", lang)
    words = "" if text is None else pick((f"：“{text}”", f": “{text}”"), lang)
    return f"{codes(lang, 'source')} {listed}{words}"
