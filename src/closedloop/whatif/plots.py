"""Plots of a comparison as SVG to be put into a page; the same numbers give the same picture.

Words stand in the picture as text, in the fonts of whoever looks, so that Chinese needs no font here: the picture is drawn
with stand-ins, and the words take their place.
"""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING, Final

from closedloop.errors import MissingExtra
from closedloop.values.columns import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

OLD: Final = "#8a97a8"
NEW: Final = "#c2571a"
_WIDEST_LABEL: Final = 34
_WIDTH: Final = 7.2
_ROW: Final = 0.46
_FRAME: Final = 0.55


def paired_bars(labels: Sequence[str], old: Sequence[int], new: Sequence[int], *, name: str) -> str:
    """Draw a row for each label, with a bar for each policy. `name` tells the pictures of a page apart."""
    places = list(range(len(labels)))
    return _drawn(labels, [([place - 0.2 for place in places], old, OLD, 0.38), ([place + 0.2 for place in places], new, NEW, 0.38)], name)


def bars(labels: Sequence[str], values: Sequence[int], *, name: str) -> str:
    """Draw a row for each label, with one bar."""
    return _drawn(labels, [(list(range(len(labels))), values, NEW, 0.6)], name)


def _drawn(labels: Sequence[str], groups: Sequence[tuple[Sequence[float], Sequence[int], str, float]], name: str) -> str:
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
        from matplotlib.ticker import MaxNLocator, StrMethodFormatter
    except ModuleNotFoundError:
        raise MissingExtra("a report with plots needs matplotlib; install `closedloop[plot]`", extra="plot") from None

    stand_ins = [f"label{place:04}" for place in range(len(labels))]
    height = _ROW * len(labels) + _FRAME
    with rc_context({"svg.hashsalt": f"closedloop.{name}", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(_WIDTH, height))
        axes = figure.add_axes((0.36, 0.38 / height, 0.58, _ROW * len(labels) / height))
        for places, values, colour, thickness in groups:
            drawn = axes.barh(places, values, height=thickness, color=colour)
            axes.bar_label(drawn, fmt="{:,.0f}", padding=3, fontsize=8)
        axes.set_yticks(range(len(labels)), stand_ins)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.margins(x=0.12)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.spines[["top", "right"]].set_visible(False)
        picture = io.StringIO()
        figure.savefig(picture, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return _worded(picture.getvalue(), stand_ins, labels)


def _worded(picture: str, stand_ins: Sequence[str], labels: Sequence[str]) -> str:
    """Take the picture without the head of its file, and put the words where the stand-ins are."""
    drawing = picture[picture.index("<svg") :]
    for stand_in, label in zip(stand_ins, labels, strict=True):
        drawing = drawing.replace(stand_in, escape(shortened(label, _WIDEST_LABEL)))
    return drawing
