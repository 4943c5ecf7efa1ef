"""The JSON Schema of a policy document, with which an editor completes and checks a policy while it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema

from closedloop.policy.document import PolicyDocument
from closedloop.policy.merging import IDENTITY, SECTIONS

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

_TEXT: Final = {"type": "string"}
#: YAML tools type an unquoted `2` or `yes` before the schema sees it, and every scalar is text to the library.
_SCALAR: Final = {"type": ["string", "number", "boolean"]}
_TEST: Final = {"$ref": "#/$defs/Test"}
_LIMIT: Final = {"$ref": "#/$defs/Limit"}
_LIMITS: Final = {"type": "array", "items": _LIMIT, "minItems": 2}
_LABEL: Final = {"anyOf": [_SCALAR, {"type": "object", "additionalProperties": _SCALAR}]}
_TABLE_OF_TESTS: Final = {"type": "object", "additionalProperties": _TEST}
#: Pieces of document that the policy's own declarations type; their shape is all that a schema can say.
_SHAPES: Final[dict[str, dict[str, Any]]] = {
    "names": {
        "title": "Names",
        "description": "A name, or a list of names.",
        "anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}],
    },
    "condition": {
        "title": "Condition",
        "description": "Field: test, all of which must hold; or a list of such mappings, any of which may hold.",
        "anyOf": [_TABLE_OF_TESTS, {"type": "array", "items": _TABLE_OF_TESTS, "minItems": 1}, {"const": "unset"}],
    },
    "limit": {
        "title": "Limit",
        "description": "`2 days`, the name of a fact, `<duty>.due`, `promptly`, `unset`, a choice between limits, or a limit that starts elsewhere.",
        "anyOf": [
            _TEXT,
            *(
                {"type": "object", "properties": {how: _LIMITS}, "required": [how], "additionalProperties": False}
                for how in ("first_given", "earliest", "latest")
            ),
            {"type": "object", "properties": {"from": _TEXT, "within": _LIMIT}, "required": ["from", "within"], "additionalProperties": False},
            {"type": "object", "properties": {"as_first_known": _LIMIT}, "required": ["as_first_known"], "additionalProperties": False},
        ],
    },
    "outcome": {
        "title": "Outcome",
        "description": "A value of the fact that the table decides, `unset`, a route, or remedies.",
        "anyOf": [
            _SCALAR,
            {"type": "array", "items": _SCALAR},
            {"type": "object", "additionalProperties": {"$ref": "#/$defs/Names"}},
        ],
    },
    "values": {
        "title": "Values",
        "description": "A list of codes, or a mapping from code to label; weakest first where they are ordered.",
        "anyOf": [{"type": "array", "items": _SCALAR, "minItems": 1}, {"type": "object", "additionalProperties": _LABEL, "minProperties": 1}],
    },
    "change": {
        "title": "Change",
        "description": "A piece of document that names only what differs; `{}` for the text as it is written.",
        "type": "object",
    },
    "cites": {
        "title": "Cites",
        "description": "A clause, or a list of them; or a mapping from a setting to the clauses that it rests on.",
        "anyOf": [{"$ref": "#/$defs/Names"}, {"type": "object", "additionalProperties": {"$ref": "#/$defs/Names"}, "minProperties": 1}],
    },
    "times": {
        "title": "Times",
        "description": "`2`, `>= 2`, `1..2` or `each`; or a mapping from each event of `do` to how often it must happen, or `unset`.",
        "anyOf": [_SCALAR, {"type": "object", "additionalProperties": _SCALAR, "minProperties": 1}],
    },
    "extends": {
        "title": "Base",
        "description": "The policy that this document changes: `id`, `id@edition`, or a mapping that pins its hash.",
        "anyOf": [
            _TEXT,
            {
                "type": "object",
                "properties": {"policy": _TEXT, "edition": _SCALAR, "hash": _SCALAR},
                "required": ["policy"],
                "additionalProperties": False,
            },
        ],
    },
}
_TESTS: Final[dict[str, Any]] = {
    "title": "Test",
    "description": "A value, a list of values, `>= 4`, `10..<20`, {not: ...}, {mentions: [...]}, `present` or `missing`.",
    "anyOf": [
        _SCALAR,
        {"type": "array", "items": _TEST, "minItems": 1},
        {"type": "object", "properties": {"not": _TEST}, "required": ["not"], "additionalProperties": False},
        {"type": "object", "properties": {"mentions": {"$ref": "#/$defs/Names"}}, "required": ["mentions"], "additionalProperties": False},
    ],
}
#: Parts whose keys a change gives one by one.
_ROWS: Final = ("Clock", "Duty", "InTime", "Reading", "Repeats", "Round", "Routine", "Rule", "Table", "Target")
#: What within a row is changed key by key as well.
_INNER: Final = ("rules", "in_time")
_NAMES: Final = {shape: schema["title"] for shape, schema in _SHAPES.items()}


class _Schema(GenerateJsonSchema):
    """Writes what may stand in a text: no null, no defaults, and any scalar where text is meant."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        """Leave out null: a key without a value is left out of the text."""
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Leave out the default, which is that the key is left out."""
        return self.generate_inner(schema["schema"])

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        """Admit what YAML tools take for a number or a boolean."""
        del schema
        return dict(_SCALAR)


def policy_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a policy document."""
    schema = _referring(PolicyDocument.model_json_schema(by_alias=True, schema_generator=_Schema))
    parts = schema["$defs"]
    parts |= _referring({_NAMES[shape]: body for shape, body in _SHAPES.items()} | {"Test": _TESTS})
    parts["Change"] |= {
        "properties": {key: piece for key, piece in schema["properties"].items() if key not in IDENTITY},
        "additionalProperties": False,
    }
    # What a row needs it needs as a whole: a change gives only what differs, and the rest is in the policy that it changes.
    whole = {"properties": {section: _whole(piece, parts) for section, piece in schema["properties"].items() if section in SECTIONS}}
    for row in _ROWS:
        parts[row].pop("required", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Policy document",
        **{key: value for key, value in schema.items() if key != "title"},
        "if": {"required": ["extends"]},
        "else": whole | {"required": ["policy", "edition", "title"]},
    }


def _whole(piece: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """Return what a section asks of its rows beyond their shape."""
    if "$ref" in piece:
        part = parts[piece["$ref"].rpartition("/")[2]]
        nested = {key: row for key, row in part.get("properties", {}).items() if key in _INNER}
        asked: dict[str, Any] = {"required": part["required"]} if "required" in part else {}
        return asked | ({"properties": {key: _whole(row, parts) for key, row in nested.items()}} if nested else {})
    inner = piece.get("additionalProperties")
    return {"additionalProperties": _whole(inner, parts)} if isinstance(inner, dict) else {}


def _referring(schema: Any) -> Any:
    """Copy a schema, letting every piece that a shape stands for refer to the definition of the shape."""
    if isinstance(schema, dict):
        if isinstance(shape := schema.get("shape"), str):
            return {"$ref": f"#/$defs/{_NAMES[shape]}"} | {key: value for key, value in schema.items() if key == "description"}
        return {key: _referring(value) for key, value in schema.items()}
    return [_referring(each) for each in schema] if isinstance(schema, list) else schema
