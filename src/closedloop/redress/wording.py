"""How rulings and settlements are said, in Chinese and in English. Other languages get English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.evaluation.weighing import PRIOR
from closedloop.explanation.wording import clause_words, join, limit_words
from closedloop.values.limits import Limit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from closedloop.casework import Blocker
    from closedloop.explanation.wording import Wording
    from closedloop.values.choices import Choice
    from closedloop.values.clauses import Clause
    from closedloop.values.money import Money
    from closedloop.values.text import Lang

_PHRASES: Final = {
    "allowed": ("{what}：可以给予{by}{sums}。", "{what}: may be granted{by}{sums}."),
    "needs_approval": ("{what}：须经{approvers}批准{by}{sums}。", "{what}: needs the approval of {approvers}{by}{sums}."),
    "unnamed": ("（原文未指明由谁）", "somebody whom the source does not name"),
    "forbidden": ("{what}：不得给予{by}{unmet}。", "{what}: may not be granted{by}{unmet}."),
    "silent": ("，原文对此没有规定", "; the source sets no condition on it"),
    "by": ("，依据{clauses}", ", by {clauses}"),
    "sums": ("；此前已有{used}，合计{total}", "; {used} before it, {total} in all"),
    "ceiling": ("；本人权限{ceiling}", "; the actor may go up to {ceiling}"),
    "unmet": ("；尚缺：{things}", "; not so yet: {things}"),
    "own": ("；申请人不得批准本人的申请", "; nobody approves what they asked for themselves"),
    "depends": ("取决于：{missing}。", " It depends on: {missing}."),
    PRIOR: ("该客户此前在其他投诉中得到的补偿", "what the customer was offered in other cases"),
    "approval": ("{what}的批准", "approval of {what}"),
    "party": ("由{what}办理", "done by {what}"),
    "duty": ("完成{what}", "{what} done"),
    "unset": ("原文未给出的期限或标准", "a time or a standard that the source does not give"),
    "too_early": ("满{what}", "{what} passed"),
    "too_late": ("在{what}之内", "within {what}"),
    "ready": ("{what}：可以核销{by}。", "{what}: may be settled{by}."),
    "incomplete": ("{what}：核销缺少单据{by}：{missing}。", "{what}: papers are missing for the settlement{by}: {missing}."),
    "blocked": ("{what}：尚不能核销{by}{unmet}。", "{what}: cannot be settled yet{by}{unmet}."),
}


def say(key: str, lang: Lang, **words: object) -> str:
    """Return a phrase in a language, with its gaps filled."""
    return _PHRASES[key][not lang.startswith("zh")].format(**words)


def cited(clauses: Iterable[Clause], lang: Lang) -> str:
    """Write by which clauses; nothing where there are none."""
    words = clause_words(clauses, lang).strip()
    return say("by", lang, clauses=words) if words else ""


def what(wording: Wording, remedy: str, value: Money, lang: Lang) -> str:
    """Name the remedy and its value."""
    name = wording.words.value_label("remedy", remedy, lang)
    return f"{name} {value}"


def parties(wording: Wording, names: Iterable[Choice], lang: Lang) -> str:
    """Name parties, each after the one before."""
    return join((wording.words.party(name).label(lang) for name in names), "then", lang)


def papers(wording: Wording, missing: Iterable[tuple[Choice, ...]], lang: Lang) -> str:
    """Name the papers to be handed in; of a set, one."""
    named = [join((wording.fact(each, lang) for each in options), "or", lang) for options in missing]
    return join(named, "and", lang)


def unmet(wording: Wording, blockers: Iterable[Blocker], lang: Lang) -> str:
    """Write what is not so yet."""
    things = dict.fromkeys(_thing(wording, each, lang) for each in blockers)
    return say("unmet", lang, things=join(things, "and", lang)) if things else ""


def _thing(wording: Wording, blocker: Blocker, lang: Lang) -> str:
    kind = blocker.code.partition(".")[0]
    if kind in {"party", "approval", "duty"}:
        return say(kind, lang, what=join((wording.fact(name, lang) for name in blocker.what.split(", ")), "or", lang))
    if kind in {"too_early", "too_late"} and blocker.code.endswith(".shut"):
        return say(kind, lang, what=limit_words(Limit.parse(blocker.what), lang))
    label = wording.words.model.gates[blocker.rule.removeprefix("gates.")].label
    if kind in {"condition", "applicability"} and label.words:
        return label.text(lang)
    return say("unset", lang) if blocker.what == "unset" else wording.fact(blocker.what, lang)


def depends(wording: Wording, missing: Iterable[str], lang: Lang) -> str:
    """Write what the answer depends on; nothing where it is settled."""
    names = [say(PRIOR, lang) if fact == PRIOR else wording.fact(fact, lang) for fact in missing]
    return say("depends", lang, missing=join(names, "and", lang)) if names else ""
