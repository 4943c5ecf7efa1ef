"""The monthly report as people read it: Markdown tables and a page of HTML, in Chinese and English."""

from __future__ import annotations

from fractions import Fraction
from html.parser import HTMLParser

import pytest

import closedloop as cl
from closedloop.reporting.sheets import percent
from tests.reporting.shop import MARCH, at, march, shop

VOID = {"meta"}
NASTY = """
policy: nasty
edition: "1"
title: {en: "<script>alert(1)</script> | & co"}
timezone: Asia/Shanghai
"""


def report() -> cl.Statistics:
    """Return the statistics of March."""
    return shop().statistics(march(), period=MARCH)


class Page(HTMLParser):
    """Reads a page: which tags are open, which were seen, what it refers to, and its words."""

    def __init__(self, text: str) -> None:
        """Read the page; a tag closed out of turn is an error."""
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.refers: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        self.seen.add(tag)
        self.refers += [name for name, _ in attrs if name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the words."""
        self.words.append(data)


def test_the_report_in_english() -> None:
    """Two of five duties in time are 40 %; four of six closed are 66.67 %, rounded."""
    text = report().to_markdown("en")
    assert text.startswith("# Shop: complaint statistics\n\n- policy: shop, edition 1 (")
    assert "- cases counted: 6 to which `received` happened in the period\n" in text
    assert "| closure rate (of all cases) | 4 | 6 | ≈ 66.67% | 0 |  |\n" in text
    assert "| first-pass closure (closed in time) | 3 | 4 | 75% | 0 | s/2 |\n" in text
    assert "| answer it | 2 | 3 | 1 | 40% | s/2 |\n" in text
    assert "| workshop | from receipt to closing | 3 | 2 d 8 h | 2 d | 1 d | 4 d |\n" in text
    assert "| channel | no case has this |\n" in text


def test_the_report_in_chinese() -> None:
    text = report().to_markdown("zh")
    assert text.startswith("# 商店: 客户投诉统计报告\n")
    assert "| 闭环率（占全部案件） | 4 | 6 | ≈ 66.67% | 0 |  |\n" in text
    assert "| 车间 | 2 | 1 | 1 | ≈ 66.67% |  |\n" in text
    assert "| 维修 | 4 | ≈ 66.67% |\n" in text


def test_a_target_says_what_is_open() -> None:
    """No sale of two is known to be urgent, one may be; an unset goal is not open, there is none."""
    text = report().to_markdown("en")
    assert "| few urgent | 0 | 2 | 0%–50% | < 50% | open | 1 | s/1 |\n" in text
    assert "| first pass | 3 | 4 | 75% | not set | – | 0 | s/2 |\n" in text
    assert "| closed loop | 4 | 5 | 80% | 100% | no | 0 | s/2 |\n" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_line_of_a_table_has_as_many_cells_as_its_head(lang: str) -> None:
    tables = [part for part in report().to_markdown(lang).split("\n\n") if part.startswith("|")]
    widths = [{line.count("|") for line in table.strip().splitlines()} for table in tables]
    assert len(widths) == 10
    assert all(len(width) == 1 for width in widths)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_whole_and_needs_nothing_else(lang: str) -> None:
    """Every tag is closed in its turn, nothing is fetched, and it holds every word of the Markdown."""
    statistics = report()
    page = Page(statistics.to_html(lang))
    assert (page.open, page.refers, page.seen & {"script", "link", "img"}) == ([], [], set())
    cells = {cell.strip() for line in statistics.to_markdown(lang).splitlines() if line.startswith("| ") for cell in line.strip("|").split("|")}
    assert {cell for cell in cells if cell and not cell.startswith("---")} <= {word.strip() for word in page.words}


def test_words_of_a_policy_are_not_markup() -> None:
    """A title with a tag in it stays words, on the page and in Markdown."""
    policy = cl.Policy.from_text(NASTY, name="nasty.yaml")
    case = policy.open_case(cl.Complaint(id="B", received_at=at("2026-03-02 09:00")), history=())
    found = policy.statistics([case], period=MARCH)
    page = Page(found.to_html("en"))
    assert "script" not in page.seen
    assert "<script>alert(1)</script> | & co: complaint statistics" in page.words
    assert found.to_markdown("en").startswith("# &lt;script>alert(1)&lt;/script> \\| & co: complaint statistics\n")


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(499, 500), "99.8%"),
        (Fraction(1), "100%"),
        (Fraction(0), "0%"),
        (Fraction(1, 3), "≈ 33.33%"),
        (Fraction(2, 3), "≈ 66.67%"),
        (Fraction(99_999, 100_000), "≈ 100%"),  # 99.999 %: rounded, and it says so
        (Fraction(1, 20_000), "≈ 0.01%"),  # 0.005 %: half up
        (None, "–"),
    ],
)
def test_a_share_in_percent(share: Fraction | None, text: str) -> None:
    assert percent(share) == text


def test_a_month_without_a_case() -> None:
    """Nothing to divide by: no share, no error."""
    text = shop().statistics((), period=cl.Period.month(2026, 1)).to_markdown("en")
    assert "| closure rate (of all cases) | 0 | 0 | – | 0 |  |\n" in text
    assert "In time, by duty" not in text
