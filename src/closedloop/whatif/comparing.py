"""Compares two policies on the same cases: checks what is given, replays, and gathers what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.complaint import aware
from closedloop.errors import InvalidValue
from closedloop.facade import Policy
from closedloop.whatif.assumptions import assumptions
from closedloop.whatif.availability import Recording, unavailable
from closedloop.whatif.caseload import Caseload
from closedloop.whatif.comparison import Compared, Comparison
from closedloop.whatif.linking import together
from closedloop.whatif.naming import names
from closedloop.whatif.workers import Task, compare_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_BATCH = 2_000


def compare(
    old: Policy,
    new: Policy,
    caseload: Caseload,
    *,
    at: datetime | None = None,
    workers: int = 1,
    batch: int = _BATCH,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Put the same cases under two policies, and say exactly what differs.

    Each policy replays the cases by itself, in the order of receipt, with the history that it would itself have seen, and
    reviews each as of `at` (by default the last instant of the caseload). `workers` are processes, `batch` is how many
    cases each takes at a time; neither changes the result. `progress` learns how many cases are done, of how many.

    Raises `InvalidValue` for what is no policy, no caseload, no instant or no count, and `UnknownCalendar` where a clock of a
    policy names a calendar of the host's that `load_policy` was not given. A case that a policy cannot take is
    in `errors`, and in no count.
    """
    _check(old, new, caseload, workers, batch)
    moment = _moment(caseload, at)
    total = len(caseload)
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done, total)

    partitions = iter(caseload.partitions(together(old.book, new.book), batch))
    found = compare_all(Task(old, new, moment, caseload.timezone), partitions, workers, tell)
    recording = Recording.of(caseload)
    one, other = old.book.model, new.book.model
    lacking = (*unavailable(one, other, "old", recording), *unavailable(other, one, "new", recording))
    return Comparison(
        old=Compared.of(old),
        new=Compared.of(new),
        at=moment,
        cases=found.cases,
        later=found.later,
        changed=tuple(sorted(found.changed, key=lambda change: (change.received_at, change.id))),
        errors=tuple(sorted(found.errors, key=lambda error: (error.case, error.policy))),
        rejected=caseload.rejected,
        unavailable=lacking,
        assumptions=assumptions(old.book.model, new.book.model),
        names=names(old, new),
        before=found.old,
        after=found.new,
    )


def _check(old: object, new: object, caseload: object, workers: object, batch: object) -> None:
    for name, given in (("old", old), ("new", new)):
        if not isinstance(given, Policy):
            raise InvalidValue(f"`{name}` is a {type(given).__name__}; give a Policy, as `load_policy` returns it", found=type(given).__name__)
    if not isinstance(caseload, Caseload):
        kind = type(caseload).__name__
        raise InvalidValue(f"the cases are a {kind}; read them with `Caseload.from_frame`, `from_csv`, `from_jsonl` or `from_cases`", found=kind)
    for name, count in (("workers", workers), ("batch", batch)):
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise InvalidValue(f"`{name}` is a whole number from 1 on, found {count!r}", found=repr(count))


def _moment(caseload: Caseload, at: datetime | None) -> datetime:
    """Return the instant as of which cases are seen."""
    if at is not None:
        return aware(at)
    if caseload.last is None:
        raise InvalidValue("the caseload has no case, so that no last instant is known; give `at`", found="no case")
    return caseload.last
