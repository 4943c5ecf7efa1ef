"""Picks the edition of a policy that applies: by the date that each edition names, and for cases open at a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from closedloop.errors import InvalidValue, PolicyMismatch, UnknownPolicy
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from closedloop.policy.model import PolicyModel

Occasion = Literal["received", "incident", "decided"]


@dataclass(frozen=True, slots=True)
class Editions:
    """The editions of one policy, earliest first. An edition without a first day is the one before all others."""

    models: tuple[PolicyModel, ...]

    @classmethod
    def of(cls, models: Iterable[PolicyModel]) -> Editions:
        """Put editions in order.

        Raises
        ------
        PolicyMismatch
            If they are not editions of one policy, or two of them start together, so that none of the two can be picked.

        """
        ordered = tuple(sorted(models, key=_first_day))
        if not ordered:
            raise PolicyMismatch("a book of policies needs at least one edition")
        for earlier, later in pairwise(ordered):
            if earlier.id != later.id:
                raise PolicyMismatch(f"`{earlier.id}` and `{later.id}` are two policies; a book holds the editions of one")
            if _first_day(earlier) == _first_day(later):
                start = "have no first day" if _first_day(later) == date.min else f"both start on {_first_day(later)}"
                message = f"editions `{earlier.edition}` and `{later.edition}` of `{later.id}` {start}; set `in_force.from`"
                raise PolicyMismatch(message)
        return cls(ordered)

    def pick(self, *, received: datetime, incident: datetime | None = None, decided: datetime | None = None) -> PolicyModel:
        """Return the latest edition whose first day has come, by the date that the edition itself names.

        Raises
        ------
        UnknownPolicy
            If no edition was in force yet.
        InvalidValue
            If an edition is picked by a date that is not given, or the text does not say by which and it matters.

        """
        dates: dict[Occasion, datetime | None] = {"received": received, "incident": incident, "decided": decided}
        for model in reversed(self.models):
            if _applies(model, dates):
                return model
        message = f"no edition of `{self.models[0].id}` is in force for that date; the first starts on {_first_day(self.models[0])}"
        raise UnknownPolicy(message)

    def for_open_case(self, model: PolicyModel, at: datetime) -> PolicyModel:
        """Return the edition under which a case decided under `model` stands at an instant: each later edition says whether it moves.

        Raises
        ------
        PolicyMismatch
            If `model` is not in the book, or a later edition does not say what happens to open cases.

        """
        if model.hash not in {each.hash for each in self.models}:
            raise PolicyMismatch(f"edition `{model.edition}` of `{model.id}` is not in the book")
        stands = model
        for later in self.models[self._position(model) + 1 :]:
            if _local_day(later, at) < _first_day(later):
                break
            if isinstance(later.in_force.open_cases, Unset):
                message = f"edition `{later.edition}` of `{later.id}` does not say whether cases open at its start stay or move"
                raise PolicyMismatch(f"{message}; set `in_force.open_cases`")
            stands = later if later.in_force.open_cases == "move" else stands
        return stands

    def _position(self, model: PolicyModel) -> int:
        return next(number for number, each in enumerate(self.models) if each.hash == model.hash)


def _first_day(model: PolicyModel) -> date:
    return model.in_force.from_ if isinstance(model.in_force.from_, date) else date.min


def _local_day(model: PolicyModel, instant: datetime) -> date:
    if instant.utcoffset() is None:
        raise InvalidValue(f"`{instant.isoformat()}` has no offset; give an instant with its zone", found=instant.isoformat())
    try:
        return (instant.astimezone(ZoneInfo(model.timezone)) if model.timezone else instant).date()
    except OverflowError:
        # At the ends of the calendar the day in another zone cannot be told, and does not matter.
        return instant.date()


def _applies(model: PolicyModel, dates: dict[Occasion, datetime | None]) -> bool:
    first = _first_day(model)
    if first == date.min:
        return True
    by = model.in_force.by
    if isinstance(by, Unset):
        answers = {_local_day(model, instant) >= first for instant in dates.values() if instant is not None}
        if len(answers) > 1:
            message = f"edition `{model.edition}` of `{model.id}` does not say by which date it applies, and the dates given differ"
            raise InvalidValue(f"{message}; set `in_force.by`", found="unset")
        return answers.pop()
    instant = dates[by]
    if instant is None:
        raise InvalidValue(f"edition `{model.edition}` of `{model.id}` is picked by the date `{by}`; give `{by}`", found="nothing", expected=by)
    return _local_day(model, instant) >= first
