"""What to visit next, host by host, and what was fetched before: the queue of the crawler, in Redis.

    frontier:visits       hash  id of a visit → the visit as JSON, from when it is known until it is over
    frontier:host:HOST    zset  id → when it is due, in ms
    frontier:hosts        zset  host → when it may next be claimed: the later of its turn's end and its first due visit
    frontier:turns        hash  host → `ms|token`: nobody else may visit the host before then; the token fences
    frontier:sources      hash  source → how many visits it has, doors and articles
    frontier:seen         hash  id → when a URL was fetched, first and last, and its validators (`Seen.encode`)

A claimed visit stays in all of them until a script that holds the token takes it out, so a crash loses nothing.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from services.crawler.visits import Seen, Visit, ms_of, visit_id
from shared.redis_client import RedisConnection
from shared.registry import complete_key
from shared.urls import host_of

# For every script here, and for the one that hands over. KEYS 1 to 5: hosts, turns, visits, seen, sources; ARGV 1:
# what the key of a host's queue begins with.
LUA = """
local HOSTS, TURNS, VISITS, SEEN, SOURCES, QUEUE = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], ARGV[1]
local function frontier_holds(turn)
  local current = redis.call('HGET', TURNS, turn.host)
  return current and string.match(current, '|(.*)$') == turn.token
end
local function frontier_set_turn(host, until_ms, token)
  redis.call('HSET', TURNS, host, string.format('%.0f', until_ms) .. '|' .. token)
end
local function frontier_place(host)
  local first = redis.call('ZRANGE', QUEUE .. host, 0, 0, 'WITHSCORES')
  if not first[1] then
    redis.call('ZREM', HOSTS, host)
    return
  end
  local turn = redis.call('HGET', TURNS, host)
  local free_ms = turn and tonumber(string.match(turn, '^%d+')) or 0
  redis.call('ZADD', HOSTS, math.max(tonumber(first[2]), free_ms), host)
end
local function frontier_count(source, by)
  if redis.call('HINCRBY', SOURCES, source, by) <= 0 then redis.call('HDEL', SOURCES, source) end
end
local function frontier_put(item)
  local seen = item.news_ms and redis.call('HGET', SEEN, item.id)
  if seen and tonumber(string.match(seen, '^%d+')) >= item.news_ms then return end
  if redis.call('HSETNX', VISITS, item.id, item.visit) == 1 then
    redis.call('ZADD', QUEUE .. item.host, item.due_ms, item.id)
    frontier_count(item.source, 1)
  else
    redis.call('ZADD', QUEUE .. item.host, 'XX', 'LT', item.due_ms, item.id)
  end
  frontier_place(item.host)
end
local function frontier_release(release)
  redis.call('ZREM', QUEUE .. release.host, release.id)
  if redis.call('HDEL', VISITS, release.id) == 1 then frontier_count(release.source, -1) end
  for id, seen in pairs(release.seen) do redis.call('HSET', SEEN, id, seen) end
  frontier_set_turn(release.host, release.free_ms, '')
  for _, item in ipairs(release.put) do frontier_put(item) end
  frontier_place(release.host)
end
"""

# KEYS 6: the marker without which nothing may be fetched. ARGV 2: now, 3: end of the lease, 4: token.
_CLAIM = (
    LUA
    + """
if redis.call('EXISTS', KEYS[6]) == 0 then return nil end
for _ = 1, 100 do
  local host = redis.call('ZRANGEBYSCORE', HOSTS, '-inf', ARGV[2], 'LIMIT', 0, 1)[1]
  if not host then return nil end
  local id = redis.call('ZRANGEBYSCORE', QUEUE .. host, '-inf', ARGV[2], 'LIMIT', 0, 1)[1]
  local visit = id and redis.call('HGET', VISITS, id)
  if visit then
    frontier_set_turn(host, tonumber(ARGV[3]), ARGV[4])
    frontier_place(host)
    return {host, visit, redis.call('HGET', SEEN, id)}
  end
  if id then redis.call('ZREM', QUEUE .. host, id) end
  frontier_place(host)
end
return nil
"""
)
# ARGV 2: end of the leases, then host, token, …
_RENEW = (
    LUA
    + """
