"""Measures several ways to do one thing in turn, so that a busy machine slows all of them alike."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TURNS = 7
_SHORTEST_TURN = 0.05


def seconds(ways: Mapping[str, Callable[[], object]], *, each: int = 1) -> dict[str, float]:
    """Return the best time of each way over several turns; a call does the thing `each` times."""
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(TURNS):
        for name, do in ways.items():
            best[name] = min(best[name], _turn(do) / each)
    return best


def _turn(do: Callable[[], object]) -> float:
    begun = perf_counter()
    do()
    calls = max(1, int(_SHORTEST_TURN / max(perf_counter() - begun, 1e-7)))
    begun = perf_counter()
    for _ in range(calls):
        do()
    return (perf_counter() - begun) / calls


def show(title: str, found: Mapping[str, float], *, against: str) -> None:
    """Print times, and each as a multiple of one of them."""
    print(f"\n{title}")
    for name, taken in found.items():
        print(f"  {name:58} {taken * 1e3:12,.3f} ms {taken / found[against]:10.2f} x")
