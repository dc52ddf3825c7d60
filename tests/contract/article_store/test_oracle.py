"""Both stores against an obvious answer: every question about fifty articles, answered by going through them."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.article_store.document import StoredArticle
from shared.article_store.indexed import facet_values
from shared.article_store.query import ArticleQuery, Clause, FacetFilter, FacetRequest
from shared.facets import FACETS_BY_NAME
from tests.builders import NOON, a_stored_article, a_topic, an_enrichment, an_entity
from tests.contract.article_store.stores import Store

WORDS = "market markets marketing R&D don't 3.5 café bank banking rate the of 中国电池 电池 ประเทศไทย".split()
ORGANIZATIONS = [f"org:o{number}" for number in range(9)]
SECTIONS = ["Business", "Sport", "Technology"]
FACETS = ("organization", "section", "topic")

Tokens = dict[str, list[str]]


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
        )
        for number in range(50)
    ]


class Oracle:
    """Answers by going through all articles, with the store's own idea of a word."""

    def __init__(self, store: Store, articles: dict[str, StoredArticle], tokens: dict[str, Tokens]) -> None:
        self.store = store
        self._articles = articles
        self._tokens = tokens
        self._terms: dict[str, list[str]] = {}

    @classmethod
    async def of(cls, store: Store, articles: list[StoredArticle]) -> "Oracle":
        tokens = {}
        for stored in articles:
            article = stored.article
            fields = {"title": article.title, "description": article.description or "", "text": article.text}
            tokens[stored.article_id] = {name: await store.reader.analyse(text) for name, text in fields.items()}
        return cls(store, {stored.article_id: stored for stored in articles}, tokens)

    async def learn(self, query: ArticleQuery) -> None:
        """The terms of the query's clauses."""
        for clause in query.clauses:
            if clause.text not in self._terms:
                self._terms[clause.text] = await self.store.reader.analyse(clause.text)

    def found(self, query: ArticleQuery, without_facet: str | None = None) -> list[StoredArticle]:
        return [
            stored
            for stored in self._articles.values()
            if all(self._says(stored, clause) for clause in query.clauses)
            and all(self._passes(stored, f) for f in query.filters if f.facet != without_facet)
            and (query.published_from is None or stored.article.published.at >= query.published_from)
            and (query.published_to is None or stored.article.published.at < query.published_to)
        ]

    def counts(self, query: ArticleQuery, request: FacetRequest) -> tuple[dict[str, int], int]:
        """The counts of the values to be shown, and that of all others together."""
        facet = FACETS_BY_NAME[request.facet]
        counter = Counter(
            value.value for stored in self.found(query, request.facet) for value in facet_values(facet, stored)
        )
        named = {v for f in query.filters if f.facet == request.facet for v in (*f.include, *f.exclude)}
        top = sorted(counter, key=lambda value: (-counter[value], value))[: request.size]
        shown = {value: counter[value] for value in {*top, *named}}
        return shown, counter.total() - sum(shown.values())

    def _says(self, stored: StoredArticle, clause: Clause) -> bool:
        terms = self._terms[clause.text]
        said = any(
            tokens[start : start + len(terms)] == terms
            for tokens in self._tokens[stored.article_id].values()
            for start in range(len(tokens))
        )
        return said != clause.negated if terms else True

    @staticmethod
    def _passes(stored: StoredArticle, facet_filter: FacetFilter) -> bool:
        values = {value.value for value in facet_values(FACETS_BY_NAME[facet_filter.facet], stored)}
        included = not facet_filter.include or bool(values & set(facet_filter.include))
        return included and not values & set(facet_filter.exclude)


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def oracle(shared_store: Store) -> AsyncIterator[Oracle]:
    """A store with fifty articles in several batches, and the oracle over the same."""
    articles = fifty_articles()
    for start in range(0, 50, 12):
        await shared_store.put(*articles[start : start + 12])
    yield await Oracle.of(shared_store, articles)


texts = st.lists(st.sampled_from([*WORDS, "&", "absent"]), min_size=1, max_size=3).map(" ".join)
clauses = st.builds(Clause, texts, phrase=st.booleans(), negated=st.booleans())
moments = st.none() | st.integers(-5, 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
filters = st.one_of(
    *(
        st.builds(
            FacetFilter,
            st.just(facet),
            st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple),
            st.lists(st.sampled_from(values), max_size=1).map(tuple),
        )
        for facet, values in (("organization", ORGANIZATIONS), ("section", SECTIONS), ("topic", ["topic:a", "topic:x"]))
    )
)
questions = st.builds(
    ArticleQuery,
    clauses=st.lists(clauses, max_size=2).map(tuple),
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
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
