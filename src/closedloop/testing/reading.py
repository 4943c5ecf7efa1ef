"""Reads a file of policy tests: the policy it is about, the complaints, and what is expected of each answer."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from closedloop.errors import ClosedloopError, InvalidComplaint, InvalidEvent, InvalidPolicy, UnknownPolicy
from closedloop.evaluation.situation import situation
from closedloop.facade import load_policy
from closedloop.history import PastCase
from closedloop.policy.tree import plain
from closedloop.policy.yaml_text import read_yaml
from closedloop.testing.cases import InvalidTests, PolicyTest, PolicyTests
from closedloop.testing.expectations import Expectations
from closedloop.testing.located import Located
from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from os import PathLike

    from closedloop.calendars import Calendar
    from closedloop.complaint import Complaint, Event
    from closedloop.facade import Policy
    from closedloop.policy.tree import Path as TreePath
    from closedloop.policy.tree import Plain

_TOP: Final = ("policy", "base", "tests")
_TEST: Final = ("name", "complaint", "history", "events", "at", "change", "expect")
_PAST: Final = ("id", "received_at", "closed_at", "level", "events")
#: Nobody looked for earlier cases, or at what happened in one.
_NOT_GIVEN: Final = "unknown"
_NONE: Final = "none"
#: What takes a key of `base` away from a complaint.
_MISSING: Final = "missing"


def load_tests(path: str | PathLike[str], *, search: Sequence[PathLike[str]] = (), calendars: Mapping[str, Calendar] | None = None) -> PolicyTests:
    """Read a file of policy tests, and load the policy that it names: a packaged id, or a file beside it.

    Raises
    ------
    InvalidTests
        With everything that is wrong with the file, each as `file:line:column`.
    InvalidPolicy
        If the policy itself cannot be used.

    """
    file = Path(path)
    try:
        text = file.read_bytes()
    except OSError as error:
        message = f"{file}: cannot be read: {(error.strerror or 'unknown reason').lower()}"
        raise UnknownPolicy(message, found=str(file)) from None
    root, findings = read_yaml(text, str(file))
    if root is None:
        raise InvalidTests(findings)
    located = Located(root, findings)
    located.known_keys((), _TOP)
    policy = _policy(located, file, search, calendars)
    reader = _Reader(located, policy) if policy is not None else None
    tests = reader.tests() if reader is not None else ()
    if located.findings:
        raise InvalidTests(sorted(located.findings, key=attrgetter("place")))
    assert policy is not None
    return PolicyTests(file=str(file), policy=policy, tests=tests)


def _policy(located: Located, file: Path, search: Sequence[PathLike[str]], calendars: Mapping[str, Calendar] | None) -> Policy | None:
    named = located.text(("policy",))
    if named is None:
        located.refuse(("policy",), "the policy is not named", None, "add `policy: acme.yaml`, or the id of a packaged policy")
        return None
    try:
        return load_policy(file.parent / named if named.endswith(".yaml") else named, search=search, calendars=calendars)
    except UnknownPolicy as error:
        located.refuse(("policy",), str(error), identity="unknown_policy")
        return None


class _Reader:
    """Reads the tests under their policy; a policy that a test changes is made once for all tests with that change."""

    def __init__(self, located: Located, policy: Policy) -> None:
        self.located = located
        self.policy = policy
        self.policies = {repr([]): policy}

    def tests(self) -> tuple[PolicyTest, ...]:
        """Read all tests."""
        # A key that is missing is said only where no misspelt one may have been meant.
        if self.located.root.child("tests") is None and not self.located.findings:
            self.located.refuse(("tests",), "there are no tests", None, "add `tests:` with a list")
        tests = (self._test(("tests", number)) for number, _ in enumerate(self.located.items(("tests",))))
        return tuple(test for test in tests if test is not None)

    def _test(self, path: TreePath) -> PolicyTest | None:
        located, before = self.located, len(self.located.findings)
        located.known_keys(path, _TEST)
        for needed in ("name", "expect"):
            if located.root.find((*path, needed)) is None and len(located.findings) == before:
                located.refuse(path, f"the test has no `{needed}`", identity="missing_key")
        change = {key: plain(node) for key, node in located.members((*path, "change"))}
        policy = self._policy(change, path)
        complaint = self._complaint(policy, path)
        if complaint is None:
            return None
        at = located.instant((*path, "at"), policy.timezone)
        events = self._events(policy, path, at)
        history = self._history(policy, complaint, path)
        expected = Expectations(located, policy.book, reviewed=at is not None).read((*path, "expect"))
        name = located.text((*path, "name"))
        if name is None or len(located.findings) > before:
            return None
        return PolicyTest(
            name=name,
            place=located.place(path),
            complaint=complaint,
            history=history,
            at=at,
            events=events,
            policy=policy,
            change=FrozenMap(change),
            expected=expected,
        )

    def _policy(self, change: Mapping[str, Any], path: TreePath) -> Policy:
        key = repr(sorted(change.items()))
        if key not in self.policies:
            try:
                self.policies[key] = self.policy.replace(change, name=f"{self.policy.name}, changed by a test")
            except InvalidPolicy as error:
                for finding in error.findings:
                    self.located.refuse((*path, "change"), finding.message, None, finding.help, finding.id)
                return self.policy
        return self.policies[key]

    # --- complaint ---

    def _complaint(self, policy: Policy, path: TreePath) -> Complaint | None:
        data: dict[str, Any] = {"id": "complaint"}
        for source in (("base",), (*path, "complaint")):
            for key, node in self.located.members(source):
                _take(data, key, plain(node))
        try:
            return policy.complaint(data, assume_timezone=policy.timezone)
        except InvalidComplaint as error:
            for problem in error.problems:
                self.located.refuse(self._where(problem.path, path), str(problem), identity=problem.code)
            return None

    def _where(self, fault: tuple[str | int, ...], path: TreePath) -> TreePath:
        """Find where the faulty key was written: in the test, else in `base`; a fact may stand beside the keys or under `facts`."""
        for source in ((*path, "complaint"), ("base",)):
            for tail in (fault, fault[1:], ("facts", *fault)):
                if tail and self.located.root.find((*source, *tail)) is not None:
                    return (*source, *tail)
        return (*path, "complaint") if self.located.root.find((*path, "complaint")) is not None else path

    # --- history and events ---

    def _history(self, policy: Policy, complaint: Complaint, path: TreePath) -> tuple[PastCase, ...] | None:
        path = (*path, "history")
        node = self.located.root.find(path)
        if node is None or node.content == _NOT_GIVEN:
            return None
        if node.content == _NONE:
            return ()
        cases = (self._past_case(policy, complaint, (*path, number)) for number, _ in enumerate(self.located.items(path)))
        return tuple(case for case in cases if case is not None)

    def _past_case(self, policy: Policy, complaint: Complaint, path: TreePath) -> PastCase | None:
        """Read an earlier case; what is compared is as in the complaint, but for the parts that are given."""
        located, before = self.located, len(self.located.findings)
        same = tuple(dict.fromkeys(name for names in policy.book.compared for name in names))
        stated = tuple(name for name in policy.book.model.facts if name not in (*_PAST, *same))
        located.known_keys(path, (*_PAST, *same, *(stated if policy.book.counts else ())))
        given = {name: text for name in ("id", "level", *same) if (text := located.text((*path, name))) is not None}
        now = situation(policy.book, complaint, ())
        key = {name: value for name in same if (value := given.get(name, now.part(name))) is not None}
        received = located.instant((*path, "received_at"), policy.timezone)
        closed = located.instant((*path, "closed_at"), policy.timezone)
        if received is None and len(located.findings) == before:
            located.refuse(path, "an earlier case has `received_at`", identity="missing_key")
        if received is None:
            return None
        facts = {name: plain(node) for name, node in located.members(path) if name in stated}
        events = self._past_events(policy, path)
        try:
            case = policy.complaint({"id": given.get("id", "earlier"), "received_at": received, **facts})
            past = PastCase.of(case, key=key, closed_at=closed, level=given.get("level"), events=events)
        except ClosedloopError as error:
            located.refuse(path, str(error))
            return None
        return past if facts else replace(past, facts=None)

    def _past_events(self, policy: Policy, path: TreePath) -> tuple[Event, ...] | None:
        """Read what happened in an earlier case; None where that is not given."""
        path = (*path, "events")
        node = self.located.root.find(path)
        if node is None or node.content == _NOT_GIVEN:
            return None
        return () if node.content == _NONE else self._listed_events(policy, path)

    def _events(self, policy: Policy, path: TreePath, at: datetime | None) -> tuple[Event, ...]:
        path = (*path, "events")
        if at is None and self.located.root.find(path) is not None:
            self.located.refuse(path, "events are looked at only at an instant", None, "name the instant of the review with `at`")
        return self._listed_events(policy, path)

    def _listed_events(self, policy: Policy, path: TreePath) -> tuple[Event, ...]:
        events = (self._event(policy, (*path, number)) for number, _ in enumerate(self.located.items(path)))
        return tuple(event for event in events if event is not None)

    def _event(self, policy: Policy, path: TreePath) -> Event | None:
        try:
            return policy.event({key: plain(node) for key, node in self.located.members(path)}, assume_timezone=policy.timezone)
        except InvalidEvent as error:
            for problem in error.problems:
                where = (*path, *problem.path)
                self.located.refuse(where if self.located.root.find(where) is not None else path, str(problem), identity=problem.code)
            return None


def _take(data: dict[str, Any], key: str, value: Plain) -> None:
    """Put a key of a complaint over one of `base`, be it beside the others or under `facts`; `missing` takes it away."""
    if key == "facts" and isinstance(value, dict):
        for name, each in value.items():
            _take(data, name, each)
    elif value == _MISSING:
        data.pop(key, None)
    else:
        data[key] = value
