"""A due instant, and the five steps that led to it, in words a person can follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from closedloop.calendars.hours import format_time, wall_of
from closedloop.calendars.instants import instant, micros, to_date
from closedloop.values.construction import constructor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, time
    from zoneinfo import ZoneInfo

    from closedloop.calendars.conventions import Convention, StepName
    from closedloop.values.limits import Limit
    from closedloop.values.text import Label, Lang


class Path(NamedTuple):
    """What led to a due instant, in numbers: instants in microseconds, days as ordinals. Steps are made from it on demand."""

    limit: Limit
    rules: Convention
    cutoff: time | None
    start: int
    deemed: int
    deemed_code: str
    #: Days as of which the limit counts, on which it is used up, and to which it is moved; 0 for limits in time.
    deemed_day: int
    counted_day: int
    final_day: int
    #: When it is used up, before it is moved.
    expiry: int
    roll_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the five steps: the instant it leads to, a stable code for why, what fills its words, and the rule behind it."""

    name: StepName
    at: datetime
    code: str
    args: tuple[str, ...] = ()
    authority: Label | None = None

    def text(self, lang: Lang) -> str:
        """Say in `zh` or `en` what was done; other languages get English."""
        chinese = lang.startswith("zh")
        words = _WORDS[self.code][0 if chinese else 1].format(*self.args)
        if self.authority is None:
            return words
        why = self.authority.text(lang)
        return f"{words}（{why}）" if chinese else f"{words} ({why})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When something is due, and how that was found.

    An act at `at` itself is in time when `inclusive`. It is not where the limit ends with a day: 24:00 is written as 00:00
    of the next day, which that day no longer holds. `provisional` says that a day whose days off are not yet published
    was looked at.
    """

    at: datetime
    provisional: bool = False
    inclusive: bool = True
    path: Path = field(repr=False, compare=False)
    #: `at` as a number: a due instant is compared again and again. It is no argument, so that no `replace` can leave a stale one behind.
    _moment: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the instant as a number too."""
        object.__setattr__(self, "_moment", micros(self.at))

    @property
    def steps(self) -> tuple[Step, ...]:
        """Start, deemed receipt, count, expiry and roll, in this order."""
        return tuple(_steps(self.path, self._moment, cast("ZoneInfo", self.at.tzinfo)))

    def met_by(self, at: datetime) -> bool:
        """Whether an act at that instant is in time."""
        return self.overdue(at) is None

    def overdue(self, at: datetime) -> timedelta | None:
        """Return the time that has passed at an instant since this was due; None where it is in time."""
        passed = micros(at) - self._moment
        return None if passed < 0 or (passed == 0 and self.inclusive) else timedelta(microseconds=passed)

    @property
    def late_from(self) -> datetime:
        """The first instant that is late."""
        return instant(self._moment + 1, cast("ZoneInfo", self.at.tzinfo)) if self.inclusive else self.at

    def explain(self, lang: Lang) -> str:
        """Give the five steps, one a line, in `zh` or `en`."""
        return "\n".join(f"{step.at:%Y-%m-%d %H:%M:%S} {step.text(lang)}" for step in self.steps)


#: Makes a due instant of which the number is at hand already, as `_moment`.
due_at: Final[Callable[..., Due]] = constructor(Due)


def _steps(path: Path, at: int, where: ZoneInfo) -> Iterator[Step]:
    in_days = path.counted_day > 0
    yield Step(name="start", at=instant(path.start, where), code="received")
    yield Step(name="deemed_receipt", at=instant(path.deemed, where), code=path.deemed_code, args=_deemed_words(path))
    code, args = _count_words(path)
    authority = path.rules.authority
    expiry = instant(path.expiry, where)
    yield Step(name="count", at=expiry, code=code, args=args, authority=authority("count") if in_days else None)
    code, args = _expiry_words(path) if in_days else ("exact", ())
    yield Step(name="expiry", at=expiry, code=code, args=args, authority=authority("expiry") if in_days else None)
    moved = path.roll_code not in {"no_roll", "stays"}
    args, why = (_roll_words(path, expiry), authority("roll")) if moved else ((), None)
    yield Step(name="roll", at=instant(at, where), code=path.roll_code, args=args, authority=why)


def _deemed_words(path: Path) -> tuple[str, ...]:
    if path.deemed_code == "after_cutoff" and path.cutoff is not None:
        return (format_time(wall_of(path.cutoff)),)
    return (str(to_date(path.deemed_day)),) if path.deemed_code == "day_off" else ()


def _count_words(path: Path) -> tuple[str, tuple[str, ...]]:
    if path.counted_day:
        code = "days_with_first" if path.rules.first_day == "counted" else "days"
        code += "_without_last" if path.rules.last_day == "not_counted" else ""
        return code, (str(path.limit), str(to_date(path.counted_day)))
    return ("working_time" if path.limit.unit == "working hours" else "elapsed"), (str(path.limit),)


def _expiry_words(path: Path) -> tuple[str, tuple[str, ...]]:
    ends = path.rules.day_ends
    return (ends, ()) if isinstance(ends, str) else ("time", (format_time(wall_of(ends)),))


def _roll_words(path: Path, expiry: datetime) -> tuple[str, ...]:
    moved = str(to_date(path.final_day))
    last = to_date(path.counted_day) if path.counted_day else expiry.date()
    return (str(path.rules.least_working_days if path.roll_code == "least_working_days" else last), moved)


#: Chinese and English words for every code; the numbers stand for the arguments of the step.
_WORDS: Final = {
    "received": ("收到", "received"),
    "that_day": ("计为当日收到", "counts as received that day"),
    "that_instant": ("自该时刻起算", "counts from that instant"),
    "after_cutoff": ("晚于截止时间{0}，计为次日收到", "after the cutoff {0}, counts as received the next day"),
    "day_off": ("当日休息，计为{0}收到", "a day off, counts as received on {0}"),
    "elapsed": ("连续计时：{0}", "{0} of elapsed time"),
    "working_time": ("按工作时间计：{0}", "{0} of open time"),
    "days": ("{0}，当日不计，至{1}", "{0}, the first day not counted, up to {1}"),
    "days_with_first": ("{0}，当日计入，至{1}", "{0}, the first day counted, up to {1}"),
    "days_without_last": ("{0}，首日与末日均不计，至{1}", "{0}, neither the first nor the last day counted, up to {1}"),
    "days_with_first_without_last": ("{0}，首日计入、末日不计，至{1}", "{0}, the first day counted and the last not, up to {1}"),
    "exact": ("届满于该时刻", "expires at that instant"),
    "midnight": ("届满于当日24:00", "expires at 24:00 of that day"),
    "closing": ("届满于当日停止业务活动时", "expires at the close of that day"),
    "time": ("届满于当日{0}", "expires at {0} of that day"),
    "same_time": ("届满于当日同一时刻", "expires at the same time of that day"),
    "no_roll": ("不顺延", "not moved"),
    "stays": ("非休息日，不顺延", "no day off, not moved"),
    "rolled": ("{0}为休息日，改为{1}", "{0} is a day off, moved to {1}"),
    "least_working_days": ("期间至少含{0}个工作日，改为{1}", "holds at least {0} working days, moved to {1}"),
}
