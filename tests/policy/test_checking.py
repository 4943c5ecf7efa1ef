"""What `check` remarks on a policy that can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.policy.checking import check
from closedloop.policy.loading import read_policy
from closedloop.policy.witnesses import Witness
from tests.policy.samples import HEAD, WHOLE, load

if TYPE_CHECKING:
    import pytest

    from closedloop.errors import Finding


def remarks(sections: str, identity: str) -> list[Finding]:
    """Return the remarks of one kind on a policy of these sections."""
    return [finding for finding in check(load(HEAD + sections)) if finding.id == identity]


def test_remarks_come_in_the_order_of_the_file_and_are_no_errors() -> None:
    found = check(load(WHOLE))
    assert found
    assert list(found) == sorted(found, key=lambda finding: (finding.place.line, finding.place.column))
    assert {finding.severity for finding in found} <= {"warning", "note"}


def test_open_slots_are_listed() -> None:
    """Words that happen to be in a note or a label are not slots."""
    (finding,) = remarks("duties: {a: {do: closed, within: unset, note: unset, zh: unset, cite: c}}\nclauses: {c: unset}", "unset")
    assert str(finding) == "sample.yaml:5:34: note: `duties.a.within` is unset: the source does not say"


def test_a_comparison_with_an_open_slot_is_listed() -> None:
    (finding,) = remarks('gates: {closed: {a: {needs: {claim: ">= unset"}, cite: c}}}', "unset")
    assert finding.place.path == "gates.closed.a.needs.claim"


def test_a_category_without_a_limit() -> None:
    (finding,) = [finding for finding in check(load(WHOLE)) if finding.id == "uncovered_category"]
    assert finding.severity == "warning"
    assert finding.message == "`closing_limit` gives no limit for category: service: what rests on it is `unspecified_by_source`"


def test_finance_has_no_limit_in_document_000() -> None:
    (finding,) = [finding for finding in check(read_policy("chery_nev")) if finding.id == "uncovered_category"]
    assert finding.place.path == "tables.closing_limit.rules.finance.then"


FACTS = "facts: {kind: {type: choice, values: [a, b, d]}, out: {type: choice, values: [x, y]}}\n"


def test_a_gap_comes_with_a_witness() -> None:
    """The third kind is in no row."""
    (finding,) = remarks(FACTS + "tables: {out: {rules: {r: {when: {kind: [a, b]}, then: x, cite: c}}}}", "gap")
    assert isinstance(finding.witness, Witness)
    assert (finding.severity, finding.witness.states, finding.witness.complaint.facts) == ("warning", {"kind": "d"}, {"kind": "d"})
    assert finding.message == "no row of the table `out` applies, for example with kind: d"


def test_no_gap_where_something_holds_otherwise_or_every_value_is_covered() -> None:
    assert not remarks(FACTS + "tables: {out: {rules: {r: {when: {kind: [a, b]}, then: x, cite: c}}, otherwise: y}}", "gap")
    assert not remarks(FACTS + "tables: {out: {rules: {r: {when: {kind: [a, b]}, then: x, cite: c}, s: {when: {kind: d}, then: y, cite: c}}}}", "gap")


def test_what_can_never_apply() -> None:
    """The table never gives `y`, so that neither the row nor the duty that asks for it applies."""
    sections = FACTS.replace("out:", "end: {type: choice, values: [x, y]}, out:") + (
        "tables: {out: {rules: {r: {then: x, cite: c}}}, end: {rules: {s: {when: {out: y}, then: x, cite: c}}, otherwise: y}}\n"
        "duties: {d: {when: {out: y}, do: closed, cite: c}, e: {when: {out: x}, do: closed, cite: c}}"
    )
    assert [finding.place.path for finding in remarks(sections, "never_applies")] == ["tables.end.rules.s", "duties.d"]


def test_a_stage_without_a_limit_before_one_with_a_limit() -> None:
    """Confirming has no limit, so that the reply within a day of it can be put off."""
    sections = "duties: {confirm: {do: confirmed, cite: c}, reply: {do: first_replied, from: confirmed, within: 24 hours, cite: c}}"
    (finding,) = remarks(sections, "unbounded_stage")
    assert (finding.severity, finding.place.path) == ("warning", "duties.confirm")
    assert not remarks(sections.replace("do: confirmed,", "do: confirmed, within: 1 hour,"), "unbounded_stage")


def test_a_limit_that_can_end_after_closing() -> None:
    """It runs from an event that can come at any time; what runs from receipt or from closing cannot be overtaken so."""
    sections = (
        "duties: {close: {do: closure_requested, within: 24 hours, cite: c}, "
        "contact: {do: customer_contacted, from: handed_over, within: 24 hours, cite: c}, "
        "tell: {do: acknowledged, within: 30 hours, cite: c}, file: {do: archived, from: closed, within: 24 hours, cite: c}}"
    )
    assert [finding.place.path for finding in remarks(sections, "duty_after_closing")] == ["duties.contact"]


def test_names_that_a_language_of_the_title_lacks() -> None:
    found = remarks("parties: {a: {zh: 甲, en: A}, b: {zh: 乙}, d: {}}", "missing_translation")
    assert [finding.message for finding in found] == [
        "1 of 3 names under `parties` are not given in `zh`: `d`",
        "2 of 3 names under `parties` are not given in `en`: `b`, `d`",
    ]


def test_values_without_a_label_have_no_name() -> None:
    (finding,) = remarks("facts: {a: {type: choice, values: {x: {zh: 甲, en: A}, y: 乙}, zh: 丙, en: C}}", "missing_translation")
    assert finding.message == "1 of 2 names under `facts.a.values` are not given in `en`: `y`"


def test_clauses_that_are_cited_and_not_quoted() -> None:
    """Only a policy that quotes its clauses is asked for the rest."""
    duties = "duties: {a: {do: closed, cite: [c/1, c/2]}}\n"
    (finding,) = remarks(duties + "clauses: {c/1: words}", "unquoted_clause")
    assert finding.message == "1 clauses are cited and not quoted: c/2"
    assert not remarks(duties, "unquoted_clause")


def test_a_gap_that_cannot_be_worked_out_within_bounds_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is lowered here."""
    policy = load(HEAD + FACTS + "tables: {out: {rules: {r: {when: {kind: [a, b]}, then: x, cite: c}}}}")
    monkeypatch.setattr("closedloop.rules.program.MOST_EVALUATIONS", 0)
    assert ("too_intricate", "note") in [(finding.id, finding.severity) for finding in check(policy)]
