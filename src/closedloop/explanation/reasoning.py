"""Makes the reason for each part of a decision: rules, clauses, readings, facts read, and the sentence that says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from closedloop.explanation.flips import Flip, facts_read, find_rule, flip, nearest_other
from closedloop.explanation.reasons import Question, Reason, WhyNot, Words
from closedloop.explanation.wording import clause_words, join, limit_words, phrase, when
from closedloop.policy.program import RAISED
from closedloop.policy.terms import fields_of
from closedloop.rules.states import Unset
from closedloop.values.limits import Limit
from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from closedloop.evaluation.duties import DutyFinding, DutyState
    from closedloop.evaluation.outcomes import Outcome
    from closedloop.evaluation.repeats import RepeatFinding
    from closedloop.evaluation.rulebook import Behind
    from closedloop.evaluation.situation import Situation
    from closedloop.explanation.reasons import Status
    from closedloop.explanation.wording import Wording
    from closedloop.rules.conditions import Condition
    from closedloop.rules.tables import Table
    from closedloop.values.clauses import Provenance
    from closedloop.values.text import Lang


_STATUS: Final[dict[DutyState, Status]] = {
    "needs_fact": "open",
    "waiting": "waiting",
    "unspecified_by_source": "unspecified_by_source",
    "not_owed": "not_applicable",
}


@dataclass(frozen=True, slots=True)
class Given:
    """A part that no table decides: the value that was given, or that it is missing."""

    value: Any = None
    missing: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reasoning:
    """Gives the reasons for what was found in one situation."""

    situation: Situation
    wording: Wording

    # --- tables ---

    def table(self, outcome: Outcome, part: str) -> Reason:
        """Give the reason for the outcome of a table."""
        table = self.situation.book.program.tables[outcome.table]
        sources = self._sources(table, outcome)
        conditions = [table.rule(rule).when for rule in outcome.matched] or [rule.when for rule in table.rules]
        return self._reason(part, outcome.status, sources, conditions, outcome)

    def _sources(self, table: Table, outcome: Outcome) -> list[Provenance]:
        rules = [table.rule(rule).provenance for rule in outcome.matched]
        if self._raised(table, outcome) and self.situation.book.model.repeats is not None:
            return [*self._settings("raise_level_by", "raise_from"), self.situation.book.model.repeats.provenance, *rules]
        if rules:
            return rules
        return [table.provenance] if table.provenance.clauses else [*(rule.provenance for rule in table.rules)]

    def _raised(self, table: Table, outcome: Outcome) -> bool:
        """Whether the outcome is what a repeat is raised to, above what its own facts give."""
        if table.floor is None or outcome.status != "decided" or self.situation.repeat.state != "again":
            return False
        # Where the level of the earlier case is not known, all that it can be may raise to the same.
        floors = self.situation.outcome(RAISED).values
        own = [table.rule(rule).then for rule in outcome.matched]
        return floors == (outcome.value,) and outcome.value not in own

    # --- duties and repeats ---

    def duty(self, finding: DutyFinding) -> Reason:
        """Give the reason for the state and the due instant of a duty: the row that set the limit, the clock, the duty."""
        book, rule = self.situation.book, finding.rule
        tables = [book.model.tables[name] for name in dict.fromkeys(fields_of(rule.within)) if name in book.model.tables]
        rows = [row for table in tables for row in table.rules if row.id in finding.limit_rules]
        clock = book.model.clocks.get(rule.clock or "") if isinstance(finding.amount, Limit) and finding.amount.in_days else None
        sources = [*(row.provenance for row in rows), *([clock.provenance] if clock is not None else []), rule.provenance]
        status = _STATUS.get(finding.state, "decided")
        conditions = [rule.when, *(row.when for row in rows)]
        return self._reason(f"duties.{rule.id}", status, sources, conditions, finding)

    def repeat(self) -> Reason:
        """Give the reason for how the complaint is linked to earlier ones."""
        finding, rule = self.situation.repeat, self.situation.book.model.repeats
        if rule is None:
            return self._reason("repeat", "not_applicable", [], [], finding)
        status: Status = "decided" if finding.state is not None else "open"
        return self._reason("repeat", status, [*self._linking(finding), rule.provenance], [rule.when], finding)

    def _linking(self, finding: RepeatFinding) -> list[Provenance]:
        """Return what stands behind the settings that linked the complaint to an earlier one, or kept it apart from it."""
        if finding.state == "merged":
            return self._settings("while_open", "same")
        if finding.state == "again":
            return self._settings("window", "same")
        return self._settings("window") if finding.window is not None else []

    def _settings(self, *names: str) -> list[Provenance]:
        """Return what stands behind single settings of the rule for repeats, where the document names their clauses."""
        rule = self.situation.book.model.repeats
        return [] if rule is None else [rule.settings[name] for name in names if name in rule.settings]

    def plain(self, part: str, status: Status, sources: Iterable[Provenance] = (), value: Any = None) -> Reason:
        """Give the reason for a part that no table decides: a fact that was given, or that is missing."""
        missing = (part,) if status == "open" else ()
        return self._reason(part, status, list(sources), [], Given(value, missing))

    def _reason(self, part: str, status: Status, sources: list[Provenance], conditions: list[Condition], finding: Any) -> Reason:
        rules, clauses, readings = self._behind(sources)
        facts = FrozenMap(facts_read(self.situation, conditions))
        return Reason(
            part=part,
            outcome=status,
            rules=rules,
            clauses=clauses,
            readings=readings,
            facts=facts,
            missing=finding.missing,
            awaited=finding.awaited,
            words=Words(lambda lang: self._say(part, status, sources, facts, finding, lang)),
        )

    def _behind(self, sources: list[Provenance]) -> Behind:
        """Gather what stands behind several rules; each combination is gathered once for a policy."""
        paths = tuple([source.path for source in sources])
        found = self.situation.book.behind.get(paths)
        if found is None:
            clauses = tuple(dict.fromkeys(clause for source in sources for clause in source.clauses))
            readings = tuple(dict.fromkeys(choice for source in sources for choice in source.readings))
            found = self.situation.book.behind[paths] = tuple(dict.fromkeys(paths)), clauses, readings
        return found

    def _say(self, part: str, status: Status, sources: list[Provenance], facts: Mapping[str, Any], finding: Any, lang: Lang) -> str:
        name = self.wording.part(part, lang)
        clauses = clause_words(dict.fromkeys(clause for source in sources for clause in source.clauses), lang)
        if status == "decided":
            value = self._decided(part, finding, lang)
            if not sources[:1] or (not getattr(finding, "matched", True) and sources[0].path.startswith("tables.")):
                return phrase("otherwise", lang, part=name, value=value)
            if not clauses.strip():
                return phrase("stated", lang, part=name, value=value)
            said = self._words(part, sources, finding, lang)
            shown = self.wording.facts(facts, lang)
            because = phrase("because", lang, facts=shown) if shown else ""
            return phrase(
                "decided", lang, part=name, value=value, clauses=clauses, words=phrase("words", lang, words=said) if said else "", because=because
            )
        if status == "open":
            asked = join((self.wording.fact(fact, lang) for fact in finding.missing), "and", lang)
            return phrase("open", lang, part=name, possible=self._possible(part, finding, lang), missing=asked)
        if status == "waiting":
            return phrase("waiting", lang, part=name, awaited=join((self.wording.fact(each, lang) for each in finding.awaited), "and", lang))
        return phrase(status, lang, part=name, clauses=clauses.strip() or part)

    def _words(self, part: str, sources: list[Provenance], finding: Any, lang: Lang) -> str:
        """Return what the rule that decided says in its own words; a fact that was given has no such rule."""
        by_rule = bool(getattr(finding, "matched", ())) or (part == "repeat" and finding.state == "again")
        return Label("", sources[0].words).text(lang) if by_rule and sources[0].words else ""

    def _decided(self, part: str, finding: Any, lang: Lang) -> str:
        if part.startswith("duties."):
            due = when(finding.due, lang) if finding.due is not None else ""
            limit = limit_words(finding.amount, lang) if finding.amount is not None else ""
            return (
                join([each for each in (due, limit) if each], "and", lang) or self.wording.part(finding.rule.do[0], lang) if finding.rule.do else due
            )
        if part == "repeat":
            linked = f" {finding.of.id}" if finding.of is not None else ""
            return self.wording.value("repeat", finding.state, lang) + linked
        return self.wording.value(part, finding.value, lang)

    def _possible(self, part: str, finding: Any, lang: Lang) -> str:
        values = getattr(finding, "possible", ())
        if part == "repeat":
            values = tuple(dict.fromkeys(link.split(".", 1)[0] for link in values))
        said = [self.wording.value(part, value, lang) for value in values]
        if getattr(finding, "may_be_unspecified", False):
            said.append(phrase("unspecified", lang))
        return join(said, "or", lang) or self.wording.part(part, lang)

    # --- questions and what would change the outcome ---

    def question(self, fact: str, blocks: tuple[str, ...]) -> Question:
        """Put a question for a missing fact."""
        declared = self.situation.book.model.facts.get(fact)
        choices: tuple[str, ...] = ()
        if declared is not None:
            choices = ("yes", "no") if declared.domain.type == "yes_no" else declared.domain.codes
        return Question(fact=fact, blocks=blocks, choices=choices, words=Words(lambda lang: self.wording.question(fact, choices, lang)))

    def why_not(self, name: str) -> WhyNot:
        """Say why a rule did not decide its part, and what would make it apply."""
        table, rule = find_rule(self.situation, name)
        return self._why_not(flip(self.situation, table, rule))

    def nearest(self, outcome: Outcome) -> WhyNot | None:
        """Return the rule with another outcome that comes nearest to applying."""
        table = self.situation.book.program.tables[outcome.table]
        found = nearest_other(self.situation, table, outcome.value)
        return None if found is None else self._why_not(found)

    def _why_not(self, found: Flip) -> WhyNot:
        provenance = found.rule.provenance
        return WhyNot(
            rule=provenance.path,
            part=found.table.name,
            applied=found.applied,
            failing=found.failing,
            unknown=found.unknown,
            set_aside_by=found.set_aside_by,
            clauses=provenance.clauses,
            words=Words(lambda lang: self._say_why_not(found, lang)),
        )

    def _say_why_not(self, found: Flip, lang: Lang) -> str:
        outcome = "" if isinstance(found.rule.then, Unset) else self.wording.value(found.table.name, found.rule.then, lang)
        clauses = clause_words(found.rule.provenance.clauses, lang).strip()
        rule = f"{self.wording.part(found.table.name, lang)}“{outcome}”（{clauses}）" if lang.startswith("zh") else f"{outcome} ({clauses})"
        if found.applied:
            return phrase("applied", lang, rule=rule)
        if found.set_aside_by:
            return phrase("set_aside", lang, rule=rule, others=join(found.set_aside_by, "and", lang))
        changes = join((self.wording.change(change, lang) for change in (*found.failing, *found.unknown)), "semicolon", lang)
        return phrase("not_applied" if found.failing else "not_settled", lang, rule=rule, changes=changes)
