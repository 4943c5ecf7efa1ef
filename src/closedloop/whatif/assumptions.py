"""What a comparison holds fixed, said to whoever reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.values.text import Label

if TYPE_CHECKING:
    from closedloop.policy.model import PolicyModel

_ALL: Final[dict[str, tuple[str, str]]] = {
    "events": (
        "处理过程不变：各事件发生的时间与记录相同，不因期限变化而提前或推迟",
        "handling stays as it was: every event happens when it is recorded, whatever the limits are",
    ),
    "arrivals": (
        "投诉的数量与内容不变：客户不因处理方式变化而多投诉或少投诉",
        "complaints stay as they were: nobody complains more or less because of the change",
    ),
    "facts": (
        "记录的事实不变：未记录的事实视为未知，不作推测",
        "facts stay as they are recorded; what is not recorded is not known, and not guessed",
    ),
    "history": (
        "重复投诉：各制度只看到按其自身判定的、数据之内的先前案件；数据开始之前的案件不计",
        "repeats: each policy sees the earlier cases of the data as it would have decided them; what came before the data is not seen",
    ),
    "as_of": ("所有案件按同一时点查看", "all cases are seen as of one instant"),
}


def assumptions(old: PolicyModel, new: PolicyModel) -> tuple[Label, ...]:
    """Return what is held fixed for two policies; each has an id, and words in Chinese and English."""
    linked = old.repeats is not None or new.repeats is not None
    return tuple(Label(name, {"zh": zh, "en": en}) for name, (zh, en) in _ALL.items() if linked or name != "history")
