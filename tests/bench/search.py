"""What a search with eight facets takes: each store over generated articles, beside one request by hand.

    python -m tests.bench.search [--articles 5000] [--rounds 10] [--keep FOLDER] [--only-by-hand]

Elasticsearch is measured where ELASTICSEARCH_URL is set; the command fails when a search there takes more than 1.3
times the request by hand. Wall time counts the server's work and all that runs beside it: compare within a run.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from elasticsearch import AsyncElasticsearch

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.elasticsearch.mapping import alias
from shared.article_store.opening import open_reader
from shared.article_store.protocol import ArticleReader
from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest, Words
from shared.clock import SystemClock
from shared.facets import FACETS_BY_NAME
from shared.process import keep_what_is_loaded
from shared.settings import HttpSettings, StoreSettings, load
from tests.bench.disk import bytes_in
from tests.bench.search_corpus import fill, folder_for
from tests.indices import removed_afterwards

_FLOOR = 1.3
_TURNS = 5
_SIZE = 20
FACETS = tuple(
    FacetRequest(name)
    for name in ("organization", "person", "location", "topic", "source", "language", "section", "relation")
)
# What is asked: the page without words, words that are common and rare, several, a phrase, and a filter.
QUERIES = {
    "unfiltered": ArticleQuery(facets=FACETS, size=_SIZE),
    "common word": ArticleQuery(where=Words("w3"), facets=FACETS, size=_SIZE),
    "rare word": ArticleQuery(where=Words("w2900"), facets=FACETS, size=_SIZE),
    "three words": ArticleQuery(where=Words("w10 w20 w30"), facets=FACETS, size=_SIZE),
    "any of five": ArticleQuery(where=Words("w40 w50 w60 w70 w80", match="any"), facets=FACETS, size=_SIZE),
    "phrase": ArticleQuery(where=Words("w1 w2", phrase=True), facets=FACETS, size=_SIZE),
    "filtered": ArticleQuery(filters=(FacetFilter("organization", ("org:o3",)),), facets=FACETS, size=_SIZE),
}
Ask = Callable[[], Awaitable[object]]


class Spent(NamedTuple):
    """What one answer took, in ms; the processor's part is this process's, in all threads."""

    wall: float
    processor: float


async def timed_ms(ask: Ask) -> Spent:
    """What one answer took."""
    start_s, processor_s = time.perf_counter(), time.process_time()
    await ask()
    return Spent((time.perf_counter() - start_s) * 1000, (time.process_time() - processor_s) * 1000)


async def measure(name: str, settings: StoreSettings, rounds: int) -> None:
    """Ask all queries in turns; print the percentiles of each and of all together."""
    took: dict[str, list[Spent]] = {what: [] for what in QUERIES}
    for turn in range(rounds + 1):
        # A reader keeps what it counted until the index changes: each round asks one that has counted nothing.
        reader = await open_reader(settings, SystemClock())
        await reader.search(ArticleQuery(size=1))
        for what, query in QUERIES.items():
            spent = await timed_ms(partial(reader.search, query))
            if turn:
                took[what].append(spent)
        await reader.close()
    for what, times in (*took.items(), ("all", [one for each in took.values() for one in each])):
        say(row(name, what, times))


def row(name: str, what: str, times: list[Spent]) -> str:
    """The percentiles of some answers in ms, and the median of what they took of the processor here."""
    cuts = statistics.quantiles((spent.wall for spent in times), n=100, method="inclusive")
    own = statistics.median(spent.processor for spent in times)
    return f"{name:<14}{what:<14}p50 {cuts[49]:7.1f}  p95 {cuts[94]:7.1f}  p99 {cuts[98]:7.1f} ms; processor {own:6.1f}"


def say(line: str) -> None:
    """A line of the result."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def by_hand(query: str, *, labels: bool) -> dict[str, Any]:
    """A search of the same words in title and text with the same counts, as one would write it."""
    facets = [FACETS_BY_NAME[request.facet] for request in FACETS]
    # Who shows names and keeps none counts labels, too.
    fields = [*(f.field for f in facets), *(f.label_field for f in facets if labels and f.kind == "labelled")]
    return {
        "size": _SIZE,
        "track_total_hits": True,
        "_source": ["stored_article"],
        "query": {
            "bool": {
                "must": [{"multi_match": {"query": query, "fields": ["title", "description", "text", "names"]}}],
                "must_not": [{"term": {"hidden": True}}],
            }
        },
        "aggs": {field: {"terms": {"field": field, "size": 10}} for field in fields},
    }


