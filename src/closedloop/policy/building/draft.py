"""What building a policy needs to know everywhere: the names there are, where things stand, and what has been found wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from closedloop.errors import closest
from closedloop.policy.findings import finding
from closedloop.policy.model import ACCOUNTABLE
from closedloop.policy.part import is_tag
from closedloop.policy.program import DUTY_STATES
from closedloop.policy.standard import STANDARD_EVENTS, STANDARD_FACTS, VOIDED
from closedloop.policy.tree import place
from closedloop.rules.domains import RESERVED, Domain
from closedloop.values.clauses import Clause, Provenance
from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from closedloop.errors import Finding
    from closedloop.policy.part import Labelled, Row
    from closedloop.policy.tree import Node, Path
    from closedloop.values.clauses import ReadingChoice

_CODE: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_EVENT: Final = Domain(type="event")
_STATE: Final = Domain(type="choice", values=DUTY_STATES)
#: What may follow a duty's name, and where it may.
_OF_DUTY: Final = {
    "late": "`from`; in a condition write `{duty}.state: late`",
    "due": "`from` or `within`",
    "first_due": "`compare`",
    "state": "conditions",
}


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a document gives, so that a reference to a faulty part is not a second fault."""

    parties: frozenset[str]
    facts: frozenset[str]
    events: frozenset[str]
    records: frozenset[str]
    clocks: frozenset[str]
    tables: frozenset[str]
    duties: frozenset[str]

    @classmethod
    def of(cls, tree: Node) -> Names:
        """Collect the names of a document, the standard ones included."""
        declared = {section: frozenset(tree.keys(section)) for section in ("parties", "facts", "events", "records", "clocks", "tables", "duties")}
        declared["facts"] |= STANDARD_FACTS.keys()
        declared["events"] |= STANDARD_EVENTS.keys() - {VOIDED}
        return cls(**declared)


@dataclass(slots=True)
class Draft:
    """A policy while it is being built. `readings` are the choices that touch a path, for each path on the way to what they change."""

    tree: Node
    names: Names
    readings: Mapping[Path, tuple[ReadingChoice, ...]] = field(default_factory=dict)
    clauses: dict[str, Clause] = field(default_factory=dict)
    domains: dict[str, Domain] = field(default_factory=dict)
    currency: str | None = None
    language: str = "en"
    languages: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)

    def fault(self, identity: str, path: Path, message: str, help_text: str = "", *, key: bool = False) -> None:
        """Note an error at a path, or at its key."""
        self.findings.append(finding(identity, place(self.tree, path, key=key), message, help_text))

    def code(self, path: Path, code: str, what: str) -> None:
        """Check that a word can be an id or a code."""
        if code.casefold() in RESERVED:
            self.fault("reserved_code", path, f"`{code}` cannot be {what}: the word has a meaning of its own", "choose another word", key=True)
        elif not _CODE.fullmatch(code):
            near = re.sub(r"[^a-z0-9]+", "_", code.casefold()).strip("_")
            help_text = f"write `{near}`" if _CODE.fullmatch(near) else "a code is lower-case words joined by `_`"
            self.fault("bad_code", path, f"`{code[:60]}` cannot be {what}", help_text, key=True)

    def tag(self, path: Path, tag: str) -> None:
        """Check that a key is a language tag."""
        if not is_tag(tag):
            self.fault("unknown_language", path, f"`{tag[:40]}` is not a language tag", "write a tag such as `zh`, `zh-Hant` or `en`", key=True)

    def known(self, path: Path, name: str, among: Collection[str], what: str) -> bool:
        """Check that a name is one of those there are."""
        if name in among:
            return True
        near = closest(name, among)
        help_text = f"did you mean `{near}`?" if near else f"declare it under `{_SECTIONS[what]}`" if what in _SECTIONS else ""
        if not help_text:
            help_text = f"known: {', '.join(sorted(among)[:20])}" if among else f"there is no {what} at all"
        self.fault(f"unknown_{what.replace(' ', '_')}", path, f"there is no {what} `{name[:60]}`", help_text)
        return False

    def listed(self, path: Path, value: str | list[str] | None, among: Collection[str], what: str) -> tuple[str, ...]:
        """Read a name or a list of names, each of which must be known."""
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,) if self.known(path, value, among, what) else ()
        if not value:
            self.fault("empty_list", path, f"the list names no {what}", "name one, or leave the key out")
        for number, name in enumerate(value):
            if name in value[:number]:
                self.fault("twice", (*path, number), f"`{name}` is listed twice", "name it once")
        return tuple(name for number, name in enumerate(value) if self.known((*path, number), name, among, what))

    def parties(self, path: Path, value: str | list[str] | None) -> tuple[str, ...]:
        """Read parties that act, of which one may be whoever is accountable."""
        return self.listed(path, value, self.names.parties | {ACCOUNTABLE}, "party")

    def events(self, path: Path, value: str | list[str] | None) -> tuple[str, ...]:
        """Read kinds of event."""
        return self.listed(path, value, self.names.events, "event")

    def fields(self, path: Path, value: str | list[str] | None) -> tuple[str, ...]:
        """Read facts and outcomes of tables."""
        return self.listed(path, value, self.names.facts | self.names.tables, "fact")

    def domain(self, path: Path, name: str) -> Domain | None:
        """Return the domain of a field that a condition reads; None, with a finding, where there is no such field."""
        if name in self.domains:
            return self.domains[name]
        if name in self.names.events:
            return _EVENT
        duty, _, part = name.partition(".")
        if duty in self.names.duties and part == "state":
            return _STATE
        if duty in self.names.duties and part in _OF_DUTY:
            message = f"`{name}` is not a field of a condition; it belongs under {_OF_DUTY[part].format(duty=duty)}"
            self.fault("unknown_fact", path, message, key=True)
        elif name not in self.names.facts | self.names.tables:
            self._unknown_field(path, name)
        return None

    def _unknown_field(self, path: Path, name: str) -> None:
        known = {*self.domains, *self.names.facts, *self.names.tables, *self.names.events, *(f"{duty}.state" for duty in self.names.duties)}
        near = closest(name, known)
        help_text = f"did you mean `{near}`?" if near else "declare it under `facts` or `events`"
        self.fault("unknown_fact", path, f"there is no fact, table or event `{name[:60]}`", help_text, key=True)

    def label(self, name: str, row: Labelled) -> Label:
        """Return the words for a row."""
        self.languages.update(row.labels)
        return Label(name, FrozenMap(row.labels))

    def provenance(self, path: Path, row: Row, *, must_cite: bool = False) -> Provenance:
        """Return what stands behind a row."""
        return self.behind(path, row, (row.cite,) if isinstance(row.cite, str) else tuple(row.cite or ()), must_cite=must_cite)

    def behind(self, path: Path, row: Labelled, cites: Iterable[str], *, must_cite: bool = False) -> Provenance:
        """Return what stands behind a part of a row, with the clauses that it rests on."""
        if must_cite and not cites:
            self.fault("missing_cite", path, f"`{path[-1]}` names no clause", "add `cite`, the clause of the source that says so", key=True)
        clauses = tuple(self.clauses.setdefault(cite, Clause(cite)) for cite in dict.fromkeys(cites))
        return Provenance(
            path=".".join(map(str, path)), clauses=clauses, readings=self.readings.get(path, ()), words=FrozenMap(row.labels), note=row.note
        )


_SECTIONS: Final = {"party": "parties", "fact": "facts", "event": "events", "record": "records", "clock": "clocks", "duty": "duties"}
