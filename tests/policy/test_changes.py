"""Changes: a piece of document laid over another, by a script, a reading, an extension or an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from closedloop.errors import InvalidPolicy
from closedloop.policy.changes import replace
from closedloop.policy.loading import read_text
from closedloop.policy.terms import InTime
from closedloop.rules.states import UNSET
from closedloop.values.clauses import ReadingChoice
from closedloop.values.limits import Limit
from tests.policy.samples import WHOLE, faults, load, model, said

if TYPE_CHECKING:
    from closedloop.policy.model import PolicyModel

SAMPLE = load(WHOLE)


def variant(**changes: object) -> PolicyModel:
    """Return the sample with other values; `__` in a name stands for a dot."""
    return replace(SAMPLE, {path.replace("__", "."): value for path, value in changes.items()}, "variant").model


def refused(path: str, value: object) -> list[str]:
    """Return what is wrong with a change of the sample."""
    with pytest.raises(InvalidPolicy) as caught:
        replace(SAMPLE, {path: value}, "variant")
    return [str(finding) for finding in caught.value.findings]


def test_a_value_at_a_path() -> None:
    """The rest stays, and the policy that was changed stays too."""
    changed = variant(tables__closing_limit__rules__goods__then="1 day", repeats__window="60 days")
    assert changed.tables["closing_limit"].rule("goods").then == Limit(1, "days")
    assert changed.tables["closing_limit"].rule("goods").when == SAMPLE.model.tables["closing_limit"].rule("goods").when
    assert changed.repeats is not None
    assert (changed.repeats.window, changed.repeats.raise_level_by, changed.name) == (Limit(60, "days"), 1, "variant")
    assert SAMPLE.model.tables["closing_limit"].rule("goods").then == Limit(2, "days")
    assert changed.hash != SAMPLE.model.hash


def test_nested_data() -> None:
    """A whole new row, and a key with a value that is more than a text."""
    changed = variant(duties__ask={"do": "queried", "cite": "c/14"}, duties__reply__within={"earliest": ["closing_limit", "1 day"]})
    assert set(changed.duties) == {"reply", "remind", "ask"}
    assert "earliest" in str(changed.duties["reply"].within)


def test_a_row_changes_only_the_keys_that_are_given() -> None:
    changed = variant(duties__reply={"within": "1 day"})
    assert (changed.duties["reply"].within, changed.duties["reply"].leaving) == (Limit(1, "days"), ("note",))


def test_the_first_row_of_a_section_that_is_not_there_yet() -> None:
    text = WHOLE[: WHOLE.index("targets:")]
    changed = replace(load(text), {"targets.new": {"share": {"closed": "present"}, "goal": "unset", "cite": "c"}}, "variant").model
    assert changed.targets["new"].goal is UNSET


def test_within_a_value_that_is_taken_as_a_whole_the_rest_stays() -> None:
    changed = variant(facts__in_time__in_time__within="3 days").facts["in_time"].derived
    assert changed == InTime(do="closed", from_="received", within=Limit(3, "days"), clock="office")


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("tables.closing_limit.rules.gods.then", "1 day",
         ("variant: tables.closing_limit.rules.gods.then: error: there is no `tables.closing_limit.rules.gods.then`; "
          "did you mean `tables.closing_limit.rules.goods.then`?")),
        ("repeats.windw", "1 day", "variant: repeats.windw: error: `windw` is not a key of `repeats`; did you mean `window`?"),
        ("repeats.window", "1 dayy", "variant: repeats.window: error: `dayy` is not a unit of time; did you mean `days`?"),
        ("repeats.raise_level_by", 1,
         "variant: repeats.raise_level_by: error: found int, expected text; write every value as text, such as `'3'` or `'2 days'`"),
        ("duties.reply.do", {1: "x"}, "variant: duties.reply.do: error: found a key of type int, expected text"),
        ("policy", "other", "variant: policy: error: there is no `policy`; `paths()` lists what can be changed"),
        ("", "x", "variant: (whole): error: there is no ``; `paths()` lists what can be changed"),
        ("nothing.here", "x", "variant: nothing.here: error: there is no `nothing.here`; `paths()` lists what can be changed"),
        ("readings.month.take", "moon", "variant: readings.month.take: error: there is no choice `moon`; known: calendar, thirty"),
    ],
)  # fmt: skip
def test_faults_in_changes(path: str, value: object, expected: str) -> None:
    assert expected in refused(path, value)


def test_all_faults_of_a_change_come_together() -> None:
    with pytest.raises(InvalidPolicy) as caught:
        replace(SAMPLE, {"a.b": "x", "repeats.c.d": "y"}, "variant")
    assert [finding.place.path for finding in caught.value.findings] == ["a.b", "repeats.c.d"]


@given(path=st.sampled_from([path for path in SAMPLE.paths() if SAMPLE.source.text(*path.split(".")) is not None]))
@settings(max_examples=60, deadline=None)
def test_what_is_there_can_be_set_at_each_listed_path(path: str) -> None:
    """Setting what stands there already is the same policy."""
    assert replace(SAMPLE, {path: SAMPLE.source.text(*path.split("."))}, "variant").model.hash == SAMPLE.model.hash


def test_choosing_another_reading() -> None:
    """The choice is laid over the document, and everything it touches names it."""
    changed = variant(readings__month__take="thirty")
    assert changed.repeats is not None
    assert (changed.repeats.window, changed.repeats.provenance.readings) == (Limit(30, "days"), (ReadingChoice("month", "thirty"),))


def test_what_any_choice_touches_rests_on_the_reading() -> None:
    """Also while the choice that changes it is not in force; what no choice touches rests on none."""
    assert SAMPLE.model.readings["month"].touches == ("repeats.window",)
    assert SAMPLE.model.readings["month"].choice == ReadingChoice("month", "calendar")
    assert SAMPLE.model.repeats is not None
    assert SAMPLE.model.repeats.provenance.readings == (ReadingChoice("month", "calendar"),)
    assert SAMPLE.model.duties["reply"].provenance.readings == ()


def test_a_table_rests_on_the_readings_of_its_rows() -> None:
    reading = (
        "readings: {short: {cite: c, take: no_change, choices: {no_change: {}, short: {tables: {closing_limit: {rules: {goods: {then: 1 day}}}}}}}}"
    )
    tables = model(WHOLE[: WHOLE.index("readings:")] + reading).tables
    choice = (ReadingChoice("short", "no_change"),)
    assert (tables["closing_limit"].provenance.readings, tables["closing_limit"].rule("goods").provenance.readings) == (choice, choice)
    assert tables["closing_limit"].rule("service").provenance.readings == ()


def test_a_change_that_the_choice_in_force_would_undo_is_refused() -> None:
    """The window is the reading's to say while the reading says it."""
    thirty = replace(SAMPLE, {"readings.month.take": "thirty"}, "variant")
    with pytest.raises(InvalidPolicy, match=r"`repeats.window` is decided by the reading month=thirty, so that this change has no effect"):
        replace(thirty, {"repeats.window": "2 months"}, "variant")


