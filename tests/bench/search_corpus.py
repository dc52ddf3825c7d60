"""Generated articles to search among, and stores filled with them; a filled store can be kept for the next run."""

import itertools
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch.mapping import alias
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.query import ArticleQuery
from shared.article_store.tantivy.schema import fingerprint
from shared.clock import SystemClock
from shared.errors import DependencyUnavailable
from shared.settings import StoreSettings
from tests.builders import a_relation, a_stored_article, a_topic, an_enrichment, an_entity

_BATCH = 1_000
_VOCABULARY = 3_000
_WORDS = 200
_SECTIONS = ("Business", "Sport", "Technology", None)
# It says that a folder holds all that it should: a run that was ended before leaves none.
_COMPLETE = "complete"


def generated(count: int, seed: int = 1) -> Iterator[list[StoredArticle]]:
    """Batches of articles of 200 words, words and entities as unevenly spread as in the news."""
    rng = random.Random(seed)
    vocabulary = [f"w{number}" for number in range(1, _VOCABULARY + 1)]
    up_to = list(itertools.accumulate(1 / place for place in range(1, _VOCABULARY + 1)))
    for start in range(0, count, _BATCH):
        numbers = range(start, min(count, start + _BATCH))
        yield [_article(n, rng.choices(vocabulary, cum_weights=up_to, k=_WORDS), rng) for n in numbers]


def _article(number: int, words: list[str], rng: random.Random) -> StoredArticle:
    def entity(kind: str, prefix: str, values: int) -> Any:
        # The square makes few of them frequent.
        place = int(values * rng.random() ** 2)
        return an_entity(f"{prefix}:o{place}", f"{kind} {place}")

    entities = (
        entity("organization", "org", 2_000),
        entity("person", "person", 5_000),
        entity("location", "place", 500),
    )
    topic = rng.randrange(40)
    enrichment = an_enrichment(
        entities=entities,
        topics=(a_topic(f"topic:t{topic}", f"Topic {topic}", ()),),
        relations=(a_relation(dollars=1e6 * rng.randint(1, 900)),),
    )
    section = rng.choice(_SECTIONS)
    return a_stored_article(number, enrichment, title=" ".join(words[:8]), text=" ".join(words), section=section)


async def fill(settings: StoreSettings, count: int) -> None:
    """Put the articles into the store, as indexing does; nothing to do where it holds them."""
    if await _held(settings) == count:
        return
    writer = await open_writer(settings, SystemClock())
    # Opened, it brings what is kept of another mapping to this one.
    if await _held(settings) != count:
        for articles in generated(count):
            await writer.put(articles)
    await writer.close()
    if settings.elasticsearch_url:
        async with AsyncElasticsearch(settings.elasticsearch_url) as client:
            await client.indices.refresh(index=alias(settings.index_prefix))
    else:
        (settings.data_dir / _COMPLETE).touch()


async def _held(settings: StoreSettings) -> int:
    """How many articles can be found in the store as this program has it."""
    reader = await open_reader(settings, SystemClock())
    try:
        return (await reader.search(ArticleQuery(size=0))).total.value
    except DependencyUnavailable:
        return 0
    finally:
        await reader.close()


def folder_for(keep: Path | None, temporary: Path, count: int) -> Path:
    """Where an index of so many articles of this schema lies: kept, or gone with the temporary folder."""
    folder = keep / f"articles-{count}-{fingerprint()}" if keep else temporary / "articles"
    if folder.exists() and not (folder / _COMPLETE).exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
