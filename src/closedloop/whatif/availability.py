"""Which measures a caseload cannot support under a policy, and which columns that would take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from closedloop.evaluation.facts import APPROVED, DELAY_FOUND
from closedloop.evaluation.log import CLOSED, RECEIVED
from closedloop.policy.terms import Combined, FactLimit, Promptly
from closedloop.rules.states import Unset
from closedloop.whatif.measures import LATENESS, asks_approval, first_pass_facts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from closedloop.policy.model import DutyRule, GateRule, PolicyModel
    from closedloop.values.text import Lang
    from closedloop.whatif.caseload import Caseload


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


_Lack = tuple[str, str, Literal["policy", "data"], tuple[str, ...]]


def unavailable(model: PolicyModel, other: PolicyModel, side: Literal["old", "new"], recording: Recording) -> Iterator[Unavailable]:
    """Give every measure that cannot be given for a policy, those of duties that only the other policy has included."""
    for measure, of, because, lacks in (
        *_lateness(model, other, recording),
        *_first_pass(model, recording),
        *_repeats(model, recording),
        *_undefined(model),
        *_gates(model, recording),
    ):
        if lacks:
            yield Unavailable(measure=measure, of=of, side=side, because=because, lacks=tuple(dict.fromkeys(lacks)))


def _lateness(model: PolicyModel, other: PolicyModel, recording: Recording) -> Iterator[_Lack]:
    for measure in LATENESS:
        for name in other.duties.keys() - model.duties.keys():
            yield measure, name, "policy", (f"duties.{name}",)
        for name, duty in model.duties.items():
            limit = duty.within if duty.every is None else duty.every
            if limit is None or isinstance(limit, Unset) or (isinstance(limit, Promptly) and measure != "late"):
                yield measure, name, "policy", (f"duties.{name}.within",)
            else:
                yield measure, name, "data", tuple(_for_lateness(model, duty, recording))


def _first_pass(model: PolicyModel, recording: Recording) -> Iterator[_Lack]:
    facts = first_pass_facts(model)
    for name, fact in facts.items():
        needed = (kind for kind in (CLOSED, fact.do, fact.from_) if not recording.happens(kind))
        yield "first_pass", name, "data", (*needed, *_for_limit(model, fact.within, recording))
    yield "first_pass", "", "policy", () if facts else ("in_time",)


def _repeats(model: PolicyModel, recording: Recording) -> Iterator[_Lack]:
    """Without a key nobody can look for earlier cases, and without closings every earlier case would seem to be open."""
    rule = model.repeats
    key = () if rule is None else tuple(name for name in rule.same if name not in recording.fields and name not in model.tables)
    closing = () if recording.happens(CLOSED) else (CLOSED,)
    for measure in ("repeats", "upgrades", "merged"):
        yield (measure, "", "policy", ("repeats",)) if rule is None else (measure, "", "data", (*key, *closing))


def _undefined(model: PolicyModel) -> Iterator[_Lack]:
    yield "load", "", "policy", () if "routing" in model.tables else ("routing",)
    yield "level", "", "policy", () if "level" in model.facts else ("level",)


def _gates(model: PolicyModel, recording: Recording) -> Iterator[_Lack]:
    gates = model.gates.values()
    for event in dict.fromkeys(gate.event for gate in gates):
        yield "shut_gates", event, "data", tuple(_for_gates(model, event, [gate for gate in gates if gate.event == event], recording))
    asking = tuple(gate.event for gate in gates if asks_approval(gate))
    yield "approvals", "", "data", () if any(map(recording.happens, asking)) else asking


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
    if isinstance(duty.within, Promptly) and not recording.happens(DELAY_FOUND):
        yield DELAY_FOUND
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
        if asks_approval(gate) and not recording.happens(APPROVED):
            yield APPROVED


def _fields_of(model: PolicyModel, records: Iterable[str]) -> Iterator[str]:
    for record in records:
        fields = model.records[record].fields
        yield from () if isinstance(fields, Unset) else fields


def _unknown(model: PolicyModel, names: Collection[str] | Iterator[str], recording: Recording) -> Iterator[str]:
    """Name the facts among some fields that nothing in the data states."""
    for name in names:
        fact = model.facts.get(name)
        stated = fact is not None and fact.derived is None and name not in model.tables and not fact.standard
        if (name in model.events and not recording.happens(name)) or (stated and name not in recording.fields):
            yield name
