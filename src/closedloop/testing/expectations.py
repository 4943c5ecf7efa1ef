"""Reads what a policy test expects, and refuses what could never be found: a misspelt part, aspect, rule, duty or value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.errors import InvalidValue, closest
from closedloop.evaluation.facts import ATTRIBUTES
from closedloop.rules.tables import members
from closedloop.testing.answers import ASPECTS, AT_AN_INSTANT, OF_REVIEW, PARTIAL, REMEDY_KINDS, SCOPES, STATUSES, words
from closedloop.testing.cases import Expectation
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.tree import Node, Path
    from closedloop.testing.answers import Aspect, Family
    from closedloop.testing.cases import Relation
    from closedloop.testing.located import Located

NOTHING: Final = "none"
_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "scope": (*SCOPES.values(), *STATUSES),
    "repeat": ("new", "merged", "again", "not_examined"),
    "remedies": ("decided", *STATUSES),
    "gate": ("open", "shut", "unknown"),
    "routine": ("owed", "open", "not_owed", "unset", "no_occasion", "needs_fact", "unspecified_by_source"),
    "duty": ("running", "waiting", "needs_fact", "unspecified_by_source", "not_owed"),
    "reviewed duty": ("running", "waiting", "needs_fact", "unspecified_by_source", "not_owed", "late", "met", "met_late", "paused"),
}
_LINKS: Final[Mapping[str, Family]] = {"repeat": "repeat", "route": "route"}
_SAME: Final = frozenset({"only_questions", "responsible", "informed", "blockers", "unmet", "late", "findings", *REMEDY_KINDS})
_LACKS: Final = frozenset({"not_rules", "not_required"})


class Expectations:
    """Reads the expectations of one test under the policy that it is about."""

    def __init__(self, located: Located, book: Rulebook, *, reviewed: bool) -> None:
        """Read for a policy; `reviewed` says that the test names an instant of review."""
        self.located = located
        self.book = book
        self.reviewed = reviewed
        self.found: list[Expectation] = []

    def read(self, path: Path) -> tuple[Expectation, ...]:
        """Read the mapping at a path."""
        for key, node in self.located.members(path):
            part, _, rest = key.partition(".")
            if key in ASPECTS["whole"]:
                self._whole(key, (*path, key))
            elif part == "possible" and rest:
                self._possible(rest, (*path, key))
            elif family := self._family(key):
                self._part(key, family, node, (*path, key))
            elif (family := self._family(shorter := key.rpartition(".")[0])) and key.rpartition(".")[2] in self._known_aspects(shorter, family):
                self._aspect(shorter, family, key.rpartition(".")[2], (*path, key))
            else:
                self.located.refuse((*path, key), f"there is nothing named `{key}` to expect", closest(key, self._parts()), identity="unknown_key")
        return tuple(self.found)

    # --- parts ---

    def _family(self, part: str) -> Family | None:
        kind, _, name = part.partition(".")
        if kind == "duties" and name in self.book.model.duties:
            return "duty"
        if kind == "gates" and self.reviewed and name in {gate.event for gate in self.book.model.gates.values()}:
            return "gate"
        if kind == "routines" and self.reviewed and name in self.book.model.routines:
            return "routine"
        if part == "closing" and self.reviewed:
            return "closing"
        if part not in self._outcomes():
            return _LINKS.get(part)
        return "remedies" if part == "remedies" else "outcome"

    def _outcomes(self) -> tuple[str, ...]:
        return ("scope", "kind", "category", "level", *(name for name in self.book.model.tables if name != "routing"))

    def _parts(self) -> Iterable[str]:
        yield from (*self._outcomes(), "repeat", "route", *ASPECTS["whole"])
        yield from (f"duties.{duty}" for duty in self.book.model.duties)
        yield from (f"possible.{part}" for part in (*self._outcomes(), "repeat", "route"))
        if self.reviewed:
            yield from ("closing", *(f"gates.{gate.event}" for gate in self.book.model.gates.values()))
            yield from (f"routines.{routine}" for routine in self.book.model.routines)

    def _known_aspects(self, part: str, family: Family) -> Iterable[str]:
        if self.reviewed and part in self.book.model.tables:
            return [name for name in ASPECTS[family] if name in AT_AN_INSTANT]
        return ASPECTS[family]

    def _part(self, part: str, family: Family, node: Node, path: Path) -> None:
        if not isinstance(node.content, dict):
            self._aspect(part, family, next(iter(ASPECTS[family])), path)
            return
        known = tuple(self._known_aspects(part, family))
        for name, _ in self.located.members(path):
            if name in known:
                self._aspect(part, family, name, (*path, name))
            else:
                self.located.refuse((*path, name), f"`{part}` has no `{name}`", closest(name, known), f"it has {', '.join(known)}", "unknown_key")

    def _whole(self, name: str, path: Path) -> None:
        if name in OF_REVIEW and not self.reviewed:
            self.located.refuse(path, f"`{name}` is known only at an instant", None, "name the instant of the review with `at`")
        else:
            self._aspect("", "whole", name, path)

    def _possible(self, part: str, path: Path) -> None:
        if part not in {"repeat", "route", *self._outcomes()}:
            known = [*self._outcomes(), "repeat", "route"]
            self.located.refuse(path, f"there is no part `{part}`", closest(part, known), identity="unknown_key")
            return
        family = _LINKS.get(part, "outcome")
        remedies = self._remedies() if part == "remedies" else ()
        wanted = [self._among(text, remedies, path) if remedies else self._value(part, family, text, path) for text in self.located.texts(path)]
        self.found.append(Expectation(part=part, aspect="possible", wanted=tuple(wanted), relation="same", place=self.located.place(path)))

    def _aspect(self, part: str, family: Family, name: str, path: Path) -> None:
        aspect = ASPECTS[family][name]
        texts = self.located.texts(path)
        several = aspect.kind == "many" or (name == "value" and self._gives_a_set(part))
        if not several and len(texts) != 1:
            self.located.refuse(path, f"`{name}` is one value, found {len(texts)}")
            return
        wanted = () if tuple(texts) == (NOTHING,) else tuple(self._wanted(part, family, name, aspect, text, path) for text in texts)
        place = self.located.place(path)
        relation: Relation = "same" if name == "value" and several else _relation(name)
        self.found.append(Expectation(part=part, aspect=name, wanted=wanted, relation=relation, place=place))

    # --- values ---

    def _gives_a_set(self, part: str) -> bool:
        return part in self.book.model.tables and self.book.model.tables[part].domain.many

    def _remedies(self) -> Iterable[str]:
        """Return every remedy that some row names."""
        rows = self.book.model.tables["remedies"].rules
        return dict.fromkeys(code for row in rows for code in words(members(row.then), self.book.zone))

    def _wanted(self, part: str, family: Family, name: str, aspect: Aspect, text: str, path: Path) -> str:
        if aspect.kind == "instant":
            return self._instant(text, path)
        if aspect.kind == "yes_no":
            return self._among(text, ("yes", "no"), path)
        if aspect.kind == "count":
            return text if text.isdecimal() else self._among(text, ("a whole number",), path)
        if family != "whole" and name == next(iter(ASPECTS[family])):
            return self._value(part, family, text, path)
        return self._name(name, text, path)

    def _value(self, part: str, family: Family, text: str, path: Path) -> str:
        """Read the value of a part: a word of the policy, or a status in its place."""
        if family == "route":
            return self._among(text, (*self.book.model.parties, *STATUSES), path)
        if family == "duty":
            return self._among(text, _STATES["reviewed duty" if self.reviewed else "duty"], path)
        if family in _STATES or part in _STATES:
            return self._among(text, _STATES[part if part in _STATES else family], path)
        table = self.book.model.tables.get(part)
        domain = table.domain if table is not None else self.book.model.facts[part].domain if part in self.book.model.facts else None
        if domain is None or (text in STATUSES and text not in domain.values):
            return text
        try:
            return domain.render(domain.parse(text))
        except InvalidValue as error:
            return self._refused(text, str(error), path)

    def _name(self, aspect: str, text: str, path: Path) -> str:
        """Check the name of a rule, fact, record, duty or reading; clauses may be named that no rule of the policy cites."""
        if aspect in {"rules", "not_rules"}:
            return text if self._is_rule(text) else self._among(text, [each.rsplit(".", 1)[-1] for each in self.rules()], path)
        if aspect == "limit":
            return self._limit(text, path)
        if aspect in REMEDY_KINDS:
            return self._among(text, (*self._remedies(), *STATUSES), path)
        known = self._known(aspect)
        return text if known is None else self._among(text, known, path)

    def _known(self, aspect: str) -> Iterable[str] | None:
        model = self.book.model
        if aspect in {"questions", "only_questions", "missing"}:
            return (*model.facts, *ATTRIBUTES, "history", "history.facts", "history.events", "history.level")
        if aspect in {"required", "not_required"}:
            return model.records
        if aspect in {"party", "responsible", "informed", "through"}:
            return (*model.parties, "accountable", "anyone")
        if aspect == "awaited":
            return model.events
        if aspect == "reading":
            return (*model.readings, *(str(reading.choice) for reading in model.readings.values()))
        return model.duties if aspect in {"late", "next_due"} else None

    def rules(self) -> Iterable[str]:
        """Return the paths of everything that can decide or oblige."""
        model = self.book.model
        yield from (rule.provenance.path for table in model.tables.values() for rule in table.rules)
        yield from (f"tables.{table}.otherwise" for table in model.tables)
        yield from (duty.provenance.path for duty in model.duties.values())
        yield from (gate.provenance.path for gate in model.gates.values())
        yield "repeats"
        yield from (each.path for each in (model.repeats.settings.values() if model.repeats is not None else ()))

    def _is_rule(self, text: str) -> bool:
        return any(path == text or path.endswith(f".{text}") for path in self.rules())

    def _among(self, text: str, known: Iterable[str], path: Path) -> str:
        names = tuple(dict.fromkeys(known))
        if text in names:
            return text
        near = closest(text, names)
        return self._refused(text, f"`{text}` is none of {', '.join(names[:20])}" + (f"; did you mean `{near}`?" if near else ""), path)

    def _refused(self, text: str, message: str, path: Path) -> str:
        self.located.refuse(path, message, identity="unknown_value")
        return text

    def _instant(self, text: str, path: Path) -> str:
        at = self.located.instant(path, self.book.timezone, text)
        return text if at is None else at.astimezone(self.book.zone).isoformat(sep=" ")

    def _limit(self, text: str, path: Path) -> str:
        try:
            return str(Limit.parse(text))
        except InvalidValue as error:
            return self._refused(text, str(error), path)


def _relation(aspect: str) -> Relation:
    if aspect in _LACKS:
        return "lacks"
    if aspect in _SAME:
        return "same"
    return "has" if aspect in PARTIAL else "is"
