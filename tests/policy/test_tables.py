"""Tables: outcomes typed by the fact they decide, rows that meet, rows that override, and conditions."""

from __future__ import annotations

import pytest

from closedloop.policy.model import RemedySet, RouteTo
from closedloop.policy.terms import PROMPTLY
from closedloop.policy.witnesses import Witness
from closedloop.rules.states import UNSET
from closedloop.values.limits import Limit
from closedloop.values.mappings import FrozenMap
from closedloop.values.money import Money
from tests.policy.samples import HEAD, WHOLE, faults, model, said, sample, sample_faults

WORDS = """\
parties: {desk: {}, quality: {}}
facts:
  kind: {type: choice, values: [complaint, enquiry]}
  size: {type: ordered, values: [small, large]}
  open_kind: {type: choice, values: [red, blue], other: allowed}
  out: {type: choice, values: [left, right]}
  outs: {type: choice, many: yes, values: [left, right]}
  limit: {type: limit}
  fee: {type: money}
"""


def outcome(table: str, then: str) -> object:
    """Return what a row of a table gives."""
    hit = "hit: all, " if table in {"outs", "remedies"} else ""
    return sample(f"{WORDS}tables: {{{table}: {{{hit}rules: {{a: {{then: {then}, cite: c}}}}}}}}").tables[table].rules[0].then


@pytest.mark.parametrize(
    ("table", "then", "expected"),
    [
        ("out", "left", "left"),
        ("out", "unset", UNSET),
        ("outs", "[left, right]", frozenset({"left", "right"})),
        ("outs", "left", frozenset({"left"})),
        ("open_kind", "other", "other"),
        ("limit", "2 days", Limit(2, "days")),
        ("limit", "promptly", PROMPTLY),
        ("fee", "10.50 CNY", Money.parse("10.50 CNY")),
        ("scope", "in", "in"),
        ("loss_basis", "price_loss", "price_loss"),
        ("routing", "{accountable: desk, through: [quality], informed: quality}", RouteTo("desk", informed=("quality",), through=("quality",))),
        ("routing", "{accountable: unset}", RouteTo(UNSET)),
        ("remedies", "{owed: [refund], open: gift}", RemedySet(owed=("refund",), open=("gift",))),
    ],
)
def test_outcomes(table: str, then: str, expected: object) -> None:
    assert outcome(table, then) == expected


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("out: {rules: {a: {then: lft, cite: c}}}", ("bad_outcome", "tables.out.rules.a.then")),
        ("out: {rules: {a: {then: [left], cite: c}}}", ("bad_outcome", "tables.out.rules.a.then")),
        ("open_kind: {rules: {a: {then: rde, cite: c}}}", ("bad_outcome", "tables.open_kind.rules.a.then")),
        ("limit: {rules: {a: {then: 2 dyas, cite: c}}}", ("bad_outcome", "tables.limit.rules.a.then")),
        ("fee: {rules: {a: {then: 10 EUR, cite: c}}}", ("other_currency", "tables.fee.rules.a.then")),
        ("scope: {rules: {a: {then: inside, cite: c}}}", ("bad_outcome", "tables.scope.rules.a.then")),
        ("routing: {rules: {a: {then: desk, cite: c}}}", ("bad_outcome", "tables.routing.rules.a.then")),
        ("routing: {rules: {a: {then: {informed: desk}, cite: c}}}", ("missing_key", "tables.routing.rules.a.then")),
        ("routing: {rules: {a: {then: {accountable: dsk}, cite: c}}}", ("unknown_party", "tables.routing.rules.a.then.accountable")),
        ("routing: {rules: {a: {then: {accountable: desk, by: x}, cite: c}}}", ("unknown_key_of_a_route", "tables.routing.rules.a.then.by")),
        ("remedies: {hit: all, rules: {a: {then: {due: [x]}, cite: c}}}", ("unknown_key_of_remedies", "tables.remedies.rules.a.then.due")),
        ("remedies: {rules: {a: {then: {owed: [x]}, cite: c}}}", ("bad_hit", "tables.remedies")),
        ("nothing: {rules: {a: {then: x, cite: c}}}", ("undeclared_table", "tables.nothing")),
        ("repeat: {rules: {a: {then: new, cite: c}}}", ("standard_fact", "tables.repeat")),
        ("out: {hit: highest, rules: {a: {then: left, cite: c}}}", ("bad_hit", "tables.out.hit")),
        ("out: {hit: all, rules: {a: {then: left, cite: c}}}", ("bad_hit", "tables.out.hit")),
        ("out: {rules: {}}", ("no_rules", "tables.out.rules")),
        ("out: {rules: {a: {then: left}}}", ("missing_cite", "tables.out.rules.a")),
        ("out: {rules: {a: {then: left, overrides: b, cite: c}}}", ("unknown_other_row_of_the_table", "tables.out.rules.a.overrides")),
        (
            "out: {rules: {a: {then: left, overrides: b, cite: c}, b: {then: right, overrides: [a], cite: c}}}",
            ("cycle", "tables.out.rules.a.overrides"),
        ),
    ],
)
def test_faults_in_tables(table: str, fault: tuple[str, str]) -> None:
    assert fault in sample_faults(f"{WORDS}tables: {{{table}}}")


