"""How time is counted, in sentences."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Final

from closedloop.calendars.conventions import convention
from closedloop.rendering.parts import Entry, Section
from closedloop.rendering.phrases import pick
from closedloop.rules.states import Unset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from closedloop.policy.model import ClockRule, Pause
    from closedloop.rendering.speech import Speech

_CALENDARS: Final = {
    "cn_office": ("按中国法定工作日历，调休上班的周末算工作日", "the calendar is that of Chinese offices; weekend days made working days are worked"),
    "cn_office_strict": ("按中国法定工作日历，周末一律不算工作日", "the calendar is that of Chinese offices; no weekend day is worked"),
    "uk_business": ("按英格兰工作日历", "the calendar is that of business days in England"),
}
_CONVENTIONS: Final = {
    "cn_civil_code": ("未写明处类推适用《民法典》", "where nothing is said, the PRC Civil Code is followed by analogy"),
    "eu_1182_71": ("未写明处适用欧盟第1182/71号条例", "where nothing is said, Regulation (EEC, Euratom) 1182/71 applies"),
    "fca_business_day": ("未写明处适用 DISP 1.5", "where nothing is said, DISP 1.5 applies"),
}
_SETTINGS: Final = {
    "off_day_arrival.counts": ("休息日收到的，按当日收到计", "what arrives on a day off counts as of that day"),
    "off_day_arrival.next_working_day": ("休息日收到的，视作下一工作日收到", "what arrives on a day off counts as of the next working day"),
    "date_only.refused": ("只知日期而不知时刻的收到不予计算", "an arrival known only by its date is not counted"),
    "date_only.start_of_day": ("只知日期的收到，视作当日零时收到", "an arrival known only by its date counts from the start of that day"),
    "date_only.cutoff": ("只知日期的收到，视作当日截止时刻收到", "an arrival known only by its date counts as of the cutoff"),
    "date_only.after_cutoff": ("只知日期的收到，视作当日截止时刻之后收到", "an arrival known only by its date counts as after the cutoff"),
    "first_day.not_counted": ("收到当日不计入", "the day of arrival is not counted"),
    "first_day.counted": ("收到当日计入", "the day of arrival is counted"),
    "last_day.counted": ("末日计入", "the last day is counted"),
    "last_day.not_counted": ("末日不计入，期限于其前一日届满", "the last day is not counted: a limit in days ends with the day before it"),
    "day_ends.midnight": ("按天计的期限于末日24:00届满", "a limit in days ends at midnight of its last day"),
    "day_ends.closing": ("按天计的期限于末日下班时届满", "a limit in days ends at close of business on its last day"),
    "day_ends.same_time": ("按天计的期限于末日的同一时刻届满", "a limit in days ends at the same time of day on its last day"),
    "hours_on_day_off.stay": ("以小时计的期限于休息日届满的，不顺延", "a limit in hours that ends on a day off stays"),
    "hours_on_day_off.move": (
        "以小时计的期限于休息日届满的，同样顺延，时刻不变",
        "a limit in hours that ends on a day off moves as well, to the same time of day",
    ),
    "roll.none": ("末日为休息日也不顺延", "a last day that is a day off stays"),
    "roll.following": ("末日为休息日的，顺延至其后第一个工作日", "a last day that is a day off moves to the first working day after it"),
    "roll.preceding": ("末日为休息日的，提前至其前一个工作日", "a last day that is a day off moves to the working day before it"),
    "roll.modified_following": (
        "末日为休息日的，顺延至其后第一个工作日，但不跨月",
        "a last day that is a day off moves to the first working day after it, within the month",
    ),
}
_INHERITED: Final = ("off_day_arrival", "first_day", "day_ends", "roll")


def clocks(speech: Speech) -> Section:
    """Return the chapter on how time is counted: each clock, and each reason for which it pauses."""
    entries = tuple(entry for clock in speech.model.clocks.values() for entry in (_clock(speech, clock), *_pauses(speech, clock)))
    return Section(title=speech.of("计时：期限如何计算", "How time is counted"), entries=entries)


def _clock(speech: Speech, clock: ClockRule) -> Entry:
    sentences = tuple(_settings(speech, clock))
    return Entry(title=clock.label.text(speech.lang), lead=speech.of("计时规则：", "It counts so:"), sentences=sentences, provenance=clock.provenance)


def _pauses(speech: Speech, clock: ClockRule) -> Iterator[Entry]:
    for pause in clock.pauses:
        text, left_open = _pause(speech, pause)
        yield Entry(title=speech.of("暂停计时", "Pause"), sentences=(text,), open=left_open, provenance=pause.provenance)


def _settings(speech: Speech, clock: ClockRule) -> Iterator[str]:
    if clock.calendar is None:
        yield speech.of("不看节假日，连续计算", "days off do not matter")
    elif clock.calendar in _CALENDARS:
        yield pick(_CALENDARS[clock.calendar], speech.lang)
    else:
        yield speech.of(f"按使用单位提供的“{clock.calendar}”日历", f"the calendar is “{clock.calendar}”, which whoever runs the policy provides")
    if not isinstance(clock.cutoff, Unset) and clock.cutoff is not None:
        yield speech.of(f"{clock.cutoff:%H:%M}以后收到的，视作次日收到", f"what arrives after {clock.cutoff:%H:%M} counts as of the next day")
    base = convention(clock.convention) if clock.convention is not None else convention("literal")
    for name in ("off_day_arrival", "date_only", "first_day", "last_day", "day_ends", "roll", "hours_on_day_off"):
        given = getattr(clock, name)
        if given is None and name in _INHERITED and clock.calendar is not None:
            given = getattr(base, name)
        if given is not None:
            yield _setting(speech, name, given)
    if clock.convention in _CONVENTIONS:
        yield pick(_CONVENTIONS[clock.convention], speech.lang)


def _setting(speech: Speech, name: str, given: str | time) -> str:
    if isinstance(given, time):
        return speech.of(f"按天计的期限于末日{given:%H:%M}届满", f"a limit in days ends at {given:%H:%M} on its last day")
    return pick(_SETTINGS[f"{name}.{given}"], speech.lang)


def _pause(speech: Speech, pause: Pause) -> tuple[str, tuple[str, ...]]:
    start = speech.unset if isinstance(pause.from_, Unset) else speech.quoted([pause.from_])
    end = speech.unset if isinstance(pause.until, Unset) else speech.quoted([pause.until])
    reason = pause.provenance.words
    name = reason.get("zh" if speech.lang.startswith("zh") else "en", pause.reason.replace("_", " "))
    text = speech.of(f"暂停（{name}）：自{start}起，至{end}止。", f"Paused ({name}): from {start} until {end}.")
    ends = (
        (pause.from_, speech.of("暂停的开始", "when the pause begins")),
        (pause.until, speech.of("暂停的结束", "when the pause ends")),
    )
    return text, tuple(what for end_, what in ends if isinstance(end_, Unset))
