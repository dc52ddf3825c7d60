"""Enrichment and indexing with their real parts: what one stage publishes the next one understands."""

import random

import pytest

from services.enrichment.handle import EnrichArticles
from services.indexing.handle import IndexArticles, KeepStories, WithdrawArticles
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest, Words
from shared.bus.breaker import Breaker
from shared.bus.broker import create_group, entry_of
from shared.bus.envelope import encode
from shared.bus.outcome import Publish
from shared.bus.subscription import Subscription
from shared.events.articles import ArticleCrawled, ArticleEnriched, ArticleIndexed, ArticleWithdrawn
from shared.events.stories import StoryChanged
from shared.settings import StoreSettings
from shared.topology import (
    ARTICLES_CRAWLED,
    ARTICLES_INDEXED,
    ARTICLES_WITHDRAWN,
    ENRICHMENT,
    INDEXING,
    STORIES_CHANGED,
    STORY_UPDATES,
    WITHDRAWAL,
)
from tests.builders import a_story_changed, a_withdrawal, an_article, an_enriched_article, an_enrichment
from tests.pipelines import fast_pipeline

TEXT = (
    "Nvidia said on Monday that it would invest $5.5 billion in a semiconductor plant in Taiwan. "
    "The chipmaker expects the factory to open in two years."
)


@pytest.fixture
async def store(tmp_path, clock):
    settings = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(settings, clock)
    reader = await open_reader(settings, clock)
    yield writer, reader
    await reader.close()
    await writer.close()


@pytest.fixture(scope="module")
def pipeline():
    return fast_pipeline()


async def run_stage(connection, clock, stage, event_type, handler) -> None:
    """Let one worker handle all that waits in the stage's stream."""
    await create_group(connection, stage)
    answer = await connection.client.xreadgroup(stage.group, "worker", {connection.key(stage.reads.name): ">"})
    entries = [entry_of(entry_id, fields) for _, items in answer for entry_id, fields in items]
    await Subscription(stage, event_type, handler, connection, clock, random.Random(1), Breaker(1.0)).process(entries)


async def test_an_article_is_enriched_put_into_the_store_and_found_by_its_facets(connection, clock, store, pipeline):
    writer, reader = store
    article = an_article(1, title="Nvidia to build a chip plant", text=TEXT)
    await connection.client.xadd(connection.key(ARTICLES_CRAWLED.name), encode(article))

    await run_stage(connection, clock, ENRICHMENT, ArticleCrawled, EnrichArticles(pipeline, clock))
    await run_stage(connection, clock, INDEXING, ArticleEnriched, IndexArticles(writer, clock))

    found = await reader.search(
        ArticleQuery(
            where=Words("plants"),
            filters=(FacetFilter("organization", include=("org:nvidia",)),),
            facets=(FacetRequest("organization"), FacetRequest("location")),
        )
    )
    assert found.total.value == 1
    [hit] = found.hits
    assert hit.stored.enrichment.language.code == "en"
    assert hit.stored.enrichment.money[0].value == 5.5e9
    assert {bucket.label for bucket in found.facets[1].buckets} >= {"Taiwan"}
    [(_, fields)] = await connection.client.xrange(connection.key(ARTICLES_INDEXED.name))
    indexed = ArticleIndexed.model_validate_json(fields["payload"])
    assert (indexed.outcome, indexed.revision) == ("created", article.revision)


async def test_two_revisions_in_any_order_end_in_the_newer_one(clock, store):
    writer, reader = store
    handler = IndexArticles(writer, clock)
    older = an_enriched_article(1, an_enrichment(), text="The old text.", revision=1000)
    newer = an_enriched_article(1, an_enrichment(), text="The new text.", revision=2000)

    outcomes = [*await handler([newer]), *await handler([older]), *await handler([newer, older])]

    said = [o.event.outcome for o in outcomes if isinstance(o, Publish) and isinstance(o.event, ArticleIndexed)]
    assert said == ["created", "stale", "unchanged", "stale"]
    kept = await reader.get(newer.article.article_id)
    assert kept is not None
    assert kept.article.text == "The new text."


async def test_a_withdrawal_on_its_stream_takes_the_article_out_of_the_store(connection, clock, store):
    writer, reader = store
    article = an_enriched_article(1)
    await IndexArticles(writer, clock)([article])
    stream = connection.key(ARTICLES_WITHDRAWN.name)
    await connection.client.xadd(stream, encode(a_withdrawal(1, reason="forgotten", hard=True)))

    await run_stage(connection, clock, WITHDRAWAL, ArticleWithdrawn, WithdrawArticles(writer))

    assert await reader.get(article.article.article_id) is None
    assert (await connection.client.xpending(stream, WITHDRAWAL.group))["pending"] == 0
    assert await connection.client.xlen(connection.key(WITHDRAWAL.dead_letters)) == 0


async def test_a_story_on_its_stream_is_kept_and_its_articles_carry_it(connection, clock, store):
    writer, reader = store
    story = a_story_changed(1, 2)
    await IndexArticles(writer, clock)([an_enriched_article(1), an_enriched_article(2)])
    await connection.client.xadd(connection.key(STORIES_CHANGED.name), encode(story))

    await run_stage(connection, clock, STORY_UPDATES, StoryChanged, KeepStories(writer))

    kept, article = await reader.story(story.story_id), await reader.get(story.original)
    assert kept is not None
    assert article is not None
    assert (kept.size, article.story_id) == (2, story.story_id)
