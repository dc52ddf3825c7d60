"""Points in time for those who walk through results by relevance: opened for a first page, kept while there is more."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Coroutine
from typing import Any

from elasticsearch import AsyncElasticsearch, NotFoundError, TransportError

from shared.article_store.cursors import MAX_VIEWS, VIEW_LIFETIME_S
from shared.clock import Clock
from shared.errors import Expired

KEEP_ALIVE = f"{VIEW_LIFETIME_S}s"
# First pages that are asked for one after the other share one so long: opening and closing it takes as much of the
# processor as the hits of a page. What is new is seen so much later.
SHARED_S = 0.1


class PointsInTime:
    """Those that one reader opened. A cursor names its own, so that any other reader can go on from it; Elasticsearch
    closes what nobody asked of for VIEW_LIFETIME_S, and this reader what goes beyond MAX_VIEWS."""

    def __init__(self, client: AsyncElasticsearch, clock: Clock, time_limit_s: float | None = None) -> None:
        self._client = client
        # Making a client for each request takes half a millisecond.
        self._hasty = client if time_limit_s is None else client.options(request_timeout=time_limit_s)
        self._clock = clock
        # The one used last stands last.
        self._kept: OrderedDict[str, None] = OrderedDict()
        self._in_use = Counter[str]()
        self._latest: tuple[str, float] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def open(self, index: str) -> str:
        """The name of the index as it is now, or was a tenth of a second ago; to be let go by `let_go`."""
        if self._latest is None or self._clock.monotonic_s() - self._latest[1] >= SHARED_S:
            since_s = self._clock.monotonic_s()
            answer = await self._client.open_point_in_time(index=index, keep_alive=KEEP_ALIVE, ignore_unavailable=True)
            before, self._latest = self._latest, (str(answer["id"]), since_s)
            if before is not None:
                self._close_unused(before[0])
        name = self._latest[0]
        self._in_use[name] += 1
        return name

    async def ask(self, name: str, body: dict[str, Any], *, hasty: bool = False) -> dict[str, Any]:
        """The answer to a search in a point in time; `hasty`: within the time limit.

        Raises:
            Expired: it is closed.
        """
        within = {**body, "pit": {"id": name, "keep_alive": KEEP_ALIVE}}
        try:
            client = self._hasty if hasty else self._client
            # Without a part of the indices the answer would be short of hits and counts; and how rare a word is counts
            # over all of them, not within each.
            return dict(
                await client.search(body=within, allow_partial_search_results=False, search_type="dfs_query_then_fetch")
            )
        except NotFoundError as error:
            raise Expired(
                f"the results are kept for {VIEW_LIFETIME_S // 60} minutes after a page of them was read, and these "
                "are not kept any more: start again from the first page"
            ) from error

    def keep(self, name: str) -> None:
        """Somebody was given a cursor with this name."""
        self._kept[name] = None
        self._kept.move_to_end(name)
        while len(self._kept) > MAX_VIEWS:
            self._close_unused(self._kept.popitem(last=False)[0])

    def let_go(self, name: str) -> None:
        """One of those is done that it was opened for; nobody waits for its end."""
        self._in_use[name] -= 1
        self._close_unused(name)

    async def finish(self) -> None:
        """Return when all that nobody goes on from is closed; what is kept stays for other readers."""
        before, self._latest = self._latest, None
        if before is not None:
            self._close_unused(before[0])
        await asyncio.gather(*self._closing)

    def _close_unused(self, name: str) -> None:
        if self._in_use[name] > 0:
            return
        del self._in_use[name]
        if name not in self._kept and (self._latest is None or self._latest[0] != name):
            self._soon(self._close(name))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, name: str) -> None:
        try:
            await self._client.close_point_in_time(id=name)
        except (NotFoundError, TransportError):
            # It is closed, or Elasticsearch is away and closes it in its own time.
            return
