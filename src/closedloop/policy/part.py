"""What all parts of a policy document have in common: names, labels, and pieces that are typed only later."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema, model_serializer, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler, SerializerFunctionWrapHandler, ValidationInfo
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

#: Languages that a label may be written in. The list is closed, so that a mistyped key is not taken for a language.
LANGUAGES: Final = (
    "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hi", "hu", "it", "ja", "ko",
    "ms", "nb", "nl", "pl", "pt", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh",
)  # fmt: skip
TAG: Final = rf"(?:{'|'.join(LANGUAGES)})(?:-[A-Za-z0-9]{{2,8}})*"
_TAG: Final = re.compile(TAG)
#: The context in which a text is validated, where labels stand among the other keys.
FROM_TEXT: Final = {"text": True}


def is_tag(key: str) -> bool:
    """Say whether a key is a language tag, such as `zh` or `zh-Hant`."""
    return _TAG.fullmatch(key) is not None


def _names(value: object) -> str | list[str]:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        return list(value)
    raise PydanticCustomError("names", "a name or a list of names")


def _tree(value: object) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return [_tree(each) for each in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _tree(each) for key, each in value.items()}
    raise PydanticCustomError("tree", "text, or a list or a mapping of texts")


def tree(shape: str) -> tuple[PlainValidator, WithJsonSchema]:
    """Return what marks a piece of document that the policy's own declarations type; `shape` names its JSON Schema."""
    return PlainValidator(_tree), WithJsonSchema({"shape": shape})


#: A name, or a list of names.
Names: TypeAlias = Annotated[str | list[str], *tree("names")[1:], PlainValidator(_names)]


class Part(BaseModel):
    """A part of a document. A key that the format does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True, defer_build=True)


class Labelled(Part):
    """A part with labels by language tag, other names, and a note for the reader."""

    labels: dict[str, str] = Field(default_factory=dict, description="Its name, by language tag; in YAML the tags stand among the other keys.")
    also: Names | None = Field(None, description="Other names for it.")
    note: str | None = Field(None, description="Free text for the reader; it has no effect.")

    @model_validator(mode="before")
    @classmethod
    def _gather_labels(cls, data: object, info: ValidationInfo) -> object:
        """Collect the language tags of a text under one key."""
        if info.context is not FROM_TEXT or not isinstance(data, dict):
            return data
        if "labels" in data:
            raise PydanticCustomError("labels", "language tags such as `zh` or `en` stand directly in the row")
        tags = {key: value for key, value in data.items() if is_tag(key)}
        return {"labels": tags, **{key: value for key, value in data.items() if key not in tags}} if tags else data

    @model_serializer(mode="wrap")
    def _spread_labels(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write the labels as a text does."""
        data: dict[str, Any] = handler(self)
        return {**data.pop("labels", {}), **data}

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Describe the language tags as they stand in a text."""
        schema = handler(core_schema)
        inner = handler.resolve_ref_schema(schema)
        inner.get("properties", {}).pop("labels", None)
        inner["patternProperties"] = {f"^{TAG}$": {"type": "string", "description": "Its name in that language."}}
        return schema


class Row(Labelled):
    """A labelled part with the clauses behind it."""

    cite: Names | None = Field(None, description="The clauses of the source that it rests on.")
