import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st
from tantivy import Query

from shared.article_store.bigrams import spread
from shared.article_store.tantivy.analysis import TERMS_BETWEEN_BLANKS, analysed, prepare
from shared.article_store.words import terms
from tests.properties import examples

TEXTS = st.text(st.sampled_from("abC’.,·-_/3 \n\t\xa0é½ﬁ中国池ไทยé\u2009"), max_size=60)


def an_index(texts: list[str]) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("said", tokenizer_name=TERMS_BETWEEN_BLANKS)
    index = prepare(tantivy.Index(builder.build()))
    writer = index.writer(15_000_000, 1)
    for text in analysed([spread(text) for text in texts]):
        document = tantivy.Document()
        document.add_text("said", text)
        writer.add_document(document)
    writer.commit()
    index.reload()
    return index


def number_found(index: tantivy.Index, query: Query) -> int:
    return len(index.searcher().search(query, limit=10, count=False).hits)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_texts_are_given_to_the_index_as_the_terms_that_are_asked_for(texts):
    given_to_it = analysed([spread(text) for text in texts])

    assert [text.split() for text in given_to_it] == [terms(text) for text in texts]


@settings(max_examples=examples(25), deadline=None)
@given(TEXTS)
def test_a_text_is_found_by_each_of_its_terms_and_by_all_of_them_in_a_row(text):
    index, said = an_index([text]), terms(text)

    found = [number_found(index, Query.term_query(index.schema, "said", term)) for term in said]
    in_a_row = number_found(index, Query.phrase_query(index.schema, "said", said)) if len(said) > 1 else 1

    assert (found, in_a_row) == ([1] * len(said), 1)


def test_words_beside_one_that_is_too_long_are_not_neighbours():
    index = an_index([f"opens {'x' * 300} plant", "plant opens"])

    apart = Query.phrase_query(index.schema, "said", ["open", "plant"])
    neighbours = Query.phrase_query(index.schema, "said", ["plant", "open"])

    assert (number_found(index, apart), number_found(index, neighbours)) == (0, 1)
