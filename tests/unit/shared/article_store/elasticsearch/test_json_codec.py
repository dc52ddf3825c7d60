"""JSON as Elasticsearch gets it, and as its answers are read: as the client has it, models within included."""

import json

import pytest
from elastic_transport import SerializationError
from elasticsearch.serializer import JsonSerializer, Serializer
from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.elasticsearch.fact_mapping import CONTENT, placed_fact
from shared.article_store.elasticsearch.json_codec import SERIALIZERS
from shared.article_store.elasticsearch.mapping import SOURCE, to_document
from shared.article_store.facts import facts_of
from tests.builders import a_quote, a_relation, a_stored_article, an_enrichment

BODIES = SERIALIZERS["application/json"]
LINES = SERIALIZERS["application/x-ndjson"]
HALF_A_PAIR = "\ud800"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(VALUES)
def test_what_is_written_is_read_as_it_was(value: object) -> None:
    written = BODIES.dumps([value])

    assert json.loads(written) == [value]
    assert BODIES.loads(written) == [value]


@given(VALUES)
def test_answers_are_read_as_the_client_reads_them(value: object) -> None:
    answer = json.dumps({"answer": value}).encode()

    assert BODIES.loads(answer) == JsonSerializer().loads(answer)


def test_an_article_and_its_facts_are_written_as_their_models_say() -> None:
    stored = a_stored_article(1, an_enrichment(relations=(a_relation(dollars=1e9),), quotes=(a_quote(),)))
    facts = facts_of(stored)

    documents = [to_document(stored), *(placed_fact(fact, 1).document for fact in facts)]
    article, *rest = (json.loads(line) for line in LINES.dumps(documents).splitlines())

    assert article[SOURCE] == stored.model_dump(mode="json")
    assert [line[CONTENT] for line in rest] == [fact.model_dump(mode="json") for fact in facts]


@pytest.mark.parametrize("codec", [BODIES, LINES])
def test_half_a_surrogate_pair_is_sent_and_read_as_the_client_does(codec: Serializer) -> None:
    body, own = {"query": HALF_A_PAIR}, JsonSerializer()

    assert codec.dumps([body] if codec is LINES else body).strip() == own.dumps(body)
    assert BODIES.loads(rb'{"a":"\ud800"}') == {"a": HALF_A_PAIR}


def test_what_is_no_json_is_refused_in_the_words_of_the_client() -> None:
    with pytest.raises(SerializationError, match="Unable to deserialize"):
        BODIES.loads(b"<html>")
    with pytest.raises(SerializationError, match="Unable to serialize"):
        BODIES.dumps({"a": object()})
