"""What a stored article tells of a registry and a frontier that were lost, and how it is put back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.crawler import frontier
from services.crawler.frontier import Frontier, Queued
from services.crawler.schedule import revisit_ms
from services.crawler.visits import Seen, Visit, visit_id
from shared import registry
from shared.article_store.document import StoredArticle
from shared.clock import to_ms
from shared.events.articles import ArticleCrawled
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry, imports_key, registry_key

# KEYS 6 and 7: registry, imports. ARGV 2: what was known of some articles, as JSON. Answers how many had no entry.
_LUA = (
    frontier.LUA
    + registry.LUA
    + """
local function frontier_remember(id, seen)
  local known = redis.call('HGET', SEEN, id)
  if known and tonumber(string.match(known, '^%d+')) >= tonumber(string.match(seen, '^%d+')) then return end
  redis.call('HSET', SEEN, id, seen)
end
local missing = 0
for _, known in ipairs(cjson.decode(ARGV[2])) do
  missing = missing + registry_restore(KEYS[6], known.article_id, known.entry)
  if known.imported and tonumber(redis.call('HGET', KEYS[7], known.article_id) or 0) < tonumber(known.imported) then
    redis.call('HSET', KEYS[7], known.article_id, known.imported)
  end
  if known.again then frontier_put(known.again) end
  for id, seen in pairs(known.seen) do frontier_remember(id, seen) end
end
return missing
"""
)


@dataclass(frozen=True)
class Known:
    """What was known of an article when it was last handed over.

    Attributes:
        imported: no crawler has brought it.
        seen: what was remembered of each of its URLs; the validators are in no store.
        again: its next visit; None where it was imported or withdrawn, or is past the last age.
    """

    article_id: str
    entry: RegistryEntry
    imported: bool
    seen: Mapping[str, Seen]
    again: Queued | None

    def as_json(self) -> dict[str, object]:
        """As the script reads it."""
        imported = {"imported": str(self.entry.revision)} if self.imported else {}
        again = {"again": self.again.as_json()} if self.again else {}
        return {
            "article_id": self.article_id,
            "entry": self.entry.encode(),
            "seen": {visit_id(url): seen.encode() for url, seen in self.seen.items()},
            **imported,
            **again,
        }


def known_of(stored: StoredArticle, now_ms: int, revisits_s: tuple[float, ...]) -> Known:
    """What a stored article tells; `revisits_s` are the ages at which articles are asked for corrections."""
    article, withdrawal = stored.article, stored.standing.withdrawal
    entry = RegistryEntry(to_ms(article.first_seen_at), article.revision, article.content_hash)
    if withdrawal is not None:
        # Whatever the page says when it comes back is new.
        entry = RegistryEntry(entry.first_seen_ms, withdrawal.revision, "")
    if article.fetch_kind == "import":
        return Known(article.article_id, entry, imported=True, seen={}, again=None)
    if article.found_by == "import":
        # From an archive that no crawler of ours wrote: no door leads to it.
        return Known(article.article_id, entry, imported=False, seen={}, again=None)
    seen = Seen(to_ms(article.fetched_at), entry.first_seen_ms, article.article_id)
    urls = (article.requested_url or article.url, article.url, article.canonical_url)
    due_ms = None if withdrawal else revisit_ms(entry.first_seen_ms, now_ms, revisits_s)
    # Not where it is known to have been fetched since.
    again = None if due_ms is None else Queued(_next_visit(article), due_ms, news_ms=seen.fetched_ms)
    return Known(article.article_id, entry, imported=False, seen=dict.fromkeys(urls, seen), again=again)


def _next_visit(article: ArticleCrawled) -> Visit:
    """The next visit of the page; what its door said of it stands in the article, where the page did not say it."""
    return Visit.model_validate(
        {
            "kind": "article",
            "url": article.requested_url or article.url,
            "source_id": article.source_id,
            "found_by": article.found_by,
            # Which of the source's doors it was, nobody knows any more.
            "door": "",
            "title": article.title,
            "published_at": article.published.at if article.published.origin in ("feed", "sitemap") else None,
            "language": article.language_hint,
            "authors": article.authors,
            "tags": article.tags,
        }
    )


class Restorer:
    """Puts back what was lost; what is known better stays as it is."""

    def __init__(self, connection: RedisConnection) -> None:
        queue = Frontier(connection)
        self._script = connection.script(_LUA)
        self._queue_prefix = queue.queue_prefix
        self._keys = [*queue.keys, registry_key(connection), imports_key(connection)]

    async def put(self, batch: Sequence[Known]) -> int:
        """Put some articles back, in one script; the number of those that had no entry."""
        items = json.dumps([known.as_json() for known in batch])
        return int(await self._script(self._keys, [self._queue_prefix, items]))
