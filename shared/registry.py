"""What is known of every article before the store is asked: first sight, last revision, content.

The hash `registry` maps article_id to ``first_seen_ms|revision|content_hash``. A new entry is computed in Python, put
into the event that leaves, and written by the script that publishes the event, if the entry is still the one that it
was computed from; otherwise the caller computes again.

The hash `suppressed` maps the article_id of what was forgotten to when that was, in ms. Scripts that hand an article
over ask it; the store has a tombstone of its own for what slips through, and for a broker
that lost its list (`newsweir state rebuild`).

The key `registry:complete` says that every article of the store has its entry. Where it is missing, the broker may have
lost what it knew: nothing is fetched or imported until the registry was refilled (`newsweir state rebuild`).
"""

from collections.abc import Collection
from dataclasses import dataclass

from shared.redis_client import RedisConnection

# The revision of a withdrawal that no later revision is newer than: for good. In JSON and in the stores it is exact.
FOREVER = 2**52
FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class RegistryEntry:
    """An article as last handed over; times and revisions in milliseconds."""

    first_seen_ms: int
    revision: int
    content_hash: str

    def encode(self) -> str:
        return f"{self.first_seen_ms}|{self.revision}|{self.content_hash}"

    @classmethod
    def decode(cls, value: str) -> "RegistryEntry":
        first_seen, revision, content_hash = value.split("|", 2)
        return cls(int(first_seen), int(revision), content_hash)


def advance(entry: RegistryEntry | None, now_ms: int, content_hash: str) -> RegistryEntry:
    """The entry of the next revision: revisions rise even when the clock does not, first sight never changes."""
    if entry is None:
        return RegistryEntry(now_ms, now_ms, content_hash)
    return RegistryEntry(entry.first_seen_ms, max(now_ms, entry.revision + 1), content_hash)


# For the scripts that hand over: compare-and-set of one entry; an empty string stands for "not there". And for the one
# that refills: a newer entry stays, with the earlier first sight of the two; answers whether there was none. And for
# the one that discards a letter.
LUA = """
local function registry_advance(registry, article_id, expected, entry)
  local current = redis.call('HGET', registry, article_id) or ''
  if current ~= expected then return 0 end
  redis.call('HSET', registry, article_id, entry)
  return 1
end
local function registry_restore(registry, article_id, entry)
  local pattern = '^(%d+)|(%d+)|(.*)$'
  local first_ms, revision, hash = string.match(entry, pattern)
  local current = redis.call('HGET', registry, article_id)
  if current then
    local known_ms, known_revision, known_hash = string.match(current, pattern)
    if tonumber(known_ms) < tonumber(first_ms) then first_ms = known_ms end
    if tonumber(known_revision) > tonumber(revision) then revision, hash = known_revision, known_hash end
  end
  redis.call('HSET', registry, article_id, first_ms .. '|' .. revision .. '|' .. hash)
  return current and 0 or 1
end
local function registry_suppressed(suppressed, article_id)
  return redis.call('HEXISTS', suppressed, article_id) == 1
end
local function registry_discard(registry, discarded, article_id)
  local entry = redis.call('HGET', registry, article_id)
  if entry then redis.call('HSET', discarded, article_id, entry) end
end
"""


def registry_key(connection: RedisConnection) -> str:
    """The hash of all entries."""
    return connection.key("registry")


def imports_key(connection: RedisConnection) -> str:
    """The hash article_id → revision of what was imported; a crawler's visit advances the entry past it."""
    return connection.key("imports")


def suppressed_key(connection: RedisConnection) -> str:
    """The hash article_id → when it was forgotten; nothing of it is handed over again."""
    return connection.key("suppressed")


async def is_suppressed(connection: RedisConnection, article_id: str) -> bool:
    """Whether an article was forgotten."""
    return bool(await connection.client.hexists(suppressed_key(connection), article_id))


async def suppressed_among(connection: RedisConnection, article_ids: Collection[str]) -> set[str]:
    """Which of these articles were forgotten."""
    wanted = sorted(article_ids)
    known = await connection.client.hmget(suppressed_key(connection), wanted) if wanted else []
    return {article_id for article_id, forgotten_ms in zip(wanted, known, strict=True) if forgotten_ms is not None}


async def suppress_again(connection: RedisConnection, article_id: str, forgotten_ms: int) -> None:
    """Put back that an article was forgotten, as the store remembers it."""
    await connection.client.hsetnx(suppressed_key(connection), article_id, str(forgotten_ms))


def discarded_key(connection: RedisConnection) -> str:
    """The hash article_id → its entry when its dead letter was discarded: the store need not have what that says."""
    return connection.key("discarded")


async def read_entry(connection: RedisConnection, article_id: str) -> RegistryEntry | None:
    """The entry of an article, or None for one never seen."""
    value: str | None = await connection.client.hget(registry_key(connection), article_id)
    return None if value is None else RegistryEntry.decode(value)


def complete_key(connection: RedisConnection) -> str:
    """The key that is there while the registry knows every stored article."""
    return connection.key("registry", "complete")


async def is_complete(connection: RedisConnection) -> bool:
    """Whether the registry is known to have an entry for every stored article."""
    return bool(await connection.client.exists(complete_key(connection)))


async def mark_complete(connection: RedisConnection) -> None:
    """Say that every stored article has its entry: the store is empty, or the registry was refilled from it."""
    await connection.client.set(complete_key(connection), "1")
