"""Measures what one alert and a thousand cost beside indexing: python -m tests.bench.alerts [--alerts N] [--batches N].

Batches of 100 articles pass indexing, then alerts, in one process and in turns, so that each is measured by the time
that it takes of the processor. In a deployment alerts run in the search service, beside indexing.
"""

import argparse
import asyncio
import gc
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

from services.enrichment.enrich import open_pipeline
from services.enrichment.handle import EnrichArticles
from services.indexing.handle import IndexArticles
from services.search.alerts.backlog import Backlog
from services.search.alerts.fire import Trigger
from services.search.alerts.handle import MatchAlerts, Matcher
from services.search.alerts.rules import Alert, AlertBook
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.protocol import ArticleReader
from shared.bus.lag import HighWater
from shared.clock import SystemClock, from_ms
from shared.events.articles import ArticleCrawled
from shared.facets import FACETS_BY_NAME
from shared.redis_client import RedisConnection
from shared.settings import StoreSettings
from shared.topology import ALERT_DELIVERY
from tests.bench.servers import own_broker
from tests.builders import an_article

BATCH = 100
# One alert, or all of them, may take a tenth of what enrichment and indexing take for the same articles.
MOST = 0.10
T = TypeVar("T")
_NAMES = "Nvidia Siemens Microsoft Airbus Toyota Samsung Germany France Japan Brazil".split()
_THINGS = "plant chips battery software bridge engines turbines contract reactor satellite".split()
# As in news, thousands of the words of a batch were in none before.
_MATTERS = 50_000
_VERBS = "opens buys sells expands closes tests doubles cancels".split()


@dataclass(frozen=True)
class Result:
    """Milliseconds of the processor for a batch, the median of all after the first; and what fired."""

    alerts: int
    batches: int
    enrichment_ms: float
    indexing_ms: float
    one_alert_ms: float
    alerts_ms: float
    first_ms: float
    fired: int

    def share(self, ms: float) -> float:
        """Of some time in what the articles cost before."""
        return ms / (self.enrichment_ms + self.indexing_ms)

    @property
    def most(self) -> float:
        """The share of one alert or of all, whichever is larger."""
        return self.share(max(self.one_alert_ms, self.alerts_ms))


def articles(number: int, now_ms: int, rng: random.Random) -> list[ArticleCrawled]:
    """News reports of some 400 words that name companies, countries and things."""
    made = []
    for at in range(number):
        sentences = [
            f"{rng.choice(_NAMES)} {rng.choice(_VERBS)} a {rng.choice(_THINGS)} with {rng.choice(_NAMES)} "
            f"worth ${rng.randint(1, 900)} million, matter {rng.randint(1, _MATTERS)}."
            for _ in range(30)
        ]
        moment = from_ms(now_ms + at)
        made.append(
            an_article(
                at,
                title=sentences[0][:80],
                text=" ".join(sentences),
                published_at=moment - timedelta(minutes=5),
                fetched_at=moment,
                first_seen_at=moment,
            )
        )
    return made


def alerts(number: int, now_ms: int, rng: random.Random) -> list[Alert]:
    """Saved queries as people write them: two words, a phrase, a word with a facet, words with an exclusion."""
    moment = from_ms(now_ms) - timedelta(minutes=1)
    made = []
    for at in range(number):
        name, thing, verb = rng.choice(_NAMES), rng.choice(_THINGS), rng.choice(_VERBS)
        matter = rng.randint(1, _MATTERS)
        asked = rng.choice(
            (
                {"q": f"{thing} matter {matter}"},
                {"q": f'"{verb} a {thing} with {name}" {matter}'},
                {"q": f"{name} {matter}", "language": "en"},
                {"q": f"{thing} -{name} {matter}", "topic": rng.choice(("mt:economy", "tb:chips"))},
            )
        )
        made.append(
            Alert(
                id=f"{at:016x}",
                name=f"Alert {at}",
                query=urlencode(asked),
                created_at=moment,
                updated_at=moment,
                active_since=moment,
            )
        )
    return made


