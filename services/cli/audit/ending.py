"""Ends the fetches that an audit found lost: they count as dropped then, and their articles are news again."""

from collections.abc import Iterable

from services.cli.audit.findings import WITHOUT_EVENT, Finding
from shared import dispositions, registry
from shared.redis_client import RedisConnection

# One that has ended meanwhile stays as it is. The article keeps its revision without its text's hash: what the lost
# event said is in no store, so that the next fetch of its page must not be taken for one without news.
# KEYS: inflight, dead, counts, registry. ARGV: disposition, then fetch_ids. Answers how many were ended.
_END_LUA = (
    dispositions.LUA
    + """
local ended = 0
for at = 2, #ARGV do
  local entry = ledger_take(KEYS[1], ARGV[at])
  if not entry then
    entry = ledger_take(KEYS[2], ARGV[at])
    if entry then ledger_count(KEYS[3], entry, 'dead-lettered', -1) end
  end
  if entry then
    ledger_count(KEYS[3], entry, ARGV[1], 1)
    ended = ended + 1
    local article_id = string.match(entry, '^[^|]*|[^|]*|([^|]*)|')
    local known = article_id and redis.call('HGET', KEYS[4], article_id)
    if known then redis.call('HSET', KEYS[4], article_id, (string.gsub(known, '|[^|]*$', '|'))) end
  end
end
return ended
"""
)
_AT_ONCE = 500


def lost_of(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The ids of the fetches that nothing will ever end."""
    return tuple(finding.id for finding in findings if finding.kind in WITHOUT_EVENT)


async def end_lost(connection: RedisConnection, fetch_ids: tuple[str, ...]) -> int:
    """Count the fetches as dropped:lost; the number of those that had not ended meanwhile."""
    script = connection.script(_END_LUA)
    keys = [
        dispositions.inflight_key(connection),
        dispositions.dead_key(connection),
        dispositions.counts_key(connection),
        registry.registry_key(connection),
    ]
    ended = 0
    for start in range(0, len(fetch_ids), _AT_ONCE):
        some = fetch_ids[start : start + _AT_ONCE]
        ended += int(await script(keys, [dispositions.dropped(dispositions.LOST), *some]))
    return ended
