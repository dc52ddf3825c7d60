"""Measures what placing in stories costs as articles become more: python -m tests.bench.placing [--articles 10000].

Articles of shuffled sentences of the demo, each of which shares some with very many others, a minute apart, in batches
of 20 as enrichment places them, over an embedded Valkey. Enrichers, subjects and fingerprints are made before and not
counted. A line for each thousand: milliseconds of the processor here and of the broker's for one article, and what each
had to be compared with.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Pipeline, open_pipeline
from services.enrichment.stories.fingerprint import fingerprint
from services.enrichment.stories.placing import Newcomer, PlaceArticles
from services.enrichment.stories.plan import Found, Sought
from services.enrichment.stories.state import StoryState
from services.enrichment.stories.story import Story
from services.enrichment.stories.subject import draft
from shared.clock import SystemClock
from shared.events.articles import ArticleCrawled
from shared.redis_client import RedisConnection
from tests.bench.scale.texts import shuffled
from tests.bench.servers import broker_cpu_s, own_broker

_BATCH = 20
_LOOK = 1_000


class Watched(StoryState):
    """Notes what articles had to be compared with, and what of it the broker had to send."""

    def __init__(self, connection: RedisConnection) -> None:
        super().__init__(connection)
        self.found = self.members = self.sent = 0

    async def read(self, sought: Sequence[Sought], now_ms: int) -> tuple[list[Found], dict[str, Story]]:
        found, stories = await super().read(sought, now_ms)
        self.found += sum(len(one.names) for one in found)
        self.members += sum(len(stories[name].members) for one in found for name in one.names)
        return found, stories

    async def named(self, names: Sequence[str]) -> dict[str, Story]:
        self.sent += len(names)
        return await super().named(names)


def newcomers(articles: Sequence[ArticleCrawled], pipeline: Pipeline) -> Iterator[Newcomer]:
    """Each with what it is about and the fingerprint of its text."""
    ordinary = pipeline.knowledge.common_words
    for article in articles:
        found = pipeline.enrich(ArticleText(article.title, article.text, article.published.at))
        yield Newcomer(article, draft(article.title, article.text, found, ordinary), fingerprint(article.text))


async def measure(count: int, folder: Path) -> None:
    """A line for each thousand articles, as soon as it is known."""
    clock = SystemClock()
    waiting = newcomers(shuffled(count, clock.now_ms()), open_pipeline("fast"))
    async with own_broker(folder, clock) as connection:
        state = Watched(connection)
        place = PlaceArticles(state, clock, random.Random(0))
        for number in range(-(-count // _LOOK)):
            some = list(islice(waiting, _LOOK))
            state.found = state.members = state.sent = 0
            broker_s, before_s = await broker_cpu_s(connection), time.process_time()
            for start in range(0, len(some), _BATCH):
                await place(some[start : start + _BATCH])
            took_s, broker_s = time.process_time() - before_s, await broker_cpu_s(connection) - broker_s
            each = len(some)
            sys.stdout.write(
                f"of thousand {number + 1:<4}{1000 * took_s / each:6.2f} ms, broker{1000 * broker_s / each:6.2f} ms; "
                f"{state.found / each:5.1f} stories of {state.members / each:5.1f} members looked at, "
                f"{state.sent / each:4.1f} sent\n"
            )
            sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    with tempfile.TemporaryDirectory(prefix="newsweir-placing-") as folder:
        asyncio.run(measure(parser.parse_args().articles, Path(folder)))


if __name__ == "__main__":
    main()
