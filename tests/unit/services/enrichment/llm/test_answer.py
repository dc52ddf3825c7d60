import json

import pytest

from services.enrichment.llm.answer import read_answer, schema
from shared.errors import InvalidInput


def objects(part):
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for value in part.values():
            yield from objects(value)
    elif isinstance(part, list):
        for value in part:
            yield from objects(value)


def test_the_schema_is_strict_at_every_depth():
    found = list(objects(schema()))

    assert len(found) == 4
    assert all(part["additionalProperties"] is False for part in found)
    assert all(sorted(part["required"]) == sorted(part["properties"]) for part in found)


def test_the_schema_says_nothing_that_only_people_read():
    assert '"title"' not in json.dumps(schema())


@pytest.mark.parametrize(
    "content",
    [
        "I am sorry, I cannot do that.",
        "{",
        "[]",
        '{"relations": []}',
        '{"relations": [], "quotes": [], "events": [], "summary": [], "more": 1}',
        '{"relations": [], "quotes": [{"text": "x"}], "events": [], "summary": []}',
        '{"relations": [], "quotes": [], "events": [], "summary": ["first"]}',
        '{"relations": "' + "[" * 100_000 + '"}',
    ],
)
def test_what_does_not_fit_the_schema_is_no_answer(content):
    with pytest.raises(InvalidInput, match="does not fit its schema"):
        read_answer(content)
