"""Neighbours of a vector: the same on both stores, which compare in their own ways."""

import random
from dataclasses import replace

import pytest

from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest, NearestQuery, Words
from shared.errors import InvalidInput, LimitExceeded
from shared.events.embedding import Embedding, cosine
from tests.builders import REVISION, a_stored_article, a_withdrawal, an_enrichment
from tests.contract.article_store.stores import visible

MODEL = "small"
EVERYTHING = ArticleQuery()


def a_vector(seed: int, *, model: str = MODEL, length: int = 256) -> Embedding:
    rng = random.Random(seed)
    return Embedding.of(model, [rng.gauss(0, 1) for _ in range(length)])


def an_article_with(number: int, vector: Embedding | None, **fields):
    return a_stored_article(number, **fields).model_copy(update={"embedding": vector})


def ids(hits) -> list[str]:
    return [hit.stored.article_id for hit in hits]


async def put(store, *articles) -> None:
    outcomes = await store.writer.put(articles)
    assert all(outcome.failure is None for outcome in outcomes)
    await visible(store.settings, store.clock)


async def test_the_nearest_come_first_with_their_cosine(store):
    articles = [an_article_with(n, a_vector(n)) for n in range(1, 60)]
    question = a_vector(1000)
    await put(store, *articles)

    hits = await store.reader.nearest(NearestQuery(EVERYTHING, question, size=10))

    exact = sorted(articles, key=lambda a: -cosine(question, a.embedding))[:10]
    assert ids(hits) == [article.article_id for article in exact]
    assert [hit.score for hit in hits] == pytest.approx([cosine(question, a.embedding) for a in exact], abs=1e-5)
    assert hits[0].stored.embedding == exact[0].embedding


async def test_nothing_that_is_less_alike_than_asked_is_found(store):
    near = Embedding.of(MODEL, [1.0] * 256)
    far = Embedding.of(MODEL, [1.0, -1.0] * 128)
    await put(store, an_article_with(1, near), an_article_with(2, far))

    hits = await store.reader.nearest(NearestQuery(EVERYTHING, near, least_cosine=0.5))

    assert ids(hits) == [a_stored_article(1).article_id]


async def test_articles_without_a_vector_or_with_one_of_another_model_or_length_are_not_compared(store):
    vector = a_vector(1)
    await put(
        store,
        an_article_with(1, vector),
        an_article_with(2, None),
        an_article_with(3, vector.model_copy(update={"model": "other"})),
        an_article_with(4, a_vector(1, length=384)),
    )

    assert ids(await store.reader.nearest(NearestQuery(EVERYTHING, vector))) == [a_stored_article(1).article_id]
    assert ids(await store.reader.nearest(NearestQuery(EVERYTHING, a_vector(1, length=384)))) == [
        a_stored_article(4).article_id
    ]


async def test_filters_words_and_dates_narrow_the_neighbours(store):
    vector = a_vector(1)
    german = an_enrichment(language={"code": "de", "confidence": 1.0})
    await put(
        store,
        an_article_with(1, vector, text="A storm closed the port."),
        an_article_with(2, vector, text="A strike closed the port."),
        an_article_with(3, vector, enrichment=german, text="Ein Sturm."),
    )

    async def among(**fields):
        return set(ids(await store.reader.nearest(NearestQuery(ArticleQuery(**fields), vector))))

    first, second, third = (a_stored_article(n).article_id for n in (1, 2, 3))
    assert await among(filters=(FacetFilter("language", ("de",)),)) == {third}
    assert await among(filters=(FacetFilter("language", exclude=("de",)),)) == {first, second}
    assert await among(where=Words("storm")) == {first}
    assert await among(published_from=a_stored_article(2).article.published.at) == {second, third}
    # A facet that is counted leaves its own filter out of the counts, but not out of the neighbours.
    assert await among(filters=(FacetFilter("language", ("de",)),), facets=(FacetRequest("language"),)) == {third}


async def test_an_article_that_changed_has_its_new_vector_alone(store):
    old, new = Embedding.of(MODEL, [1.0] * 256), Embedding.of(MODEL, [1.0, -1.0] * 128)
    before = an_article_with(1, old)
    after = an_article_with(1, new, text="Something else now.", revision=REVISION + 9)

    await put(store, before)
    await put(store, after)

    assert ids(await store.reader.nearest(NearestQuery(EVERYTHING, new, least_cosine=0.9))) == [after.article_id]
    assert await store.reader.nearest(NearestQuery(EVERYTHING, old, least_cosine=0.9)) == ()


async def test_an_article_that_lost_its_vector_has_no_neighbours(store):
    vector = a_vector(1)
    await put(store, an_article_with(1, vector))
    await put(store, an_article_with(1, None, text="Something else now.", revision=REVISION + 9))

    assert await store.reader.nearest(NearestQuery(EVERYTHING, vector)) == ()


async def test_a_vector_outlives_a_change_of_the_articles_standing(store):
    vector = a_vector(1)
    await put(store, an_article_with(1, vector))

    await store.writer.withdraw([a_withdrawal(1, reason="gone")])
    await visible(store.settings, store.clock)

    [hit] = await store.reader.nearest(NearestQuery(EVERYTHING, vector))
    assert hit.stored.embedding == vector
    assert hit.stored.standing.withdrawal.reason == "gone"


async def test_what_is_hidden_or_deleted_is_no_neighbour(store):
    vector = a_vector(1)
    await put(store, an_article_with(1, vector), an_article_with(2, vector))

    await store.writer.withdraw([a_withdrawal(1, reason="retired"), a_withdrawal(2, reason="forgotten", hard=True)])
    await visible(store.settings, store.clock)

    assert await store.reader.nearest(NearestQuery(EVERYTHING, vector)) == ()


async def test_an_empty_store_has_no_neighbours(store):
    assert await store.reader.nearest(NearestQuery(EVERYTHING, a_vector(1))) == ()


async def test_more_than_a_page_is_refused(store):
    with pytest.raises(LimitExceeded):
        await store.reader.nearest(NearestQuery(EVERYTHING, a_vector(1), size=201))
    with pytest.raises(InvalidInput):
        await store.reader.nearest(
            NearestQuery(replace(EVERYTHING, filters=(FacetFilter("colour", ("red",)),)), a_vector(1))
        )