def test_a_derived_fact_has_no_table() -> None:
    assert ("undeclared_table", "tables.n") in sample_faults("facts: {n: {count: closed}}\ntables: {n: {rules: {a: {then: '1', cite: c}}}}")


@pytest.mark.parametrize(
    ("when", "fault"),
    [
        ("{knd: complaint}", "there is no fact, table or event `knd`; did you mean `kind`?"),
        ("{kind: complain}", "kind: `complain` is not one of complaint, enquiry; did you mean `complaint`?"),
        ("{open_kind: gren}", "open_kind: `gren` is not one of red, blue, other"),
        ("{kind: '>= complaint'}", "kind: `>= complaint` compares, but the field has no order; its values are one of complaint, enquiry"),
        ("{closed: yes}", "closed: `yes` is not a test of an event; an event is `present` or `missing`"),
        ("{reply.state: lat}", "reply.state: `lat` is not one of waiting, running, paused, late, met, met_late, not_owed; did you mean `late`?"),
        ("{reply.late: present}", "`reply.late` is not a field of a condition; it belongs under `from`; in a condition write `reply.state: late`"),
        ("{claim: '> 5 EUR'}", "`5 EUR` is not in CNY, the currency of the policy"),
        ("{claim: '1 CNY..2 EUR'}", "claim: CNY and EUR do not mix; convert one of them first"),
        ("{round: '0'}", "round: `0` is not a whole number from 1 on"),
        ("complaint", "found `complaint`, expected a condition; a condition is a mapping from field to test, or a list of such mappings"),
        ("[]", "found an empty list, expected a condition; a condition is a mapping from field to test, or a list of such mappings"),
    ],
)
def test_faults_in_conditions(when: str, fault: str) -> None:
    text = f"{HEAD}{WORDS}duties: {{reply: {{do: closed, cite: c}}}}\ntables: {{out: {{rules: {{a: {{when: {when}, then: left, cite: c}}}}}}}}"
    assert [line.partition("error: ")[2] for line in said(text)] == [fault]


def test_a_condition_in_a_sum_of_money_needs_a_currency() -> None:
    text = (HEAD + WORDS).replace("currency: CNY\n", "") + "tables: {out: {rules: {a: {when: {claim: '> 5 CNY'}, then: left, cite: c}}}}"
    assert said(text) == ["sample.yaml:13:42: error: `5 CNY` is an amount of money, but the policy names no currency; add `currency: CNY`"]


