"""The chapter on what must be so before something may happen: gates, authority; and the chapter on targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.explanation.wording import join, limit_words
from closedloop.policy.model import ANY
from closedloop.rendering.conditions import condition_words
from closedloop.rendering.parts import Entry, Section
from closedloop.rules.conditions import ALWAYS
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.policy.model import Bound, GateRule, Rung, Target
    from closedloop.rendering.speech import Speech


def gates(speech: Speech) -> Section:
    """Return the chapter with every gate."""
    found = tuple(_gate(speech, gate) for gate in speech.model.gates.values())
    title = speech.of("前提：满足什么方可进行", "What must be so before something may happen")
    intro = speech.of("同一事项有数条适用的，须全部满足。", "Where several of these apply to one thing, all must be so.")
    return Section(title=title, intro=intro, entries=found)


def targets(speech: Speech) -> Section:
    """Return the chapter with every target."""
    found = tuple(_target(speech, target) for target in speech.model.targets.values())
    return Section(title=speech.of("目标", "Targets"), entries=found)


def _gate(speech: Speech, gate: GateRule) -> Entry:
    event = speech.quoted([gate.event])
    where = condition_words(speech, gate.when) if gate.when != ALWAYS else ""
    when = speech.of(f"（适用情形：{where}）", f", where {where},") if where else ""
    return Entry(
        title=gate.label.text(speech.lang) if gate.label.words else event,
        lead=speech.of(f"{event}{when}须满足：", f"{event}{when} may only happen:"),
        sentences=(*_order(speech, gate), *_papers(speech, gate), *_people(speech, gate), *_bounds(speech, gate), *_set_aside(speech, gate)),
        steps=_ladder(speech, gate.ladder),
        open=tuple(_open(speech, gate)),
        provenance=gate.provenance,
    )


def _order(speech: Speech, gate: GateRule) -> Iterator[str]:
    if gate.after:
        events = speech.quoted(gate.after, "then")
        yield speech.of(f"在{events}之后", f"after {events}")
    if gate.needs is not None:
        needs = condition_words(speech, gate.needs)
        yield (
            speech.of(f"符合：{needs}", f"when it is so that {needs}")
            if not gate.needs.silent
            else speech.of(f"符合的标准：{needs}", f"to a standard that is {needs}")
        )
    if gate.met:
        duties = speech.quoted(gate.met)
        yield speech.of(f"已履行：{duties}", f"when these duties are met: {duties}")


def _papers(speech: Speech, gate: GateRule) -> Iterator[str]:
    if gate.records:
        records = speech.quoted(gate.records)
        yield speech.of(f"记录齐全：{records}", f"with these records complete: {records}")
    if gate.one_of:
        records = speech.quoted(gate.one_of, "or")
        yield speech.of(f"至少具备其一：{records}", f"with at least one of these records: {records}")


def _people(speech: Speech, gate: GateRule) -> Iterator[str]:
    if gate.by:
        parties = speech.parties(gate.by)
        yield speech.of(f"由{parties}办理", f"by {parties}")
    if isinstance(gate.approval, Unset):
        yield speech.of(f"经批准；由谁批准：{speech.unset}", f"with an approval; whose is {speech.unset}")
    elif gate.approval:
        parties = speech.parties(gate.approval, "then")
        yield speech.of(f"经{parties}批准", f"with the approval of {parties}")
    if gate.ladder:
        yield _authority(speech, gate)


def _authority(speech: Speech, gate: GateRule) -> str:
    """Say how the amount is found that the ladder looks at."""
    goods = {"retail": speech.of("，货物按零售价计", ", goods at their retail price"), "cost": speech.of("，货物按成本计", ", goods at cost")}
    valued = goods.get(gate.value_at or "", "")
    whose = speech.of("同一客户", "to the same customer") if gate.per == "customer" else speech.of("同一投诉", "in the same complaint")
    if isinstance(gate.window, Unset):
        window = speech.of(f"在一定期间（{speech.unset}）", f"within a time that is {speech.unset}")
    else:
        window = (
            ""
            if gate.window is None
            else speech.of(f"最近{limit_words(gate.window, speech.lang)}", f"in the {limit_words(gate.window, speech.lang)} before")
        )
    return speech.of(
        f"按金额逐级批准：由下表中第一个权限足够者批准{valued}；{whose}{window}已给予的合并计算；未规定的上限视为不足，其余由最后一级批准",
        f"with the approval of the first in the table below whose limit covers the value{valued}; what was granted {whose} {window}".rstrip()
        + " counts with it; a limit that the source does not give covers nothing, and the last takes the rest",
    )


def _ladder(speech: Speech, rungs: tuple[Rung, ...]) -> tuple[tuple[str, ...], ...]:
    if not rungs:
        return ()
    header = (speech.of("批准人", "May approve"), speech.of("金额上限", "Up to"))
    return (header, *((speech.parties([rung.party]), _ceiling(speech, rung)) for rung in rungs))


def _ceiling(speech: Speech, rung: Rung) -> str:
    if isinstance(rung.up_to, Unset):
        return speech.unset
    return speech.of("不限", "any amount") if rung.up_to is ANY else str(rung.up_to)


def _bounds(speech: Speech, gate: GateRule) -> Iterator[str]:
    if gate.not_before is not None:
        amount, start = _amount(speech, gate.not_before), speech.quoted([gate.not_before.from_])
        yield speech.of(f"自{start}起满{amount}之后", f"no sooner than {amount} after {start}")
    if gate.not_after is not None:
        amount, start = _amount(speech, gate.not_after), speech.quoted([gate.not_after.from_])
        yield speech.of(f"自{start}起{amount}之内", f"no later than {amount} after {start}")


def _amount(speech: Speech, bound: Bound) -> str:
    return speech.within(bound.amount, bound.clock)


def _set_aside(speech: Speech, gate: GateRule) -> Iterator[str]:
    if gate.overrides:
        labels = (speech.model.gates[f"{gate.event}.{other}"].label.text(speech.lang) for other in sorted(gate.overrides))
        others = join((speech.say("quoted", name=each) for each in labels), "and", speech.lang)
        yield speech.of(f"（适用本条时，不适用{others}）", f"(where this applies, {others} does not)")


def _open(speech: Speech, gate: GateRule) -> Iterator[str]:
    if gate.needs is not None and gate.needs.silent:
        yield speech.of("须符合的标准", "the standard")
    if isinstance(gate.approval, Unset):
        yield speech.of("由谁批准", "who approves")
    if any(isinstance(rung.up_to, Unset) for rung in gate.ladder):
        yield speech.of("金额上限", "how much each may approve")
    if isinstance(gate.window, Unset):
        yield speech.of("合并计算的期间", "over what time amounts are added up")
    if any(bound is not None and isinstance(bound.amount, Unset) for bound in (gate.not_before, gate.not_after)):
        yield speech.of("期限", "the time limit")


def _target(speech: Speech, target: Target) -> Entry:
    among = condition_words(speech, target.among)
    share = condition_words(speech, target.share)
    goal = speech.unset if isinstance(target.goal, Unset) else target.goal.text
    opened = []
    if isinstance(target.goal, Unset):
        opened.append(speech.of("目标值", "the goal"))
    if target.share.silent:
        opened.append(speech.of("如何算达成", "what counts"))
    sentences = (
        speech.of(f"范围：符合下列条件的投诉：{among}。", f"Among the complaints for which {among}.")
        if target.among != ALWAYS
        else speech.of("范围：全部投诉。", "Among all complaints."),
        speech.of(f"其中计入达成的：{share}。", f"Counted are those for which {share}."),
        speech.of(f"目标：{goal}。", f"Goal: {goal}."),
    )
    return Entry(title=target.label.text(speech.lang), sentences=sentences, open=tuple(opened), provenance=target.provenance)
