"""A comparison of two policies on the same cases, as a value."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from closedloop.errors import UnknownName
from closedloop.whatif.attribution import attribute
from closedloop.whatif.summary import summarise
from closedloop.whatif.tally import BY
from closedloop.whatif.telling import told

if TYPE_CHECKING:
    from datetime import datetime
    from os import PathLike

    from closedloop.complaint_files import Rejected
    from closedloop.facade import Policy
    from closedloop.values.text import Label, Lang
    from closedloop.whatif.attribution import Attribution
    from closedloop.whatif.availability import Unavailable
    from closedloop.whatif.changes import Change
    from closedloop.whatif.listing import Backend
    from closedloop.whatif.naming import Names
    from closedloop.whatif.partial import CaseError
    from closedloop.whatif.summary import Summary
    from closedloop.whatif.tally import By, Tally

FORMAT: Final = "closedloop.comparison/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One of the two policies: what it is called, and which text it is."""

    name: str
    id: str
    edition: str
    hash: str

    @classmethod
    def of(cls, policy: Policy) -> Compared:
        """Name a policy."""
        return cls(name=policy.name, id=policy.id, edition=policy.edition, hash=policy.hash)

    def as_dict(self) -> dict[str, str]:
        """Return it as plain JSON data."""
        return {"name": self.name, "id": self.id, "edition": self.edition, "hash": self.hash}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison:
    """What a change of policy would have done to some cases. It is exact: nothing is sampled, and no interval is given.

    `cases` could be decided and reviewed under both policies as of `at`; `changed` are those of them that differ, by
    receipt and id. `later` were received after `at`; `errors` are cases that a policy could not take, and `rejected` rows
    that are no cases: none of these counts. `unavailable` are measures that the data cannot support, with the columns they
    lack; `assumptions` what was held fixed.
    """

    old: Compared
    new: Compared
    at: datetime
    cases: int
    later: int
    changed: tuple[Change, ...]
    errors: tuple[CaseError, ...]
    rejected: tuple[Rejected, ...]
    unavailable: tuple[Unavailable, ...]
    assumptions: tuple[Label, ...]
    names: Names = field(repr=False)
    before: Tally = field(repr=False)
    after: Tally = field(repr=False)

    @property
    def unchanged(self) -> int:
        """How many cases both policies see alike, the clauses behind every part included."""
        return self.cases - len(self.changed)

    def summary(self, by: By | None = None) -> Summary:
        """Return every measure, old, new and the difference; `by` category, department, level or month, each case under its own policy's.

        Raises `UnknownName`.
        """
        if by is not None and by not in BY:
            raise UnknownName.among("grouping", str(by), BY)
        return summarise(self.before, self.after, by, self.unavailable, self.names)

    @property
    def called(self) -> tuple[str, str]:
        """What the two policies are called: their names, with the editions where the names are the same."""
        if self.old.name != self.new.name or self.old.edition == self.new.edition:
            return self.old.name, self.new.name
        return f"{self.old.name} {self.old.edition}", f"{self.new.name} {self.new.edition}"

    def attribution(self, measure: str) -> Attribution:
        """Say by which rules and clauses a measure differs, such as `late` or `late.closure`. Raises `UnknownName`."""
        return attribute(self.changed, measure, self.unavailable, self.names)

    def to_frame(self, backend: Backend | None = None) -> Any:
        """Return the changes as a data frame of `pandas`, `polars` or `pyarrow` (None: the first that is installed), one row a part.

        Raises `MissingExtra`, and `UnknownName` for another backend.
        """
        from closedloop.whatif.listing import changes_frame

        return changes_frame(self.changed, backend)

    def to_json(self) -> str:
        """Write the comparison as JSON: the same bytes for the same cases, whatever their order, and however they were worked through."""
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1)

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as plain JSON data."""
        return {
            "format": FORMAT,
            "old": self.old.as_dict(),
            "new": self.new.as_dict(),
            "at": self.at.isoformat(),
            "cases": self.cases,
            "unchanged": self.unchanged,
            "later": self.later,
            "summary": [row.as_dict() for row in self.summary().rows],
            "by": {by: [row.as_dict() for row in self.summary(by).rows] for by in BY},
            "changed": [change.as_dict() for change in self.changed],
            "errors": [error.as_dict() for error in self.errors],
            "rejected": [row.as_dict() for row in self.rejected],
            "unavailable": [each.as_dict() for each in self.unavailable],
            "assumptions": [{"id": each.id, "zh": each.text("zh"), "en": each.text("en")} for each in self.assumptions],
        }

    def report(self, path: str | PathLike[str], *, lang: Lang = "zh") -> None:
        """Write the comparison as one page of HTML with plots that needs no other file, in Chinese or English.

        Raises `MissingExtra` where matplotlib is missing, and `ClosedloopError` where the file cannot be written.
        """
        from closedloop.whatif.page import write_page

        write_page(self, path, lang)

    def to_text(self, lang: Lang) -> str:
        """Return the summary with what it does not cover, in Chinese (`zh`) or English."""
        return "\n".join(told(self, lang))

    def __str__(self) -> str:
        """Return the summary with what it does not cover, in English."""
        return self.to_text("en")

    def __repr__(self) -> str:
        """Count what changed."""
        old, new = self.called
        return f"<Comparison: {old} -> {new}, {self.cases} cases, {len(self.changed)} changed, {len(self.errors)} errors>"

    def __bool__(self) -> NoReturn:
        """Refuse: say which question is asked."""
        message = "a comparison is not a truth value; read `changed`, `errors` or `unchanged`"
        raise TypeError(message)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the counts and the summary."""
        from closedloop.whatif.page import notebook

        return notebook(self)
