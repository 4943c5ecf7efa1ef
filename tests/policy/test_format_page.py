"""The reference of the format: its examples make one policy that loads, and it names every key and every finding."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import closedloop.policy
from closedloop.policy.document import PolicyDocument
from closedloop.policy.identity import to_yaml
from closedloop.policy.loading import read_policy, read_text
from closedloop.policy.merging import applied
from closedloop.policy.part import LANGUAGES, Part
from closedloop.policy.standard import STANDARD_EVENTS, STANDARD_FACTS
from closedloop.policy.tree import Node
from closedloop.policy.yaml_text import read_yaml
from closedloop.rules.domains import RESERVED
from tests.docs.pages import blocks

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "policy-format.md").read_text(encoding="utf-8")
EXAMPLES = [block for block in blocks(PAGE) if block.kind == "yaml"]
SOURCES = [path.read_text(encoding="utf-8") for path in Path(closedloop.policy.__path__[0]).rglob("*.py")]
FOUND = re.compile(
    r"""(?:fault|finding|sheet\.find|_find|_error)\(\s*"([a-z_]+)"|self\._refuse(?:_at)?\(.*"([a-z_]+)"\)$|identity(?:: str = |=)"([a-z_]+)\"""",
    re.MULTILINE,
)


def whole() -> str:
    """Lay the examples of the page over one another."""
    tree = Node({}, "page")
    for block in EXAMPLES:
        node, findings = read_yaml(block.text, "page")
        assert node is not None
        assert not findings
        tree = tree if block.file else applied(tree, node)
    return to_yaml(tree)


def test_the_examples_together_are_a_policy(tmp_path: Path) -> None:
    """And the extension that the page shows extends it."""
    assert {"goods", "service"} <= set(read_text(whole()).model.facts["category"].domain.values)
    (own,) = [block for block in EXAMPLES if block.file == "own.yaml"]
    (tmp_path / "example.yaml").write_text(whole(), encoding="utf-8")
    (tmp_path / "own.yaml").write_text(own.text, encoding="utf-8")
    assert "expedite" not in read_policy(tmp_path / "own.yaml").model.duties


def parts() -> list[type[Part]]:
    """Return the kinds of part of a document."""
    found: list[type[Part]] = []
    todo: list[type[Part]] = [Part]
    while todo:
        part = todo.pop()
        found.append(part)
        todo += part.__subclasses__()
    return found


def test_every_key_is_on_the_page() -> None:
    keys = {field.alias or name for part in parts() for name, field in part.model_fields.items()} - {"labels"}
    assert {"within", "from", "with", *PolicyDocument.model_fields} <= keys
    named = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]+`|^```yaml.*?^```", PAGE, re.MULTILINE | re.DOTALL))))
    assert keys - named == set()


def test_every_finding_is_on_the_page() -> None:
    given = {name for source in SOURCES for names in FOUND.findall(source) for name in names if name}
    listed = PAGE[PAGE.index("## 12. Findings") :]
    named = {name for row in re.findall(r"^\| (`.*?`) \|", listed, re.MULTILINE) for name in re.findall(r"`([a-z_]+)`", row)}
    # Where a name is not known, the finding is called after what was looked for.
    assert len(given) > 60
    assert given - named == set()
    assert {name for name in named - given if not name.startswith("unknown_")} == set()


@pytest.mark.parametrize("words", [LANGUAGES, STANDARD_FACTS, STANDARD_EVENTS, RESERVED], ids=["languages", "facts", "events", "reserved"])
def test_lists_of_words_are_complete(words: set[str]) -> None:
    assert set(words) - set(re.findall(r"[a-z_]+", PAGE)) == set()
