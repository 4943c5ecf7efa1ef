"""What branch coverage does not follow: tracing makes a test run three times as long, and most lines are run a thousand times over."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import coverage
import pytest

from closedloop.testing.plugin import PolicyTestFile, PolicyTestItem

if TYPE_CHECKING:
    from collections.abc import Generator

#: Property tests, and those that run the same lines over many policies or cases.
_UNTRACED = ("hypothesis", "untraced")


@contextmanager
def _untraced() -> Generator[None]:
    """Stop measuring coverage, where it is measured."""
    measuring = coverage.Coverage.current()
    if measuring is None:
        yield
        return
    measuring.stop()
    try:
        yield
    finally:
        measuring.start()


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Read policy tests untraced."""
    if not isinstance(collector, PolicyTestFile):
        return (yield)
    with _untraced():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run policy tests and marked tests untraced, with the fixtures that they make first."""
    if not isinstance(item, PolicyTestItem) and not any(map(item.get_closest_marker, _UNTRACED)):
        return (yield)
    with _untraced():
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def _programs_untraced() -> Generator[None]:
    """Do not measure the programs that tests start: what they run, other tests run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        yield
