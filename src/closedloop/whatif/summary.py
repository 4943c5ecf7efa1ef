"""The measures of a comparison side by side: old, new and the difference, for all cases or by group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

from closedloop.values.columns import plain_table
from closedloop.values.text import Label
from closedloop.whatif.measures import LATENESS, MEASURES
from closedloop.whatif.naming import GROUPS, SPACES
from closedloop.whatif.parts import time_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from closedloop.values.text import Lang
    from closedloop.whatif.availability import Unavailable
    from closedloop.whatif.changes import MeasureKey
    from closedloop.whatif.naming import Names
    from closedloop.whatif.tally import By, Exact, Tally

_WORDS = {
    "measure": ("指标", "measure"),
    "group": ("分组", "group"),
    "old": ("旧", "old"),
    "new": ("新", "new"),
    "difference": ("差", "difference"),
    "open": ("待定", "open"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """A measure under both policies. `of` says of what (a duty, a department, ...), `group` for which cases; both may be empty.

    Counts are whole numbers, shares Fractions, times timedeltas; all exact. None: the data cannot support it, or there is
    no case that it could be said of.
    """

    measure: str
    of: str
    group: str | None
    old: Exact | None
    new: Exact | None

    @property
    def difference(self) -> Exact | None:
        """What the new policy adds; None where one of the two is not known."""
        if self.old is None or self.new is None:
            return None
        if isinstance(self.old, timedelta) or isinstance(self.new, timedelta):
            assert isinstance(self.old, timedelta)
            assert isinstance(self.new, timedelta)
            return self.new - self.old
        return self.new - self.old

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data: whole numbers, shares as `3/4`, times in ISO 8601 seconds."""
        amounts = {"old": _plain(self.old), "new": _plain(self.new), "difference": _plain(self.difference)}
        return {"measure": self.measure, "of": self.of, "group": self.group} | amounts


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Summary:
    """The rows of a summary; printed, it is an aligned table. `by` says how cases are grouped, None: not at all."""

    rows: tuple[SummaryRow, ...]
    by: By | None
    names: Names

    def row(self, measure: str, of: str = "", group: str | None = None) -> SummaryRow | None:
        """Return the row of a measure; None where neither policy has it."""
        return next((row for row in self.rows if (row.measure, row.of, row.group) == (measure, of, group)), None)

    def header(self, lang: Lang) -> tuple[str, ...]:
        """Return the titles of the columns."""
        return tuple(_word(name, lang) for name in (*(("group",) if self.by else ()), "measure", "old", "new", "difference"))

    def cells(self, lang: Lang) -> Iterator[tuple[str, ...]]:
        """Give the cells of each row as people read them."""
        for row in self.rows:
            group = (self.group_label(row.group, lang),) if self.by else ()
            yield (*group, self.label(row, lang), amount_text(row.old), amount_text(row.new), amount_text(row.difference, signed=True))

    def label(self, row: SummaryRow, lang: Lang) -> str:
        """Say what a row measures."""
        measure = MEASURES[row.measure].text(lang)
        return f"{measure}: {self.name(row, lang)}" if row.of else measure

    def name(self, row: SummaryRow, lang: Lang) -> str:
        """Say of what a row is a measure."""
        return self.names.get((SPACES.get(row.measure, ""), row.of), Label(row.of)).text(lang)

    def group_label(self, group: str | None, lang: Lang) -> str:
        """Say which cases a row is about."""
        if group is None or self.by is None:
            return _word("open", lang)
        return self.names.get((GROUPS[self.by], group), Label(group)).text(lang) if self.by != "month" else group

    def to_text(self, lang: Lang) -> str:
        """Return the summary as an aligned table, in Chinese (`zh`) or English."""
        return plain_table(self.header(lang), list(self.cells(lang)))

    def to_html(self, lang: Lang) -> str:
        """Return the summary as a table of HTML."""
        words = 2 if self.by else 1
        head = "".join(_cell(title, number=place >= words, tag="th") for place, title in enumerate(self.header(lang)))
        lines = ["".join(_cell(cell, number=place >= words) for place, cell in enumerate(cells)) for cells in self.cells(lang)]
        return "\n".join(["<table>", f"<thead><tr>{head}</tr></thead>", "<tbody>", *(f"<tr>{line}</tr>" for line in lines), "</tbody>", "</table>"])

    def __str__(self) -> str:
        """Return the aligned table in English."""
        return self.to_text("en")

    def __repr__(self) -> str:
        """Return the aligned table in English."""
        return self.to_text("en")

    def _repr_html_(self) -> str:
        """Return the table as a notebook shows it."""
        return self.to_html("en")