for at = 3, #ARGV, 2 do
  if frontier_holds({host = ARGV[at], token = ARGV[at + 1]}) then
    frontier_set_turn(ARGV[at], tonumber(ARGV[2]), ARGV[at + 1])
    frontier_place(ARGV[at])
  end
end
"""
)
# ARGV 2: the release as JSON.
_RELEASE = (
    LUA
    + """
local release = cjson.decode(ARGV[2])
if not frontier_holds(release) then return 0 end
frontier_release(release)
return 1
"""
)
# ARGV 2: host, 3: now, 4: end of the turn, 5: token.
_TAKE_TURN = (
    LUA
    + """
local turn = redis.call('HGET', TURNS, ARGV[2])
if turn and tonumber(string.match(turn, '^%d+')) > tonumber(ARGV[3]) then return 0 end
frontier_set_turn(ARGV[2], tonumber(ARGV[4]), ARGV[5])
frontier_place(ARGV[2])
return 1
"""
)
# ARGV 2: host, 3: token, 4: when the host is free.
_END_TURN = (
    LUA
    + """
if not frontier_holds({host = ARGV[2], token = ARGV[3]}) then return end
frontier_set_turn(ARGV[2], tonumber(ARGV[4]), '')
frontier_place(ARGV[2])
"""
)
# ARGV 2: visits to put, as JSON.
_PUT = LUA + "for _, item in ipairs(cjson.decode(ARGV[2])) do frontier_put(item) end"
# ARGV: ids from 2 on. Answers for each: when it was fetched, `waiting`, or nothing.
_KNOWN = (
    LUA
    + """
local answers = {}
for at = 2, #ARGV do
  local seen = redis.call('HGET', SEEN, ARGV[at])
  if seen then answers[at - 1] = string.match(seen, '^%d+')
  elseif redis.call('HEXISTS', VISITS, ARGV[at]) == 1 then answers[at - 1] = 'waiting'
  else answers[at - 1] = '' end
