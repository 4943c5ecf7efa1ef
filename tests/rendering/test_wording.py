"""What a printed policy says, in the words of its labels."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
import yaml

from closedloop.errors import UnknownName
from closedloop.rendering import render
from tests.rendering.samples import everything, policy

if TYPE_CHECKING:
    from closedloop.rendering import Form

#: What `mill.yaml` says, worded by hand: by path, in both languages.
SENTENCES: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("mill_sentences.yaml").read_text("utf-8"))
EN = render(everything(), "en")
ZH = render(everything(), "zh")


def entry(text: str, path: str) -> list[str]:
    """Return the lines of the clause that bears a path, its heading and empty lines left out."""
    for clause in re.split(r"^(?=##)", text, flags=re.MULTILINE):
        head, *lines = clause.splitlines()
        if head.endswith(f"`{path}`"):
            return [line for line in lines if line]
    return []


def cells(text: str, path: str) -> list[str]:
    """Return the cells of the row that bears a path, without its number and the path."""
    (line,) = [line for line in text.splitlines() if line.endswith(f"`{path}` |")]
    return [cell.strip() for cell in line.strip("|").split(" | ")][1:-1]


# --- conditions ---


FACTS = """\
facts:
  kind_of_goods: {type: choice, zh: 货物, en: goods, values: {flour: {zh: 面粉, en: flour}, bran: {zh: 麸皮, en: bran}, grit: {zh: 碎粒, en: grit}}}
  harm: {type: ordered, zh: 损害, en: harm, values: {slight: {zh: 轻微, en: slight}, grave: {zh: 严重, en: grave}}}
  sacks: {type: number, zh: 袋数, en: sacks}
  claim: {type: money, zh: 索赔, en: the claim}
  letter: {type: text, zh: 来信, en: the letter}
  marks: {type: choice, many: yes, zh: 标记, en: marks, values: {torn: {zh: 破袋, en: torn}, wet: {zh: 受潮, en: wet}}}
  wish: {type: instant, zh: 期望日期, en: the date wished for}
  patience: {type: limit, zh: 可等时间, en: the wait accepted}
  urgent: {type: yes_no, zh: 紧急, en: urgent}
