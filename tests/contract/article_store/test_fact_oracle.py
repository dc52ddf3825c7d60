"""Facts on both stores against an obvious answer: every question about sixty articles, by going through their facts."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.article_store.document import StoredArticle
from shared.article_store.fact_query import FactCount, FactQuery
from shared.article_store.facts import StoredFact, counted_values, facts_of
from tests.builders import NOON, a_quote, a_relation, a_stored_article, a_story_changed, an_enrichment, copied
from tests.contract.article_store.stores import Store

PARTIES = [f"org:o{number}" for number in range(6)]
SPEAKERS = ["person:p0", "person:p1", "person:p2", None]
TYPES = ["invests_in", "acquires", "sues"]
STATUSES = ["announced", "completed", None]
WORDS = "market markets R&D don't café bank banking rate 中国电池 电池".split()
AMOUNTS = [None, 1.0, 99.99, 100.0, 100.01, 5e6, 5e6, 2.5e9]

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


def sixty_articles() -> list[StoredArticle]:
    rng = Random(11)

    def words() -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, 6)))

    def relation():
        subject, other = rng.sample(PARTIES, 2)
        return a_relation(
            type=rng.choice(TYPES),
            subject=subject,
            object=other,
            status=rng.choice(STATUSES),
            dollars=rng.choice(AMOUNTS),
            text=words(),
        )

    return [
        a_stored_article(
            number,
            an_enrichment(
                relations=tuple(relation() for _ in range(rng.randint(0, 3))),
                quotes=tuple(a_quote(words(), speaker_id=rng.choice(SPEAKERS)) for _ in range(rng.randint(0, 2))),
            ),
            source_id=rng.choice(["one", "two"]),
            published_at=NOON + timedelta(days=rng.randint(0, 90), minutes=number),
        )
        for number in range(60)
    ]


class Oracle:
    """Answers by going through all facts, with the store's own idea of a word."""

    def __init__(self, store: Store, facts: list[StoredFact], tokens: dict[str, set[str]]) -> None:
        self.store = store
        self._facts = facts
        self._tokens = tokens

    async def found(self, query: FactQuery) -> list[StoredFact]:
        wanted = set(await self.store.reader.analyse(query.words))
        return [fact for fact in self._facts if self._matches(query, fact) and wanted <= self._tokens[fact.fact_id]]

    @staticmethod
    def _matches(query: FactQuery, fact: StoredFact) -> bool:
        values = {**counted_values(fact), "article_id": (fact.article_id,)}
        dollars = fact.amount.value_usd if fact.amount else None
        return (
            (query.copies == "show" or not fact.of_copy)
            and all(set(values[field]) & set(asked) for field, asked in query.terms.items())
            and not any(set(values[field]) & set(ruled_out) for field, ruled_out in query.without)
            and (query.amount_from is None or (dollars is not None and dollars >= query.amount_from))
            and (query.amount_to is None or (dollars is not None and dollars < query.amount_to))
            and (query.published_from is None or fact.published_at >= query.published_from)
            and (query.published_to is None or fact.published_at < query.published_to)
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def oracle(shared_store: Store) -> AsyncIterator[Oracle]:
    """A store with sixty articles in several batches, and the oracle over the same."""
    articles = sixty_articles()
    for start in range(0, 60, 13):
        await shared_store.put(*articles[start : start + 13])
    stories = [copied(a_story_changed(number, number + 1), number + 1) for number in range(0, 60, 6)]
    await shared_store.change_stories(*stories)
    repeated = {member.article_id for story in stories for member in story.members if member.copy_of}
    facts = [
        fact.model_copy(update={"of_copy": fact.article_id in repeated})
        for stored in articles
        for fact in facts_of(stored)
    ]
    tokens = {fact.fact_id: set(await shared_store.reader.analyse(fact.evidence.text)) for fact in facts}
    yield Oracle(shared_store, facts, tokens)


def some(values):
    return st.lists(st.sampled_from([value for value in values if value]), max_size=2, unique=True).map(tuple)


moments = st.none() | st.integers(-5, 95).map(lambda days: NOON + timedelta(days=days))
dollars = st.none() | st.sampled_from([0.0, 99.99, 100.0, 100.005, 1e6, 5e6])
questions = st.builds(
    FactQuery,
    kinds=some(["relation", "quote"]),
    types=some(TYPES),
    subjects=some(PARTIES),
    parties=some([*PARTIES, *SPEAKERS]),
    speakers=some(SPEAKERS),
    statuses=some(STATUSES),
    sources=some(["one", "two", "three"]),
    without=st.lists(
        st.one_of(
            st.tuples(st.just("party"), some([*PARTIES, *SPEAKERS])),
            st.tuples(st.just("type"), some(TYPES)),
            st.tuples(st.just("source"), some(["one", "three"])),
        ),
        max_size=2,
    ).map(tuple),
    amount_from=dollars,
    amount_to=dollars,
    copies=st.sampled_from(["show", "hide"]),
    words=st.sampled_from(["", "", "&", "market", "R&D bank", "电池", "absent"]),
    published_from=moments,
    published_to=moments,
    sort=st.sampled_from(["newest", "oldest", "largest"]),
    size=st.just(200),
    counts=st.sampled_from([(), (FactCount("party", 3), FactCount("type", 2), FactCount("status", 9))]),
    sums=st.sampled_from([None, "week", "month", "auto"]),
)
checked = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(query=questions)
@checked
async def test_a_store_answers_what_going_through_all_facts_answers(oracle: Oracle, query: FactQuery):
    result = await oracle.store.reader.facts(query)

    expected = await oracle.found(query)
    assert {fact.fact_id: fact for fact in result.facts} == {fact.fact_id: fact for fact in expected}
    assert result.total.value == len(expected)
    for asked, counts in zip(query.counts, result.counts, strict=True):
        counter = Counter(value for fact in expected for value in counted_values(fact)[asked.field])
        best = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[: asked.size]
        assert [(bucket.value, bucket.count) for bucket in counts.buckets] == best
        assert counts.other == counter.total() - sum(count for _, count in best)


@given(query=questions)
@checked
async def test_the_order_is_that_of_its_key_and_a_walk_gives_it_page_by_page(oracle: Oracle, query: FactQuery):
    whole = [fact.fact_id for fact in (await oracle.store.reader.facts(query)).facts]
    walked, cursor = [], None
    while True:
        page = await oracle.store.reader.facts(replace(query, size=9, cursor=cursor))
        walked += page.facts
        cursor = page.next
        if cursor is None:
            break

    key = "amount_order" if query.sort == "largest" else "published_order"
    expected = sorted(walked, key=lambda fact: (getattr(fact, key), fact.fact_id), reverse=query.sort != "oldest")
    assert [fact.fact_id for fact in walked] == whole
    assert walked == expected


@given(query=questions)
@checked
async def test_the_sums_cover_every_fact_once(oracle: Oracle, query: FactQuery):
    result = await oracle.store.reader.facts(query)

    if query.sums is not None:
        expected = await oracle.found(query)
        dollars = sum(fact.amount.value_usd or 0.0 for fact in expected if fact.amount)
        assert sum(part.facts for part in result.sums) == len(expected)
        assert sum(part.amount_usd for part in result.sums) == pytest.approx(dollars)
        assert [part.start for part in result.sums] == sorted(part.start for part in result.sums)
