"""The pytest plugin: collects `*.tests.yaml`, one test for each policy test, and reports a failure with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path

    from closedloop.testing.cases import PolicyTest
    from closedloop.testing.running import TestResult

_ENDING = ".tests.yaml"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take files of policy tests."""
    if file_path.name.endswith(_ENDING):
        return PolicyTestFile.from_parent(parent, path=file_path)
    return None


class PolicyTestFile(pytest.File):
    """A file of policy tests."""

    def collect(self) -> Iterator[pytest.Item]:
        """Give one item for each test. A file that cannot be used is an error of collection that names every finding."""
        # Imported here, so that a run of pytest without policy tests does not load the library.
        from closedloop.errors import ClosedloopError, InvalidPolicy
        from closedloop.testing.reading import load_tests

        try:
            tests = load_tests(self.path)
        except InvalidPolicy as error:
            raise self.CollectError("\n".join(map(str, error.findings))) from None
        except ClosedloopError as error:
            raise self.CollectError(str(error)) from None
        for test in tests.tests:
            yield PolicyTestItem.from_parent(self, name=test.name, test=test)


class PolicyTestFailure(Exception):
    """A policy test that fails."""

    def __init__(self, result: TestResult) -> None:
        """Keep what came of it."""
        super().__init__(result.test.name)
        self.result = result


class PolicyTestItem(pytest.Item):
    """One policy test."""

    def __init__(self, *, test: PolicyTest, **kwargs: Any) -> None:
        """Keep the test."""
        super().__init__(**kwargs)
        self.test = test

    def runtest(self) -> None:
        """Run it."""
        from closedloop.testing.running import run_test

        result = run_test(self.test)
        if not result.passed:
            raise PolicyTestFailure(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Report expected, found and reason instead of a traceback."""
        if isinstance(excinfo.value, PolicyTestFailure):
            return excinfo.value.result.report("en")
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[PathLike[str], int, str]:
        """Say where the test stands."""
        return self.path, self.test.place.line - 1, self.name
