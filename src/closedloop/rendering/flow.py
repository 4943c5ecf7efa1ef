"""The flow of a policy as a graph: what happens after what, by which duty, and what must come first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.rendering.speech import Speech


@dataclass(frozen=True, slots=True)
class Step:
    """A node: an event, the lateness of a duty, or something that the source leaves open."""

    id: str
    text: str
    kind: Literal["event", "late", "open"] = "event"


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge with the numbers of the entries behind it; a `needed` one says only that the first must come before."""

    start: str
    end: str
    numbers: tuple[str, ...]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """Steps and arrows, in the order of the document."""

    steps: tuple[Step, ...]
    arrows: tuple[Arrow, ...]


@dataclass(slots=True)
class _Drawn:
    """A flow while it is put together."""

    steps: dict[str, Step] = field(default_factory=dict)
    numbers: dict[tuple[str, str, bool], list[str]] = field(default_factory=dict)

    def arrow(self, start: Step, end: Step, number: str, *, needed: bool = False) -> None:
        """Add an arrow; several between the same two steps are one."""
        self.steps.setdefault(start.id, start)
        self.steps.setdefault(end.id, end)
        numbers = self.numbers.setdefault((start.id, end.id, needed), [])
        if number not in numbers:
            numbers.append(number)


def flow(speech: Speech, numbers: Mapping[str, str]) -> Flow:
    """Draw the duties from the events that start them to the events that fulfil them, and the order that gates demand."""
    drawn = _Drawn()
    for duty in speech.model.duties.values():
        number = numbers[duty.provenance.path]
        ends = [_event(speech, each) for each in duty.do] or [Step(duty.id, duty.label.text(speech.lang), "open")]
        for start in duty.from_:
            for end in ends:
                drawn.arrow(_start(speech, start.of, start.what, numbers, drawn), end, number)
    for gate in speech.model.gates.values():
        for before in gate.after[-1:]:
            if (before, gate.event, False) not in drawn.numbers:
                drawn.arrow(_event(speech, before), _event(speech, gate.event), numbers[gate.provenance.path], needed=True)
    arrows = (Arrow(start, end, tuple(found), needed) for (start, end, needed), found in drawn.numbers.items())
    return Flow(tuple(drawn.steps.values()), tuple(arrows))


def _event(speech: Speech, name: str) -> Step:
    return Step(name, speech.name(name))


def _start(speech: Speech, of: str, what: str, numbers: Mapping[str, str], drawn: _Drawn) -> Step:
    """Return the step from which a duty runs; the lateness of another duty follows from what that one runs from."""
    if what == "event":
        return _event(speech, of)
    duty = speech.model.duties[of]
    step = Step(f"{of}.{what}", speech.say(what, name=speech.name(of)), "late")
    for start in duty.from_:
        if start.what == "event":
            drawn.arrow(_event(speech, start.of), step, numbers[duty.provenance.path])
    return step
