import pytest

from services.search.ui.reference_view import operations, schemas

OPENAPI = {
    "paths": {
        "/v1/things": {
            "get": {
                "summary": "List things",
                "description": "All of them.",
                "parameters": [
                    {
                        "name": "size",
                        "schema": {"type": "integer", "minimum": 1, "maximum": 9},
                        "description": "How many.",
                    }
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
                },
            }
        }
    },
    "components": {
        "schemas": {"Thing": {"description": "A thing.", "properties": {}}, "Kind": {"enum": ["a"], "type": "string"}}
    },
}


def type_of(schema):
    openapi = {"components": {"schemas": {"Thing": {"properties": {"field": schema}}}}}
    return schemas(openapi)[0].fields[0].type


def test_an_operation_says_what_to_ask_and_what_comes_back():
    (operation,) = operations(OPENAPI)

    assert (operation.method, operation.path, operation.summary) == ("GET", "/v1/things", "List things")
    assert [(row.name, row.type, row.description) for row in operation.parameters] == [
        ("size", "integer, 1 to 9", "How many.")
    ]
    assert operation.answer == "Thing"


@pytest.mark.parametrize(
    ("responses", "answer", "anchor"),
    [
        ({"204": {"description": "gone"}}, "", None),
        ({"200": {"content": {"text/csv": {}, "application/x-ndjson": {}}}}, "text/csv, application/x-ndjson", None),
        ({"201": {"content": {"application/json": {"schema": {"$ref": "#/x/Thing"}}}}}, "Thing", "Thing"),
    ],
)
def test_an_operation_may_answer_with_something_else_than_json(responses, answer, anchor):
    (operation,) = operations({"paths": {"/v1/things": {"delete": {"responses": responses}}}, "components": {}})

    assert (operation.answer, operation.anchor) == (answer, anchor)


def test_what_is_sent_as_json_is_described_like_parameters():
    schema = {"properties": {"url": {"type": "string", "description": "Of the site."}}}
    sent = {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/x/New"}}}}, "responses": {}}
    openapi = {"paths": {"/v1/things": {"post": sent}}, "components": {"schemas": {"New": schema}}}

    (operation,) = operations(openapi)

    assert [(row.name, row.description) for row in operation.parameters] == [("url", "Of the site.")]


def test_only_shapes_with_fields_are_listed():
    assert [schema.name for schema in schemas(OPENAPI)] == ["Thing"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Bucket"}}, "list of Bucket"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({"enum": ["eq", "gte"], "type": "string"}, "eq, gte"),
        ({"const": 1}, "1"),
        ({}, "any"),
    ],
)
def test_a_type_is_said_in_a_few_words(schema, words):
    assert type_of(schema) == words
