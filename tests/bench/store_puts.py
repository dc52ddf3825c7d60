"""What a put costs: articles with facts into each store, beside one bulk request by hand of the articles alone.

    python -m tests.bench.store_puts [--batches 10] [--growing 0] [--sizes 1 5 20 50]

With --growing so many articles come to the embedded store, 50 at a time: what one costs as they become more. With
--sizes so many come at once: what a put of each size costs there.
Elasticsearch is measured where ELASTICSEARCH_URL is set. Wall time counts the server's work, processor time only ours.
"""

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch.mapping import SOURCE, definition, to_document
from shared.article_store.opening import open_writer
from shared.clock import SystemClock
from shared.settings import StoreSettings, load
from tests.bench.search_corpus import generated
from tests.builders import REVISION, a_quote, a_relation, a_stored_article, an_enrichment, an_entity
from tests.indices import removed_afterwards

_BATCH = 100
_SMALL_BATCH, _PUTS = 50, 20
# Merges go on in threads of their own: what they take counts with the next batch, which services do not begin at once.
_BETWEEN_S = 0.3
Put = Callable[[list[StoredArticle]], Awaitable[object]]


def say(line: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def batch(number: int, revision: int = REVISION) -> list[StoredArticle]:
    """A hundred articles of 2,500 characters, each with two relations, a quote and three entities."""
    return [
        a_stored_article(
            number * _BATCH + n,
            an_enrichment(
                entities=tuple(an_entity(f"org:o{(n + k) % 50}", f"O{k}") for k in range(3)),
                relations=(a_relation(dollars=1e6 * n), a_relation(type="acquires")),
                quotes=(a_quote(),),
            ),
            text=f"Revision {revision} of matter {n}. " + "The council met on Monday to discuss it. " * 60,
            revision=revision + n,
        )
        for n in range(_BATCH)
    ]


async def measured(name: str, put: Put, batches: list[list[StoredArticle]]) -> float:
    """Put all batches and print what one article cost; the wall time of it in ms."""
    wall_s, ours_s = time.perf_counter(), time.process_time()
    for articles in batches:
        await put(articles)
    number = len(batches) * _BATCH
    wall_ms = (time.perf_counter() - wall_s) * 1000 / number
    say(f"{name:<40}{wall_ms:8.2f} ms{(time.process_time() - ours_s) * 1000 / number:8.2f} ms of ours")
    return wall_ms


async def compare(settings: StoreSettings, count: int) -> None:
    """New articles, and the same in a newer revision."""
    new, newer = ([batch(n, revision) for n in range(count)] for revision in (REVISION, REVISION + 10_000_000))
    writer = await open_writer(settings, SystemClock())
    name = "elasticsearch" if settings.elasticsearch_url else "tantivy"
    bare = await by_hand(settings, new) if settings.elasticsearch_url else None
    for what, batches in (("new", new), ("changed", newer)):
        wall_ms = await measured(f"{name}: put, {what}", writer.put, batches)
        if bare is not None:
            say(f"{'':<40}{wall_ms / bare:8.1f} times the bulk request by hand")
    await writer.close()


async def by_hand(settings: StoreSettings, batches: list[list[StoredArticle]]) -> float:
    """One bulk request a batch, of the articles' documents alone."""
    index = f"{settings.index_prefix}-by-hand"
    async with AsyncElasticsearch(str(settings.elasticsearch_url)) as client:
        await client.indices.create(index=index, **definition())

        async def put(articles: list[StoredArticle]) -> None:
            lines: list[object] = []
            for stored in articles:
                document = {**to_document(stored), SOURCE: stored.model_dump(mode="json")}
                lines += [{"index": {"_index": index, "_id": stored.article_id}}, document]
            await client.bulk(operations=lines)

        await measured("warming up", put, batches[:2])
        return await measured("elasticsearch: one bulk by hand, new", put, batches)


async def grown(settings: StoreSettings, count: int) -> None:
    """Generated articles of 200 words, and what one of each thousand cost of the processor."""
    clock = SystemClock()
    writer = await open_writer(settings, clock)
    for number, thousand in enumerate(generated(count), start=1):
        before_s = time.process_time()
        for start in range(0, len(thousand), _SMALL_BATCH):
            await writer.put(thousand[start : start + _SMALL_BATCH])
            await clock.sleep(_BETWEEN_S)
        took_ms = (time.process_time() - before_s) * 1000 / len(thousand)
        say(f"{f'tantivy: put, of thousand {number}':<40}{took_ms:8.2f} ms of ours")
    await writer.close()


async def of_sizes(settings: StoreSettings, sizes: Sequence[int]) -> None:
    """Generated articles of 200 words, and what a put of so many at once, and each of them, cost of the processor."""
    clock = SystemClock()
    writer = await open_writer(settings, clock)
    coming = itertools.chain.from_iterable(generated(_SMALL_BATCH + _PUTS * sum(sizes)))
    # The first pays for what is begun but once.
    await writer.put(list(itertools.islice(coming, _SMALL_BATCH)))
    for size in sizes:
        before_s = time.process_time()
        for _ in range(_PUTS):
            await writer.put(list(itertools.islice(coming, size)))
            await clock.sleep(_BETWEEN_S)
        took_ms = (time.process_time() - before_s) * 1000 / _PUTS
        say(f"{f'tantivy: put of {size}':<40}{took_ms:8.2f} ms of ours, {took_ms / size:.2f} for each")
    await writer.close()


async def main(count: int, growing: int, sizes: Sequence[int]) -> None:
    """Both stores, each in a place of its own that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        if growing:
            await grown(StoreSettings(data_dir=Path(folder)), growing)
            return
        if sizes:
            await of_sizes(StoreSettings(data_dir=Path(folder)), sizes)
            return
        await compare(StoreSettings(data_dir=Path(folder)), count)
        url = load(StoreSettings).elasticsearch_url
        prefix = f"bench-{uuid.uuid4().hex[:12]}"
        if url:
            async with removed_afterwards(url, prefix):
                await compare(StoreSettings(data_dir=Path(folder), elasticsearch_url=url, index_prefix=prefix), count)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=10, help="of 100 articles each")
    parser.add_argument("--growing", type=int, default=0, help="articles, in thousands; nothing else is measured then")
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="articles put at once; likewise")
    given = parser.parse_args()
    asyncio.run(main(given.batches, given.growing, given.sizes))