async def beside_by_hand(reader: ArticleReader, settings: StoreSettings, rounds: int) -> bool:
    """Ask for a common word and send a request by hand, in turns; whether ours is within the floor.

    Wall time decides; that of the processor, of this process and of the server, tells of each side what it is made of.
    """
    async with AsyncElasticsearch(str(settings.elasticsearch_url)) as client:
        index = alias(settings.index_prefix)
        asks: dict[str, Ask] = {
            "by hand": lambda: client.search(index=index, body=by_hand("w3", labels=False)),
            "with labels": lambda: client.search(index=index, body=by_hand("w3", labels=True)),
            "ours": lambda: reader.search(QUERIES["common word"]),
        }
        walls: dict[str, list[float]] = {side: [] for side in asks}
        # The first turns warm up.
        for turn in range(_TURNS * rounds + rounds):
            for side, ask in asks.items():
                took = await timed_ms(ask)
                if turn >= rounds:
                    walls[side].append(took.wall)
        processor = {side: await _processor_ms(client, ask, _TURNS * rounds) for side, ask in asks.items()}
    wall = {side: statistics.median(times) for side, times in walls.items()}
    for side, (own, server) in processor.items():
        took_ms = f"{wall[side]:7.1f} ms; processor: {own:.1f} here, {server:.1f} in the server"
        say(f"{'elasticsearch':<14}{side:<14}{took_ms}")
    for side, bound in (("by hand", f" (at most {_FLOOR})"), ("with labels", "")):
        times, of_processor = wall["ours"] / wall[side], sum(processor["ours"]) / sum(processor[side])
        say(f"{'elasticsearch':<14}{times:.2f} times {side}{bound}, {of_processor:.2f} of the processor")
    return wall["ours"] <= _FLOOR * wall["by hand"]


async def _processor_ms(client: AsyncElasticsearch, ask: Ask, number: int) -> tuple[float, float]:
    """What one answer takes of the processor in ms, here and in the server."""
    server_ms, own_s = await _server_ms(client), time.process_time()
    for _ in range(number):
        await ask()
    own_ms = (time.process_time() - own_s) * 1000
    return own_ms / number, (await _server_ms(client) - server_ms) / number


async def _server_ms(client: AsyncElasticsearch) -> int:
    """What the server took of the processor since it started, whoever asked; it looks once a second itself."""
    await asyncio.sleep(1.1)
    stats = await client.nodes.stats(metric="process")
    return sum(int(node["process"]["cpu"]["total_in_millis"]) for node in stats["nodes"].values())


async def disk_bytes(settings: StoreSettings) -> int:
    """What the articles' index takes on disk."""
    if settings.elasticsearch_url is None:
        return bytes_in(settings.data_dir)
    async with AsyncElasticsearch(settings.elasticsearch_url) as client:
        stats = await client.indices.stats(index=alias(settings.index_prefix))
        return int(stats["_all"]["primaries"]["store"]["size_in_bytes"])


async def first_pages(settings: StoreSettings, name: str, rounds: int) -> None:
    """Ask the service for the first page as a browser does: what it takes until the last byte, rendering included."""
    first, later = [], []
    for _ in range(rounds):
        # What a service has just opened has counted nothing yet, as after each change of the index.
        reader = await open_reader(settings, SystemClock())
        app = create_app(reader, settings, HttpSettings(), SearchSettings(), SystemClock())
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser:
            # The template is read with the first page of all, whatever it shows.
            await _page(browser, "/?q=nothing+like+this")
            first.append(await timed_ms(partial(_page, browser, "/")))
            later += [await timed_ms(partial(_page, browser, "/")) for _ in range(rounds)]
        await reader.close()
    say(row(name, "GET / counted", first))
    say(row(name, "GET / kept", later))


async def _page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path, headers={"accept": "text/html"})
    if answer.status_code != 200:
        raise SystemExit(f"GET {path} answered {answer.status_code}")


async def bench(settings: StoreSettings, count: int, rounds: int, *, only_by_hand: bool) -> bool:
    """Ask a store that is filled; whether it is within the floor."""
    name = "elasticsearch" if settings.elasticsearch_url else "tantivy"
    reader = await open_reader(settings, SystemClock())
    try:
        say(f"{name}: {count} articles, {await disk_bytes(settings) / count:.0f} bytes each on disk")
        if not only_by_hand:
            await measure(name, settings, rounds)
            await first_pages(settings, name, rounds)
        return settings.elasticsearch_url is None or await beside_by_hand(reader, settings, rounds)
    finally:
        await reader.close()


async def main(count: int, rounds: int, keep: Path | None, *, only_by_hand: bool) -> int:
    """Both stores, each in a place of its own that is gone afterwards unless it is kept; 1 where one is beyond its
    floor. Elasticsearch alone where only the request by hand is compared."""
    url = load(StoreSettings).elasticsearch_url
    if only_by_hand and not url:
        sys.stderr.write("ELASTICSEARCH_URL is not set: `make elasticsearch` starts one and prints it\n")
        return 1
    # Both sides gain by it.
    keep_what_is_loaded()
    with tempfile.TemporaryDirectory() as temporary:
        folder = folder_for(keep, Path(temporary), count)
        settings = StoreSettings(data_dir=folder)
        within = []
        if not only_by_hand:
            await fill(settings, count)
            within.append(await bench(settings, count, rounds, only_by_hand=False))
        if url:
            prefix = f"bench-{count}" if keep else f"bench-{uuid.uuid4().hex[:12]}"
            settings = StoreSettings(data_dir=folder, elasticsearch_url=url, index_prefix=prefix)
            async with removed_afterwards(None if keep else url, prefix):
                await fill(settings, count)
                within.append(await bench(settings, count, rounds, only_by_hand=only_by_hand))
    return 0 if all(within) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--keep", type=Path, help="a folder for filled stores: the next run finds them there")
    parser.add_argument("--only-by-hand", action="store_true", help="compare with the request by hand, nothing else")
    given = parser.parse_args()
    raise SystemExit(asyncio.run(main(given.articles, given.rounds, given.keep, only_by_hand=given.only_by_hand)))
