"""Brings the articles of a feed into the system by its own doors, however often the broker goes away meanwhile."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from services.cli.import_articles import Importer
from shared import dispositions
from shared.clock import Clock
from shared.redis_client import BROKER_ERRORS, RedisConnection
from shared.registry import registry_key
from tests.chaos.feed import WIRE, Import, Item, Raw

T = TypeVar("T")
_AGAIN_S = 0.1

# KEYS: tokens, stream, inflight, counts, registry. ARGV: token, 1 to open the fetch, fetch_id, source_id, day,
# article_id, now, entry of the registry or nothing, then the fields.
_PUT = (
    dispositions.LUA
    + """
if redis.call('HSETNX', KEYS[1], ARGV[1], '1') == 0 then return 0 end
if ARGV[2] == '1' then ledger_open(KEYS[3], KEYS[4], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]) end
if ARGV[8] ~= '' then redis.call('HSET', KEYS[5], ARGV[6], ARGV[8]) end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 9))
return 1
"""
)


async def patiently(call: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """What the call answers, after as many attempts as the broker needs; the call must bear to be repeated."""
    while True:
        try:
            return await call()
        except BROKER_ERRORS:
            await clock.sleep(_AGAIN_S)


class Doors:
    """Puts items in."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._importer = Importer(connection, clock)
        self._put = connection.script(_PUT)

    async def bring(self, items: Sequence[Item]) -> None:
        """Put them in, one after the other, each once."""
        for item in items:
            await patiently(lambda item=item: self._bring(item), self._clock)

    async def _bring(self, item: Item) -> None:
        match item:
            case Import(line):
                await self._importer.add(line)
            case Raw():
                await self._bring_raw(item)

    async def _bring_raw(self, item: Raw) -> None:
        now_ms, connection = self._clock.now_ms(), self._connection
        keys = [
            connection.key("chaos", "tokens"),
            connection.key(item.stream),
            dispositions.inflight_key(connection),
            dispositions.counts_key(connection),
            registry_key(connection),
        ]
        fields = [text for pair in item.fields.items() for text in pair]
        opens = "1" if item.opens else "0"
        entry = item.registered.encode() if item.registered else ""
        day = dispositions.day_of(now_ms)
        await self._put(keys, [item.token, opens, item.fetch_id, WIRE, day, item.article_id, now_ms, entry, *fields])
