"""The chapter on words: parties, facts, events, records and clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.explanation.wording import join
from closedloop.policy.standard import STANDARD_EVENTS, STANDARD_FACTS, table_fact
from closedloop.rendering.derivations import derivation_words
from closedloop.rendering.parts import Entry, Section
from closedloop.rendering.phrases import type_words
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from closedloop.policy.model import EventKind, Fact, Party, RecordForm
    from closedloop.rendering.speech import Speech

_STANDARD: Final = {*STANDARD_FACTS.values(), *(table_fact(name) for name in ("scope", "routing", "remedies", "loss_basis", "sharing"))}


def vocabulary(speech: Speech) -> Section:
    """Return the chapter that says what the words of the policy mean."""
    model = speech.model
    facts = [fact for fact in model.facts.values() if fact not in _STANDARD]
    groups = (
        _group(speech.of("部门与人员", "Parties"), _party_header(speech), (_party(speech, each) for each in model.parties.values())),
        *_facts(speech, facts),
        _group(speech.of("事件", "Events"), (speech.of("名称", "Name"),), _events(speech)),
        _group(speech.of("记录", "Records"), _record_header(speech), (_record(speech, each) for each in model.records.values())),
    )
    entries = tuple(group for group in groups if group.rows)
    return Section(title=speech.of("用语", "Words"), entries=entries, quoted=False)


def _group(title: str, header: tuple[str, ...], rows: Iterable[Entry]) -> Entry:
    return Entry(title=title, header=header, rows=tuple(rows))


def _party_header(speech: Speech) -> tuple[str, ...]:
    return speech.of("名称", "Name"), speech.of("又称；或由其中之一代行", "Also called; or any of these acts for it")


def _party(speech: Speech, party: Party) -> Entry:
    name = party.label.text(speech.lang)
    known = (join(party.also, "and", speech.lang), speech.parties(party.any_of))
    return Entry(title=name, cells=(name, join(filter(None, known), "semicolon", speech.lang)), provenance=party.provenance)


def _facts(speech: Speech, facts: list[Fact]) -> Iterator[Entry]:
    """Group the facts by how they become known: asked at intake, brought by an event, decided by a table, worked out."""
    name, values, judge = speech.of("名称", "Name"), speech.of("取值", "Values"), speech.of("由谁判定", "Judged by")
    asked = [fact for fact in facts if fact.table is None and fact.derived is None and fact.at is None]
    later = [fact for fact in facts if fact.table is None and fact.derived is None and fact.at is not None]
    ask = speech.of("提问", "Question")
    yield _group(
        speech.of("受理时须弄清的事项", "What is asked when a complaint comes in"),
        (name, values, ask, judge),
        (_asked(speech, each) for each in asked),
    )
    at = speech.of("随何事件得知", "Known with")
    title = speech.of("处理中得知的事项", "What becomes known later")
    yield _group(title, (name, values, at, judge), (_later(speech, each) for each in later))
    title = speech.of("由本办法的表判定的事项", "What the tables of this policy decide")
    yield _group(title, (name, values), (_plain(speech, each) for each in facts if each.table is not None))
    title = speech.of("由记录推算的事项", "What is worked out from the record")
    yield _group(title, (name, speech.of("算法", "How")), (_derived(speech, each) for each in facts if each.derived is not None))


def _values(speech: Speech, fact: Fact) -> str:
    if not fact.domain.listed or fact.domain.type == "party":
        unit = f" ({'%' if fact.unit == 'percent' else fact.unit})" if fact.unit else ""
        return type_words(fact.domain.type, speech.lang) + unit
    codes = [speech.value(fact.id, code) for code in fact.domain.values]
    listed = " < ".join(codes) if fact.domain.type == "ordered" else join(codes, "and", speech.lang)
    more = speech.of("，以及其他", ", and others") if fact.domain.open_list else ""
    many = speech.of("（可多选）", " (several at once)") if fact.domain.many else ""
    return f"{listed}{more}{many}"


def _asked(speech: Speech, fact: Fact) -> Entry:
    name = fact.label.text(speech.lang)
    question = fact.ask.text(speech.lang) if fact.ask != fact.label else ""
    return Entry(title=name, cells=(name, _values(speech, fact), question, speech.parties(fact.judged_by)), provenance=fact.provenance)


def _later(speech: Speech, fact: Fact) -> Entry:
    name = fact.label.text(speech.lang)
    cells = (name, _values(speech, fact), speech.quoted([fact.at or ""]), speech.parties(fact.judged_by))
    return Entry(title=name, cells=cells, provenance=fact.provenance)


def _plain(speech: Speech, fact: Fact) -> Entry:
    name = fact.label.text(speech.lang)
    return Entry(title=name, cells=(name, _values(speech, fact)), provenance=fact.provenance)


def _derived(speech: Speech, fact: Fact) -> Entry:
    name = fact.label.text(speech.lang)
    text, left_open = derivation_words(speech, fact.derived) if fact.derived is not None else ("", ())
    return Entry(title=name, cells=(name, text), open=left_open, provenance=fact.provenance)


def _events(speech: Speech) -> Iterator[Entry]:
    for name, event in speech.model.events.items():
        if event != STANDARD_EVENTS.get(name):
            yield _event(speech, event)


def _event(speech: Speech, event: EventKind) -> Entry:
    name = event.label.text(speech.lang)
    return Entry(title=name, cells=(name,), provenance=event.provenance)


def _record_header(speech: Speech) -> tuple[str, ...]:
    return (
        speech.of("名称", "Name"),
        speech.of("须填写", "To be filled in"),
        speech.of("签字", "Signed by"),
        speech.of("存留", "Copies kept by"),
        speech.of("可否手写", "May be handwritten"),
    )


def _record(speech: Speech, record: RecordForm) -> Entry:
    name = record.label.text(speech.lang)
    left_open = isinstance(record.fields, Unset)
    cells = (
        name,
        speech.unset if isinstance(record.fields, Unset) else speech.named(record.fields),
        speech.parties(record.signed_by, "and"),
        speech.parties(record.copies, "and"),
        speech.of("可", "yes") if record.handwritten else "",
    )
    opened = (speech.of("填写内容", "what is to be filled in"),) if left_open else ()
    return Entry(title=name, cells=cells, open=opened, provenance=record.provenance)
