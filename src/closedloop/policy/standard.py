"""The words that need no declaration: standard facts, the library's kinds of event, and what the standard tables give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from closedloop.policy.model import EventKind, Fact
from closedloop.rules.domains import Domain
from closedloop.values.clauses import Provenance
from closedloop.values.mappings import FrozenMap
from closedloop.values.text import Label

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of each standard fact: its domain, its name and the question put to a person.
_FACTS: Final[Mapping[str, tuple[Domain, str, str, str, str]]] = {
    "complainant": (Domain(type="choice", open_list=True), "投诉人", "complainant", "由谁提出?", "Who complains?"),
    "customer": (Domain(type="text"), "客户", "customer", "实际客户是谁?", "Who is the actual customer?"),
    "subject": (Domain(type="text"), "投诉事项", "subject", "针对什么?", "What is it about?"),
    "channel": (Domain(type="choice", open_list=True), "渠道", "channel", "通过什么渠道?", "By which channel did it come?"),
    "claim": (Domain(type="money"), "索赔金额", "amount claimed", "索赔多少?", "How much is claimed?"),
    "demand": (Domain(type="text"), "诉求", "demand", "有何诉求?", "What is asked for?"),
    "text": (Domain(type="text"), "内容", "text", "客户怎么说?", "What did the customer say?"),
    "round": (Domain(type="number", counts=1), "轮次", "round", "第几轮?", "Which round is it?"),
    "repeat": (Domain(type="choice", values=("new", "merged", "again")), "重复情况", "repeat", "是否重复?", "Is it a repeat?"),
    "remedy": (
        Domain(type="choice", values=("replacement", "own_product", "repair", "refund", "return", "allowance", "service", "gift", "cash")),
        "补偿方式", "remedy", "提供何种补偿?", "Which remedy is offered?",
    ),
    "value": (Domain(type="money"), "补偿金额", "value of the remedy", "价值多少?", "What is it worth?"),
}  # fmt: skip
_VALUES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "repeat": {"new": ("新抱怨", "new"), "merged": ("并入", "merged into an open one"), "again": ("重复", "again after closure")},
    "remedy": {
        "replacement": ("替换货", "replacement"), "own_product": ("本品", "own product"), "repair": ("修理", "repair"), "refund": ("退款", "refund"),
        "return": ("退货", "return"), "allowance": ("折让", "allowance"), "service": ("服务", "service"),
        "gift": ("礼品", "gift"), "cash": ("现金", "cash"),
    },
}  # fmt: skip
#: Takes another event back; it says something of the log, not of the case, so that no rule can name it.
VOIDED: Final = "voided"

_EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "received": ("收到", "received"), "registered": ("登记", "registered"), "acknowledged": ("告知已收到", "acknowledged"),
    "accepted": ("受理", "accepted"), "refused": ("不予受理", "refused"), "reclassified": ("重新归类", "reclassified"),
    "withdrawn": ("撤回", "withdrawn"),
    "forwarded": ("转交", "forwarded"), "handed_over": ("移交责任部门", "handed over to the accountable party"), "escalated": ("上报", "escalated"),
    "referred": ("移送外部", "referred outside"), "reminded": ("催办", "reminded"), "queried": ("质询", "queried"),
    "confirmed": ("确认", "confirmed"), "investigated": ("调查", "investigated"), "analysed": ("分析", "analysed"),
    "plan_proposed": ("提出方案", "plan proposed"), "plan_approved": ("方案批准", "plan approved"), "approved": ("批准", "approved"),
    "signed": ("签字", "signed"),
    "executed": ("执行", "executed"), "customer_contacted": ("联系客户", "customer contacted"), "promised": ("承诺日期", "date promised"),
    "progress_told": ("告知进展", "progress told"), "explained": ("解释", "explained"), "appointment_set": ("约定时间", "appointment set"),
    "customer_accepted": ("客户认可", "accepted by the customer"), "customer_rejected": ("客户不认可", "rejected by the customer"),
    "called_back": ("回访", "called back"), "first_replied": ("首次回复", "first reply given"), "final_replied": ("最终回复", "final reply given"),
    "result_reported": ("报告结果", "result reported"), "extension_granted": ("准予延期", "extension granted"),
    "delay_found": ("认定拖延", "delay found"),
    "remedy_offered": ("提出补偿", "remedy offered"), "remedy_granted": ("给予补偿", "remedy granted"),
    "goods_returned": ("退回货物", "goods returned"),
    "goods_resold": ("货物转售", "goods resold"), "settled": ("核销", "settled"),
    "closure_requested": ("申请闭环", "closure requested"), "closed": ("闭环", "closed"),
    "reopened": ("重新打开", "reopened"), "assessed": ("考核", "assessed"), "rectification_ordered": ("责令整改", "rectification ordered"),
    VOIDED: ("撤销记录", "record taken back"),
    "rectified": ("整改", "rectified"), "archived": ("归档", "archived"), "destroyed": ("销毁", "destroyed"), "reported": ("报告", "reported"),
}  # fmt: skip

#: What the standard tables give. The outcomes of `routing` and `remedies` are more than a code.
TABLE_DOMAINS: Final[Mapping[str, Domain]] = FrozenMap(
    {
        "scope": Domain(type="choice", values=("in", "out")),
        "routing": Domain(type="party"),
        "remedies": Domain(type="choice", many=True),
        "loss_basis": Domain(type="choice", values=("price_loss", "actual_loss")),
        "sharing": Domain(type="choice", values=("whole", "by_share")),
    }
)
_TABLES: Final[Mapping[str, tuple[str, str, Mapping[str, tuple[str, str]]]]] = {
    "scope": ("适用范围", "scope", {"in": ("适用", "in scope"), "out": ("不适用", "out of scope")}),
    "routing": ("责任部门", "routing", {}),
    "remedies": ("补偿", "remedies", {}),
    "loss_basis": ("损失计算", "basis of the loss", {"price_loss": ("售价损失", "loss of price"), "actual_loss": ("实际损失", "actual loss")}),
    "sharing": ("损失分担", "sharing of the loss", {"whole": ("全数承担", "whole"), "by_share": ("按比例分担", "by share")}),
}
COMPARED: Final = Domain(type="choice", values=("below", "equal", "within", "above"))
#: Facts that the library works out for every complaint, so that no table and no event can decide them.
WORKED_OUT: Final = frozenset({"round", "repeat"})


def label(name: str, zh: str, en: str) -> Label:
    """Return a label in both languages."""
    return Label(name, FrozenMap({"zh": zh, "en": en}))


def _value_labels(values: Mapping[str, tuple[str, str]]) -> FrozenMap[str, Label]:
    return FrozenMap({code: label(code, zh, en) for code, (zh, en) in values.items()})


def table_fact(name: str) -> Fact:
    """Return the fact that a standard table decides."""
    zh, en, values = _TABLES[name]
    words = label(name, zh, en)
    return Fact(
        id=name,
        domain=TABLE_DOMAINS[name],
        label=words,
        ask=words,
        value_labels=_value_labels(values),
        table=name,
        standard=True,
        provenance=Provenance(path=f"tables.{name}"),
    )


#: The facts that every policy has.
STANDARD_FACTS: Final[Mapping[str, Fact]] = FrozenMap(
    {
        name: Fact(
            id=name,
            domain=domain,
            label=label(name, zh, en),
            ask=label(name, ask_zh, ask_en),
            value_labels=_value_labels(_VALUES.get(name, {})),
            standard=True,
            provenance=Provenance(path=f"facts.{name}"),
        )
        for name, (domain, zh, en, ask_zh, ask_en) in _FACTS.items()
    }
)
#: The kinds of event that every policy has.
STANDARD_EVENTS: Final[Mapping[str, EventKind]] = FrozenMap(
    {
        name: EventKind(id=name, label=label(name, zh, en), standard=True, provenance=Provenance(path=f"events.{name}"))
        for name, (zh, en) in _EVENTS.items()
    }
)
#: The names of what `compare` gives.
COMPARED_LABELS: Final = _value_labels(
    {"below": ("低于", "below"), "equal": ("等于", "equal"), "within": ("在允差内", "within the tolerance"), "above": ("高于", "above")}
)
