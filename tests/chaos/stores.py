"""The two stores of a run, what can be done to each, and what stands in them."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch.mapping import alias
from shared.article_store.opening import open_reader
from shared.article_store.query import ArticleQuery
from shared.article_store.tantivy import folder as folders
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.settings import StoreSettings
from tests.chaos.fleet import Fleet
from tests.chaos.plan import Fault, Store
from tests.chaos.proxy import Mode, Proxy
from tests.e2e.running import free_ports
from tests.indices import removed_afterwards

_LOOK_EVERY_S = 0.02
_MEET_LIMIT_S = 20.0
_MODES: dict[str, Mode] = {
    "store away": "away",
    "store long away": "away",
    "store 429": "429",
    "store 503": "503",
    "store deaf": "deaf",
}


class StoreOnTrial(Protocol):
    """A store that things are done to.

    Attributes:
        settings: of those who use it.
    """

    name: Store
    settings: StoreSettings

    async def suffer(self, fault: Fault, fleet: Fleet) -> None:
        """Undergo a fault of the store, from its beginning to its end."""
        ...

    async def settled(self) -> None:
        """Return when readers see what was put."""
        ...

    def did(self) -> str:
        """What was done to it, in a few words."""
        ...


@dataclass
class TantivyOnTrial:
    """The embedded store: an outage is a folder that nobody may write, or an index that is not there."""

    settings: StoreSettings
    clock: Clock
    name: Store = "tantivy"
    outages: int = 0

    async def suffer(self, fault: Fault, fleet: Fleet) -> None:
        self.outages += 1
        if fault.kind == "store away":
            await self._lock_out(fault.lasts_s, fleet)
        else:
            await self._take_away(fault.lasts_s)

    async def settled(self) -> None:
        await self.clock.sleep(1.0)

    def did(self) -> str:
        return f"{self.outages} outages of the folder"

    async def _lock_out(self, seconds: float, fleet: Fleet) -> None:
        """Kill whoever writes, and hold the writer's lock in its place."""
        fleet.hold("indexing")
        for number in (0, 1):
            fleet.hit(("indexing", number), signal.SIGKILL)
        lock = None
        while lock is None:
            with suppress(DependencyUnavailable):
                lock = folders.lock(self._folder)
            await self.clock.sleep(_LOOK_EVERY_S)
        fleet.let("indexing")
        try:
            await self.clock.sleep(seconds)
        finally:
            lock.close()

    async def _take_away(self, seconds: float) -> None:
        """Move the index out of the reach of the process that writes it, as a disk that fails would."""
        name = folders.current(self._folder)
        assert name is not None, "there is an index"
        index, aside = self._folder / str(name), self._folder.with_name("articles-aside")
        index.rename(aside)
        try:
            await self.clock.sleep(seconds)
        finally:
            aside.rename(index)

    @property
    def _folder(self) -> Path:
        return self.settings.data_dir / "articles"


@dataclass
class ElasticsearchOnTrial:
    """Elasticsearch behind a proxy."""

    settings: StoreSettings
    clock: Clock
    proxy: Proxy
    upstream: str
    name: Store = "elasticsearch"

    async def suffer(self, fault: Fault, fleet: Fleet) -> None:
        mode = self.proxy.mode = _MODES[fault.kind]
        before, ends_s = self.proxy.hit[mode], self.clock.monotonic_s() + fault.lasts_s
        try:
            await self.clock.sleep(fault.lasts_s)
            # A fault that meets nobody is none.
            while self.proxy.hit[mode] == before and self.clock.monotonic_s() < ends_s + _MEET_LIMIT_S:
                await self.clock.sleep(_LOOK_EVERY_S)
        finally:
            self.proxy.mode = "pass"

    async def settled(self) -> None:
        async with AsyncElasticsearch(self.upstream) as client:
            await client.indices.refresh(index=alias(self.settings.index_prefix))

    def did(self) -> str:
        shown = (f"{mode} {count}" for mode, count in sorted(self.proxy.hit.items()))
        return f"requests refused or lost: {', '.join(shown)}"


@asynccontextmanager
async def on_trial(
    name: Store, data_dir: Path, elasticsearch_url: str | None, clock: Clock
) -> AsyncIterator[StoreOnTrial]:
    """An empty store for the block's duration."""
    if name == "tantivy":
        yield TantivyOnTrial(StoreSettings(data_dir=data_dir), clock)
        return
    assert elasticsearch_url, "ELASTICSEARCH_URL is set"
    proxy, prefix = Proxy(elasticsearch_url, free_ports(1)), f"chaos-{uuid4().hex[:8]}"
    settings = StoreSettings(data_dir=data_dir, elasticsearch_url=proxy.url, index_prefix=prefix)
    async with removed_afterwards(elasticsearch_url, prefix), proxy.served():
        yield ElasticsearchOnTrial(settings, clock, proxy, elasticsearch_url)


async def articles_in(store: StoreOnTrial) -> tuple[list[StoredArticle], int]:
    """Every article that readers see, and how many documents the store itself counts."""
    await store.settled()
    reader = await open_reader(store.settings)
    try:
        found = [stored async for stored in reader.scan(ArticleQuery())]
        total = (await reader.search(ArticleQuery(size=1))).total.value
    finally:
        await reader.close()
    return found, total
