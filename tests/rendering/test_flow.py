"""The flow diagram: what it shows, and that its drawing can be read."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from closedloop.facade import load_policy
from closedloop.rendering import render
from closedloop.rendering.drawing import svg
from closedloop.rendering.flow import Arrow, Flow, Step
from closedloop.rendering.layout import layout
from tests.rendering.markup import Markup
from tests.rendering.samples import everything, policy

NAMES = [f"s{number}" for number in range(8)]
FLOWS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=16, unique=True).map(
    lambda pairs: Flow(
        tuple(Step(name, name) for name in dict.fromkeys(name for pair in pairs for name in pair)),
        tuple(Arrow(start, end, (f"4.{number}",)) for number, (start, end) in enumerate(pairs, 1)),
    )
)


def mermaid(text: str) -> tuple[dict[str, str], set[tuple[str, str, str]]]:
    """Return the steps of the diagram by their words, and its arrows with their numbers."""
    steps = dict(re.findall(r'^  (n\d+)\W+"(.*)"\W+$', text, re.MULTILINE))
    arrows = re.findall(r'^  (n\d+) (?:-->|-\.->)\|"(.*)"\| (n\d+)$', text, re.MULTILINE)
    return steps, {(steps[start], numbers, steps[end]) for start, numbers, end in arrows}


def test_an_arrow_leads_from_what_starts_a_duty_to_what_fulfils_it() -> None:
    _, arrows = mermaid(render(everything(), "en"))
    assert arrows == {
        ("received", "5.1", "investigated"),
        ("investigated", "5.2", "final reply given"),
        ("investigated", "5.2", "“answer the customer” is late"),
        ("“answer the customer” is late", "5.3", "reminded"),
        ("received", "5.4, 5.7", "sieved"),
        ("received", "5.5, 5.6", "progress told"),
        ("received", "5.7", "called back"),
        ("closed", "5.8", "what follows"),
        ("final reply given", "6.3", "closed"),
    }


def test_several_duties_between_two_events_are_one_arrow() -> None:
    """Document 000: 5.6 and 5.7 both lead from the confirmation to the first reply."""
    _, arrows = mermaid(render(load_policy("chery_nev"), "zh"))
    (numbers,) = [numbers for start, numbers, end in arrows if (start, end) == ("确认", "首次回复")]
    assert len(numbers.split(", ")) == 2


def test_every_duty_of_a_policy_is_in_its_flow() -> None:
    chery = load_policy("chery_nev")
    text = render(chery, "en")
    shown = {number for _, numbers, _ in mermaid(text)[1] for number in numbers.split(", ")}
    headings = {path: number for number, path in re.findall(r"^### ([\d.]+) .*`duties\.(\w+)`$", text, re.MULTILINE)}
    assert headings.keys() == chery.book.model.duties.keys()
    assert [duty for duty, number in headings.items() if number not in shown] == []


def test_a_policy_without_duties_has_no_diagram() -> None:
    assert "mermaid" not in render(policy(""), "en")
    assert "<svg" not in render(policy(""), "en", "html")


def test_a_label_cannot_break_out_of_the_diagram() -> None:
    hostile = policy('events: {odd: {en: "a\\"]; click x <b>&``` #1"}}\nduties:\n  one: {do: odd, cite: c}\n')
    steps, _ = mermaid(render(hostile, "en"))
    assert "a#34;]#59; click x #60;b#62;#38;#96;#96;#96; #35;1" in steps.values()


@given(FLOWS)
def test_every_step_is_placed_once_and_every_arrow_goes_layer_by_layer(flow: Flow) -> None:
    placed = layout(flow)
    level = {slot: number for number, layer in enumerate(placed.layers) for slot in layer}
    assert sorted(slot for layer in placed.layers for slot in layer if isinstance(slot, str)) == sorted(step.id for step in flow.steps)
    for (start, end), way in placed.ways.items():
        assert (way[0], way[-1]) == (start, end)
        assert {abs(level[one] - level[other]) for one, other in pairwise(way)} == {1}


@given(FLOWS)
def test_arrows_run_down_unless_they_close_a_loop(flow: Flow) -> None:
    """Without its rising arrows a flow has no more steps to go round; so each rising one closes a loop of the others."""
    placed = layout(flow)
    level = {slot: number for number, layer in enumerate(placed.layers) for slot in layer}
    down = {(start, end) for start, end in placed.ways if level[start] < level[end]}
    for start, end in placed.ways.keys() - down:
        reached = {end}
        while more := {after for before, after in down if before in reached} - reached:
            reached |= more
        assert start in reached


@given(FLOWS)
def test_boxes_do_not_overlap_and_lie_in_the_picture(flow: Flow) -> None:
    picture = Markup(svg(flow, "a flow"))
    _, _, width, height = map(float, picture.all("svg")[0]["viewbox"].split())
    boxes = [tuple(float(box[key]) for key in ("x", "y", "width", "height")) for box in picture.all("rect")]
    assert len(boxes) == len(flow.steps)
    assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
    for (x, y, w, h), (other_x, other_y, _, _) in combinations(boxes, 2):
        assert abs(x - other_x) >= w or abs(y - other_y) >= h


def test_a_drawing_escapes_its_words() -> None:
    flow = Flow((Step("a", "<script>&"), Step("b", "确认")), (Arrow("a", "b", ("1",)),))
    picture = Markup(svg(flow, 'so "named"'))
    assert (picture.text("title"), picture.text("tspan")) == ("<script>&确认", "<script>&确认")
    assert picture.all("svg")[0]["aria-label"] == 'so "named"'


def test_a_name_too_long_for_its_box_is_cut_and_stands_whole_in_the_tooltip() -> None:
    """A line holds 22 narrow characters, so 11 Chinese ones; three lines hold 33 of the 40."""
    name = "很长的名称" * 8
    picture = Markup(svg(Flow((Step("a", name), Step("b", "b")), (Arrow("a", "b", ("1",)),)), "a flow"))
    assert picture.text("title") == f"{name}b"
    assert picture.text("tspan") == f"{name[:33]}…b"
