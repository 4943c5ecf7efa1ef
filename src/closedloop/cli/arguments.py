"""The commands and their options, as `argparse` reads them."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from closedloop.values.mappings import FrozenMap

if TYPE_CHECKING:
    from collections.abc import Mapping

_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_FILE_HELP: Final = "complaints as CSV, JSON or JSON Lines; - for standard input"
_POLICY_HELP: Final = "a packaged policy such as chery_nev, or a file such as acme.yaml"
_EPILOG: Final = "Exit codes: 0 fine, 1 findings, failing policy tests or rows set aside, 2 could not run."


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the options."""

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        self.exit(2, f"{self.prog}: {' '.join(message.split())}; see {self.prog} --help\n")


class _Together(argparse.Action):
    """Adds what an option gives to what it gave before, so that nothing is lost where it is repeated."""

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option_string: str | None = None) -> None:
        """Add the names; a key that was given before is an error."""
        before = getattr(namespace, self.dest)
        if isinstance(values, frozenset):
            setattr(namespace, self.dest, before | values)
            return
        if twice := [key for key in values if key in before]:
            parser.error(f"argument {option_string}: `{twice[0]}` is given twice")
        setattr(namespace, self.dest, FrozenMap({**before, **values}))


def parser(version: str) -> argparse.ArgumentParser:
    """Build the parser of the whole command line."""
    top = _Parser(prog="closedloop", description="Rules for handling customer complaints.", epilog=_EPILOG)
    top.add_argument("--version", action="version", version=f"closedloop {version}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    _decide(commands.add_parser("decide", help="decide the complaints of a file", epilog=_EPILOG))
    _explain(commands.add_parser("explain", help="say why one complaint of a file is decided as it is", epilog=_EPILOG))
    _check(commands.add_parser("check", help="say what a policy leaves open or leaves out", epilog=_EPILOG))
    _test(commands.add_parser("test", help="run the policy tests beside a policy", epilog=_EPILOG))
    _common(commands.add_parser("policies", help="list the packaged policies", epilog=_EPILOG), ("text", "json"))
    _render(commands.add_parser("render", help="write a policy as a document to be checked and signed", epilog=_EPILOG))
    _compare(commands.add_parser("compare", help="say what another policy would have done to the same cases", epilog=_EPILOG))
    schema = commands.add_parser("schema", help="print the JSON Schema of a policy document, for editors", epilog=_EPILOG)
    schema.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")
    return top


def _decide(command: argparse.ArgumentParser) -> None:
    command.description = "Decide complaints in the order of receipt; each sees the earlier rows of the file as its history."
    _complaints(command)
    _common(command, ("text", "jsonl", "json", "csv"))
    command.add_argument(
        "--output", metavar="FILE", help="write the decisions to a file (CSV, JSON or JSON Lines by its ending) and print the summary"
    )
    command.add_argument("--limit", type=_count, default=20, metavar="N", help="how many rows to show as text, 0 for all (default: 20)")


def _explain(command: argparse.ArgumentParser) -> None:
    command.description = "Decide a file of complaints and say of one of them why it is decided so, and what would change it."
    _complaints(command)
    _common(command, ("text", "json"))
    command.add_argument("--id", required=True, help="which complaint")


def _complaints(command: argparse.ArgumentParser) -> None:
    command.add_argument("policy", metavar="POLICY", help=_POLICY_HELP)
    command.add_argument("file", metavar="FILE", help=_FILE_HELP)
    command.add_argument("--history", metavar="FILE", help="earlier cases; or `none`: there are none, or `unknown`: nobody looked")
    command.add_argument(
        "--columns",
        type=_columns,
        action=_Together,
        default=FrozenMap(),
        metavar="KEY=COLUMN,...",
        help="which column holds which key, as in id=ticket",
    )
    command.add_argument(
        "--ignore", type=_names, action=_Together, default=frozenset(), metavar="COLUMN,...", help="columns that are no part of a complaint"
    )
    command.add_argument("--timezone", metavar="ZONE", help="the zone of times without an offset (default: that of the policy)")


def _check(command: argparse.ArgumentParser) -> None:
    command.description = "Check a policy: gaps, slots that the source leaves unset, rules that never apply, missing translations."
    command.add_argument("policy", metavar="POLICY", help=_POLICY_HELP)
    _common(command, ("text", "json"))


def _test(command: argparse.ArgumentParser) -> None:
    command.description = "Run policy tests: NAME.tests.yaml beside each policy, or such files by their own name."
    command.add_argument("policies", nargs="+", metavar="POLICY", help=f"{_POLICY_HELP}; or a file of policy tests")
    _common(command, ("text", "json"))


def _render(command: argparse.ArgumentParser) -> None:
    command.description = "Write a policy in Chinese or English as a document that its owner can check against the source, and sign."
    command.add_argument("policy", metavar="POLICY", help=_POLICY_HELP)
    command.add_argument(
        "--format", choices=("markdown", "html"), help="the form (default: html where --output ends in .html or .htm, markdown otherwise)"
    )
    _lang(command)
    command.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")


def _compare(command: argparse.ArgumentParser) -> None:
    command.description = "Put the same cases under two policies, each with the history that it would have seen, and say exactly what differs."
    command.add_argument("old", metavar="OLD", help=_POLICY_HELP)
    command.add_argument("new", metavar="NEW", help=_POLICY_HELP)
    command.add_argument("data", metavar="DATA", help="complaints with what happened to them: .csv, or .jsonl with `events` in each line")
    mappings = {
        "columns": "which column holds which key, as in id=ticket",
        "facts": "which column holds which fact, as in loss=loss_band",
        "events": "which column holds the instant of which event, as in closed=closed_at",
    }
    for option, what in mappings.items():
        command.add_argument(f"--{option}", type=_columns, action=_Together, default=FrozenMap(), metavar="KEY=COLUMN,...", help=f"{what} (CSV only)")
    command.add_argument("--timezone", metavar="ZONE", help="the zone of times without an offset (default: that of the old policy)")
    command.add_argument("--by", choices=("category", "department", "level", "month"), help="show the summary by group")
    command.add_argument("--workers", type=_at_least_one, default=1, metavar="N", help="how many processes share the work (default: 1)")
    command.add_argument("--report", metavar="FILE", help="write a page of HTML with plots")
    command.add_argument("--changed", metavar="FILE", help="write what changed as CSV, one row for each part of a case")
    _common(command, ("text", "json"))


def _at_least_one(text: str) -> int:
    if not _count(text):
        raise argparse.ArgumentTypeError("`0` is too few; give 1 or more")
    return int(text)


def _common(command: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    other = "jsonl" if "jsonl" in formats else "json"
    command.add_argument("--format", choices=formats, help=f"how to answer (default: text on a terminal, {other} otherwise)")
    _lang(command)


def _lang(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--lang", type=_language, default="en", metavar="LANG", help="the language of labels and explanations, such as zh (default: en)"
    )


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"`{text}` is not a language tag such as zh or en")
    return text


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"`{text}` is not a whole number")
    return int(text)


def _names(text: str) -> frozenset[str]:
    return frozenset(name for each in text.split(",") if (name := each.strip()))


def _columns(text: str) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for pair in text.split(","):
        key, equals, column = (part.strip() for part in pair.partition("="))
        if not (key and equals and column) or key in names:
            raise argparse.ArgumentTypeError(f"`{pair}` is not KEY=COLUMN with a key of its own, such as id=ticket")
        names[key] = column
    return FrozenMap(names)
