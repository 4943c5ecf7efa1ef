"""Puts a printed policy together and writes it in a form."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

from closedloop.errors import UnknownName
from closedloop.rendering.appendix import clause_index, left_open, signatures
from closedloop.rendering.clocks import clocks
from closedloop.rendering.duties import duties, routines
from closedloop.rendering.flow import flow
from closedloop.rendering.gates import gates, targets
from closedloop.rendering.html import html
from closedloop.rendering.markdown import markdown
from closedloop.rendering.parts import Entry, Page, Section, numbered
from closedloop.rendering.readings import Comparison, readings
from closedloop.rendering.speech import Speech
from closedloop.rendering.tables import tables
from closedloop.rendering.vocabulary import vocabulary
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from closedloop.facade import Policy
    from closedloop.policy.model import InForce
    from closedloop.values.text import Lang

#: How a printed policy can be written.
Form = Literal["markdown", "html"]

_SOURCE_WORDS = {
    "number": ("原文编号", "Number of the source"),
    "edition": ("原文版次", "Edition of the source"),
    "unit": ("原文制定单位", "Unit that issued the source"),
    "document": ("原文", "Source"),
    "read": ("已读部分", "Part that was read"),
    "known_by": ("知悉日期", "Known by"),
}


def render(policy: Policy, lang: Lang = "en", form: Form = "markdown") -> str:
    """Write a policy as a document that people read, check against its source, and sign.

    `lang` is Chinese for every `zh` tag, else English; words of the policy come in that language where it has them. `html` is
    one self-contained page. The same policy gives the same text. Raises `UnknownName` for another form.
    """
    if form not in get_args(Form):
        raise UnknownName.among("form", form, get_args(Form))
    page = _page(policy, lang)
    return markdown(page) if form == "markdown" else html(page)


def _speech(policy: Policy, lang: Lang) -> Speech:
    return Speech(model=policy.book.model, vocabulary=policy.vocabulary, lang=lang)


def _chapters(speech: Speech) -> tuple[Section, ...]:
    """Return the chapters that say what the policy is; those without entries are left out."""
    force = Section(title=speech.of("生效", "In force"), entries=(_in_force(speech, speech.model.in_force),))
    parts = (vocabulary, clocks, tables, duties, gates, routines, targets)
    return tuple(each for each in (force, *(part(speech) for part in parts)) if each.entries)


def _page(policy: Policy, lang: Lang) -> Page:
    speech = _speech(policy, lang)
    chapters = _chapters(speech)
    numbers = {entry.path: number for number, entry, _ in numbered(chapters) if entry.path}
    read = readings(Comparison(speech, policy, lambda variant: _chapters(_speech(variant, lang)), numbers))
    sections = (*chapters, read) if read.entries else chapters
    numbers |= {entry.path: number for number, entry, _ in numbered(sections) if entry.path}
    listings = tuple(each for each in (left_open(speech, sections), clause_index(speech, sections)) if each.rows)
    return Page(
        lang="zh" if lang.startswith("zh") else "en",
        title=policy.title.text(lang),
        head=_head(speech),
        intro=_intro(speech),
        flow_title=speech.of("流程图", "The flow"),
        flow_intro=speech.of("箭头上的数字是条号；虚线为前提。", "Arrows bear the numbers of entries; dashed ones are what must come first."),
        flow=flow(speech, numbers),
        sections=sections,
        listings=listings,
        signatures=signatures(speech),
        numbers=numbers,
    )


def _intro(speech: Speech) -> str:
    unset = speech.unset
    return speech.of(
        f"本文由办法的数据逐条写成，每条列出所依据的原文条款及其原文。“{unset}”表示原文没有写明，本文不作推测。每条末尾的代码是它在办法数据中的位置。",
        f"This document is written from the policy as it runs, entry by entry, with the clauses of the source and their words. “{unset}” "
        "means that the source does not say, and nothing is guessed. The code at an entry is its place in the policy data.",
    )


def _head(speech: Speech) -> tuple[tuple[str, str], ...]:
    model = speech.model
    source = (
        (speech.of(*_SOURCE_WORDS[key]) if key in _SOURCE_WORDS else key.replace("_", " ").capitalize(), text) for key, text in model.source.items()
    )
    known = (
        (speech.of("办法", "Policy"), model.id),
        (speech.of("版次", "Edition"), model.edition),
        *source,
        (speech.of("时区", "Time zone"), model.timezone or ""),
        (speech.of("货币", "Currency"), model.currency or ""),
        (speech.of("校验值", "Hash"), model.hash),
    )
    return tuple((name, text) for name, text in known if text)


def _in_force(speech: Speech, rule: InForce) -> Entry:
    unset = speech.unset
    if isinstance(rule.from_, date):
        start = speech.of(f"自{rule.from_}起生效。", f"In force from {rule.from_}.")
    else:
        start = speech.of(f"生效日期：{unset}。", f"From when it is in force is {unset}.") if isinstance(rule.from_, Unset) else ""
    dates = {
        "received": ("收到日期", "the date of receipt"),
        "incident": ("事发日期", "the date of the incident"),
        "decided": ("判定日期", "the date of the decision"),
    }
    by = unset if isinstance(rule.by, Unset) else speech.of(*dates[rule.by])
    after = {"stay": ("仍按原版次", "stay under the edition before"), "move": ("改按本版次", "move to this edition")}
    cases = unset if isinstance(rule.open_cases, Unset) else speech.of(*after[rule.open_cases])
    sentences = (
        start,
        speech.of(f"投诉适用哪一版次，按{by}定。", f"Which edition holds for a complaint goes by {by}."),
        speech.of(f"换版时尚未了结的投诉：{cases}。", f"Complaints that are open when the edition changes: {cases}."),
    )
    slots = ((rule.from_, speech.of("生效日期", "the date")), (rule.by, speech.of("按哪个日期定版次", "by which date the edition is picked")))
    last = (rule.open_cases, speech.of("未了结的投诉如何处理", "what happens to open complaints"))
    return Entry(
        title=speech.of("生效与换版", "Entry into force"),
        sentences=tuple(filter(None, sentences)),
        open=tuple(what for value, what in (*slots, last) if isinstance(value, Unset)),
        provenance=rule.provenance,
    )
