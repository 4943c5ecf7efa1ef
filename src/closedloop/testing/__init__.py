"""Policy tests: expectations on a policy, written in `NAME.tests.yaml`, run by `closedloop test` and by pytest."""

from __future__ import annotations

from closedloop.testing.cases import Expectation, InvalidTests, PolicyTest, PolicyTests
from closedloop.testing.reading import load_tests
from closedloop.testing.running import Mismatch, TestResult, run, run_test

__all__ = ["Expectation", "InvalidTests", "Mismatch", "PolicyTest", "PolicyTests", "TestResult", "load_tests", "run", "run_test"]
