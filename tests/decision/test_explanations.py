"""The decision as text for people: what was decided, by which clause, what is open and what would change it."""

from __future__ import annotations

from tests.decision.chery import decide, past

OPEN = {"loss": "large", "dissatisfaction": "low"}
MILD = {"dissatisfaction": "low", "quickly_removable": True, "loss": "small", "high_claim": False, "deficiency": "some"}


def test_chinese_text_names_route_level_limit_and_questions() -> None:
    """A customer-service lead reads who answers, until when and why, and what is to be asked."""
    text = decide("2026-02-13 10:00", facts=OPEN).explain("zh")
    for words in (
        "投诉 T-1（2026-02-13 周五 10:00 收到）",
        "责任部门：质量保证组。依据 000/5.1/quality",
        "级别：待定，可能为中级或强烈。取决于：产品或服务的不足、是否高额索赔。",
        "级别“强烈”（000/3.4）尚不能确定",
        "2026-02-24 周二 16:30 前申请闭环（质量保证组）",
        "2026-02-15为休息日，改为2026-02-24",
        "不是重复抱怨",
        "产品或服务是否存在很大的不足?（影响：级别）",
    ):
        assert words in text


def test_english_text_says_the_same() -> None:
    """The same in English."""
    text = decide("2026-02-13 10:00", facts=OPEN).explain("en")
    for words in (
        "accountable: Quality Assurance Group, by 000/5.1/quality",
        "level: open, possibly intermediate or strong.",
        "apply for closure by 2026-02-24 Tue 16:30 (Quality Assurance Group)",
        "2026-02-15 is a day off, moved to 2026-02-24",
        "not a repeat",
    ):
        assert words in text


def test_what_would_change_a_decided_level_is_told() -> None:
    """For a general complaint one more fact would make it intermediate."""
    text = decide(facts=MILD).explain("en")
    assert "Nearest other rule: intermediate (000/3.3) does not apply: degree of dissatisfaction is low, and would have to be high." in text


def test_what_the_source_leaves_out_is_said_to_be_left_out() -> None:
    """Finance has no limit, and the text says so instead of a date."""
    assert "the source sets no limit, by 000/5.3.1/finance" in decide(category="finance").explain("en")


def test_a_repeat_names_the_earlier_case_and_the_raised_level_its_clause() -> None:
    """The level rests on 3.6, not on the mild facts."""
    decision = decide("2026-03-10 09:00", history=[past("2026-03-01 09:00")], facts=MILD)
    assert "a repeat complaint P-1" in decision.repeat.reason.text("en")
    assert decision.why("level").clause.id == "000/3.6c"
    assert decision.why("level").rules[0] == "repeats.raise_level_by"


def test_readings_are_told() -> None:
    """An outcome that rests on a reading names it."""
    assert "as read: whether the comma of 3.4 means and, or or: and" in decide(facts={"high_claim": True, "deficiency": "severe"}).explain("en")


def test_provisional_is_told() -> None:
    """A due instant beyond the published holidays is marked."""
    assert "provisional, the holidays are not published yet" in decide("2035-03-02 09:00").explain("en")
