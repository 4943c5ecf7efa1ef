"""Loading the policy of document 000, beside reading the same text as YAML and validating the same data with pydantic.

Loading does both of these, keeps the line and column of each value, and checks every name, rule and limit of the document
against the rest. The text is the document as the library writes it, which every YAML parser reads.
"""

from __future__ import annotations

import yaml
from turns import seconds, show

import closedloop as cl
from closedloop.policy.document import PolicyDocument
from closedloop.policy.loading import read_text
from closedloop.policy.part import FROM_TEXT
from closedloop.policy.tree import plain


def main() -> None:
    """Compare, and print."""
    text = cl.load_policy("chery_nev").to_yaml()
    data = plain(read_text(text).source)
    lines = len(text.splitlines())
    ways = {
        "closedloop": lambda: cl.Policy.from_text(text),
        "pydantic, the structure only": lambda: PolicyDocument.model_validate(data, context=FROM_TEXT),
        "yaml.safe_load": lambda: yaml.safe_load(text),
        "yaml, with the C parser": lambda: yaml.load(text, Loader=yaml.CSafeLoader),
    }
    show(f"Loading a policy of {lines} lines", seconds(ways), against="closedloop")


if __name__ == "__main__":
    main()
