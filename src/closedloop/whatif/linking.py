"""Which cases must be replayed together: those that a policy may link to one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.policy.terms import Count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.policy.model import PolicyModel


def together(old: PolicyModel, new: PolicyModel) -> tuple[str, ...] | None:
    """Return the fields in which linked cases agree under both policies, so that cases which differ in one never meet.

    `()`: neither policy links cases. None: they have no such field in common, and all cases may meet.
    """
    groups = [fields for model in (old, new) for fields in _links(model)]
    if not groups:
        return ()
    common = [name for name in dict.fromkeys(groups[0]) if all(name in fields for fields in groups)]
    plain = tuple(name for name in common if _is_plain(old, name) and _is_plain(new, name))
    return plain or None


def _links(model: PolicyModel) -> Iterator[tuple[str, ...]]:
    if model.repeats is not None:
        yield model.repeats.same
    for fact in model.facts.values():
        if isinstance(fact.derived, Count) and fact.derived.same:
            yield fact.derived.same


def _is_plain(model: PolicyModel, name: str) -> bool:
    """Whether a field is text that comes with the complaint, and so the same for every policy."""
    fact = model.facts.get(name)
    return fact is not None and fact.domain.type == "text" and fact.derived is None and fact.at is None and name not in model.tables
