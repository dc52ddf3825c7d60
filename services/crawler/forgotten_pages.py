"""The pages of an article in the frontier: found by what is remembered of them, and never asked for again."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from services.crawler import frontier
from services.crawler.frontier import Frontier
from services.crawler.visits import NEVER_AGAIN, Seen, Visit, visit_id
from shared.errors import InvalidInput
from shared.redis_client import RedisConnection
from shared.urls import article_id, canonicalize

_PAGE = 1_000
# ARGV 2: the mark, 3: the page, 4: the host of its visit, 5: its source; both empty where none waits. A visit that is
# being made ends without effect on the counts, and hands nothing over.
_REMOVE = (
    frontier.LUA
    + """
redis.call('HSET', SEEN, ARGV[3], ARGV[2])
if ARGV[4] == '' then return 1 end
redis.call('ZREM', QUEUE .. ARGV[4], ARGV[3])
if redis.call('HDEL', VISITS, ARGV[3]) == 1 then frontier_count(ARGV[5], -1) end
frontier_place(ARGV[4])
return 1
"""
)


@dataclass(frozen=True)
class Pages:
    """What the frontier holds of an article.

    Attributes:
        seen: ids of its pages that were fetched.
        visits: that wait, or are being made.
    """

    seen: frozenset[str] = frozenset()
    visits: tuple[Visit, ...] = ()


class ForgottenPages:
    """Looks through the whole frontier: takes some seconds where it knows a million pages."""

    def __init__(self, connection: RedisConnection) -> None:
        queue = Frontier(connection)
        self._client = connection.client
        self._keys, self._queue_prefix = queue.keys, queue.queue_prefix
        self._remove = connection.script(_REMOVE)

    async def find(self, forgotten_id: str, urls: Iterable[str] = ()) -> Pages:
        """The pages that gave the article, whatever their URLs, and those of the URLs; nothing is changed."""
        ids = {visit_id(url) for url in urls}
        never = NEVER_AGAIN.encode()
        seen = set[str]()
        async for page, value in self._entries(self._keys[3]):
            if value != never and (page in ids or Seen.decode(value).article_id == forgotten_id):
                seen.add(page)
        visits = []
        async for page, value in self._entries(self._keys[2]):
            visit = Visit.model_validate_json(value)
            if not visit.is_door and (page in ids or page in seen or _leads_to(visit, forgotten_id)):
                visits.append(visit)
        return Pages(frozenset(seen), tuple(visits))

    async def remove(self, forgotten_id: str, urls: Iterable[str] = ()) -> Pages:
        """Take these pages out, and remember of each only that it is not asked for again; what was there."""
        named = tuple(urls)
        found = await self.find(forgotten_id, named)
        for visit in found.visits:
            await self._take_out(visit.id, visit.host, visit.source_id)
        for page in {*found.seen, *map(visit_id, named)} - {visit.id for visit in found.visits}:
            await self._take_out(page, "", "")
        return found

    async def _take_out(self, page: str, host: str, source_id: str) -> None:
        await self._remove(self._keys, [self._queue_prefix, NEVER_AGAIN.encode(), page, host, source_id])

    async def _entries(self, key: str) -> AsyncIterator[tuple[str, str]]:
        async for page, value in self._client.hscan_iter(key, count=_PAGE):
            yield page, value


def _leads_to(visit: Visit, forgotten_id: str) -> bool:
    try:
        return forgotten_id in {article_id(canonicalize(url)) for url in (visit.url, visit.linked_url)}
    except InvalidInput:
        return False
