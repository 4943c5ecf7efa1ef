"""Draws that depend on nothing but their key: the seed, what they are for, and the attempt.

There is no generator whose state passes from one draw to the next. So one more complaint, or one more purpose, moves no
other draw, and two policies that are given the same seed get the same customers.
"""

from __future__ import annotations

from hashlib import blake2b
from struct import Struct
from typing import Final

#: Every draw is below this.
WHOLE: Final = 2**64
_FOUR: Final = Struct("<4Q").unpack

#: Four whole numbers, each evenly from 0 to below `WHOLE`.
Four = tuple[int, int, int, int]


class Draws:
    """The draws of one complaint, or of one customer."""

    __slots__ = ("_key",)

    def __init__(self, seed: int, name: str) -> None:
        """Take the seed and the id of that for which is drawn."""
        self._key = blake2b(f"{seed}|{name}".encode(), digest_size=16).digest()

    def of(self, purpose: bytes, attempt: int = 0) -> Four:
        """Draw four numbers for a purpose."""
        return _FOUR(blake2b(self._key + attempt.to_bytes(4, "little") + purpose, digest_size=32).digest())


def threshold(share: float) -> int:
    """Return the number below which a draw falls with the probability `share`."""
    return int(share * WHOLE)
