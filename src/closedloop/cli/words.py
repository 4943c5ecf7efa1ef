"""The command line's own words in the languages it speaks; the words of a policy come from the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.values.text import Label

if TYPE_CHECKING:
    from closedloop.values.text import Lang

_CHINESE: Final = {
    "accountable": "责任部门",
    "again": "重复",
    "answer": "结果",
    "category": "类别",
    "clause": "条款",
    "decided": "已判定",
    "due": "期限",
    "duties": "时限与事项",
    "earlier cases": "历史记录",
    "edition": "版次",
    "first due": "最早到期",
    "history": "历史记录",
    "id": "编号",
    "in_scope": "适用",
    "kind": "性质",
    "late": "已超期",
    "level": "级别",
    "merged": "并入",
    "met": "已完成",
    "met_late": "超期完成",
    "more rows": "行未显示",
    "needs_fact": "待补充信息",
    "new": "首次",
    "not_applicable": "不适用",
    "not_examined": "未查历史",
    "not_owed": "不需要",
    "open": "待定",
    "others": "其余",
    "out_of_scope": "不适用本办法",
    "paused": "暂停",
    "policy": "办法",
    "questions": "待答问题",
    "received": "收到时间",
    "repeat": "重复情况",
    "rows": "行",
    "running": "计时中",
    "scope": "适用范围",
    "set aside": "剔除",
    "shows them": "可全部显示",
    "title": "名称",
    "unspecified_by_source": "原文未规定",
    "waiting": "等待前一步",
}


def say(word: str, lang: Lang) -> str:
    """Return one of the command line's words, or of the library's states, in a language."""
    words = {"zh": _CHINESE[word]} if word in _CHINESE else {}
    return Label(word, words).text(lang)
