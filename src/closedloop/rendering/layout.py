"""Places the steps of a flow in layers, so that arrows run downwards and cross little."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from closedloop.rendering.flow import Flow

_SWEEPS: Final = 12

#: A slot of a layer: a step, or (start, end, layer) where an arrow passes through.
Slot = str | tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """The layers from top to bottom, each with its slots from left to right, and the way of each arrow through the slots."""

    layers: tuple[tuple[Slot, ...], ...]
    ways: Mapping[tuple[str, str], tuple[Slot, ...]]


def layout(flow: Flow) -> Layout:
    """Place a flow. Arrows that close a loop are turned round for the placing."""
    pairs = list(dict.fromkeys((arrow.start, arrow.end) for arrow in flow.arrows if arrow.start != arrow.end))
    names = [step.id for step in flow.steps]
    downward = _acyclic(names, pairs)
    depth = _depths(names, set(downward.values()))
    ways: dict[tuple[str, str], tuple[Slot, ...]] = {}
    layers: list[list[Slot]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in names:
        layers[depth[name]].append(name)
    for pair, (top, bottom) in downward.items():
        through: list[Slot] = [(top, bottom, level) for level in range(depth[top] + 1, depth[bottom])]
        for level, slot in enumerate(through, depth[top] + 1):
            if slot not in layers[level]:
                layers[level].append(slot)
        way: list[Slot] = [top, *through, bottom]
        ways[pair] = tuple(way if pair == (top, bottom) else reversed(way))
    return Layout(_ordered(layers, list(ways.values())), ways)


def _acyclic(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Turn round the arrows that lead back to a step on the way to them."""
    after: dict[str, list[str]] = {name: [] for name in names}
    for start, end in pairs:
        after[start].append(end)
    seen: set[str] = set()
    done: list[str] = []
    for root in names:
        pending = [] if root in seen else [(root, iter(after[root]))]
        seen.add(root)
        while pending:
            step, rest = pending[-1]
            following = next((each for each in rest if each not in seen), None)
            if following is None:
                pending.pop()
                done.append(step)
            else:
                seen.add(following)
                pending.append((following, iter(after[following])))
    # What everything else follows from is finished last; only an arrow that closes a loop leads against this order.
    rank = {step: place for place, step in enumerate(reversed(done))}
    return {(start, end): (start, end) if rank[start] < rank[end] else (end, start) for start, end in pairs}


def _depths(names: Sequence[str], pairs: set[tuple[str, str]]) -> dict[str, int]:
    """Give each step the length of the longest way to it."""
    depth = dict.fromkeys(names, 0)
    for _ in names:
        changed = False
        for start, end in pairs:
            if depth[end] <= depth[start]:
                depth[end] = depth[start] + 1
                changed = True
        if not changed:
            break
    return depth


def _ordered(layers: list[list[Slot]], ways: Sequence[tuple[Slot, ...]]) -> tuple[tuple[Slot, ...], ...]:
    """Order each layer by the middle of its neighbours above and below, in turn."""
    near: dict[Slot, set[Slot]] = {}
    for way in ways:
        for one, other in pairwise(way):
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        numbers = range(1, len(layers)) if down else range(len(layers) - 2, -1, -1)
        for number in numbers:
            beside = layers[number - 1 if down else number + 1]
            layers[number] = _by_middle(layers[number], beside, near)
    return tuple(map(tuple, layers))


def _by_middle(layer: list[Slot], beside: Sequence[Slot], near: Mapping[Slot, set[Slot]]) -> list[Slot]:
    place = {slot: index / max(len(beside) - 1, 1) for index, slot in enumerate(beside)}
    middle = {}
    for index, slot in enumerate(layer):
        found = sorted(place[each] for each in near.get(slot, ()) if each in place)
        middle[slot] = sum(found) / len(found) if found else index / max(len(layer) - 1, 1)
    return sorted(layer, key=middle.__getitem__)