end
return answers
"""
)


@dataclass(frozen=True)
class Lease:
    """The turn at a host, to make one visit; void once another holds it.

    Attributes:
        seen: what was remembered of the page when the turn was taken.
    """

    token: str
    host: str
    visit: Visit
    seen: Seen | None = None


@dataclass(frozen=True)
class Queued:
    """A visit and when it is due.

    Attributes:
        news_ms: for one that a door offers: when the page last changed, as far as known, else 0. It is left out
            when the URL was fetched since. None puts it in any case.
    """

    visit: Visit
    due_ms: int
    news_ms: int | None = None

    def as_json(self) -> dict[str, object]:
        """As the scripts read it."""
        news = {} if self.news_ms is None else {"news_ms": self.news_ms}
        return {
            "id": self.visit.id,
            "host": host_of(self.visit.address),
            "source": self.visit.source_id,
            "due_ms": self.due_ms,
            "visit": self.visit.model_dump_json(exclude_defaults=True),
            **news,
        }


@dataclass(frozen=True)
class Release:
    """How a visit ends for the frontier.

    Attributes:
        free_ms: when the host may be visited again.
        put: what takes the visit's place, and what it found.
        seen: what to remember, by URL.
    """

    lease: Lease
    free_ms: int
    put: tuple[Queued, ...] = ()
    seen: Mapping[str, Seen] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """As the scripts read it."""
        return {
            "host": self.lease.host,
            "token": self.lease.token,
            "id": self.lease.visit.id,
            "source": self.lease.visit.source_id,
            "free_ms": self.free_ms,
            "put": [item.as_json() for item in self.put],
            "seen": {visit_id(url): seen.encode() for url, seen in self.seen.items()},
        }


@dataclass(frozen=True)
class Crowd:
    """Visits that there are, due or not: of a source, and by host."""

    of_source: int
    by_host: Mapping[str, int]


class Frontier:
    """The queue; any number of crawlers share it."""

    def __init__(self, connection: RedisConnection) -> None:
        self._client = connection.client
        self.keys = [connection.key("frontier", name) for name in ("hosts", "turns", "visits", "seen", "sources")]
        self.queue_prefix = connection.key("frontier", "host", "")
        self._claim_keys = [*self.keys, complete_key(connection)]
        self._claim = connection.script(_CLAIM)
        self._renew = connection.script(_RENEW)
        self._release = connection.script(_RELEASE)
        self._take_turn = connection.script(_TAKE_TURN)
        self._end_turn = connection.script(_END_TURN)
        self._put = connection.script(_PUT)
        self._known = connection.script(_KNOWN)

    async def claim_due(self, now_ms: int, lease_ms: int) -> Lease | None:
        """The due visit that has waited longest, of the host that has waited longest.

        None when nothing is due, and while the registry is not known to hold every stored article: a broker that is
        emptied under a running crawler gives out no more visits from that moment on.
        """
        token = uuid4().hex
        claimed = await self._claim(self._claim_keys, [self.queue_prefix, now_ms, now_ms + lease_ms, token])
        if claimed is None:
            return None
        host, visit, seen = claimed
        return Lease(token, host, Visit.model_validate_json(visit), None if seen is None else Seen.decode(seen))

    async def renew(self, leases: Iterable[Lease], until_ms: int) -> None:
        """Keep the hosts of visits that are being made."""
        pairs = [text for lease in leases for text in (lease.host, lease.token)]
        if pairs:
            await self._renew(self.keys, [self.queue_prefix, until_ms, *pairs])

    async def take_turn(self, host: str, now_ms: int, until_ms: int) -> str | None:
        """The token of a turn without a visit, for a request that was not queued; None while the host is not free."""
        token = uuid4().hex
        taken = await self._take_turn(self.keys, [self.queue_prefix, host, now_ms, until_ms, token])
        return token if taken else None

    async def end_turn(self, host: str, token: str, free_ms: int) -> None:
        """Let the host go; no effect where another has its turn by now."""
        await self._end_turn(self.keys, [self.queue_prefix, host, token, free_ms])

    async def release(self, release: Release) -> bool:
        """End a visit that hands nothing over; False, and no effect, where the lease is void."""
        return bool(await self._release(self.keys, [self.queue_prefix, json.dumps(release.as_json())]))

    async def add(self, visits: Sequence[Queued]) -> None:
        """Put visits in; one that is there already is left as it is, or made due earlier."""
        if visits:
            await self._put(self.keys, [self.queue_prefix, json.dumps([item.as_json() for item in visits])])

    async def fetched_at(self, urls: Sequence[str]) -> list[int | None]:
        """For each URL when it was last fetched, in ms: None for one never heard of, 0 for one that only waits."""
        answers = await self._known(self.keys, [self.queue_prefix, *map(visit_id, urls)])
        return [0 if answer == "waiting" else int(answer) if answer else None for answer in answers]

    async def waiting(self, urls: Sequence[str]) -> set[str]:
        """Those of the URLs that have a visit, due or not."""
        if not urls:
            return set()
        found = await self._client.hmget(self.keys[2], [visit_id(url) for url in urls])
        return {url for url, visit in zip(urls, found, strict=True) if visit is not None}

    async def crowd(self, source_id: str, hosts: Iterable[str]) -> Crowd:
        """How many visits the source and each of the hosts have already."""
        named = tuple(hosts)
        async with self._client.pipeline(transaction=False) as pipeline:
            pipeline.hget(self.keys[4], source_id)
            for host in named:
                pipeline.zcard(self.queue_prefix + host)
            of_source, *of_hosts = await pipeline.execute()
        return Crowd(int(of_source or 0), dict(zip(named, of_hosts, strict=True)))

    async def seen(self, url: str) -> Seen | None:
        """What is remembered of a URL, or None."""
        value: str | None = await self._client.hget(self.keys[3], visit_id(url))
        return None if value is None else Seen.decode(value)

    async def hosts(self, now_ms: int) -> tuple[int, int]:
        """How many hosts have a visit that could be made now, and how many only such as must wait."""
        async with self._client.pipeline(transaction=False) as pipeline:
            pipeline.zcount(self.keys[0], "-inf", now_ms)
            pipeline.zcard(self.keys[0])
            due, known = await pipeline.execute()
        return int(due), int(known) - int(due)

    async def size(self) -> int:
        """How many visits there are, due or not."""
        return int(await self._client.hlen(self.keys[2]))


def offered(visit: Visit, due_ms: int) -> Queued:
    """A visit that a door offers, to be made only where the page has news."""
    return Queued(visit, due_ms, ms_of(visit.updated_at))
