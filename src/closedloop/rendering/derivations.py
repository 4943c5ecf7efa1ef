"""What the library works out from events, history and numbers, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.explanation.wording import join, limit_words
from closedloop.policy.terms import Count, FactLimit, InHours, InTime, Took
from closedloop.rendering.conditions import condition_words
from closedloop.rules.conditions import ALWAYS
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from decimal import Decimal

    from closedloop.policy.terms import Compare, Derivation
    from closedloop.rendering.speech import Speech


def derivation_words(speech: Speech, derived: Derivation) -> tuple[str, tuple[str, ...]]:
    """Return how a fact is worked out, and what of that the source leaves open."""
    match derived:
        case InTime():
            return _in_time(speech, derived)
        case Took():
            return _took(speech, derived), ()
        case InHours(event=event, clock=clock):
            on = speech.model.clocks[clock].label.text(speech.lang)
            what = speech.quoted([event])
            return speech.of(f"是：{what}发生在“{on}”的工作时间内。", f"Yes when {what} falls into the open hours of “{on}”."), ()
        case Count():
            return _count(speech, derived), ()
        case _:
            return _compare(speech, derived)


def _in_time(speech: Speech, derived: InTime) -> tuple[str, tuple[str, ...]]:
    do, start, within = speech.quoted([derived.do]), speech.quoted([derived.from_]), speech.within(derived.within, derived.clock)
    text = speech.of(f"是：{do}发生在自{start}起{within}之内；否则为否。", f"Yes when {do} happens within {within} from {start}; otherwise no.")
    return text, (speech.of("期限", "the time limit"),) if isinstance(derived.within, Unset) else ()


def _took(speech: Speech, derived: Took) -> str:
    start, end = speech.quoted([derived.start]), speech.quoted([derived.end])
    unit = limit_words(f"2 {derived.unit}", speech.lang).removeprefix("2").strip()
    clock = speech.clock(derived.clock)
    return speech.of(f"自{start}至{end}所需的时间，以{unit.removeprefix('个')}计{clock}。", f"The time from {start} to {end}, in {unit}{clock}.")


def _count(speech: Speech, derived: Count) -> str:
    what = speech.quoted([derived.of])
    same = speech.named(derived.same)
    window = limit_words(derived.window, speech.lang) if derived.window is not None else ""
    where = condition_words(speech, derived.where) if derived.where != ALWAYS else ""
    counted = speech.of(f"{what}的次数", f"How often {what} happened") if derived.how == "count" else speech.of(f"{what}的合计", f"The sum of {what}")
    return (
        counted
        + (speech.of(f"，限同一{same}", f", for the same {same}") if same else "")
        + (speech.of(f"，最近{window}内", f", in the {window} before") if window else "")
        + (speech.of(f"，且{where}", f", where {where}") if where else "")
        + speech.of("。", ".")
    )


def _compare(speech: Speech, derived: Compare) -> tuple[str, tuple[str, ...]]:
    left, right = _operand(speech, derived.left), _operand(speech, derived.right)
    fact = speech.model.facts.get(derived.left)
    if fact is not None and fact.domain.type == "instant":
        text = f"{left}早于{right}为“低于”，同时为“等于”，晚于为“高于”。"
        return speech.of(text, f"“Below” when {left} is before {right}, “equal” when it is the same instant, “above” when it is later."), ()
    text = speech.of(
        f"{left}与{right}相比，结果为低于、等于、在允差内或高于", f"{left} compared with {right}: below, equal, within the tolerance or above"
    )
    if isinstance(derived.tolerance, Unset):
        return text + speech.of(f"；允差：{speech.unset}。", f"; tolerance: {speech.unset}."), (speech.of("允差", "the tolerance"),)
    shares = [_share(speech, each) for each in derived.tolerance]
    if not shares:
        return text + speech.of("（无允差）。", " (no tolerance)."), ()
    listed = join(shares, "then", speech.lang)
    return text + speech.of(f"；允差取最先给出的一项：{listed}。", f"; tolerance, the first that is given: {listed}."), ()


def _share(speech: Speech, share: Decimal | FactLimit) -> str:
    return speech.quoted([share.fact]) if isinstance(share, FactLimit) else f"{(share * 100).normalize():f}%"


def _operand(speech: Speech, name: str) -> str:
    duty, _, what = name.partition(".")
    if what != "first_due":
        return speech.quoted([name])
    quoted = speech.quoted([duty])
    return speech.of(f"{quoted}最初的到期时刻", f"the first due instant of {quoted}")
