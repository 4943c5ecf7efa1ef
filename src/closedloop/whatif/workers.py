"""Compares partitions in processes of its own: each takes one after the other, and what comes out is merged in any order.

A process is started as a module rather than by `multiprocessing`, which would run the caller's program once more in each
process, or copy one that has threads.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from threading import Lock
from typing import IO, TYPE_CHECKING, Any

from closedloop.errors import ClosedloopError
from closedloop.whatif.partial import Pair, Partial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from closedloop.facade import Policy
    from closedloop.whatif.recorded import Recorded

_COMMAND = (sys.executable, "-c", "from closedloop.whatif.workers import serve; serve()")


@dataclass(frozen=True, slots=True)
class Task:
    """What every process is told first."""

    old: Policy
    new: Policy
    at: datetime
    timezone: str | None

    def pair(self) -> Pair:
        """Make the policies ready to compare."""
        return Pair.of(self.old, self.new, self.at, self.timezone)


def compare_all(task: Task, partitions: Iterator[tuple[Recorded, ...]], workers: int, tell: Callable[[int], None]) -> Partial:
    """Compare every partition; `tell` learns how many cases each had. Raises what a process raised, which names the case."""
    if workers > 1:
        return _Crew(task, partitions, tell).compare(workers)
    whole, pair = Partial(), task.pair()
    for partition in partitions:
        whole.merge(pair.compare(partition))
        tell(len(partition))
    return whole


@dataclass(slots=True)
class _Crew:
    """Several processes at the partitions of one caseload, each driven by a thread."""

    task: Task
    partitions: Iterator[tuple[Recorded, ...]]
    tell: Callable[[int], None]
    whole: Partial = field(default_factory=Partial)
    lock: Lock = field(default_factory=Lock)
    over: bool = False

    def compare(self, workers: int) -> Partial:
        with ThreadPoolExecutor(workers) as pool:
            try:
                for done in as_completed([pool.submit(self._drive) for _ in range(workers)]):
                    done.result()
            finally:
                self.over = True
        return self.whole

    def _take(self) -> tuple[Recorded, ...] | None:
        with self.lock:
            return None if self.over else next(self.partitions, None)

    def _give(self, found: Partial, count: int) -> None:
        with self.lock:
            self.whole.merge(found)
            self.tell(count)

    def _drive(self) -> None:
        """Start a process, and hand it one partition after the other."""
        partition = self._take()
        if partition is None:
            return
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            _write(process.stdin, self.task)
            while partition is not None:
                _write(process.stdin, partition)
                self._give(_answer(process.stdout), len(partition))
                partition = self._take()
            process.stdin.close()


def _answer(stream: IO[bytes]) -> Partial:
    try:
        answer = pickle.load(stream)
    except EOFError:
        raise ClosedloopError("a process that compared cases ended before it answered; run with fewer workers") from None
    if isinstance(answer, BaseException):
        raise answer
    assert isinstance(answer, Partial)
    return answer


def _write(stream: IO[bytes], value: object) -> None:
    pickle.dump(value, stream, protocol=pickle.HIGHEST_PROTOCOL)
    stream.flush()


def serve() -> None:
    """Be such a process: read the task from standard input, then compare each partition until there are no more."""
    pair = pickle.load(sys.stdin.buffer).pair()
    while (partition := _next(sys.stdin.buffer)) is not None:
        _write(sys.stdout.buffer, _compared(pair, partition))


def _compared(pair: Pair, partition: tuple[Recorded, ...]) -> Partial | Exception:
    try:
        return pair.compare(partition)
    except Exception as error:
        return error


def _next(given: IO[bytes]) -> Any:
    try:
        return pickle.load(given)
    except EOFError:
        return None