def test_rows_that_meet_are_an_error_with_a_witness() -> None:
    """A large complaint is in both rows."""
    rows = "a: {when: {kind: complaint}, then: left, cite: c}, b: {when: {size: large}, then: right, cite: c}"
    (finding,) = faults(f"{HEAD}{WORDS}tables: {{out: {{rules: {{{rows}}}}}}}")
    assert (finding.id, finding.place.path) == ("overlap", "tables.out.rules.b")
    assert finding.message == "rows `a` and `b` can both apply, for example with kind: complaint, size: large"
    assert isinstance(finding.witness, Witness)
    assert finding.witness.complaint.facts == {"kind": "complaint", "size": "large"}
    assert finding.witness.rule == "tables.out.rules.b"


def test_rows_that_meet_with_the_same_outcome_are_an_error_too() -> None:
    rows = "a: {when: {kind: complaint}, then: left, cite: c}, b: {when: {size: large}, then: left, cite: c}"
    assert sample_faults(f"{WORDS}tables: {{out: {{rules: {{{rows}}}}}}}") == [("overlap", "tables.out.rules.b")]


def test_an_override_settles_rows_that_meet() -> None:
    rows = "a: {when: {kind: complaint}, then: left, cite: c}, b: {when: {size: large}, then: right, overrides: a, cite: c}"
    assert sample(f"{WORDS}tables: {{out: {{rules: {{{rows}}}}}}}").tables["out"].rules[1].overrides == {"a"}


def test_rows_may_meet_where_the_highest_counts() -> None:
    """The sample's level gives the highest of several rows."""
    assert model(WHOLE.replace("{loss: small}", '{loss: ">= small"}')).tables["level"].hit == "highest"


def test_whether_a_table_says_what_holds_otherwise() -> None:
    """`otherwise: unset` is said, an absent `otherwise` is not."""
    tables = model(WHOLE).tables
    assert (tables["level"].closed, tables["level"].otherwise) == (True, UNSET)
    assert (tables["closing_limit"].closed, tables["closing_limit"].otherwise) == (False, UNSET)


def test_a_repeat_raises_the_level() -> None:
    """The table of the level has the raised level as its floor."""
    whole = model(WHOLE)
    assert whole.repeats is not None
    assert (whole.repeats.same, whole.repeats.window, whole.repeats.raise_level_by) == (("customer", "category"), Limit(1, "months"), 1)
    assert (whole.repeats.while_open, whole.repeats.raise_from) == ("merge", "last")
    assert {name: table.floor for name, table in whole.tables.items()} == {"level": "repeat.level", "closing_limit": None}


@pytest.mark.parametrize(
    ("repeats", "fault"),
    [
        ("{same: [customr], cite: c}", ("unknown_fact", "repeats.same.0")),
        ("{same: [customer]}", ("missing_cite", "repeats")),
        ("{same: [customer], raise_level_by: '1', cite: c}", ("no_level", "repeats.raise_level_by")),
        ("{same: [customer], raise_level_by: one, cite: c}", ("bad_number", "repeats.raise_level_by")),
        ("{same: [customer], window: a month, cite: c}", ("bad_limit", "repeats.window")),
        ("{same: [customer], clock: ofice, cite: c}", ("unknown_clock", "repeats.clock")),
        ("{same: [customer], window: 5 working days, cite: c}", ("no_clock", "repeats")),
        ("{same: [customer], when: {chanel: phone}, cite: c}", ("unknown_fact", "repeats.when.chanel")),
        ("{same: [customer], when: {claim: '>= unset'}, cite: c}", ("bad_condition", "repeats.when")),
        ("{same: [customer], cite: {smae: c}}", ("unknown_setting", "repeats.cite.smae")),
        ("{same: [customer], cite: {window: c}}", ("unknown_setting", "repeats.cite.window")),
        ("{same: [customer], cite: {same: {a: b}}}", ("wrong_type", "repeats.cite.same")),
    ],
)
def test_faults_in_repeats(repeats: str, fault: tuple[str, str]) -> None:
    assert sample_faults(f"repeats: {repeats}") == [fault]