async def measure(connection: RedisConnection, folder: Path, count: int, batches: int) -> Result:
    """Let batches pass enrichment, indexing and alerts in turns."""
    clock, rng = SystemClock(), random.Random(1)
    store = StoreSettings(data_dir=folder)
    writer, reader = await open_writer(store, clock), await open_reader(store, clock)
    many = alerts(count, clock.now_ms(), rng)
    match = await _matching(connection, reader, many, clock)
    match_one = await _matching(replace(connection, prefix="one:"), reader, [_of_words(many)], clock)
    enrich, index = EnrichArticles(open_pipeline("fast"), clock), IndexArticles(writer, clock)
    spent: dict[str, list[float]] = {"enrichment": [], "indexing": [], "one": [], "alerts": []}
    crawled = articles(batches * BATCH, clock.now_ms(), rng)
    handlers = [("one", match_one), ("alerts", match)]
    for start in range(0, len(crawled), BATCH):
        enriched, took = await _cpu_ms(enrich(crawled[start : start + BATCH]))
        spent["enrichment"].append(took)
        indexed, took = await _cpu_ms(index([outcome.event for outcome in enriched]))
        spent["indexing"].append(took)
        # Readers see a commit after 50 ms.
        await clock.sleep(0.1)
        events = [outcome.event for outcome in indexed]
        # Who comes second finds the words of the batch known.
        name, handler = handlers[start // BATCH % 2]
        _, took = await _cpu_ms(handler(events))
        spent[name].append(took)
    fired = await _fired(connection)
    await reader.close()
    await writer.close()
    median = {name: statistics.median(values[1:]) for name, values in spent.items()}
    taken = (median["enrichment"], median["indexing"], median["one"], median["alerts"])
    return Result(count, batches, *taken, spent["alerts"][0], fired)


def _of_words(some: list[Alert]) -> Alert:
    """One that asks for words alone: no facet tells it early that nothing can match."""
    return next(alert for alert in some if "&" not in alert.query)


async def _matching(
    connection: RedisConnection, reader: ArticleReader, some: list[Alert], clock: SystemClock
) -> MatchAlerts:
    book = AlertBook(connection, clock)
    for alert in some:
        await book.put(alert)
    trigger = Trigger(connection, clock, remember_days=30, daily_hour=7)
    outbox = HighWater(connection, ALERT_DELIVERY, clock, limit=10_000)
    return MatchAlerts(reader, Matcher(book, trigger), Backlog(connection), outbox, clock)


async def _cpu_ms(work: Awaitable[T]) -> tuple[T, float]:
    """What the work answers, and what it took of the processor, in all threads."""
    # Else one part pays for the garbage of another.
    gc.collect()
    began = time.process_time()
    answer = await work
    return answer, 1e3 * (time.process_time() - began)


async def _fired(connection: RedisConnection) -> int:
    keys = [key async for key in connection.client.scan_iter(match=connection.key("alerts", "fired", "*"), count=1000)]
    return sum([await connection.client.zcard(key) for key in keys])


def table(result: Result) -> str:
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n"
        f"{result.alerts:,} alerts, {len(FACETS_BY_NAME)} facets, {result.batches} batches of {BATCH} articles; "
        "ms of the processor for a batch, median\n"
        f"enrichment, fast tier   {result.enrichment_ms:8.1f}\n"
        f"indexing                {result.indexing_ms:8.1f}\n"
        f"one alert               {result.one_alert_ms:8.1f}   {result.share(result.one_alert_ms):.1%} of the two "
        f"(at most {MOST:.0%}): articles are got from the store, their words looked up\n"
        f"all alerts              {result.alerts_ms:8.1f}   {result.share(result.alerts_ms):.1%} (at most {MOST:.0%})\n"
        f"the first batch         {result.first_ms:8.1f}   it reads the alerts and their queries\n"
        f"fired                   {result.fired:8,}\n"
    )


async def _run(count: int, batches: int, folder: Path) -> Result:
    async with own_broker(folder, SystemClock()) as connection:
        return await measure(connection, folder, count, batches)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.alerts", description="Measure alerts.")
    parser.add_argument("--alerts", type=int, default=1_000)
    parser.add_argument("--batches", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsweir-bench-") as folder:
        result = asyncio.run(_run(given.alerts, given.batches, Path(folder)))
    sys.stdout.write(table(result))
    return int(result.most > MOST)


if __name__ == "__main__":
    sys.exit(main())
