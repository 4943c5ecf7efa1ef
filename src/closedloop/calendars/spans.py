"""Half-open spans [start, end) of whole numbers, in sorted lists that neither touch nor overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sort the spans and join those that touch or overlap; what is empty or reversed is left out."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def without(spans: Sequence[Span], closed: Sequence[Span]) -> list[Span]:
    """Take the closed spans out of the others. Both are merged."""
    left: list[Span] = []
    holes = list(closed)
    for start, end in spans:
        begin = start
        for hole_start, hole_end in holes:
            if hole_start >= end:
                break
            if hole_end > begin:
                left.append((begin, hole_start))
                begin = hole_end
        left.append((begin, end))
    return merged(left)


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """Return what lies in both. Both are merged."""
    both: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        both.append((max(one[i][0], other[j][0]), min(one[i][1], other[j][1])))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return merged(both)


def clipped(spans: Iterable[Span], first: int, last: int) -> list[Span]:
    """Return what lies in [first, last)."""
    return merged((max(start, first), min(end, last)) for start, end in spans)
