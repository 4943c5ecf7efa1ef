"""Policies that the tests take apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from closedloop.errors import InvalidPolicy
from closedloop.policy.loading import read_text

if TYPE_CHECKING:
    from closedloop.errors import Finding
    from closedloop.policy.loading import Loaded
    from closedloop.policy.model import PolicyModel

HEAD = """\
policy: sample
edition: "1"
title: {zh: 样例, en: Sample}
currency: CNY
"""

#: A small policy with one row of each section.
WHOLE = (
    HEAD
    + """\
parties:
  desk: {zh: 前台, en: Desk}
  quality: {zh: 质量部, en: Quality, also: [质检]}
facts:
  category: {type: choice, values: {goods: 货物, service: {zh: 服务, en: service}}, cite: c/1}
  loss: {type: ordered, values: [none_at_all, small, large], judged_by: desk}
  level: {type: ordered, values: [low, high]}
  closing_limit: {type: limit}
  amount: {type: money}
  result: {type: text, at: final_replied}
  in_time: {in_time: {do: closed, from: received, within: closing_limit, clock: office}}
events:
  apologised: {zh: 道歉, en: apology given}
records:
  note: {zh: 记录, en: note, fields: [result], signed_by: [desk]}
clocks:
  office: {calendar: cn_office, cutoff: "16:30", day_ends: "16:30", roll: following, cite: c/2}
tables:
  level:
    hit: highest
    rules:
      low: {when: {loss: small}, then: low, cite: c/3}
      high: {when: {loss: large}, then: high, cite: c/4}
    otherwise: unset
  closing_limit:
    rules:
      goods: {when: {category: goods}, then: 2 days, cite: c/5}
      service: {when: {category: service}, then: unset, cite: c/6}
repeats: {same: [customer, category], window: 1 month, raise_level_by: 1, cite: c/7}
rounds:
  again: {on: customer_rejected, again: [final_replied], limit: 3, cite: c/8}
duties:
  reply: {do: final_replied, by: quality, to: desk, from: received, within: closing_limit, clock: office, leaving: [note], cite: c/9}
  remind: {do: reminded, by: desk, from: reply.late, cite: c/10}
routines:
  count: {every: month, do: reported, by: desk, among: {closed: present}, tabulate: [category], cite: c/11}
gates:
  closed:
    answered: {after: [final_replied], needs: {in_time: yes}, cite: c/12}
targets:
  closing: {among: {closed: present}, share: {in_time: yes}, goal: ">= 99.8%", cite: c/13}
readings:
  month:
    cite: c/7
    take: calendar
    choices: {calendar: {}, thirty: {repeats: {window: 30 days}}}
"""
)


def load(text: str) -> Loaded:
    """Load a policy from text."""
    return read_text(text, "sample.yaml")


def model(text: str) -> PolicyModel:
    """Load a policy from text and return its model."""
    return load(text).model


def sample(sections: str) -> PolicyModel:
    """Load a policy of these sections."""
    return model(HEAD + sections)


def faults(text: str) -> tuple[Finding, ...]:
    """Return what is wrong with a text; none where it loads."""
    try:
        load(text)
    except InvalidPolicy as error:
        return error.findings
    return ()


def said(text: str) -> list[str]:
    """Return what is wrong with a text, as people read it."""
    return [str(finding) for finding in faults(text)]


def sample_faults(sections: str) -> list[tuple[str, str]]:
    """Return the kind and the path of each fault in a policy of these sections."""
    return [(finding.id, finding.place.path) for finding in faults(HEAD + sections)]
