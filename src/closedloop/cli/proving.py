"""The commands `check`, `test`, `policies` and `schema`: what is known about policies without a complaint."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from closedloop.cli.words import say
from closedloop.errors import ClosedloopError
from closedloop.facade import load_policy, packaged_policies
from closedloop.testing import load_tests, run
from closedloop.values.columns import plain_table

if TYPE_CHECKING:
    from argparse import Namespace

    from closedloop.errors import Finding
    from closedloop.testing import TestResult

_ENDING: Final = ".tests.yaml"


def check(options: Namespace) -> int:
    """Print every finding on a policy; 1 when one of them is more than a note."""
    findings = load_policy(options.policy).check()
    if _as_text(options):
        for finding in findings:
            print(finding)
        counts = Counter(finding.severity for finding in findings)
        print(f"{counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes")
    else:
        print(json.dumps([_finding(each) for each in findings], ensure_ascii=False, indent=2))
    return int(any(finding.severity != "note" for finding in findings))


def _finding(finding: Finding) -> dict[str, Any]:
    place = finding.place
    return {
        "id": finding.id,
        "severity": finding.severity,
        "place": {"file": place.file, "line": place.line, "column": place.column, "path": place.path},
        "message": finding.message,
        "help": finding.help,
    }


def test(options: Namespace) -> int:
    """Run policy tests and print those that fail with the reason; 1 when one fails."""
    results = [result for source in options.policies for result in run(load_tests(_tests_of(source)))]
    failed = [result for result in results if not result.passed]
    if _as_text(options):
        for result in failed:
            print(result.report(options.lang), end="\n\n")
        print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    else:
        print(json.dumps([_result(each, options.lang) for each in results], ensure_ascii=False, indent=2))
    return int(bool(failed))


def _result(result: TestResult, lang: str) -> dict[str, Any]:
    report = {} if result.passed else {"report": result.report(lang)}
    return {"test": result.test.name, "place": str(result.test.place), "passed": result.passed, **report}


def _tests_of(source: str) -> Path:
    """Find the policy tests of a policy: the file beside it, or the file that is named."""
    path = Path(source)
    if path.suffix != ".yaml":
        path = {info.id: Path(info.path) for info in packaged_policies()}.get(source, path)
    tests = path if path.name.endswith(_ENDING) else path.with_name(path.stem + _ENDING)
    if not tests.is_file():
        load_policy(source)  # says so where there is no such policy either
        raise ClosedloopError(f"{source}: there are no policy tests; write them in `{tests.name}` beside the policy")
    return tests


def policies(options: Namespace) -> int:
    """List the packaged policies."""
    found = packaged_policies()
    if _as_text(options):
        header = [say(title, options.lang) for title in ("policy", "edition", "title")]
        print(plain_table(header, [(info.id, info.edition, info.title.text(options.lang)) for info in found]))
    else:
        listed = [{"id": info.id, "edition": info.edition, "title": info.title.text(options.lang)} for info in found]
        print(json.dumps(listed, ensure_ascii=False, indent=2))
    return 0


def schema(options: Namespace) -> int:
    """Print the JSON Schema of a policy document."""
    from closedloop.policy.schema import policy_schema

    text = json.dumps(policy_schema(), ensure_ascii=False, indent=2) + "\n"
    if options.output is None:
        sys.stdout.write(text)
        return 0
    try:
        Path(options.output).write_text(text, "utf-8")
    except OSError as error:
        raise ClosedloopError(f"{options.output}: cannot be written: {(error.strerror or 'unknown reason').lower()}") from None
    return 0


def _as_text(options: Namespace) -> bool:
    return bool(options.format == "text" or (options.format is None and sys.stdout.isatty()))
