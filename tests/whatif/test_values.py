"""A comparison as a value: wrong input, errors, what is not available, frames, JSON, and the page."""

from __future__ import annotations

import json
import pickle
import re
import sys
import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import closedloop as cl
from closedloop import whatif
from tests.whatif import shop
from tests.whatif.shop import SHOP, VARIANTS, at, case, caseload, closed

if TYPE_CHECKING:
    from pathlib import Path

CASES = caseload(
    case("T1", at(3, 2), closed(at(3, 4)), customer="A", category="goods", loss="small"),
    case("T2", at(3, 9), closed(at(3, 11)), customer="A", category="staff", loss="small"),
    case("T3", at(4, 1), customer="B", category="goods"),
)


@pytest.fixture(scope="module")
def found() -> whatif.Comparison:
    return whatif.compare(SHOP, VARIANTS["a day"], CASES)


# --- wrong input ---


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"old": "chery_nev"}, "`old` is a str; give a Policy"),
        ({"new": None}, "`new` is a NoneType; give a Policy"),
        ({"caseload": [1]}, "the cases are a list; read them with `Caseload.from_frame`"),
        ({"workers": 0}, "`workers` is a whole number from 1 on, found 0"),
        ({"workers": True}, "`workers` is a whole number from 1 on, found True"),
        ({"batch": 1.5}, "`batch` is a whole number from 1 on, found 1.5"),
        ({"at": at(3, 1).replace(tzinfo=None)}, "at: found"),
        ({"at": "2026-03-01"}, "expected an aware datetime"),
        ({"caseload": caseload()}, "give `at`"),
    ],
)
def test_wrong_input_is_refused(given: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"old": SHOP, "new": SHOP, "caseload": CASES} | given
    with pytest.raises(cl.InvalidValue, match=re.escape(message)):
        whatif.compare(**arguments)


def test_unknown_names_get_a_suggestion(found: whatif.Comparison) -> None:
    asked: Any = "departement"
    with pytest.raises(cl.UnknownName, match="did you mean `department`"):
        found.summary(asked)
    with pytest.raises(cl.UnknownName, match="did you mean `late`"):
        found.attribution("lat")
    wanted: Any = "polar"
    with pytest.raises(cl.UnknownName, match="did you mean `polars`"):
        found.to_frame(wanted)


def test_a_comparison_is_no_truth_value(found: whatif.Comparison) -> None:
    with pytest.raises(TypeError, match="read `changed`, `errors` or `unchanged`"):
        bool(found)


# --- errors, and what is left out ---


def test_a_case_that_a_policy_cannot_take_is_in_no_count() -> None:
    narrow = cl.Policy.from_text(shop.TEXT.replace(", large: {zh: 大, en: large}}}", "}}").replace("loss: large", "loss: small"), name="shop")
    cases = caseload(
        case("good", at(3, 2), category="goods", loss="small"),
        case("bad", at(3, 2), category="goods", loss="large"),
        case("odd", at(3, 2), cl.Event(kind="clsed", at=at(3, 3))),
        case("early", at(3, 2), closed(at(3, 1))),
    )
    found = whatif.compare(SHOP, narrow, cases)
    assert [(error.case, error.policy, error.problems[0].code) for error in found.errors] == [
        ("bad", "new", "unknown_choice"),
        ("early", "new", "closed_before_received"),
        ("early", "old", "closed_before_received"),
        ("odd", "new", "unknown_event"),
        ("odd", "old", "unknown_event"),
    ]
    assert (found.cases, found.errors[0].place) == (1, "case bad")
    assert str(found.errors[0]).startswith("case bad (`bad`, new policy): ")


def test_rows_and_events_of_plain_data_name_their_place() -> None:
    frame = pd.DataFrame({"id": ["T1", "T2"], "received_at": ["2026-03-02 09:00", "2026-03-02 09:00"], "kind": ["goods", "gods"]})
    found = whatif.compare(SHOP, SHOP, whatif.Caseload.from_frame(frame, columns={"category": "kind"}, timezone="Asia/Shanghai"))
    assert [(error.case, error.problems[0].suggestion) for error in found.errors] == [("T2", "goods"), ("T2", "goods")]


def test_cases_received_after_the_instant_are_counted_apart() -> None:
    found = whatif.compare(SHOP, SHOP, CASES, at=at(3, 15))
    assert (found.cases, found.later, found.unchanged) == (2, 1, 2)


def test_an_error_of_the_library_names_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cl.Policy, "review", broken)
    with pytest.raises(ZeroDivisionError) as caught:
        whatif.compare(SHOP, SHOP, CASES)
    assert caught.value.__notes__ == ["while replaying case T1 (id `T1`) under `shop`"]


def test_what_a_process_raises_is_raised_here() -> None:
    policy = cl.load_policy("vanke@1")
    with pytest.raises(cl.UnknownCalendar, match="there is no calendar `office`"):
        whatif.compare(policy, policy, caseload(case("T1", at(3, 2)), case("T2", at(3, 2))), workers=2, batch=1)


# --- what the data cannot support ---


def lacking(found: whatif.Comparison) -> set[tuple[str, str, str, tuple[str, ...]]]:
    return {(each.measure, each.of, each.because, each.lacks) for each in found.unavailable if each.side == "old"}


def test_without_closings_nothing_that_needs_them_is_given_as_zero() -> None:
    found = whatif.compare(SHOP, SHOP, caseload(case("T1", at(3, 2), customer="A", category="goods", loss="small")))
    assert {
        ("late", "closure", "data", ("closed",)),
        ("late", "look", "data", ("investigated",)),
        ("first_pass", "closed_in_time", "data", ("closed",)),
        ("repeats", "", "data", ("closed",)),
        ("shut_gates", "closed", "data", ("closed", "investigated")),
        ("approvals", "", "data", ("remedy_granted",)),
    } <= lacking(found)
    assert found.summary().row("repeats") is None
    assert found.summary().row("late", "closure") is None