def _cell(text: str, *, number: bool, tag: str = "td") -> str:
    return f'<{tag} class="number">{escape(text)}</{tag}>' if number else f"<{tag}>{escape(text)}</{tag}>"


def summarise(before: Tally, after: Tally, by: By | None, lacking: Iterable[Unavailable], names: Names) -> Summary:
    """Put the sums of both policies side by side."""
    old, new = before.grouped(by), after.grouped(by)
    missing: _Missing = {(each.side, each.measure, each.of) for each in lacking}
    groups: list[str | None] = [None] if by is None else sorted({*old, *new}, key=lambda group: (group is None, group or ""))
    order = {key: place for place, key in enumerate(names)}
    if by is not None:
        groups.sort(key=lambda group: (group is None, order.get((GROUPS[by], group or ""), 0)))
    rows = [row for group in groups for row in _rows(group, old.get(group, {}), new.get(group, {}), missing, order)]
    return Summary(rows=tuple(rows), by=by, names=names)


#: Counts that are shown also where they are zero.
_ALWAYS = (("cases", ""), ("repeats", ""), ("upgrades", ""))
_Missing = set[tuple[str, str, str]]


def _rows(
    group: str | None, old: Mapping[MeasureKey, Exact], new: Mapping[MeasureKey, Exact], missing: _Missing, order: Mapping[tuple[str, str], int]
) -> Iterator[SummaryRow]:
    measures = {measure: place for place, measure in enumerate(MEASURES)}
    for measure, of in sorted({*_ALWAYS, *old, *new}, key=lambda key: (measures[key[0]], order.get((SPACES.get(key[0], ""), key[1]), 0), key[1])):
        example = old.get((measure, of), new.get((measure, of), 0))
        known = {side: _value(amounts, (measure, of), example, missing, side) for side, amounts in (("old", old), ("new", new))}
        if any(value is not None for value in known.values()):
            yield SummaryRow(measure=measure, of=of, group=group, old=known["old"], new=known["new"])


def _value(amounts: Mapping[MeasureKey, Exact], key: MeasureKey, example: Exact, missing: _Missing, side: str) -> Exact | None:
    if (side, *key) in missing or (side, key[0], "") in missing:
        return None
    return amounts[key] if key in amounts else _nothing(key, example, late=("late", key[1]) in amounts)


def _nothing(key: MeasureKey, example: Exact, *, late: bool) -> Exact | None:
    """Return what a measure is where no case adds to it: zero, but nothing for a share, or for the amount of a delay that nobody can measure."""
    if key[0] == "first_pass" or (late and key[0] in LATENESS):
        return None
    return timedelta() if isinstance(example, timedelta) else 0


def amount_text(amount: Exact | None, *, signed: bool = False) -> str:
    """Write an amount for people: a count, a share in percent to two places, an elapsed time; `-` for what is not known."""
    if amount is None:
        return "-"
    if isinstance(amount, timedelta):
        return ("+" if signed and amount > timedelta() else "") + time_text(amount)
    sign = "+" if signed and amount > 0 else ""
    if isinstance(amount, Fraction):
        return f"{sign}{_hundredths(amount)} %"
    return f"{sign}{amount:,}"


def _hundredths(share: Fraction) -> str:
    """Write a share in percent, rounded to two places without any float."""
    whole, rest = divmod(abs(round(share * 10_000)), 100)
    return f"{'-' if share < 0 else ''}{whole}.{rest:02}"


def _plain(amount: Exact | None) -> Any:
    if isinstance(amount, timedelta):
        return f"{'-' if amount < timedelta() else ''}PT{_seconds(abs(amount))}S"
    return str(amount) if isinstance(amount, Fraction) else amount


def _seconds(time: timedelta) -> str:
    whole, rest = divmod(time // timedelta(microseconds=1), 1_000_000)
    return f"{whole}.{rest:06}" if rest else str(whole)


def _word(name: str, lang: Lang) -> str:
    zh, en = _WORDS[name]
    return zh if lang.startswith("zh") else en
