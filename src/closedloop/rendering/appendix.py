"""What stands at the end of a printed policy: what the source leaves open, its clauses, and room for signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.explanation.wording import join
from closedloop.rendering.parts import Listing, numbered

if TYPE_CHECKING:
    from closedloop.rendering.parts import Entry, Section
    from closedloop.rendering.speech import Speech


def left_open(speech: Speech, sections: tuple[Section, ...]) -> Listing:
    """List every entry in which the source leaves something out."""
    rows = tuple(
        (number, entry.title, join(slots, "and", speech.lang))
        for number, entry, header in numbered(sections)
        if (slots := _slots(speech, entry, header))
    )
    return Listing(
        title=speech.of("原文未规定之处", "What the source leaves open"),
        intro=speech.of(
            "以下各项原文没有规定，须由办法的负责人决定；本文不作推测。",
            "The source does not say this. The owner of the policy has to settle it; nothing is guessed here.",
        ),
        header=(speech.of("条", "No."), speech.of("事项", "Entry"), speech.of("未规定", "Left open")),
        rows=rows,
    )


def _slots(speech: Speech, entry: Entry, header: tuple[str, ...]) -> tuple[str, ...]:
    """Return what an entry leaves open; what it only mentions in a condition has no name of its own."""
    if entry.open or not any(speech.unset in piece for piece in entry.said(header)):
        return entry.open
    return (speech.of("其中引用的标准或条件", "a standard or condition that it refers to"),)


def clause_index(speech: Speech, sections: tuple[Section, ...]) -> Listing:
    """List the clauses of the source in their order, with the entries that rest on each, so that it can be read against the source."""
    used: dict[str, list[str]] = {}
    for number, entry, _ in numbered(sections):
        for clause in entry.provenance.clauses:
            used.setdefault(clause.id, []).append(number)
    nowhere = speech.of("（无条款依据此条）", "(nothing rests on it)")
    rows = tuple(
        (clause.id, clause.text or speech.of("（未引原文）", "(not quoted)"), join(used.get(clause.id, ()), "and", speech.lang) or nowhere)
        for clause in speech.model.clauses.values()
    )
    return Listing(
        title=speech.of("原文条款对照", "The clauses of the source"),
        intro=speech.of("按原文逐条核对本文时使用。", "For checking this document against its source, clause by clause."),
        header=(speech.of("条款", "Clause"), speech.of("原文", "Words of the source"), speech.of("本文各条", "Entries that rest on it")),
        rows=rows,
    )


def signatures(speech: Speech) -> Listing:
    """Leave room for those who sign."""
    roles = (speech.of("编制", "Drawn up by"), speech.of("审核", "Checked by"), speech.of("批准", "Approved by"))
    model = speech.model
    return Listing(
        title=speech.of("签署", "Signatures"),
        intro=speech.of(
            f"签署针对办法 {model.id} 第 {model.edition} 版，校验值 {model.hash}。",
            f"Signed for the policy {model.id}, edition {model.edition}, with the hash {model.hash}.",
        ),
        header=("", speech.of("姓名", "Name"), speech.of("签字", "Signature"), speech.of("日期", "Date")),
        rows=tuple((role, "", "", "") for role in roles),
    )
