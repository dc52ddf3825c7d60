"""What the documentation page shows, read from the OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldRow:
    """A parameter or a field: its name, its type in words, and what it means."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[FieldRow, ...]
    answer: str

    @property
    def anchor(self) -> str | None:
        """Where the page describes the answer."""
        return self.answer if self.answer.isidentifier() else None


@dataclass(frozen=True)
class Schema:
    """One shape of JSON."""

    name: str
    description: str
    fields: tuple[FieldRow, ...]


def operations(openapi: dict[str, Any]) -> tuple[Operation, ...]:
    """All operations, in the order of the document."""
    return tuple(
        Operation(
            method=method.upper(),
            path=path,
            summary=said.get("summary", ""),
            description=said.get("description", ""),
            parameters=(*_parameters(said), *_body(said, openapi)),
            answer=_answer(said["responses"]),
        )
        for path, methods in openapi["paths"].items()
        for method, said in methods.items()
    )


def schemas(openapi: dict[str, Any]) -> tuple[Schema, ...]:
    """The shapes that answers are made of."""
    return tuple(
        Schema(name, said.get("description", ""), tuple(_fields(said)))
        for name, said in openapi["components"]["schemas"].items()
        if "properties" in said
    )


def _parameters(said: dict[str, Any]) -> Iterator[FieldRow]:
    for item in said.get("parameters", ()):
        yield FieldRow(item["name"], _type(item["schema"]), item.get("description", ""))


def _body(said: dict[str, Any], openapi: dict[str, Any]) -> Iterator[FieldRow]:
    """The fields of the JSON that is sent."""
    content = said.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = openapi["components"]["schemas"][_type(schema)]
    return _fields(schema) if "properties" in schema else iter(())


def _answer(responses: dict[str, Any]) -> str:
    """The name of the shape that comes back, else the media types; empty where nothing does."""
    content: dict[str, Any] = next(
        (said.get("content", {}) for status, said in responses.items() if status.startswith("2")), {}
    )
    schema = content.get("application/json", {}).get("schema")
    return _type(schema) if schema else ", ".join(content)


def _fields(schema: dict[str, Any]) -> Iterator[FieldRow]:
    for name, said in schema["properties"].items():
        yield FieldRow(name, _type(said), said.get("description", ""))


def _type(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words: ``list of Bucket``, ``string or null``, ``1 to 200``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return _plain(schema)


def _plain(schema: dict[str, Any]) -> str:
    name = str(schema.get("format", schema.get("type", "any")))
    if "minimum" in schema and "maximum" in schema:
        return f"{name}, {schema['minimum']} to {schema['maximum']}"
    return name
