"""A decision as text that a customer-service lead can read: what was decided, by which clause, and what is still to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.explanation.wording import clause_words, join, limit_words, phrase, when

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.decision import Decision, Duty
    from closedloop.explanation.reasoning import Reasoning
    from closedloop.values.text import Lang

_LINES: Final = {
    "head": ("投诉 {id}（{at} 收到），依据《{title}》第 {edition} 版", "Complaint {id} (received {at}), under {title}, edition {edition}"),
    "way": ("传递路径：{way}。", "It passes through: {way}."),
    "informed": ("知会：{informed}。", "To be told: {informed}."),
    "nearest": ("  最接近的其他规则：{text}", "  Nearest other rule: {text}"),
    "duty_due": ("{due} 前{event}（{party}）", "{event} by {due} ({party})"),
    "duty_clause": ("。依据{clauses}（{limit}{steps}）。", ", by {clauses} ({limit}{steps})."),
    "duty_open": ("{event}（{party}）：{state}。依据{clauses}。", "{event} ({party}): {state}, by {clauses}."),
    "duties": ("时限与职责：", "Duties:"),
    "later": ("视后续情况：{duties}。", "depending on what is still open: {duties}."),
    "records": ("须留下的记录：", "Records to be left:"),
    "record": ("{record}（{fields}）", "{record} ({fields})"),
    "questions": ("待确认：", "To be asked:"),
    "question": ("{number}. {text}（影响：{blocks}）", "{number}. {text} (it blocks: {blocks})"),
    "running": ("进行中，未定数字时限", "running, no number is set"),
    "promptly": ("须及时完成", "to be done promptly"),
    "waiting": ("等待{awaited}", "waits for {awaited}"),
    "needs_fact": ("待定，取决于{missing}", "open; it depends on {missing}"),
    "unspecified_by_source": ("原文未规定时限", "the source sets no limit"),
    "provisional": ("；节假日安排尚未公布，暂定", "; provisional, the holidays are not published yet"),
    "reading": ("（所取解读：{readings}）", " (as read: {readings})"),
}
_ORDER: Final = ("scope", "kind", "category", "route", "level", "repeat")


def narrate(decision: Decision, reasoning: Reasoning, lang: Lang) -> str:
    """Return the decision as text."""
    return "\n".join(_lines(decision, reasoning, lang))


def _say(key: str, lang: Lang, **words: object) -> str:
    return _LINES[key][0 if lang.startswith("zh") else 1].format(**words)


def _lines(decision: Decision, reasoning: Reasoning, lang: Lang) -> Iterator[str]:
    model = reasoning.situation.book.model
    at = decision.complaint.received_at.astimezone(reasoning.situation.book.zone)
    yield _say("head", lang, id=decision.complaint.id, at=when(at, lang), title=model.title.text(lang), edition=model.edition)
    for part in _ORDER if decision.scope != "out_of_scope" else ("scope", "kind"):
        name = "routing" if part == "route" else part
        if name in decision.outcomes or part == "repeat" or getattr(decision, part, None) is not None:
            yield from _part(decision, reasoning, part, lang)
    if decision.scope == "out_of_scope":
        return
    yield from _route(decision, lang)
    for name in decision.outcomes:
        if name not in {*_ORDER, "routing"} and not _is_limit(reasoning, name):
            yield decision.why(name).text(lang)
    yield from _duties(decision, reasoning, lang)
    yield from _records(decision, lang)
    yield from _questions(decision, reasoning, lang)


def _is_limit(reasoning: Reasoning, table: str) -> bool:
    """Whether a table gives a limit; that is told with the duty that it limits."""
    fact = reasoning.situation.book.model.facts.get(table)
    return fact is not None and fact.domain.type == "limit"


def _part(decision: Decision, reasoning: Reasoning, part: str, lang: Lang) -> Iterator[str]:
    if part == "scope" and part not in decision.outcomes:
        return
    reason = decision.why(part)
    model = reasoning.situation.book.model
    read = join((f"{model.readings[each.reading].label.text(lang)}: {each.choice}" for each in reason.readings), "semicolon", lang)
    yield reason.text(lang) + (_say("reading", lang, readings=read) if read else "")
    name = "routing" if part == "route" else part
    if part not in {"level", "kind"} or name not in decision.outcomes:
        return
    outcome = decision.outcomes[name]
    if outcome.status == "open":
        for rule in outcome.matched:
            why_not = reasoning.why_not(f"{name}.{rule}")
            if not why_not.applied:
                yield "  " + why_not.text(lang)
    elif (nearest := decision.nearest_flip(name)) is not None:
        yield _say("nearest", lang, text=nearest.text(lang))


def _route(decision: Decision, lang: Lang) -> Iterator[str]:
    if decision.route is None:
        return
    if decision.route.through:
        way = (*decision.route.through, decision.route.accountable)
        yield _say("way", lang, way=join((party.label(lang) for party in way), "then", lang))
    if decision.route.informed:
        yield _say("informed", lang, informed=join((party.label(lang) for party in decision.route.informed), "and", lang))


def _duties(decision: Decision, reasoning: Reasoning, lang: Lang) -> Iterator[str]:
    owed = [duty for duty in decision.duties if duty.state != "not_owed"]
    certain = [duty for duty in owed if duty.certain]
    if owed:
        yield _say("duties", lang)
    for duty in sorted(certain, key=lambda each: (each.due is None, str(each.due))):
        yield "  " + _duty(duty, reasoning, lang)
    if later := [duty for duty in owed if not duty.certain]:
        names = join((reasoning.wording.words.label(duty.id, lang) for duty in later), "and", lang)
        yield "  " + _say("later", lang, duties=names)


def _duty(duty: Duty, reasoning: Reasoning, lang: Lang) -> str:
    event = reasoning.wording.words.label(duty.id, lang)
    party = duty.party.label(lang)
    clauses = clause_words(duty.reason.clauses, lang)
    if duty.due is None:
        return _say("duty_open", lang, event=event, party=party, state=_state(duty, reasoning, lang), clauses=clauses)
    steps = [step.text(lang) for step in duty.steps if step.name in {"deemed_receipt", "expiry", "roll"} and step.code not in _PLAIN]
    limit = limit_words(duty.limit, lang) if duty.limit is not None else ""
    told = join((each for each in (limit, *steps) if each), "semicolon", lang)
    provisional = _say("provisional", lang) if duty.provisional else ""
    due = _say("duty_due", lang, due=when(duty.due, lang), event=event, party=party)
    return due + _say("duty_clause", lang, clauses=clauses, limit=told, steps=provisional)


#: Steps of time that changed nothing and need no telling.
_PLAIN: Final = frozenset({"that_day", "that_instant", "exact", "no_roll", "stays"})


def _state(duty: Duty, reasoning: Reasoning, lang: Lang) -> str:
    if duty.state == "running":
        return _say("promptly" if duty.promptly else "running", lang)
    names = join((reasoning.wording.fact(name, lang) for name in duty.reason.missing or duty.awaiting), "and", lang)
    state = _say(duty.state, lang, awaited=names, missing=names)
    return join((state, _say("promptly", lang)), "semicolon", lang) if duty.promptly and duty.state == "waiting" else state


def _records(decision: Decision, lang: Lang) -> Iterator[str]:
    certain = {each.record: each for each in decision.required if each.certain and each.fields}
    if certain:
        yield _say("records", lang)
    for record, each in certain.items():
        fields = join((field.label(lang) for field in each.fields), "and", lang)
        yield "  " + _say("record", lang, record=record.label(lang), fields=fields)


def _questions(decision: Decision, reasoning: Reasoning, lang: Lang) -> Iterator[str]:
    if decision.questions:
        yield _say("questions", lang)
    for number, question in enumerate(decision.questions, 1):
        blocks = join((reasoning.wording.part(part, lang) for part in question.blocks), "and", lang) or phrase("none", lang)
        yield "  " + _say("question", lang, number=number, text=question.text(lang), blocks=blocks)