def reading(*rows: str) -> str:
    """Return the sample with other readings."""
    return WHOLE[: WHOLE.index("readings:")] + "readings:\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("  a: {cite: c, take: x, choices: {x: {}}}", ("one_choice", "readings.a.choices")),
        ("  a: {cite: c, take: z, choices: {x: {}, y: {}}}", ("unknown_choice", "readings.a.take")),
        ("  a: {take: x, choices: {x: {}, y: {}}}", ("missing_cite", "readings.a")),
        ("  a: {cite: c, take: x, choices: {x: {}, y: z}}", ("bad_change", "readings.a.choices.y")),
        ("  a: {cite: c, take: x, choices: {x: {}, y: {edition: '2'}}}", ("bad_change", "readings.a.choices.y.edition")),
        ("  a: {cite: c, take: x, choices: {x: {}, y: {dutie: {}}}}", ("unknown_key", "readings.a.choices.y.dutie")),
        # What is not in force is checked as well.
        ("  a: {cite: c, take: x, choices: {x: {}, y: {repeats: {windw: 1 day}}}}", ("unknown_key", "repeats.windw")),
        ("  a: {cite: c, take: x, choices: {x: {}, y: {duties: {reply: {within: 1 dayy}}}}}", ("bad_limit", "duties.reply.within")),
        ("  a: {cite: c, take: x, choices: {x: {}, y: {duties: {repl: {within: 1 day}}}}}", ("missing_key", "duties.repl")),
        ("  a: {cite: c, take: x, choices: {x: {}, y: {tables: {level: {rules: {low: {when: {lss: small}}}}}}}}",
         ("unknown_fact", "tables.level.rules.low.when.lss")),
    ],
)  # fmt: skip
def test_faults_in_readings(row: str, fault: tuple[str, str]) -> None:
    found = faults(reading(row))
    assert fault in [(finding.id, finding.place.path) for finding in found]
    assert {finding.place.line for finding in found} == {len(WHOLE[: WHOLE.index("readings:")].splitlines()) + 2}


def test_two_readings_that_change_the_same_key_are_one_question() -> None:
    """Only while both choices are in force."""
    first = "  a: {cite: c, take: x, choices: {w: {}, x: {repeats: {window: 1 week}}}}"
    second = "  b: {cite: c, take: y, choices: {w: {}, y: {repeats: {window: 2 weeks}}}}"
    line = len(WHOLE[: WHOLE.index("readings:")].splitlines()) + 3
    expected = (
        f"sample.yaml:{line}:42: error: the readings `a` and `b` both change `repeats.window`: they are one question; write them as one reading"
    )
    assert said(reading(first, second)) == [expected]
    assert said(reading(first, second.replace("take: y", "take: w"))) == []


def test_an_edition_in_text_is_a_change_too() -> None:
    """`read_text` merges nothing where nothing is extended."""
    assert read_text(WHOLE).source == read_text(WHOLE).source
