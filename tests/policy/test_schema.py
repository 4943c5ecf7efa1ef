"""The JSON Schema: it is that of the models, it admits what loads, and it points at what an editor should point at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from closedloop.policy.loading import packaged_policies
from closedloop.policy.schema import policy_schema
from closedloop.policy.tree import plain
from closedloop.policy.yaml_text import read_yaml
from tests.policy.samples import WHOLE

SCHEMA = policy_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
COMMITTED = Path(__file__).parents[2] / "docs" / "reference" / "policy.schema.json"
HEAD = {"policy": "x", "edition": "1", "title": {"zh": "样"}}


def test_the_committed_schema_is_current() -> None:
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == SCHEMA, "run `make schema`"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def data(text: str) -> Any:
    """Read a document as data."""
    node, findings = read_yaml(text, "x.yaml")
    assert node is not None
    assert not findings
    return plain(node)


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        (packaged_policies() / "chery_nev.yaml").read_text(encoding="utf-8"),
        "policy: own\nextends: sample@1\nduties: {reply: {within: 1 day}}\ntables: {level: {rules: {low: {then: high}}}}",
    ],
    ids=["sample", "chery_nev", "extension"],
)
def test_what_loads_is_valid(text: str) -> None:
    """A change need not repeat what its base gives."""
    assert list(VALIDATOR.iter_errors(data(text))) == []


@pytest.mark.parametrize(
    "document",
    [
        {"policy": "x"},
        {**HEAD, "dutys": {}},
        {**HEAD, "duties": {"a": {"do": "closed", "byy": "x"}}},
        {**HEAD, "duties": {"a": {"by": "x"}}},
        {**HEAD, "tables": {"a": {"hit": "uniqe", "rules": {}}}},
        {**HEAD, "tables": {"a": {"rules": {"b": {"when": {}}}}}},
        {**HEAD, "duties": {"a": {"do": "x", "within": {"earliest": ["1 day"]}}}},
        {**HEAD, "clocks": {"a": {"roll": "following"}}},
        {**HEAD, "facts": {"a": {"in_time": {"do": "x"}}}},
        {**HEAD, "readings": {"a": {"take": "x", "choices": {"x": {"duty": {}}}}}},
        {**HEAD, "title": {"xx": "y"}},
        {"extends": "x", "duties": {"a": {"byy": "x"}}},
        {"extends": ["x"]},
    ],
)
def test_faults_that_an_editor_can_show(document: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(document))


def test_every_key_is_described() -> None:
    """What an editor shows beside a key is written."""
    parts = [SCHEMA, *(part for part in SCHEMA["$defs"].values() if "additionalProperties" in part and part["title"] != "Change")]
    bare = [(part["title"], key) for part in parts for key, piece in part.get("properties", {}).items() if "description" not in piece]
    assert bare == []
