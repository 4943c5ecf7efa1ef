"""Writes source-coverage.md: for every clause of the five source documents the rules that cite it, or why it carries none.

`source-clauses.csv` lists the clauses: id, kind, and mark (`M` computable from typed facts, `A` computable once a person has
judged, `I` informational, `absent` not in the text). `source-ambiguities.csv` lists what can be read in more than one way or is
missing, and where each is resolved; a row with an empty policy is a remark of a review. Run `make coverage-page` after a change
of a packaged policy.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

import closedloop as cl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from closedloop.policy.model import PolicyModel, Provenance

HERE = Path(__file__).parent
PAGE = HERE / "source-coverage.md"
CLAUSES = HERE / "source-clauses.csv"
AMBIGUITIES = HERE / "source-ambiguities.csv"
TITLES = {
    "000": "000 客户抱怨闭环处理管理办法",
    "001": "001 Vanke, callbacks, eight steps, a service company, a parts maker",
    "002": "002 IT desk, car dealer, generic company, Ferris wheel, hotel",
    "003": "003 flows of an industrial company, and its complaint scheme",
    "004": "004 infant food",
}
#: Why a clause of a kind that is only informational carries no rule.
WHY = {
    "META": "names or describes the document",
    "PRIN": "a principle without anything that could be checked",
    "ROLE": "says what a party is for; what it must do stands in other clauses",
    "TGT": "an aim without a number",
    "CLS": "a description without a criterion",
    "DEF": "a description without a criterion",
    "DL": "no time is given",
    "REC": "no field is given",
    "PEN": "no amount or case is given",
    "PROC": "a heading, or a step that other clauses state",
    "APP": "the approver is not in the text",
    "CLO": "no criterion is given",
    "CB": "no criterion is given",
}


def packaged() -> dict[str, PolicyModel]:
    """Return the packaged policies by the names of their files."""
    return {info.path.name.removesuffix(".yaml"): cl.load_policy(info.path).book.model for info in cl.packaged_policies()}


def rules(model: PolicyModel) -> list[Provenance]:
    """Return what carries a clause out. A record does where a rule leaves or needs it; else it only has a name."""
    sections = (model.tables, model.duties, model.routines, model.gates, model.targets, model.rounds, model.clocks)
    found = [row.provenance for section in sections for row in section.values()]
    found += [rule.provenance for table in model.tables.values() for rule in table.rules]
    found += [model.repeats.provenance] if model.repeats is not None else []
    found += [fact.provenance for fact in model.facts.values() if _decides(fact)]
    served = {record for rule in (*model.duties.values(), *model.routines.values()) for record in rule.leaving}
    served |= {record for gate in model.gates.values() for record in (*gate.records, *gate.one_of)}
    return found + [record.provenance for name, record in model.records.items() if name in served]


def labels(model: PolicyModel) -> list[Provenance]:
    """Return what only names something, or says by whose words the rest is read."""
    sections = (model.records, model.facts, model.events, model.parties, model.readings)
    return [*(row.provenance for section in sections for row in section.values()), model.in_force.provenance]


def citations(models: Mapping[str, PolicyModel], of: Callable[[PolicyModel], Iterable[Provenance]]) -> dict[str, list[tuple[str, str]]]:
    """Return for each clause the policies and paths that cite it, among what is looked at of each policy."""
    found: dict[str, dict[tuple[str, str], None]] = defaultdict(dict)
    for name, model in models.items():
        for row in of(model):
            for clause in row.clauses:
                found[clause.id][name, row.path] = None
    return {clause: list(paths) for clause, paths in found.items()}


def _decides(fact: Any) -> bool:
    """Whether a fact is a rule: it is worked out, judged by somebody, or says by which values something is classified."""
    return fact.derived is not None or bool(fact.judged_by) or fact.domain.listed


def clauses() -> list[dict[str, str]]:
    """Return the clauses of the sources."""
    with CLAUSES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def uncited(models: Mapping[str, PolicyModel]) -> list[str]:
    """Return the clauses that can be computed or judged and that no rule cites; one that only words cite is not carried out."""
    cited = citations(models, rules)
    return [row["clause"] for row in clauses() if row["mark"] in {"M", "A"} and row["clause"] not in cited]


def ambiguities() -> list[dict[str, str]]:
    """Return the ambiguities of the sources, a row for each place where one is resolved."""
    with AMBIGUITIES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def unresolved() -> list[str]:
    """Return the places that do not resolve an ambiguity as `source-ambiguities.csv` says, and why."""
    return [f"{row['ambiguity']}: {row['policy']}: {row['path']}: {why}" for row in ambiguities() if (why := _fault(row))]


@cache
def _document(policy: str) -> dict[str, Any]:
    """Return a packaged policy as a document, with its base and changes merged in."""
    document: dict[str, Any] = yaml.safe_load(cl.load_policy(policy).to_yaml())
    return document


@cache
def _findings(policy: str) -> frozenset[tuple[str, str]]:
    return frozenset((finding.id, finding.place.path) for finding in cl.load_policy(policy).check())


def _at(policy: str, path: str) -> Any:
    """Return what stands at a dotted path; None where it leads nowhere."""
    found: Any = _document(policy)
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _fault(row: dict[str, str]) -> str:
    """Say why a row is no longer true; empty where it is."""
    policy, path, value = row["policy"], row["path"], row["value"]
    match row["kind"]:
        case "reading":
            reading = cl.load_policy(policy).book.model.readings.get(path)
            gone = [] if reading is None else [choice for choice in value.split() if choice not in reading.choices]
            if reading is None or gone:
                return f"there is no {f'choice {gone[0]}' if gone else 'such reading'}"
            return "" if reading.take == value.split()[0] else f"{reading.take} is in force"
        case "finding":
            return "" if (value, path) in _findings(policy) else f"there is no finding {value}"
        case "slot":
            return "" if _at(policy, path) == "unset" else "it is not unset"
        case "rule":
            found = _at(policy, path)
            held = found is not None and (not value or value in ([*map(str, found)] if isinstance(found, list) else [str(found)]))
            return "" if held else f"it is {found}"
    return "" if row["kind"] == "review" else "no such kind"


def _register() -> list[str]:
    """Return the part of the page on the ambiguities."""
    lines = [
        "",
        "## Where each ambiguity is resolved",
        "",
        "What the documents leave open to reading. A **reading** names its choices, the one in force first; a **slot** is `unset`; a **finding** is",
        "a remark of `closedloop check`, or of a review; a **rule** is what settles it where no other reading is known. A test fails when one is",
        "dropped.",
        "",
        "| no. | clauses | question | resolved by |",
        "|---|---|---|---|",
    ]
    by_number: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in ambiguities():
        by_number[row["ambiguity"]].append(row)
    for number, rows in by_number.items():
        clauses = ", ".join(rows[0]["clauses"].split())
        lines.append(f"| {number} | {clauses} | {rows[0]['question']} | {'; '.join(map(_resolution, rows))} |")
    return lines


def _resolution(row: dict[str, str]) -> str:
    if row["kind"] == "review":
        return f"finding of a review `{row['value']}`"
    where = f"`{row['policy']}` `{'readings.' * (row['kind'] == 'reading')}{row['path']}`"
    return {
        "reading": f"reading {where}: {', '.join(row['value'].split())}",
        "finding": f"finding `{row['value']}` at {where}",
        "slot": f"slot {where}",
        "rule": f"rule {where}",
    }[row["kind"]]


def page() -> str:
    """Return the page."""
    cited = citations(packaged(), lambda model: [*rules(model), *labels(model)])
    lines = [
        "# Where each clause of the sources lives",
        "",
        "Generated by `make coverage-page`; a test fails when it is stale, or when a clause marked M or A is cited by no rule.",
        "",
        "What can be read in more than one way is listed [at the end](#where-each-ambiguity-is-resolved).",
        "",
        "`M`: computable from typed facts. `A`: computable once a person has judged. `I`: informational. `absent`: not in the text.",
    ]
    document = ""
    for row in clauses():
        if row["clause"][:3] != document:
            document = row["clause"][:3]
            lines += ["", f"## {TITLES[document]}", "", "| clause | mark | policy | cited by |", "|---|---|---|---|"]
        lines.append(_line(row, cited.get(row["clause"], [])))
    lines += _register()
    return "\n".join(lines) + "\n"


def _line(row: dict[str, str], cited: list[tuple[str, str]]) -> str:
    policies = ", ".join(dict.fromkeys(f"`{name}`" for name, _ in cited))
    paths = ", ".join(dict.fromkeys(f"`{path}`" for _, path in cited))
    if not cited:
        paths = "not in the text" if row["mark"] == "absent" else f"no rule: {WHY[row['kind']]}"
    return f"| {row['clause']} | {row['mark']} | {policies} | {paths} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
