"""Calendars that policies call by name and that the library ships."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from closedloop.calendars.business import BusinessCalendar
from closedloop.errors import UnknownCalendar, closest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from closedloop.calendars.hours import Interval

#: The sources give no hours, so an office is open all day on its working days.
_WHOLE_DAYS: Final[Mapping[str, tuple[Interval, ...]]] = {"mon-fri": (("00:00", "24:00"),)}


class _Shipped(NamedTuple):
    country: str
    timezone: str
    subdivision: str | None = None
    #: Whether weekend days that a notice makes working days are worked.
    worked_weekends: bool = True


_SHIPPED: Final = {
    "cn_office": _Shipped("CN", "Asia/Shanghai"),
    "cn_office_strict": _Shipped("CN", "Asia/Shanghai", worked_weekends=False),
    "uk_business": _Shipped("GB", "Europe/London", "ENG"),
}


def calendar_names() -> tuple[str, ...]:
    """Return the names that `named_calendar` knows."""
    return tuple(_SHIPPED)


@cache
def named_calendar(name: str) -> BusinessCalendar:
    """Return a shipped calendar, always the same object.

    `cn_office`: working days of mainland China by the State Council's notices, worked weekends (调休) included.
    `cn_office_strict`: the same, but every Saturday and Sunday is a day off.
    `uk_business`: Monday to Friday without the bank holidays of England. All are open all day, for no source gives hours.

    Raises
    ------
    UnknownCalendar
        If no calendar of that name is shipped; the message suggests the nearest.

    """
    if name not in _SHIPPED:
        near = closest(name, _SHIPPED)
        hint = f"did you mean `{near}`?" if near else f"shipped are {', '.join(_SHIPPED)}; others come from the host"
        raise UnknownCalendar(f"there is no calendar `{name[:60]}`; {hint}", found=name[:60], suggestion=near)
    shipped = _SHIPPED[name]
    calendar = BusinessCalendar.country(shipped.country, hours=_WHOLE_DAYS, timezone=shipped.timezone, subdivision=shipped.subdivision, name=name)
    return calendar if shipped.worked_weekends else replace(calendar, working_days=frozenset())
