"""What alerts keep of one article: in digests that are still collected, and in what they fired; found and removed."""

from services.search.alerts.rules import alerts_key, digests_due_key
from shared.redis_client import RedisConnection

# KEYS: digest. ARGV: article_id, whether to remove. A digest that is left empty is not sent.
_IN_DIGEST = """
local found = 0
for _, value in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if cjson.decode(value).article_id == ARGV[1] then
    found = found + 1
    if ARGV[2] == '1' then redis.call('LREM', KEYS[1], 1, value) end
  end
end
return found
"""
# KEYS: history. ARGV: article_id, whether to remove.
_IN_HISTORY = """
local found = 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  if entry[2][2] == ARGV[1] then
    found = found + 1
    if ARGV[2] == '1' then redis.call('XDEL', KEYS[1], entry[1]) end
  end
end
return found
"""


class FiredArticles:
    """Looks through what alerts keep beside their outbox."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._in_digest = connection.script(_IN_DIGEST)
        self._in_history = connection.script(_IN_HISTORY)

    async def find(self, article_id: str) -> int:
        """How many entries name the article; nothing is changed."""
        return await self._look(article_id, remove=False)

    async def remove(self, article_id: str) -> int:
        """Remove them; how many there were."""
        return await self._look(article_id, remove=True)

    async def _look(self, article_id: str, *, remove: bool) -> int:
        client, key = self._connection.client, self._connection.key
        arguments: list[str | int | float] = [article_id, "1" if remove else "0"]
        found = 0
        for name in await client.zrange(digests_due_key(self._connection), 0, -1):
            found += int(await self._in_digest([key("alerts", "digest", str(name))], arguments))
        for alert_id in await client.hkeys(alerts_key(self._connection)):
            found += int(await self._in_history([key("alerts", "history", str(alert_id))], arguments))
        return found
