"""Named ways to count time, as data: what a clock does where nothing else is said, and which article says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING, Final, Literal

from closedloop.errors import InvalidValue, closest
from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.calendars.calendar import Roll

#: What an arrival on a day off counts as: that day's, or the next working day's.
OffDayArrival = Literal["counts", "next_working_day"]
#: What an arrival counts as of which only the date is known.
DateOnly = Literal["refused", "start_of_day", "cutoff", "after_cutoff"]
#: Whether the day of arrival is the first day of the limit.
FirstDay = Literal["not_counted", "counted"]
#: Whether the last day of a limit in days is still within it, or the limit ends with the day before.
LastDay = Literal["counted", "not_counted"]
#: Whether a limit in hours that ends on a day off stays there, or moves as the roll says, to the same time of day.
HoursOnDayOff = Literal["stay", "move"]
#: When a limit in days expires on its last day.
DayEnds = Literal["midnight", "closing", "same_time"] | time
#: Which days a limit may not end on: every day that is no working day, or the named holidays only.
RestDays = Literal["days_off", "holidays"]
#: The five steps from an arrival to a due instant.
StepName = Literal["start", "deemed_receipt", "count", "expiry", "roll"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """How time is counted where a clock does not say; `articles` names, by step, the rule that stands behind it."""

    id: str
    off_day_arrival: OffDayArrival = "counts"
    first_day: FirstDay = "not_counted"
    last_day: LastDay = "counted"
    day_ends: DayEnds = "midnight"
    roll: Roll = "none"
    hours_on_day_off: HoursOnDayOff = "stay"
    rest_days: RestDays = "days_off"
    #: A limit of two days or more holds at least so many working days.
    least_working_days: int = 0
    articles: Mapping[StepName, Label] = field(default_factory=FrozenMap)

    def authority(self, step: StepName) -> Label | None:
        """Return the rule behind a step, such as `by analogy with PRC Civil Code art. 203(1)`; None where there is none."""
        return self.articles.get(step)


def _article(en: str, zh: str) -> Label:
    return Label(en, FrozenMap({"en": en, "zh": zh}))


#: What the document says, and nothing else: the day of arrival is not counted, a day ends at midnight, nothing rolls.
LITERAL: Final = Convention(id="literal")

#: PRC Civil Code arts. 200-204. Art. 204 lets the text prevail, so it is cited by analogy only. Art. 203(1) moves a last
#: day that is a statutory holiday (法定休假日); a plain weekend it leaves alone, unless the clock states a roll itself.
CN_CIVIL_CODE: Final = Convention(
    id="cn_civil_code",
    day_ends="closing",
    roll="following",
    rest_days="holidays",
    articles=FrozenMap(
        {
            "count": _article("by analogy with PRC Civil Code art. 201(1)", "类推适用《民法典》第二百零一条第一款"),
            "expiry": _article("by analogy with PRC Civil Code art. 203(2)", "类推适用《民法典》第二百零三条第二款"),
            "roll": _article("by analogy with PRC Civil Code art. 203(1)", "类推适用《民法典》第二百零三条第一款"),
        }
    ),
)

#: Regulation (EEC, Euratom) 1182/71 art. 3, for limits in days or longer. A limit in hours stays elapsed time: the rule of
#: art. 3(1) that the hour of the event is not counted is not taken.
EU_1182_71: Final = Convention(
    id="eu_1182_71",
    roll="following",
    least_working_days=2,
    articles=FrozenMap(
        {
            "count": _article("Regulation 1182/71 art. 3(1)", "欧盟第1182/71号条例第3条第1款"),
            "expiry": _article("Regulation 1182/71 art. 3(2)", "欧盟第1182/71号条例第3条第2款"),
            "roll": _article("Regulation 1182/71 art. 3(4) and (5)", "欧盟第1182/71号条例第3条第4、5款"),
        }
    ),
)

#: "Close of business on the third business day following the day on which it is received" (DISP 1.5).
FCA_BUSINESS_DAY: Final = Convention(
    id="fca_business_day",
    day_ends="closing",
    articles=FrozenMap({"count": _article("DISP 1.5.1R", "DISP 1.5.1R"), "expiry": _article("DISP 1.5.1R", "DISP 1.5.1R")}),
)

_CONVENTIONS: Final = {convention.id: convention for convention in (LITERAL, CN_CIVIL_CODE, EU_1182_71, FCA_BUSINESS_DAY)}


def convention_names() -> tuple[str, ...]:
    """Return the names that `convention` knows."""
    return tuple(_CONVENTIONS)


def convention(name: str) -> Convention:
    """Return a convention by name.

    Raises
    ------
    InvalidValue
        If there is none of that name; the message suggests the nearest.

    """
    if name not in _CONVENTIONS:
        near = closest(str(name), _CONVENTIONS)
        hint = f"did you mean `{near}`?" if near else f"known: {', '.join(_CONVENTIONS)}"
        raise InvalidValue(f"there is no convention `{str(name)[:40]}`; {hint}", found=str(name)[:40], suggestion=near)
    return _CONVENTIONS[name]