"""


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        ("{kind_of_goods: flour}", "货物为面粉", "goods is flour"),
        ("{kind_of_goods: [flour, bran, grit]}", "货物为面粉、麸皮或碎粒", "goods is flour, bran or grit"),
        ("{kind_of_goods: {not: [flour, bran]}}", "货物不是面粉或麸皮", "goods is not flour or bran"),
        ("{urgent: yes, harm: grave}", "紧急：是，且损害为严重", "urgent: yes and harm is grave"),
        ("[{urgent: no}, {harm: slight}]", "（1）紧急：否；或（2）损害为轻微", "(1) urgent: no; or (2) harm is slight"),
        ('{harm: ">= grave"}', "损害不低于严重", "harm is at least grave"),
        ('{sacks: "10..<20"}', "袋数不低于10，且低于20", "sacks is at least 10 and below 20"),
        ('{claim: "> 5000 CNY"}', "索赔高于5000 CNY", "the claim is above 5000 CNY"),
        ('{claim: {not: "> 5000 CNY"}}', "并非（索赔高于5000 CNY）", "not (the claim is above 5000 CNY)"),
        ('{claim: ["< 5 CNY", "> 50 CNY"]}', "索赔低于5 CNY或索赔高于50 CNY", "the claim is below 5 CNY or the claim is above 50 CNY"),
        ('{patience: "<= 2 working days"}', "可等时间不长于2个工作日", "the wait accepted is at most 2 working days"),
        (
            '{wish: "< 2026-03-02T10:00:00+08:00"}',
            "期望日期早于2026-03-02 周一 10:00",
            "the date wished for is before 2026-03-02 Mon 10:00",
        ),
        ("{letter: {mentions: [flour, 粉]}}", "来信提到“flour”或“粉”", "the letter mentions “flour” or “粉”"),
        ("{marks: [torn, wet]}", "标记包括破袋或受潮", "marks includes torn or wet"),
        ("{letter: present}", "已知来信", "the letter is known"),
        ("{letter: missing}", "来信未知", "the letter is not known"),
        ("{called_back: present}", "“回访”已发生", "“called back” has happened"),
        ("{called_back: missing}", "“回访”尚未发生", "“called back” has not happened"),
        ("{other.state: late}", "“另事”已超期", "“the other” is late"),
        ("{other.state: {not: met}}", "“另事”不是已完成", "“the other” is not met"),
        ('{sacks: ">= unset"}', "袋数达到原文未规定的标准", "sacks meets a standard that is not specified by the source"),
    ],
)
def test_a_condition_is_said_in_labels(when: str, zh: str, en: str) -> None:
    duties = f"duties:\n  other: {{zh: 另事, en: the other, do: reported, cite: c}}\n  one: {{do: executed, when: {when}, cite: c}}\n"
    written = policy(FACTS + duties)
    assert entry(render(written, "zh"), "duties.one")[0].startswith(f"适用情形：{zh}。".replace("<", "\\<").replace(">", "\\>"))
    assert entry(render(written, "en"), "duties.one")[0].startswith(f"It applies where {en}. ")


# --- duties ---


@pytest.mark.parametrize("path", SENTENCES)
def test_a_duty_a_routine_and_a_target_are_said_in_sentences(path: str) -> None:
    assert {"zh": entry(ZH, path)[0], "en": entry(EN, path)[0]} == SENTENCES[path]


# --- gates ---


def test_a_gate_says_what_the_event_may_only_happen_after() -> None:
    assert entry(EN, "gates.closed.ready")[:-1] == [
        "“closed” may only happen:",
        "- after “investigated” → “final reply given”",
        "- when it is so that sacks meets a standard that is not specified by the source",
        "- when these duties are met: “look into it”",
        "- with these records complete: “slip”",
        "- with at least one of these records: “slip” or “ledger”",
        "- by desk",
    ]


def test_a_ladder_is_a_table_of_who_may_approve_how_much() -> None:
    lines = entry(ZH, "gates.remedy_granted.money")
    assert lines[0] == "“给予补偿”（适用情形：补偿方式为现金或退款）须满足："
    assert "货物按零售价计；同一客户最近1年已给予的合并计算" in lines[1]
    assert lines[3:8] == ["| 批准人 | 金额上限 |", "| --- | --- |", "| 前台 | 100 CNY |", "| 磨工 | 原文未规定 |", "| 业主 | 不限 |"]


def test_bounds_and_approvals_are_said() -> None:
    assert entry(EN, "gates.destroyed.kept")[1:3] == [
        "- no sooner than 1 year (time: office time) after “closed”",
        "- no later than a time that is not specified by the source after “closed”",
    ]
    assert entry(EN, "gates.remedy_granted.plain")[1] == "- with the approval of miller → owner"


# --- words and tables ---


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("parties.anyone_in", ["whoever is in", "desk or miller", ""]),
        ("facts.harm", ["harm", "slight \\< grave", "desk", "m/2"]),
        ("facts.marks", ["marks", "torn, wet (several at once)", "", ""]),
        ("records.slip", ["slip", "answer", "desk, owner", "miller", "yes", "m/7"]),
        ("facts.time_taken", ["time taken", "The time from “received” to “closed”, in working days (time: office time).", "m/3"]),
        (
            "facts.times_mended",
            ["times mended", "How often “rectified” happened, for the same subject, in the 6 months before, where category is flour.", "m/4"],
        ),
        ("tables.routing.rules.flour", ["category is flour", "miller", "desk", "owner", "desk → owner", "m/11"]),
        ("tables.routing.rules.rest", ["category is not flour", "not specified by the source", "", "", "", "m/12"]),
        ("tables.reply_limit.rules.urgent", ["", "urgent: yes and category is bran", "promptly", "m/13"]),
        ("tables.remedies.rules.flour", ["category is flour", "owed: refund; preferred: replacement; excluded: cash", "m/14"]),
    ],
)
def test_a_row_has_its_words_in_its_cells(path: str, told: list[str]) -> None:
    assert cells(EN, path) == told


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    """No routing row of the mill has a name; one row of its limits has."""
    (routing,) = [line for line in EN.splitlines() if line.startswith("| No. |") and "Accountable" in line]
    assert routing == "| No. | If | Accountable | Does the work | Is told | Passes through | Clauses | Code |"
    assert "| No. | Case | If | Then | Clauses | Code |" in entry(EN, "tables.reply_limit")


def test_a_tolerance_names_its_shares_in_percent() -> None:
    """5% is written as a whole number; 100% keeps its zeros."""
    whole = policy("facts:\n  a: {type: number}\n  b: {type: number}\n  c: {compare: a, with: b, tolerance: 100%}\n")
    assert "“tolerated share” → 5%." in cells(EN, "facts.weight")[1]
    assert "tolerance, the first that is given: 100%." in cells(render(whole, "en"), "facts.c")[1]


def test_a_clock_says_how_days_are_counted() -> None:
    """The calendar and the hour of closing are given; the other settings are those that hold where nothing is said."""
    assert entry(ZH, "clocks.office")[1:-1] == [
        "- 按中国法定工作日历，调休上班的周末算工作日",
        "- 16:30以后收到的，视作次日收到",
        "- 休息日收到的，按当日收到计",
        "- 收到当日不计入",
        "- 按天计的期限于末日下班时届满",
        "- 末日为休息日也不顺延",
    ]
    assert entry(ZH, "clocks.office.pauses.waiting")[0] == "暂停（等待客户）：自“质询”起，至原文未规定止。"


def test_a_clock_says_what_it_does_with_the_last_day_and_with_hours() -> None:
    text = render(
        policy("clocks: {c: {en: c, calendar: cn_office, last_day: not_counted, roll: following, hours_on_day_off: move, cite: m/1}}"), "en"
    )
    said = entry(text, "clocks.c")
    assert "- the last day is not counted: a limit in days ends with the day before it" in said
    assert "- a limit in hours that ends on a day off moves as well, to the same time of day" in said


def test_repeats_say_who_can_repeat_and_on_which_clock() -> None:
    clock = "clocks: {c: {en: week time, calendar: none, cite: m/1}}\n"
    repeats = "repeats: {same: customer, when: {urgent: yes}, window: 1 week, clock: c, cite: m/1}"
    text = render(policy(FACTS + clock + repeats), "en")
    (said,) = [line for line in entry(text, "repeats") if line.startswith("It applies")]
    assert said.startswith("It applies where urgent: yes. ")
    assert "Within 1 week (time: week time) after the earlier complaint was closed, it is a repeat." in said


# --- the whole ---


def test_what_the_source_leaves_open_is_listed() -> None:
    listed = EN.partition("## 10 What the source leaves open")[2].partition("\n## ")[0]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")[1:]) for line in listed.splitlines() if line[:3].strip("| ").isdigit()]
    assert rows == [
        ("Entry into force", "what happens to open complaints"),
        ("answered in time", "the time limit"),
        ("ledger", "what is to be filled in"),
        ("Pause", "when the pause ends"),
        ("level", "what holds in all other cases"),
        ("rest", "the outcome"),
        ("bran", "the outcome"),
        ("Repeats", "how long a repeat counts as one"),
        ("chase", "who does it"),
        ("sieve twice", "the time limit"),
        ("keep to it", "how often"),
        ("what follows", "what is to be done"),
        ("money", "how much each may approve"),
        ("ready", "a standard or condition that it refers to"),
        ("standard", "the standard"),
        ("kept", "the time limit"),
        ("sampled calls", "how often"),
        ("calm", "the goal, what counts"),
    ]


def test_another_choice_of_a_reading_says_what_it_would_change() -> None:
    assert entry(EN, "readings.two_days")[:3] == [
        "In force: “calendar”, as this document says. It may also be read as:",
        "- “working”: 4.4.1 would read: Then: 2 working days.",
        "- “no answer”: 5.2 would read: Left on record: “slip”.",
    ]


def test_what_rests_on_a_reading_refers_to_it() -> None:
    assert "* 4.4.1: depends on the reading: see 9.1" in entry(EN, "tables.reply_limit")
    assert "* depends on the reading: see 9.1" in entry(EN, "duties.answer_it")


def test_the_head_names_the_policy_its_source_and_its_hash() -> None:
    head = EN.partition("\n## ")[0]
    rows = ("| Policy | mill |", "| Edition | 3 |", "| Number of the source | M-7 |", "| Printed in | Beijing |", f"| Hash | {everything().hash} |")
    assert [row for row in rows if row not in head] == []
    assert entry(EN, "in_force")[0].startswith("In force from 2026-03-01. Which edition holds for a complaint goes by the date of the incident.")


def test_there_is_a_place_for_signatures() -> None:
    lines = ZH.rstrip().splitlines()
    assert lines[-5] == "|  | 姓名 | 签字 | 日期 |"
    assert [line.split("|")[1].strip() for line in lines[-3:]] == ["编制", "审核", "批准"]


def test_other_languages_get_english_and_kinds_of_chinese_get_chinese() -> None:
    assert "## 10 What the source leaves open" in render(everything(), "fr")
    assert "原文未规定之处" in render(everything(), "zh-Hant")


def test_an_unknown_form_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="there is no form `markdwn`; did you mean `markdown`"):
        render(everything(), "en", cast("Form", "markdwn"))
