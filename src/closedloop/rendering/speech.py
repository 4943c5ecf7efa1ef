"""Says limits, parties, events and values in the words of one policy and one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from closedloop.explanation.wording import join, limit_words, when
from closedloop.policy.terms import AsFirstKnown, Combined, DutyDue, FactLimit, Promptly, RunsFrom
from closedloop.rendering.phrases import duty_state, pick, words
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from closedloop.policy.model import PolicyModel, Start
    from closedloop.policy.terms import Within
    from closedloop.policy.vocabulary import Vocabulary
    from closedloop.values.text import Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Speaks of one policy in one language."""

    model: PolicyModel
    vocabulary: Vocabulary
    lang: Lang

    def say(self, key: str, **gaps: object) -> str:
        """Return a fixed phrase of a condition or a limit."""
        return words(key, self.lang, **gaps)

    def of(self, zh: str, en: str) -> str:
        """Choose between the two languages."""
        return pick((zh, en), self.lang)

    @property
    def unset(self) -> str:
        """What stands where the source says nothing."""
        return self.say("open")

    def either(self, items: Iterable[str]) -> str:
        """Return items of which any one will do."""
        *others, last = items
        listed = join(others, "and", self.lang)
        return join(filter(None, (listed, last)), "or", self.lang)

    # --- names ---

    def name(self, of: str) -> str:
        """Return the words for a fact, event, duty, record or party."""
        return self.vocabulary.label(of, self.lang)

    def listed(self, items: Iterable[str], how: str) -> str:
        """Return items as a list: `and`, `or`, `then`."""
        found = tuple(items)
        return self.either(found) if how == "or" and found else join(found, how, self.lang)

    def quoted(self, names: Iterable[str], how: str = "and") -> str:
        """Return names in quotation marks, as a list of that kind."""
        return self.listed((self.say("quoted", name=self.name(name)) for name in names), how)

    def named(self, names: Iterable[str]) -> str:
        """Return names as a list."""
        return self.listed(map(self.name, names), "and")

    def parties(self, names: Iterable[str], how: str = "or") -> str:
        """Return parties as a list of that kind."""
        return self.listed((self.vocabulary.party(name).label(self.lang) for name in names), how)

    def value(self, fact: str, value: object) -> str:
        """Return the words for a value of a fact."""
        if isinstance(value, Limit):
            return limit_words(value, self.lang)
        if isinstance(value, datetime):
            return when(value, self.lang)
        if fact.endswith(".state"):
            return duty_state(str(value), self.lang)
        return self.vocabulary.value_label(fact, value, self.lang)

    # --- time ---

    def start(self, start: Start) -> str:
        """Return the words for the instant from which a duty runs."""
        text = self.say(start.what, name=self.name(start.of))
        return text if start.what == "event" else self.of(text, f"when {text}")

    def within(self, within: Within, clock: str | None) -> str:
        """Return the words for how much time there is, and on which clock."""
        return self._amount(within) + self.clock(clock)

    def clock(self, name: str | None) -> str:
        """Return the words for a clock that is named."""
        if name is None:
            return ""
        return self.say("clock", clock=self.model.clocks[name].label.text(self.lang))

    def _amount(self, within: Within) -> str:
        match within:
            case Promptly():
                said = self.say("promptly")
            case FactLimit():
                said = self.say("fact_limit", name=self.name(within.fact))
            case Combined():
                said = self.say(within.how, members=join(map(self._amount, within.members), "semicolon", self.lang))
            case DutyDue():
                said = self.say("duty_due", name=self.name(within.duty))
            case RunsFrom():
                said = self.say("runs_from", name=self.name(within.start), limit=self._amount(within.within))
            case AsFirstKnown():
                said = self.say("as_first_known", limit=self._amount(within.within))
            case _:
                said = limit_words(within, self.lang) if isinstance(within, Limit) else self.say("some_time")
        return said
