"""Which measures a caseload cannot support under a policy, and which columns that would take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from closedloop.evaluation.log import CLOSED, RECEIVED
from closedloop.policy.terms import Combined, FactLimit
from closedloop.rules.states import Unset
from closedloop.whatif.measures import first_pass_facts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from closedloop.policy.model import DutyRule, GateRule, PolicyModel
    from closedloop.values.text import Lang
    from closedloop.whatif.caseload import Caseload

_APPROVED: Final = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unavailable:
    """A measure that cannot be given for one of the policies.

    `because` the `data` lacks what is named in `lacks` (kinds of event, or keys and facts of a complaint: each a column
    that would be needed), or because the `policy` does not define it. `of` is empty for the measure as a whole.
    """

    measure: str
    of: str
    side: Literal["old", "new"]
    because: Literal["policy", "data"]
    lacks: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        return {"measure": self.measure, "of": self.of, "side": self.side, "because": self.because, "lacks": list(self.lacks)}

    def text(self, lang: Lang) -> str:
        """Say it in Chinese (`zh`) or English."""
        name = f"{self.measure}.{self.of}" if self.of else self.measure
        lacks = ", ".join(self.lacks)
        if lang.startswith("zh"):
            side = "旧办法" if self.side == "old" else "新办法"
            why = f"数据缺少 {lacks}" if self.because == "data" else f"办法未规定 {lacks}"
            return f"{name}({side}):{why}"
        why = f"the data lacks {lacks}" if self.because == "data" else f"the policy has no {lacks}"
        return f"{name} ({self.side}): {why}"

    def __str__(self) -> str:
        """Say it in English."""
        return self.text("en")


@dataclass(frozen=True, slots=True)
class Recording:
    """What a caseload records: kinds of event, and the keys and facts of complaints."""

    events: frozenset[str]
    fields: frozenset[str]

    @classmethod
    def of(cls, caseload: Caseload) -> Recording:
        """Take what a caseload says that it records."""
        return cls(frozenset(caseload.events), frozenset(caseload.fields))

    def happens(self, kind: str) -> bool:
        """Whether an event of the kind can be in the data; every complaint is received."""
        return kind == RECEIVED or kind in self.events


_LATENESS: Final = ("late", "late_by", "longest_late_by")


def unavailable(model: PolicyModel, other: PolicyModel, side: Literal["old", "new"], recording: Recording) -> Iterator[Unavailable]:
    """Give every measure that cannot be given for a policy, those of duties that only the other policy has included."""

    def lacking(measure: str, of: str, lacks: Iterable[str]) -> Iterator[Unavailable]:
        missing = tuple(dict.fromkeys(lacks))
        if missing:
            yield Unavailable(measure=measure, of=of, side=side, because="data", lacks=missing)

    def undefined(measure: str, what: str, of: str = "") -> Iterator[Unavailable]:
        yield Unavailable(measure=measure, of=of, side=side, because="policy", lacks=(what,))

    for name in other.duties:
        if name not in model.duties:
            yield from (each for measure in _LATENESS for each in undefined(measure, f"duties.{name}", name))

    for name, duty in model.duties.items():
        for measure in _LATENESS:
            yield from lacking(measure, name, _for_lateness(model, duty, recording))
    facts = first_pass_facts(model)
    for name, fact in facts.items():
        needed = (kind for kind in (CLOSED, fact.do, fact.from_) if not recording.happens(kind))
        yield from lacking("first_pass", name, (*needed, *_for_limit(model, fact.within, recording)))
    yield from () if facts else undefined("first_pass", "in_time")
    if model.repeats is None:
        yield from (each for measure in ("repeats", "upgrades") for each in undefined(measure, "repeats"))
    else:
        key = [name for name in model.repeats.same if name not in recording.fields and name not in model.tables]
        for measure in ("repeats", "upgrades", "merged"):
            yield from lacking(measure, "", [*key, *([] if recording.happens(CLOSED) else [CLOSED])])
    yield from () if "routing" in model.tables else undefined("load", "routing")
    yield from () if "level" in model.facts else undefined("level", "level")
    for event in dict.fromkeys(gate.event for gate in model.gates.values()):
        gates = [gate for gate in model.gates.values() if gate.event == event]
        yield from lacking("shut_gates", event, _for_gates(model, event, gates, recording))
    yield from lacking("approvals", "", _for_approvals(model, recording))


# --- what each measure takes ---


def _for_lateness(model: PolicyModel, duty: DutyRule, recording: Recording) -> Iterator[str]:
    """Name what is missing to say whether a duty was late: what starts it, what it asks for, and what its limit reads."""
    if duty.every is None and not any(map(recording.happens, duty.do)):
        yield from duty.do[:1]
    if duty.every is not None and not recording.happens(CLOSED):
        yield CLOSED
    starts = [_start_lacks(model, start.of, start.what, recording) for start in duty.from_]
    if starts and all(starts):
        yield from starts[0]
    yield from _for_limit(model, duty.within, recording)


def _start_lacks(model: PolicyModel, of: str, what: str, recording: Recording) -> tuple[str, ...]:
    if what == "event":
        return () if recording.happens(of) else (of,)
    return tuple(_for_lateness(model, model.duties[of], recording))


def _for_limit(model: PolicyModel, within: object, recording: Recording) -> Iterator[str]:
    """Name the fact that a limit is read from, where it is neither recorded nor worked out."""
    if isinstance(within, Combined) and within.how != "first_given":
        for member in within.members:
            yield from _for_limit(model, member, recording)
    if isinstance(within, FactLimit) and within.fact not in model.tables and within.fact in model.facts and within.fact not in recording.fields:
        fact = model.facts[within.fact]
        if fact.derived is None and (fact.at is None or not recording.happens(fact.at)):
            yield fact.at or within.fact


def _for_gates(model: PolicyModel, event: str, gates: Iterable[GateRule], recording: Recording) -> Iterator[str]:
    """Name what is missing to say whether a gate was shut: the event itself, and all that the gates of it ask for."""
    if not recording.happens(event):
        yield event
    for gate in gates:
        yield from (kind for kind in gate.after if not recording.happens(kind))
        yield from _unknown(model, () if gate.needs is None else sorted(gate.needs.fields), recording)
        yield from (do for duty in gate.met for do in model.duties[duty].do[:1] if not any(map(recording.happens, model.duties[duty].do)))
        yield from _unknown(model, _fields_of(model, (*gate.records, *gate.one_of)), recording)
        if (gate.ladder or (gate.approval and not isinstance(gate.approval, Unset))) and not recording.happens(_APPROVED):
            yield _APPROVED


def _fields_of(model: PolicyModel, records: Iterable[str]) -> Iterator[str]:
    for record in records:
        fields = model.records[record].fields
        yield from () if isinstance(fields, Unset) else fields


def _unknown(model: PolicyModel, names: Collection[str] | Iterator[str], recording: Recording) -> Iterator[str]:
    """Name the facts among some fields that nothing in the data states."""
    for name in names:
        fact = model.facts.get(name)
        if name in model.events and not recording.happens(name):
            yield name
        elif fact is not None and fact.derived is None and name not in model.tables and not fact.standard and name not in recording.fields:
            yield name


def _for_approvals(model: PolicyModel, recording: Recording) -> Iterator[str]:
    """Name the events whose gates ask for an approval, where none of them is recorded."""
    asking = [gate.event for gate in model.gates.values() if gate.ladder or (gate.approval and not isinstance(gate.approval, Unset))]
    if asking and not any(map(recording.happens, asking)):
        yield from asking
