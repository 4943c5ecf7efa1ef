"""Policies that the tests print: one with something of everything, in both languages, and small ones."""

from __future__ import annotations

from pathlib import Path

from closedloop.facade import Policy, load_policy

HEAD = """\
policy: mill
edition: "3"
title: {zh: 磨坊投诉办法, en: Complaints at a mill}
timezone: Asia/Shanghai
currency: CNY
"""


def everything() -> Policy:
    """Load the policy with something of everything."""
    return load_policy(Path(__file__).with_name("mill.yaml"))


def policy(sections: str) -> Policy:
    """Load a policy of these sections."""
    return Policy.from_text(HEAD + sections, name="mill.yaml")
