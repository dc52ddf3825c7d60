"""Brings the articles of a feed into the system by its own doors, however often the broker goes away meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from services.cli.import_articles import ImportLine
from shared import dispositions
from shared.clock import Clock
from shared.redis_client import BROKER_ERRORS, RedisConnection
from shared.registry import registry_key
from tests.chaos.feed import WIRE, Import, Item, Raw
from tests.chaos.fleet import Fleet

T = TypeVar("T")
_AGAIN_S = 0.2
# A command gives up after half a minute without a broker; no outage lasts for so many of these.
_MOST_IMPORTS = 50

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


class Stuck(Exception):
    """A run that cannot go on, and why."""


async def patiently(call: Callable[[], Awaitable[T]], clock: Clock) -> T:
    """What the call answers, after as many attempts as the broker needs; the call must bear to be repeated."""
    while True:
        try:
            return await call()
        except BROKER_ERRORS:
            await clock.sleep(_AGAIN_S)


class Doors:
    """Puts items in.

    Attributes:
        interrupted: how often an import ended before its end, and was begun again.
    """

    def __init__(self, connection: RedisConnection, fleet: Fleet, clock: Clock) -> None:
        self.interrupted = 0
        self._connection = connection
        self._fleet = fleet
        self._clock = clock
        self._put = connection.script(_PUT)

    async def bring(self, items: Sequence[Item]) -> None:
        """Put them in, each once: lines by `newsweir import`, and beside it entries into their streams."""
        lines = [item.line for item in items if isinstance(item, Import)]
        entries = [item for item in items if isinstance(item, Raw)]
        await asyncio.gather(self._import(lines), self._bring_entries(entries))

    async def refused(self, items: Sequence[Import]) -> bool:
        """Whether an import says that the broker must learn first what the store holds, and does nothing."""
        status, output = await self._fleet.command("import", str(self._written([item.line for item in items])))
        return status != 0 and "newsweir state rebuild" in output

    async def _import(self, lines: Sequence[ImportLine]) -> None:
        """Import again from the beginning until it ends well, as the command's message asks for."""
        file = self._written(lines)
        for _ in range(_MOST_IMPORTS):
            status, output = await self._fleet.command("import", str(file))
            if status == 0:
                return
            self.interrupted += 1
            await self._clock.sleep(_AGAIN_S)
        raise Stuck(f"newsweir import does not end well: {output}")

    def _written(self, lines: Sequence[ImportLine]) -> Path:
        file = self._fleet.logs / "lines.jsonl"
        file.write_text("".join(f"{line.model_dump_json(exclude_none=True)}\n" for line in lines), encoding="utf-8")
        return file

    async def _bring_entries(self, entries: Sequence[Raw]) -> None:
        for entry in entries:
            await patiently(lambda entry=entry: self._bring_entry(entry), self._clock)

    async def _bring_entry(self, item: Raw) -> None:
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