def test_without_customers_there_are_no_repeats() -> None:
    found = whatif.compare(SHOP, SHOP, caseload(case("T1", at(3, 2), closed(at(3, 3)), category="goods")))
    assert ("repeats", "", "data", ("customer",)) in lacking(found)


def test_what_only_one_policy_defines_has_no_difference() -> None:
    found = whatif.compare(SHOP, VARIANTS["no repeats"], CASES)
    row = found.summary().row("repeats")
    assert row is not None
    assert (row.old, row.new, row.difference) == (1, None, None)
    assert "repeats (new): the policy has no repeats" in map(str, found.unavailable)


# --- as text, JSON, frames, a page ---


def test_the_summary_is_an_aligned_table_in_both_languages(found: whatif.Comparison) -> None:
    lines = str(found).splitlines()
    assert lines[:3] == ["shop -> a day", "3 cases: 2 changed, 1 unchanged; 0 with errors, 0 rows set aside, 0 received later", ""]
    assert [line.split() for line in (lines[3], lines[5])] == [["measure", "old", "new", "difference"], ["cases", "3", "3", "0"]]
    assert len({line.index("new") for line in lines[3:4]} | {lines[5].index("3", lines[5].index("3") + 1)}) == 1
    assert "案件 3 件" in found.to_text("zh")
    assert "待答问题: 损失" in found.to_text("zh")
    assert "<td>front desk</td>" in found.summary("department").to_html("en")


def test_the_json_is_whole_and_exact(found: whatif.Comparison) -> None:
    """T1: Mon 9:00 + 2 days is Wed 16:30, closed Wed 9:00; one day: Tue. T2 is a repeat, `middle`: 1 day is Tue, closed Wed. So 1/2, then 0."""
    data = json.loads(found.to_json())
    assert (data["format"], data["cases"], data["unchanged"], len(data["changed"])) == ("closedloop.comparison/1", 3, 1, 2)
    shares = [row for row in data["summary"] if row["measure"] == "first_pass"]
    assert shares == [{"measure": "first_pass", "of": "closed_in_time", "group": None, "old": "1/2", "new": "0", "difference": "-1/2"}]


def test_a_comparison_can_be_pickled(found: whatif.Comparison) -> None:
    assert pickle.loads(pickle.dumps(found)).to_json() == found.to_json()


@pytest.mark.parametrize("backend", [None, "pandas", "polars", "pyarrow"])
def test_the_changes_as_a_frame(found: whatif.Comparison, backend: Any) -> None:
    frame = found.to_frame(backend)
    assert type(frame).__module__.startswith(backend or "pandas")
    assert len(frame) == sum(len(change.parts) for change in found.changed)


def test_a_frame_of_nothing_has_its_columns() -> None:
    frame = whatif.compare(SHOP, SHOP, CASES).to_frame("polars")
    assert (len(frame), frame.columns[:3]) == (0, ["id", "received_at", "part"])


def test_a_missing_package_says_what_to_install(found: whatif.Comparison, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("closedloop.whatif.listing.find_spec", lambda _: None)
    with pytest.raises(cl.MissingExtra, match=r"install `closedloop\[frames\]` and pandas or polars or pyarrow"):
        found.to_frame()
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(cl.MissingExtra, match=r"install `closedloop\[plot\]`"):
        found.report(tmp_path / "page.html")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_needs_nothing_else_and_is_the_same_each_time(found: whatif.Comparison, lang: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found.report(tmp_path / "one.html", lang=lang)
        found.report(tmp_path / "two.html", lang=lang)
    page = (tmp_path / "one.html").read_text("utf-8")
    assert page == (tmp_path / "two.html").read_text("utf-8")
    assert set(re.findall(r"https?://[^\"\s<]+", page)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"<(script|link|img)\b|\bsrc=|url\((?!#)", page)
    assert page.count("<svg") >= 3
    assert ({"zh": "前台", "en": "front desk"}[lang]) in re.findall(r"<text[^>]*>([^<]*)</text>", page)


def test_names_are_escaped_in_the_page(tmp_path: Path) -> None:
    odd = cl.Policy.from_text(shop.TEXT.replace("en: front desk", 'en: "<b>desk</b>"'), name="shop").replace({"repeats.window": "9 days"}, name="<i>")
    found = whatif.compare(odd, odd, CASES)
    found.report(tmp_path / "page.html", lang="en")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "<b>desk" not in page
    assert "&lt;b&gt;desk" in page
    assert "<i>" not in page + found._repr_html_()


def test_a_page_that_cannot_be_written_says_so(found: whatif.Comparison, tmp_path: Path) -> None:
    with pytest.raises(cl.ClosedloopError, match="cannot be written: no such file or directory"):
        found.report(tmp_path / "nowhere" / "page.html")
    with pytest.raises(cl.UnknownName, match="no language `fr`"):
        found.report(tmp_path / "page.html", lang="fr")


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    whatif.compare(SHOP, SHOP, CASES, batch=1, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 3), (3, 3)]  # customer A has two cases, which stay together


def test_a_summary_knows_its_rows(found: whatif.Comparison) -> None:
    months = found.summary("month")
    assert [(row.group, row.old, row.new) for row in months.rows if row.measure == "cases"] == [("2026-03", 2, 2), ("2026-04", 1, 1)]
    assert repr(months) == str(months)
    assert months.row("cases", group="2027-01") is None
    assert "a day" in repr(found)
