"""Which cases must be replayed together: those that a policy may link to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from closedloop.evaluation.rulebook import Rulebook
    from closedloop.policy.model import PolicyModel


def together(old: Rulebook, new: Rulebook) -> tuple[str, ...] | None:
    """Return the fields in which linked cases agree under both policies, so that cases which differ in one never meet.

    `()`: neither policy links cases. None: they have no such field in common, or count over earlier cases, where one of which a
    field is not known may agree with any; then all cases may meet.
    """
    if old.counts_earlier or new.counts_earlier:
        return None
    groups = [book.model.repeats.same for book in (old, new) if book.model.repeats is not None]
    if not groups:
        return ()
    common = [name for name in dict.fromkeys(groups[0]) if all(name in fields for fields in groups)]
    plain = tuple(name for name in common if _is_plain(old.model, name) and _is_plain(new.model, name))
    return plain or None


def _is_plain(model: PolicyModel, name: str) -> bool:
    """Whether a field is text that comes with the complaint, and so the same for every policy."""
    fact = model.facts.get(name)
    return fact is not None and fact.domain.type == "text" and fact.derived is None and fact.at is None and name not in model.tables
