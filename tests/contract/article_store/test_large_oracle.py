"""Both stores against an obvious answer, over two thousand articles: counts, totals, filters, orders and walks."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.article_store.document import Membership, StoredArticle
from shared.article_store.query import (
    ArticleQuery,
    DealBetween,
    FacetFilter,
    FacetRequest,
    RangeFilter,
    SearchResult,
    Words,
)
from shared.events.enrichment import Language, Sentiment
from shared.events.stories import StoryChanged
from tests.builders import NOON, a_relation, a_stored_article, a_story_changed, a_topic, an_enrichment, an_entity
from tests.contract.article_store import questions as questions_of
from tests.contract.article_store.oracle import Oracle
from tests.contract.article_store.questions import filters_of
from tests.contract.article_store.stores import Store

ARTICLES = 2_000
_BATCH = 250
WORDS = "market markets marketing R&D don't 3.5 café bank banking rate the of 中国电池 电池 ประเทศไทย".split()
SENTENCES = ["昨天中国电池公司宣布投资", "The bank said that rates rise.", "Le café de la banque"]
ORGANIZATIONS = [f"org:o{number}" for number in range(40)]
SECTIONS = ["Business", "Sport", "Technology"]
SOURCES = ["one", "two", "three"]
HOSTS = ["news.example", "www.news.example", "post.example"]
RELATIONS = ["invests_in", "acquires", "sues"]
AMOUNTS = [None, 5e5, 1e6, 9_999_999.0, 1e7, 2.5e8, 1e9, 4e10]
SIZES = ["0-1m", "1m-10m", "10m-100m", "100m-1b", "1b-10b", "10b"]
TONES = ["negative", "neutral", "positive"]
ROOT, BRANCHES = ("topic:root", "Root"), [("topic:b0", "Branch 0"), ("topic:b1", "Branch 1")]
TOPICS = ["topic:root", "topic:b0", "topic:b1", "topic:l0", "topic:l3", "topic:nowhere"]
PERIODS = ["2026", "2025-12", "2026-01", "2026-W10", "2026-03-02", "2026-03-02T12"]
COUNTED = (
    FacetRequest("topic", 4), FacetRequest("organization", 7), FacetRequest("relation", 3), FacetRequest("deal_size"),
    FacetRequest("sentiment"), FacetRequest("source", 2), FacetRequest("language"), FacetRequest("story_size"),
    FacetRequest("section"), FacetRequest("published", interval="month"),
)  # fmt: skip

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800), pytest.mark.asyncio(loop_scope="module")]


def generated(rng: Random, number: int) -> StoredArticle:
    def words(most: int) -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, most)))

    leaf = rng.randrange(6)
    topic = a_topic(f"topic:l{leaf}", f"Leaf {leaf}", (ROOT, BRANCHES[leaf % 2]))
    relations = tuple(
        a_relation(type=rng.choice(RELATIONS), dollars=rng.choice(AMOUNTS)) for _ in range(rng.choice([0, 0, 1, 2, 3]))
    )
    tone = rng.choice([None, *TONES])
    return a_stored_article(
        number,
        an_enrichment(
            language=Language(code=rng.choice(["en", "en", "de", "zh"]), confidence=1.0),
            entities=tuple(an_entity(o, o.upper()) for o in rng.sample(ORGANIZATIONS, rng.randint(0, 5))),
            topics=(topic,) if rng.random() < 0.6 else (),
            relations=relations,
            sentiment=Sentiment(label=tone, score=0.5) if tone else None,
        ),
        title=words(4),
        text=f"{words(12)} {rng.choice(SENTENCES)}" if rng.random() < 0.2 else words(12),
        description=words(3) if rng.random() < 0.3 else None,
        section=rng.choice([*SECTIONS, None]),
        authors=tuple(words(2) for _ in range(rng.randint(0, 2))),
        source_id=rng.choice(SOURCES),
        url=f"https://{rng.choice(HOSTS)}/{number}",
        # Some of one instant.
        published_at=NOON - timedelta(minutes=rng.randint(0, 130_000) // 7 * 7),
    )


def told_in_stories(rng: Random, articles: list[StoredArticle]) -> tuple[list[StoredArticle], list[StoryChanged]]:
    """The articles with the stories that they are in, and what tells the store of these; one of three is a copy."""
    told, events, start = [], [], 0
    while start < len(articles):
        size = rng.choice([1, 1, 2, 3, 4, 5, 9, 10, 12])
        members, start = articles[start : start + size], start + size
        if size == 1 and rng.random() < 0.5:
            told += members
            continue
        original, event = members[0].article_id, a_story_changed(*range(1, len(members) + 1))
        copies = {stored.article_id for stored in members[1:] if rng.random() < 1 / 3}
        marks = tuple(
            event.members[0].model_copy(
                update={"article_id": s.article_id, "copy_of": original if s.article_id in copies else None}
            )
            for s in members
        )
        story_id = original[:16]
        events.append(
            event.model_copy(
                update={"story_id": story_id, "original": original, "members": marks, "size": len(members)}
            )
        )
        step = next(step for step in (10, 5, 2, 1) if len(members) >= step)
        for stored in members:
            copy_of = original if stored.article_id in copies else None
            story = Membership(story_id=story_id, copy_of=copy_of, size=step)
            told.append(stored.model_copy(update={"standing": stored.standing.model_copy(update={"story": story})}))
    return told, events


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def oracle(shared_store: Store) -> AsyncIterator[Oracle]:
    """A store with all of the articles, put in batches, and the oracle over the same."""
    rng = Random(13)
    articles = [generated(rng, number) for number in range(ARTICLES)]
    for start in range(0, ARTICLES, _BATCH):
        await shared_store.put(*articles[start : start + _BATCH])
    told, events = told_in_stories(rng, articles)
    for start in range(0, len(events), _BATCH):
        await shared_store.change_stories(*events[start : start + _BATCH])
    yield await Oracle.of(shared_store, told)


def one_each(items: list[Any]) -> tuple[Any, ...]:
    return tuple({item.facet: item for item in items}.values())


both = ["any", "any", "all"]
filters = st.one_of(
    filters_of("organization", ORGANIZATIONS[:8], both),
    filters_of("section", SECTIONS, ["any"]),
    filters_of("topic", TOPICS, both),
    filters_of("relation", RELATIONS, both),
    filters_of("deal_size", SIZES, both),
    filters_of("sentiment", TONES, ["any"]),
    filters_of("source", SOURCES, ["any"]),
    filters_of("language", ["en", "de", "xx"], ["any"]),
    filters_of("story_size", ["1", "2-4", "5-9", "10"], ["any"]),
    filters_of("published", PERIODS, ["any"]),
)
dollars = st.sampled_from([None, 0.0, 1e6, 9_999_999.0, 1e7, 1e9])
ranges = st.one_of(
    st.builds(RangeFilter, st.just("deal_size"), dollars, dollars),
    st.builds(RangeFilter, st.just("story_size"), st.sampled_from([None, 1, 2, 5]), st.sampled_from([None, 5, 10])),
)
said = questions_of.texts([*WORDS, "公司"], 3)
moments = questions_of.moments(-131_000, 100)
leaves = questions_of.leaves(said, ORGANIZATIONS, HOSTS, moments) | st.builds(
    DealBetween, st.sampled_from([None, *RELATIONS]), dollars, dollars
)
expressions = questions_of.expressions(leaves, max_leaves=4)
questions = st.builds(
    ArticleQuery,
    where=st.none() | expressions,
    prefer=st.lists(st.builds(Words, said), max_size=1).map(tuple),
    filters=st.lists(filters, max_size=3).map(one_each),
    ranges=st.lists(ranges, max_size=2).map(one_each),
    published_from=st.none() | moments,
    published_to=st.none() | moments,
    sort=st.sampled_from(["relevance", "newest", "oldest"]),
    size=st.just(200),
    facets=st.just(COUNTED),
    copies=st.sampled_from(["hide", "show"]),
)
# Each asks for every facet at once, and goes through all articles to know the answer; the gate, where time is short,
# takes fewer filters and orders.
_QUESTIONS = 60 if settings.get_current_profile_name() == "steady" else 150
thorough = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), print_blob=False
)


def order_expected(query: ArticleQuery, expected: list[StoredArticle]) -> list[str]:
    newest_first = query.effective_sort == "newest"
    ranked = sorted(expected, key=lambda s: (s.published_order, s.article_id), reverse=newest_first)
    return [stored.article_id for stored in ranked]


def ids(result: SearchResult) -> list[str]:
    return [hit.stored.article_id for hit in result.hits]


@given(query=questions)
@settings(thorough, max_examples=_QUESTIONS)
async def test_counts_totals_filters_and_orders_are_those_of_going_through_all_articles(
    oracle: Oracle, query: ArticleQuery
):
    await oracle.learn(query)

    result = await oracle.store.reader.search(query)

    expected = oracle.found(query)
    assert (result.total.value, result.total.relation) == (len(expected), "eq")
    if query.effective_sort == "relevance":
        assert set(ids(result)) <= {stored.article_id for stored in expected}
        assert all(before.score >= after.score for before, after in pairwise(result.hits))
    else:
        assert ids(result) == order_expected(query, expected)[: query.size]
    for request, counts in zip(query.facets, result.facets, strict=True):
        shown, other = oracle.counts(query, request)
        found = {b.value: b.count for b in counts.buckets if b.count or b.value in shown}
        assert (request.facet, found, counts.other) == (request.facet, shown, other)
        assert (counts.exact, counts.failed) == (True, None)


@given(query=questions, size=st.sampled_from([37, 100, 200]))
@settings(thorough, max_examples=20)
async def test_a_walk_by_cursor_gives_every_article_once_and_in_order(oracle: Oracle, query: ArticleQuery, size: int):
    await oracle.learn(query)
    step = replace(query, size=size, facets=())
    expected = oracle.found(query)

    result = await oracle.store.reader.search(step)
    walked, totals = ids(result), {result.total.value}
    while result.next:
        result = await oracle.store.reader.search(replace(step, cursor=result.next))
        walked += ids(result)
        totals.add(result.total.value)

    assert totals == {len(expected)}
    if query.effective_sort == "relevance":
        assert sorted(walked) == sorted(stored.article_id for stored in expected)
    else:
        assert walked == order_expected(query, expected)


async def test_an_amount_is_never_taken_from_another_relation(oracle: Oracle):
    for kind in RELATIONS:
        for size in SIZES:
            query = ArticleQuery(
                filters=(FacetFilter("relation", (kind,)), FacetFilter("deal_size", (size,))),
                facets=(FacetRequest("relation"), FacetRequest("deal_size")),
            )

            result = await oracle.store.reader.search(query)

            assert result.total.value == len(oracle.found(query)) > 0
            for request, counts in zip(query.facets, result.facets, strict=True):
                shown, _ = oracle.counts(query, request)
                assert {b.value: b.count for b in counts.buckets if b.count or b.value in shown} == shown


async def test_a_chinese_word_is_found_in_the_middle_of_a_sentence(oracle: Oracle):
    result = await oracle.store.reader.search(ArticleQuery(where=Words("公司"), size=200))

    said = {s for s in ids(result) if "昨天中国电池公司宣布投资" in (await oracle.store.reader.get(s)).article.text}
    assert len(said) == result.total.value > 50
