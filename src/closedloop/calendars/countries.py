"""Days off of a country: an official table where the library holds one, else python-holidays.

Where a government moves days by a yearly notice, or a date depends on the sight of the moon, a year counts as known only
when the notice, or the date, is known. python-holidays fills such years with guesses; here they end what is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from closedloop.calendars import china
from closedloop.errors import InvalidValue, UnknownCalendar, closest

if TYPE_CHECKING:
    from holidays import HolidayBase

#: Years that are taken over from python-holidays, where it has them.
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2050


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOff:
    """Holidays, days worked instead of another, and the years for which both are known."""

    holidays: frozenset[date]
    working_days: frozenset[date]
    published_from: date
    published_through: date


def days_off(country: str, subdivision: str | None) -> DaysOff:
    """Return the days off of a country by its ISO 3166 code, such as `CN`, or of a subdivision of it, such as `ENG`.

    Raises
    ------
    UnknownCalendar
        If there is no such country.
    InvalidValue
        If it has no such subdivision.

    """
    if country == "CN":
        if subdivision is not None:
            raise InvalidValue(f"the notices for China know no subdivision, found `{subdivision}`; leave it out", found=subdivision)
        off, worked = china.days_off_and_worked()
        return DaysOff(holidays=off, working_days=worked, published_from=china.PUBLISHED_FROM, published_through=china.PUBLISHED_THROUGH)
    return _computed(country, subdivision)


def _computed(country: str, subdivision: str | None) -> DaysOff:
    import holidays

    supported = holidays.list_supported_countries()
    if country not in supported:
        near = closest(country, supported)
        hint = f"did you mean `{near}`?" if near else "write an ISO 3166 code such as `GB`"
        raise UnknownCalendar(f"there is no country `{country[:20]}`; {hint}", found=country[:20], suggestion=near)
    if subdivision is not None and subdivision not in supported[country]:
        near = closest(subdivision, supported[country])
        hint = f"did you mean `{near}`?" if near else f"known: {', '.join(supported[country]) or 'none'}"
        raise InvalidValue(f"`{country}` has no subdivision `{subdivision[:40]}`; {hint}", found=subdivision[:40], suggestion=near)
    empty = holidays.country_holidays(country, subdiv=subdivision)
    years = range(max(_FIRST_YEAR, empty.start_year), min(_LAST_YEAR, empty.end_year) + 1)
    language = "en_US" if "en_US" in empty.supported_languages else None
    table = holidays.country_holidays(country, subdiv=subdivision, years=years, language=language)
    first, last = _known(table, years)
    worked = frozenset(getattr(table, "weekend_workdays", ()))
    return DaysOff(holidays=frozenset(table) - worked, working_days=worked, published_from=date(first, 1, 1), published_through=date(last, 12, 31))


def _known(table: HolidayBase, years: range) -> tuple[int, int]:
    """Return the first and last year of the latest run of known years."""
    estimated = {day.year for day, name in table.items() if "estimated" in name}
    moved = {day.year for day in getattr(table, "weekend_workdays", ())}
    last_notice = max(moved | set(getattr(table, "special_public_holidays", ()))) if moved else years[-1]
    known = [year for year in years if year not in estimated and year <= last_notice]
    if not known:
        return years[0], years[0] - 1
    first = known[-1]
    while first - 1 in known:
        first -= 1
    return first, known[-1]
