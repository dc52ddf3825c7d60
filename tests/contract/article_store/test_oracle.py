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
from shared.article_store.query import (
    AllOf,
    AnyOf,
    ArticleQuery,
    Expression,
    FacetFilter,
    FacetRequest,
    HasValue,
    Not,
    OnSite,
    PublishedBetween,
    Words,
)
from shared.facets import FACETS_BY_NAME
from tests.builders import NOON, a_stored_article, a_topic, an_enrichment, an_entity
from tests.contract.article_store.stores import Store

WORDS = "market markets marketing R&D don't 3.5 café bank banking rate the of 中国电池 电池 ประเทศไทย".split()
ORGANIZATIONS = [f"org:o{number}" for number in range(9)]
SECTIONS = ["Business", "Sport", "Technology"]
HOSTS = ["news.example", "www.news.example", "post.example"]
FACETS = ("organization", "section", "topic")

# The tokens of each text of each field.
Tokens = dict[str, list[list[str]]]
IN_FIELDS = {
    "any": ("title", "description", "text", "names"),
    "title": ("title",),
    "text": ("description", "text"),
    "author": ("authors",),
}


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
            fields = {
                "title": [article.title],
                "description": [article.description or ""],
                "text": [article.text],
                "names": [entity.name for entity in stored.enrichment.entities],
                "authors": list(article.authors),
            }
            tokens[stored.article_id] = {
                name: [await store.reader.analyse(text) for text in texts] for name, texts in fields.items()
            }
        return cls(store, {stored.article_id: stored for stored in articles}, tokens)

    async def learn(self, query: ArticleQuery) -> None:
        """The terms of all that the query says."""
        for text in texts_of(query.where):
            for part in (text, *text.split()):
                if part not in self._terms:
                    self._terms[part] = await self.store.reader.analyse(part)

    def found(self, query: ArticleQuery, without_facet: str | None = None) -> list[StoredArticle]:
        return [
            stored
            for stored in self._articles.values()
            if (query.where is None or self._holds(stored, query.where) is not False)
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

    def _holds(self, stored: StoredArticle, expression: Expression) -> bool | None:
        """Whether an expression holds; None where it asks for nothing."""
        match expression:
            case Words():
                return self._says(stored, expression)
            case Not(part):
                held = self._holds(stored, part)
                return None if held is None else not held
            case AllOf(parts) | AnyOf(parts):
                every = [held for part in parts if (held := self._holds(stored, part)) is not None]
                if not every:
                    return None
                return all(every) if isinstance(expression, AllOf) else any(every)
            case HasValue(facet, values):
                return bool({v.value for v in facet_values(FACETS_BY_NAME[facet], stored)} & set(values))
            case OnSite(host):
                own = stored.article.url.split("/")[2]
                return own == host or own.endswith(f".{host}")
            case PublishedBetween(start, end):
                at = stored.article.published.at
                return (start is None or at >= start) and (end is None or at < end)

    def _says(self, stored: StoredArticle, words: Words) -> bool | None:
        written = [words.text] if words.phrase else words.text.split()
        asked = {tuple(self._terms[part]) for part in written} - {()}
        if words.match != "all":
            asked = {terms for terms in asked if terms not in {("the",), ("of",)}} or asked
        if not asked:
            return None
        said = sum(self._occurs(stored, list(terms), words.field) for terms in asked)
        most = len(asked) if len(asked) <= 2 else -(-2 * len(asked) // 3)
        return said >= {"all": len(asked), "most": most, "any": 1}[words.match]

    def _occurs(self, stored: StoredArticle, terms: list[str], field: str) -> bool:
        return any(
            tokens[start : start + len(terms)] == terms
            for name in IN_FIELDS[field]
            for tokens in self._tokens[stored.article_id][name]
            for start in range(len(tokens))
        )

    @staticmethod
    def _passes(stored: StoredArticle, facet_filter: FacetFilter) -> bool:
        values = {value.value for value in facet_values(FACETS_BY_NAME[facet_filter.facet], stored)}
        wanted = set(facet_filter.include)
        included = wanted <= values if facet_filter.mode == "all" else not wanted or bool(values & wanted)
        return included and not values & set(facet_filter.exclude)


def texts_of(expression: Expression | None) -> list[str]:
    match expression:
        case Words(text):
            return [text]
        case Not(part):
            return texts_of(part)
        case AllOf(parts) | AnyOf(parts):
            return [text for part in parts for text in texts_of(part)]
        case _:
            return []


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
