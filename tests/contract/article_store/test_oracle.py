"""Both stores against an obvious answer: every question about fifty articles, answered by going through them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.article_store.document import StoredArticle
from shared.article_store.query import (
    AllOf,
    AnyOf,
    ArticleQuery,
    FacetFilter,
    FacetRequest,
    HasValue,
    Not,
    OnSite,
    PublishedBetween,
    Words,
)
from tests.builders import NOON, a_stored_article, a_topic, an_enrichment, an_entity
from tests.contract.article_store.oracle import Oracle
from tests.contract.article_store.stores import Store

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


texts = st.lists(st.sampled_from([*WORDS, "&", "absent"]), min_size=1, max_size=4).map(" ".join)
moments = st.none() | st.integers(-5, 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
leaves = st.one_of(
    st.builds(
        Words,
        texts,
        phrase=st.booleans(),
        field=st.sampled_from(["any", "any", "title", "text", "author"]),
        match=st.sampled_from(["all", "most", "any"]),
    ),
    st.builds(HasValue, st.just("organization"), st.lists(st.sampled_from(ORGANIZATIONS), max_size=2).map(tuple)),
    st.builds(OnSite, st.sampled_from([*HOSTS, "example", "ews.example"])),
    st.builds(PublishedBetween, moments, moments),
)
expressions = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)
filters = st.one_of(
    *(
        st.builds(
            FacetFilter,
            st.just(facet),
            st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple),
            st.lists(st.sampled_from(values), max_size=1).map(tuple),
            st.sampled_from(["any", "all"]),
        )
        for facet, values in (("organization", ORGANIZATIONS), ("section", SECTIONS), ("topic", ["topic:a", "topic:x"]))
    )
)
questions = st.builds(
    ArticleQuery,
    where=st.none() | expressions,
    prefer=st.lists(st.builds(Words, texts), max_size=1).map(tuple),
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
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
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
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_an_order_by_time_is_the_order_of_publication(oracle: Oracle, query: ArticleQuery):
    await oracle.learn(query)

    result = await oracle.store.reader.search(query)

    orders = [hit.stored.published_order for hit in result.hits]
    if query.effective_sort != "relevance":
        assert orders == sorted(orders, reverse=query.effective_sort == "newest")
