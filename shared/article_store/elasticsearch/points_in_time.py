"""Points in time for those who walk through results by relevance: opened for a first page, kept while there is more."""

import asyncio
from collections import OrderedDict
from collections.abc import Coroutine
from typing import Any

from elasticsearch import AsyncElasticsearch, NotFoundError, TransportError

from shared.article_store.cursors import MAX_VIEWS, VIEW_LIFETIME_S
from shared.errors import Expired

KEEP_ALIVE = f"{VIEW_LIFETIME_S}s"


class PointsInTime:
    """Those that one reader opened. A cursor names its own, so that any other reader can go on from it; Elasticsearch
    closes what nobody asked of for VIEW_LIFETIME_S, and this reader what goes beyond MAX_VIEWS."""

    def __init__(self, client: AsyncElasticsearch) -> None:
        self._client = client
        # The one used last stands last.
        self._kept: OrderedDict[str, None] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    async def open(self, index: str) -> str:
        """The name of the index as it is now."""
        answer = await self._client.open_point_in_time(index=index, keep_alive=KEEP_ALIVE, ignore_unavailable=True)
        return str(answer["id"])

    async def ask(self, name: str, body: dict[str, Any], time_limit_s: float | None = None) -> dict[str, Any]:
        """The answer to a search in a point in time.

        Raises:
            Expired: it is closed.
        """
        within = {**body, "pit": {"id": name, "keep_alive": KEEP_ALIVE}}
        try:
            client = self._client if time_limit_s is None else self._client.options(request_timeout=time_limit_s)
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
            self._soon(self._close(self._kept.popitem(last=False)[0]))

    def let_go(self, name: str) -> None:
        """Nobody goes on from there; nobody waits for its end either."""
        self._kept.pop(name, None)
        self._soon(self._close(name))

    async def finish(self) -> None:
        """Return when all that was let go is closed; what is kept stays for other readers."""
        await asyncio.gather(*self._closing)

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
