"""Both stores against an obvious answer: every question about fifty articles, answered by going through them."""

from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.article_store.document import StoredArticle
from shared.article_store.query import (
    ArticleQuery,
    FacetRequest,
    Words,
)
from tests.builders import a_stored_article, a_topic, an_enrichment, an_entity
from tests.contract.article_store import questions as questions_of
from tests.contract.article_store.oracle import Oracle
from tests.contract.article_store.stores import Store
from tests.properties import examples

WORDS = "market markets marketing R&D don't 3.5 café bank banking rate the of 中国电池 电池 ประเทศไทย".split()
ORGANIZATIONS = [f"org:o{number}" for number in range(9)]
SECTIONS = ["Business", "Sport", "Technology"]
HOSTS = ["news.example", "www.news.example", "post.example"]
FACETS = ("organization", "section", "topic")


def fifty_articles() -> list[StoredArticle]:
    rng = Random(7)

    def words(most: int) -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, most)))

    return [
        a_stored_article(
            number,
            an_enrichment(
                entities=tuple(an_entity(o, o.upper()) for o in rng.sample(ORGANIZATIONS, rng.randint(0, 4))),
                topics=(a_topic("topic:a", "A", (("topic:root", "Root"),)),) if rng.random() < 0.5 else (),
            ),
            title=words(4),
            text=words(12),
            description=words(3) if rng.random() < 0.3 else None,
            section=rng.choice([*SECTIONS, None]),
            authors=tuple(words(2) for _ in range(rng.randint(0, 2))),
            url=f"https://{rng.choice(HOSTS)}/{number}",
        )
        for number in range(50)
    ]


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def oracle(shared_store: Store) -> AsyncIterator[Oracle]:
    """A store with fifty articles in several batches, and the oracle over the same."""
    articles = fifty_articles()
    for start in range(0, 50, 12):
        await shared_store.put(*articles[start : start + 12])
    yield await Oracle.of(shared_store, articles)


said = questions_of.texts(WORDS, 4)
moments = questions_of.moments(-5, 60)
expressions = questions_of.expressions(questions_of.leaves(said, ORGANIZATIONS, HOSTS, moments), max_leaves=5)
filters = st.one_of(
    *(
        questions_of.filters_of(facet, values, ["any", "all"])
        for facet, values in (("organization", ORGANIZATIONS), ("section", SECTIONS), ("topic", ["topic:a", "topic:x"]))
    )
)
questions = st.builds(
    ArticleQuery,
    where=st.none() | expressions,
    prefer=st.lists(st.builds(Words, said), max_size=1).map(tuple),
    filters=st.lists(filters, max_size=3).map(tuple),
    published_from=moments,
    published_to=moments,
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
    size=st.just(100),
    facets=st.sampled_from(
        [(), tuple(FacetRequest(facet, 3) for facet in FACETS), (FacetRequest("organization", 50),)]
    ),
)


@given(query=questions)
@settings(
    max_examples=examples(150),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_a_store_answers_what_going_through_all_articles_answers(oracle: Oracle, query: ArticleQuery):
    await oracle.learn(query)

    result = await oracle.store.reader.search(query)

    expected = oracle.found(query)
    assert {hit.stored.article_id for hit in result.hits} == {stored.article_id for stored in expected}
    assert result.total.value == len(expected)
    for request, counts in zip(query.facets, result.facets, strict=True):
        assert ({b.value: b.count for b in counts.buckets}, counts.other) == oracle.counts(query, request)


@given(query=questions)
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_an_order_by_time_is_the_order_of_publication(oracle: Oracle, query: ArticleQuery):
    await oracle.learn(query)

    result = await oracle.store.reader.search(query)

    orders = [hit.stored.published_order for hit in result.hits]
    if query.effective_sort != "relevance":
        assert orders == sorted(orders, reverse=query.effective_sort == "newest")
