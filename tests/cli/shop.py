"""A small policy of a shop and its policy tests, and what a run of the command line comes to."""

from __future__ import annotations

from dataclasses import dataclass

POLICY = """\
policy: shop
edition: "1"
title: {zh: 商店投诉办法, en: Complaints of a shop}
timezone: Asia/Shanghai
parties:
  desk: {zh: 前台, en: front desk}
  kitchen: {zh: 厨房, en: kitchen}
facts:
  category: {type: choice, zh: 类别, en: category, values: {food: {zh: 食品, en: food}, manners: {zh: 态度, en: manners}}}
  level: {type: ordered, zh: 级别, en: level, values: {minor: {zh: 轻, en: minor}, major: {zh: 重, en: major}}}
  ill: {type: yes_no, zh: 是否致病, en: somebody fell ill}
  answer_limit: {type: limit, zh: 答复时限, en: limit of the answer}
tables:
  level:
    hit: highest
    rules:
      minor: {when: {ill: no}, then: minor, cite: shop/1}
      major: {when: {ill: yes}, then: major, cite: shop/2}
  routing:
    rules:
      food: {when: {category: food}, then: {accountable: kitchen}, cite: shop/3}
      manners: {when: {category: manners}, then: {accountable: desk}, cite: shop/4}
  answer_limit:
    rules:
      food: {when: {category: food}, then: 4 hours, cite: shop/5}
      manners: {when: {category: manners}, then: unset, cite: shop/6}
repeats: {same: [customer, category], while_open: merge, window: 30 days, raise_level_by: 1, raise_from: last, cite: shop/7}
duties:
  answer: {zh: 答复, en: answer, do: final_replied, by: accountable, from: received, within: answer_limit, cite: shop/8}
"""

TESTS = """\
policy: shop.yaml
base: {customer: C-1, category: food, received_at: 2026-03-02 10:00:00, ill: no}
tests:
  - name: food is answered within four hours
    history: none
    expect: {duties.answer: {due: 2026-03-02 14:00:00, rule: food, cite: shop/5}}
"""


@dataclass(frozen=True)
class Run:
    """What a run of the command line came to."""

    code: int
    out: str
    err: str
