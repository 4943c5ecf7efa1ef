"""The words of a policy: categories, levels, facts, parties, duties, events and records, with their labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from closedloop.errors import UnknownName
from closedloop.values.choices import Choice, Choices
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.policy.model import PolicyModel
    from closedloop.values.text import Lang


@dataclass(frozen=True)
class Vocabulary:
    """Every word that a policy uses, as choices with labels."""

    model: PolicyModel = field(repr=False)
    _of_facts: dict[str, Choices] = field(default_factory=dict, compare=False, repr=False)
    _parties: dict[str, Choice] = field(default_factory=dict, compare=False, repr=False)

    @property
    def categories(self) -> Choices:
        """The categories."""
        return self.values("category")

    @property
    def levels(self) -> Choices:
        """The levels, weakest first."""
        return self.values("level")

    @property
    def remedies(self) -> Choices:
        """The remedies."""
        return self.values("remedy")

    @cached_property
    def parties(self) -> Choices:
        """The departments and roles."""
        return _choices("party", {name: party.label for name, party in self.model.parties.items()})

    @cached_property
    def facts(self) -> Choices:
        """The facts, standard ones and those that the policy works out included."""
        return _choices("fact", {name: fact.label for name, fact in self.model.facts.items()})

    @cached_property
    def duties(self) -> Choices:
        """The duties."""
        return _choices("duty", {name: duty.label for name, duty in self.model.duties.items()})

    @cached_property
    def event_kinds(self) -> Choices:
        """The kinds of event: the library's, and those that the policy declares."""
        return _choices("event", {name: event.label for name, event in self.model.events.items()})

    @cached_property
    def records(self) -> Choices:
        """The records."""
        return _choices("record", {name: record.label for name, record in self.model.records.items()})

    def values(self, fact: str) -> Choices:
        """Return the values that a fact may take; parties for a fact of type `party`."""
        if fact not in self._of_facts:
            declared = self.model.facts.get(fact)
            if declared is None:
                raise UnknownName.among("fact", fact, self.model.facts)
            if declared.domain.type == "party":
                return self.parties
            labels = {code: declared.value_labels.get(code, Label(code)) for code in declared.domain.codes}
            self._of_facts[fact] = _choices(fact, labels, ordered=declared.domain.type == "ordered")
        return self._of_facts[fact]

    def party(self, code: str) -> Choice:
        """Return a party; a word such as `accountable` that stands for one is its own choice."""
        found = self._parties.get(code)
        if found is None:
            among = self.parties if code in self.parties else Choices("party", {code: _ROLES.get(code, Label(code))})
            found = self._parties[code] = among[code]
        return found

    def label(self, name: str, lang: Lang) -> str:
        """Return the words for any fact, event, duty or record."""
        for kind in (self.model.facts, self.model.events, self.model.duties, self.model.records, self.model.parties):
            if name in kind:
                label: Label = kind[name].label
                return label.text(lang)
        return Label(name).text(lang)

    def value_label(self, fact: str, value: object, lang: Lang) -> str:
        """Return the words for a value of a fact."""
        if isinstance(value, bool):
            return _YES_NO[value].text(lang)
        if isinstance(value, frozenset):
            return ("、" if lang.startswith("zh") else ", ").join(self.value_label(fact, each, lang) for each in sorted(value))
        declared = self.model.facts.get(fact)
        if declared is not None and isinstance(value, str):
            if value in declared.value_labels:
                return declared.value_labels[value].text(lang)
            if declared.domain.type == "party" and value in self.parties:
                return self.parties[value].label(lang)
        return str(value)


_YES_NO = {True: Label("yes", {"zh": "是", "en": "yes"}), False: Label("no", {"zh": "否", "en": "no"})}
_ROLES = {
    "accountable": Label("accountable", {"zh": "责任部门", "en": "accountable party"}),
    "anyone": Label("anyone", {"zh": "未指定", "en": "nobody named"}),
}


def _choices(name: str, labels: Mapping[str, Label], *, ordered: bool = False) -> Choices:
    return Choices(name, labels, ordered)