def test_each_setting_of_repeats_can_have_a_clause() -> None:
    rule = sample("repeats: {same: [customer], window: 30 days, cite: {window: [c/2, c/1], same: c/1}}").repeats
    assert rule is not None
    assert [clause.id for clause in rule.provenance.clauses] == ["c/2", "c/1"]
    assert {key: (each.path, [clause.id for clause in each.clauses]) for key, each in rule.settings.items()} == {
        "window": ("repeats.window", ["c/2", "c/1"]),
        "same": ("repeats.same", ["c/1"]),
    }


def test_order_of_tables_and_derived_facts() -> None:
    """Each comes after what it reads."""
    order = model(WHOLE).order
    assert set(order) == {"level", "closing_limit", "in_time"}
    assert order.index("closing_limit") < order.index("in_time")


@pytest.mark.parametrize(
    ("sections", "circle"),
    [
        (
            (
                "tables:\n  out: {rules: {a: {when: {kind: complaint}, then: left, cite: c}}}\n"
                "  kind: {rules: {a: {when: {out: left}, then: complaint, cite: c}}}"
            ),
            "`kind` reads `out` reads `kind`: this goes round in a circle",
        ),
        (
            (
                "tables: {limit: {rules: {a: {when: {reply.state: late}, then: 1 hour, cite: c}}}}\n"
                "duties: {reply: {do: closed, within: limit, cite: c}}"
            ),
            "`limit` reads `reply` reads `limit`: this goes round in a circle",
        ),
        (
            "duties: {a: {do: closed, from: b.late, cite: c}, b: {do: closed, from: a.due, cite: c}}",
            "`a` reads `b` reads `a`: this goes round in a circle",
        ),
        (
            "tables: {kind: {rules: {a: {when: {repeat: new}, then: complaint, cite: c}}}}\nrepeats: {same: [kind], cite: c}",
            "`kind` reads `repeat` reads `kind`: this goes round in a circle",
        ),
    ],
)
def test_circles(sections: str, circle: str) -> None:
    (finding,) = faults(HEAD + WORDS + sections)
    assert (finding.id, finding.message) == ("cycle", circle)


def test_fields_are_read_only_and_hashable() -> None:
    """The model is a value."""
    whole = model(WHOLE)
    assert hash(whole) == hash(model(WHOLE))
    assert isinstance(whole.tables, FrozenMap)


@pytest.mark.parametrize("test", ["[1 CNY, 5 EUR]", "'1 EUR..2 EUR'", "{not: 5 EUR}", "[5 EUR, '> 6 CNY']"])
def test_amounts_are_checked_wherever_they_stand_in_a_test(test: str) -> None:
    found = sample_faults(f"{WORDS}tables: {{out: {{rules: {{a: {{when: {{claim: {test}}}, then: left, cite: c}}}}}}}}")
    assert set(found) == {("other_currency", "tables.out.rules.a.when.claim")}


def test_a_witness_is_written_as_a_policy_writes_it() -> None:
    """Yes and no, events, amounts, and what is missing."""
    words = f"{WORDS.replace('facts:', 'facts:' + chr(10) + '  urgent: {type: yes_no}')}"
    when = "{urgent: yes, closed: present, claim: '>= 5 CNY', channel: missing}"
    rows = f"a: {{when: {when}, then: left, cite: c}}, b: {{when: {when}, then: right, cite: c}}"
    (finding,) = faults(f"{HEAD}{words}tables: {{out: {{rules: {{{rows}}}}}}}")
    assert finding.message.partition("with ")[2] == "channel: missing, claim: 5 CNY, closed: present, urgent: yes"


def test_rows_that_cannot_be_proved_apart_within_bounds_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is lowered here; a table that reads another needs more than one evaluation."""
    monkeypatch.setattr("closedloop.rules.program.MOST_EVALUATIONS", 0)
    tables = (
        "out: {rules: {a: {when: {size: large}, then: left, cite: c}}, otherwise: right}, "
        "open_kind: {rules: {a: {when: {out: left}, then: red, cite: c}, b: {when: {out: left, kind: complaint}, then: blue, cite: c}}}"
    )
    assert sample_faults(f"{WORDS}tables: {{{tables}}}") == [("too_intricate", "tables.open_kind")]
