"""The chapter on what must happen, by when, leaving what: duties and rounds; and the chapter on routines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from closedloop.explanation.wording import limit_words
from closedloop.rendering.conditions import condition_words
from closedloop.rendering.parts import Entry, Section
from closedloop.rules.conditions import ALWAYS
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.policy.model import DutyRule, Round, Routine
    from closedloop.policy.terms import Within
    from closedloop.rendering.speech import Speech
    from closedloop.rules.conditions import Condition
    from closedloop.values.limits import Limit

_PERIODS: Final = frozenset({"day", "week", "month", "quarter", "half_year", "year"})


def duties(speech: Speech) -> Section:
    """Return the chapter with every duty and every round."""
    model = speech.model
    found = (*(_duty(speech, duty) for duty in model.duties.values()), *(_round(speech, each) for each in model.rounds.values()))
    intro = speech.of("以下各条对每一件投诉适用。", "What follows holds for each complaint.")
    return Section(title=speech.of("职责：谁须做什么，何时之前", "Duties: who must do what, by when"), intro=intro, entries=found)


def routines(speech: Speech) -> Section:
    """Return the chapter with what is done for all complaints together."""
    intro = speech.of("以下各条对全部投诉适用，不针对单件。", "What follows is done for all complaints together.")
    found = tuple(_routine(speech, routine) for routine in speech.model.routines.values())
    return Section(title=speech.of("日常工作", "Routines"), intro=intro, entries=found)


def _duty(speech: Speech, duty: DutyRule) -> Entry:
    return Entry(
        title=duty.label.text(speech.lang),
        sentences=tuple(_duty_sentences(speech, duty)),
        open=tuple(_duty_open(speech, duty)),
        provenance=duty.provenance,
    )


def _duty_sentences(speech: Speech, duty: DutyRule) -> Iterator[str]:
    yield from _where(speech, duty.when)
    yield _act(speech, duty)
    if duty.times.each:
        yield speech.of("每发生一次起算事件，即须完成一次。", "It is to be done once for each time it starts.")
    elif duty.times.by_event:
        yield _times(speech, duty.times.by_event)
    elif duty.times.least > 1:
        yield speech.of(
            f"至少{duty.times.least}次；期限针对第一次。", f"It is to be done at least {duty.times.least} times; the time is for the first."
        )
    if duty.times.most is not None:
        yield speech.of(f"多于{duty.times.most}次时予以提示。", f"More than {duty.times.most} times is pointed out.")
    yield _time(speech, duty)
    for event, within in duty.extend.items():
        what, limit = speech.quoted([event]), speech.within(within, duty.clock)
        yield speech.of(
            f"如在到期前{what}，期限改为自同一起点起{limit}。", f"If {what} comes before it is due, the time becomes {limit}, from the same start."
        )
    if duty.warn:
        yield _warning(speech, duty.warn)
    yield from _records(speech, duty.leaving)
    if duty.overrides:
        others = speech.quoted(sorted(duty.overrides))
        yield speech.of(f"适用本条时，不适用{others}。", f"Where this applies, {others} does not.")


def _times(speech: Speech, by_event: Mapping[str, int | Unset]) -> str:
    listed = speech.listed((f"{speech.quoted([event])}{_often(speech, often)}" for event, often in by_event.items()), "or")
    return speech.of(f"下列之一即可：{listed}。", f"Any of these will do: {listed}.")


def _often(speech: Speech, often: int | Unset) -> str:
    if isinstance(often, Unset):
        return speech.of(f"（次数：{speech.unset}）", f" (how often is {speech.unset})")
    return speech.of(f"{often}次", f" {often} times" if often > 1 else " once")


def _where(speech: Speech, when: Condition) -> Iterator[str]:
    if when != ALWAYS:
        text = condition_words(speech, when)
        yield speech.of(f"适用情形：{text}。", f"It applies where {text}.")


def _act(speech: Speech, rule: DutyRule | Routine) -> str:
    """Say who does what towards whom."""
    unset = speech.unset
    do = unset if "do" in rule.unset else speech.quoted(rule.do, "or")
    to = unset if "to" in rule.unset else speech.parties(rule.to, "and")
    towards = speech.of(f"，对象为{to}", f", towards {to}") if to else ""
    if "by" in rule.unset:
        return speech.of(f"须完成：{do}{towards}；由谁完成：{unset}。", f"To be done: {do}{towards}; by whom is {unset}.")
    if not rule.by:
        return speech.of(f"须完成：{do}{towards}；未指定由谁。", f"To be done: {do}{towards}; nobody is named.")
    by = speech.parties(rule.by)
    return speech.of(f"由{by}完成：{do}{towards}。", f"To be done by {by}: {do}{towards}.")


def _time(speech: Speech, duty: DutyRule) -> str:
    start = speech.listed(map(speech.start, duty.from_), "or")
    if duty.every is not None:
        every = speech.unset if isinstance(duty.every, Unset) else limit_words(duty.every, speech.lang)
        clock = speech.clock(duty.clock)
        return speech.of(f"自{start}起，未了结前每{every}一次{clock}。", f"From {start} on, again every {every} while the complaint is open{clock}.")
    if duty.within is None:
        return speech.of(f"自{start}起；文中未设时限。", f"It runs from {start}; the text sets no time.")
    within = speech.within(duty.within, duty.clock)
    return speech.of(f"时限：自{start}起，{within}。", f"Time: from {start}, {within}.")


def _warning(speech: Speech, warn: tuple[Limit | Decimal, ...]) -> str:
    points = [
        speech.of(f"时限用去{(each * 100).normalize():f}%时", f"{(each * 100).normalize():f}% of the time is used")
        if isinstance(each, Decimal)
        else speech.of(f"距到期{limit_words(each, speech.lang)}时", f"{limit_words(each, speech.lang)} are left")
        for each in warn
    ]
    listed = speech.listed(points, "or")
    return speech.of(f"提醒：{listed}。", f"A warning is given when {listed}.")


def _records(speech: Speech, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        listed = speech.quoted(names)
        yield speech.of(f"须留下记录：{listed}。", f"Left on record: {listed}.")


def _duty_open(speech: Speech, duty: DutyRule) -> Iterator[str]:
    yield from _act_open(speech, duty)
    limits: tuple[Within | None, ...] = (duty.within, *duty.extend.values())
    if any(isinstance(each, Unset) for each in (*limits, duty.every)):
        yield speech.of("期限", "the time limit")
    if any(isinstance(often, Unset) for often in duty.times.by_event.values()):
        yield speech.of("次数", "how often")
    if duty.when.silent:
        yield speech.of("适用情形", "where it applies")


def _act_open(speech: Speech, rule: DutyRule | Routine) -> Iterator[str]:
    if "do" in rule.unset:
        yield speech.of("须做什么", "what is to be done")
    if "by" in rule.unset:
        yield speech.of("由谁做", "who does it")
    if "to" in rule.unset:
        yield speech.of("对谁做", "towards whom")


def _round(speech: Speech, rule: Round) -> Entry:
    on, again = speech.quoted([rule.on]), speech.quoted(rule.again)
    sentences = [speech.of(f"{on}之后，须重新完成：{again}。", f"After {on}, these are to be done anew: {again}.")]
    if isinstance(rule.limit, Unset):
        sentences.append(speech.of(f"最多几轮：{speech.unset}。", f"How many rounds there may be is {speech.unset}."))
    elif rule.limit is not None:
        sentences.append(speech.of(f"最多{rule.limit}轮。", f"There may be {rule.limit} rounds."))
    words = rule.provenance.words
    fallback = speech.of(f"{on}之后重新开始", f"A new round after {on}")
    return Entry(
        title=words.get("zh" if speech.lang.startswith("zh") else "en", fallback),
        sentences=tuple(sentences),
        open=(speech.of("最多几轮", "how many rounds there may be"),) if isinstance(rule.limit, Unset) else (),
        provenance=rule.provenance,
    )


def _routine(speech: Speech, routine: Routine) -> Entry:
    silent = routine.sample if isinstance(routine.sample, Unset) else None
    opened = [*_act_open(speech, routine)]
    if isinstance(routine.every, Unset):
        opened.append(speech.of("多久一次", "how often"))
    if isinstance(routine.within, Unset):
        opened.append(speech.of("期限", "the time limit"))
    if silent is not None:
        opened.append(speech.of("抽取多少件", "how many are taken"))
    return Entry(
        title=routine.label.text(speech.lang),
        sentences=tuple(_routine_sentences(speech, routine)),
        open=tuple(opened),
        provenance=routine.provenance,
    )


def _routine_sentences(speech: Speech, routine: Routine) -> Iterator[str]:
    yield speech.of(f"{_period(speech, routine)}。", f"{_period(speech, routine).capitalize()}.")
    yield from _where(speech, routine.when)
    yield _act(speech, routine)
    if routine.within is not None:
        within = speech.within(routine.within, routine.clock)
        yield speech.of(f"时限：期末之后{within}。", f"Time: {within} after the end of the period.")
    if routine.per is not None:
        per = speech.name(routine.per)
        yield speech.of(f"按{per}逐一进行。", f"It is done for each {per}.")
    if routine.among != ALWAYS:
        among = condition_words(speech, routine.among)
        yield speech.of(f"范围：符合下列条件的投诉：{among}。", f"It covers the complaints for which {among}.")
    yield from _sample(speech, routine)
    if routine.tabulate:
        by = speech.named(routine.tabulate)
        yield speech.of(f"按{by}汇总。", f"It is tabulated by {by}.")
    yield from _records(speech, routine.leaving)


def _period(speech: Speech, routine: Routine) -> str:
    if isinstance(routine.every, Unset):
        return speech.of(f"多久一次：{speech.unset}", f"how often is {speech.unset}")
    return speech.say(routine.every) if routine.every in _PERIODS else speech.say("each_time", name=speech.name(routine.every))


def _sample(speech: Speech, routine: Routine) -> Iterator[str]:
    if isinstance(routine.sample, Unset):
        yield speech.of(f"抽取多少件：{speech.unset}。", f"How many are taken is {speech.unset}.")
    elif routine.sample is not None:
        fewer = (
            speech.of("不足时全部抽取", "all of them where there are fewer")
            if routine.when_fewer == "all"
            else speech.of("不足时报告缺额", "a shortfall is reported where there are fewer")
        )
        yield speech.of(f"抽取{routine.sample}件，{fewer}。", f"{routine.sample} of them are taken; {fewer}.")
    if routine.if_at_least is not None:
        yield speech.of(f"达到{routine.if_at_least}件时方进行。", f"It is done when there are at least {routine.if_at_least}.")
