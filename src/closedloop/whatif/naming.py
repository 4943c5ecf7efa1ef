"""The words of two policies for what measures are of: duties, departments, levels, facts and events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from closedloop.facade import Policy
    from closedloop.whatif.tally import By

#: What the measures are of.
SPACES: Final[Mapping[str, str]] = {
    "late": "duty", "late_by": "duty", "longest_late_by": "duty", "first_pass": "fact", "load": "party", "level": "level",
    "approvals": "party", "shut_gates": "event", "questions": "fact",
}  # fmt: skip
#: What the values are that cases are grouped by.
GROUPS: Final[Mapping[By, str]] = {"category": "category", "department": "party", "level": "level", "month": "month"}
_OPEN: Final = Label("open", {"zh": "待定", "en": "open"})
#: What can be asked for beside facts.
_ASKED: Final = {
    "history": Label("history", {"zh": "先前案件", "en": "earlier cases"}),
    "history.facts": Label("history.facts", {"zh": "先前案件的情况", "en": "facts of earlier cases"}),
    "history.events": Label("history.events", {"zh": "先前案件的处理经过", "en": "what happened in earlier cases"}),
    "history.level": Label("history.level", {"zh": "先前案件的级别", "en": "level of the earlier case"}),
}

#: The words for an id, by what it is the id of.
Names = FrozenMap[tuple[str, str], Label]


def names(old: Policy, new: Policy) -> Names:
    """Gather the words of both policies, in their order; where they name a thing differently, the new one's word stands."""
    found: dict[tuple[str, str], Label] = {}
    for policy in (old, new):
        found |= dict(_of(policy))
    asked = {("fact", name): label for name, label in _ASKED.items()}
    return FrozenMap(found | asked | {(space, "open"): _OPEN for space in ("party", "level", "fact")})


def _of(policy: Policy) -> Iterator[tuple[tuple[str, str], Label]]:
    words = policy.vocabulary
    spaces = {"duty": words.duties, "party": words.parties, "fact": words.facts, "event": words.event_kinds}
    spaces |= {name: words.values(name) for name in ("category", "level") if name in policy.book.model.facts}
    for space, choices in spaces.items():
        yield from (((space, code), label) for code, label in choices.labels.items())
