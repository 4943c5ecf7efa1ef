"""Draws a flow as SVG."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from closedloop.rendering.layout import layout

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from closedloop.rendering.flow import Arrow, Flow
    from closedloop.rendering.layout import Slot

_BOX: Final = (150, 44)
_ROW: Final = 96
_GAP: Final = 22
_PASSING: Final = 34
_MARGIN: Final = 12
_LINE: Final = 15
#: How many narrow characters fit into a line of a box; a wide one takes two.
_WIDTH: Final = 22
_LINES: Final = 3
#: How far down an arrow its numbers stand.
_NUMBER: Final = 0.62
_WIDE: Final = "\u2e80"

Point = tuple[float, float]


def svg(flow: Flow, title: str) -> str:
    """Return the drawing; `title` is read aloud where it cannot be seen."""
    placed = layout(flow)
    width = max((_layer_width(layer) for layer in placed.layers), default=0) + 2 * _MARGIN
    height = len(placed.layers) * _ROW - (_ROW - _BOX[1]) + 2 * _MARGIN
    at = {slot: point for level, layer in enumerate(placed.layers) for slot, point in _places(layer, level, width)}
    lines = [piece for arrow in flow.arrows if arrow.start != arrow.end for piece in _arrow(arrow, placed.ways[arrow.start, arrow.end], at)]
    boxes = [_box(step.text, step.kind, at[step.id]) for step in flow.steps]
    head = f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    marker = (
        '<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker>'
    )
    # Numbers lie above all lines, so that no line runs through one.
    return "\n".join([head, f"<defs>{marker}</defs>", *lines, *boxes, *_numbers(flow, placed.ways, at), "</svg>"])


def _slot_width(slot: Slot) -> int:
    return _BOX[0] if isinstance(slot, str) else _PASSING


def _layer_width(layer: Sequence[Slot]) -> int:
    return sum(map(_slot_width, layer)) + _GAP * max(len(layer) - 1, 0)


def _places(layer: Sequence[Slot], level: int, width: int) -> Iterator[tuple[Slot, Point]]:
    left = (width - _layer_width(layer)) / 2
    for slot in layer:
        yield slot, (left + _slot_width(slot) / 2, _MARGIN + level * _ROW + _BOX[1] / 2)
        left += _slot_width(slot) + _GAP


def _points(way: Sequence[Slot], at: Mapping[Slot, Point]) -> list[Point]:
    """Return where an arrow leaves its box, the places through which it passes, and where it enters the other box."""
    points = [at[slot] for slot in way]
    sign = 1 if points[1][1] > points[0][1] else -1
    half = sign * _BOX[1] / 2
    # An arrow passes a layer straight, so that it bends only between layers and touches no box.
    passed = [(x, y + side) for x, y in points[1:-1] for side in (-half, half)]
    return [(points[0][0], points[0][1] + half), *passed, (points[-1][0], points[-1][1] - half)]


def _arrow(arrow: Arrow, way: Sequence[Slot], at: Mapping[Slot, Point]) -> Iterator[str]:
    points = _points(way, at)
    path = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (y + to_y) / 2
        path.append(f"C{x:.1f},{middle:.1f} {to_x:.1f},{middle:.1f} {to_x:.1f},{to_y:.1f}")
    style = ' class="needed"' if arrow.needed else ""
    yield f'<path d="{" ".join(path)}"{style} fill="none" marker-end="url(#tip)"/>'


def _numbers(flow: Flow, ways: Mapping[tuple[str, str], tuple[Slot, ...]], at: Mapping[Slot, Point]) -> Iterator[str]:
    """Write the numbers of an arrow near the step to which it leads."""
    for arrow in flow.arrows:
        if arrow.start == arrow.end:
            continue
        points = _points(ways[arrow.start, arrow.end], at)
        (x, y), (to_x, to_y) = points[-2], points[-1]
        across, down = x + (to_x - x) * _eased(_NUMBER), y + (to_y - y) * _NUMBER + 4
        yield f'<text class="number" x="{across:.1f}" y="{down:.1f}">{escape(", ".join(arrow.numbers))}</text>'


def _eased(share: float) -> float:
    """Return how far to the side the curve has come at a share of its height."""
    return share * share * (3 - 2 * share)


def _box(text: str, kind: str, at: Point) -> str:
    x, y = at
    lines = _wrapped(text)
    first = y - (len(lines) - 1) * _LINE / 2 + 4
    words = "".join(f'<tspan x="{x:.1f}" y="{first + number * _LINE:.1f}">{escape(line)}</tspan>' for number, line in enumerate(lines))
    box = f'<rect x="{x - _BOX[0] / 2:.1f}" y="{y - _BOX[1] / 2:.1f}" width="{_BOX[0]}" height="{_BOX[1]}" rx="5"/>'
    return f'<g class="{kind}">{box}<text>{words}</text><title>{escape(text)}</title></g>'


def _wide(character: str) -> int:
    return 2 if character >= _WIDE else 1


def _wrapped(text: str) -> list[str]:
    """Break a text into at most three lines that fit into a box; what is longer ends in dots, and stands whole in the tooltip."""
    lines, used = [""], 0
    for word in _words(text):
        size = sum(map(_wide, word))
        if used + size > _WIDTH and lines[-1]:
            lines.append("")
            used = 0
        lines[-1] += word if lines[-1] else word.lstrip()
        used += size
    return lines if len(lines) <= _LINES else [*lines[: _LINES - 1], lines[_LINES - 1].rstrip() + "…"]


def _words(text: str) -> Iterator[str]:
    """Split where a line may break: before a space, and before and after every wide character."""
    word = ""
    for character in text:
        if word and (character == " " or _wide(character) > 1 or _wide(word[-1]) > 1):
            yield word
            word = ""
        word += character
    if word:
        yield word
