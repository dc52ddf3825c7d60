"""All sources in the broker, and how each is doing: the crawler writes, others read."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from shared.errors import InvalidInput
from shared.redis_client import RedisConnection
from shared.source_health import HealthReport, SourceHealth, report_of
from shared.sources import Source, in_words

# KEYS: sources, health. ARGV: id, the record that the new one was made of, the new one, …; answers which have changed.
_REPLACE_HEALTH = """
local changed = {}
for at = 1, #ARGV, 3 do
  local known = redis.call('HEXISTS', KEYS[1], ARGV[at]) == 1
  local same = (redis.call('HGET', KEYS[2], ARGV[at]) or '') == ARGV[at + 1]
  if known and same then redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 2]) end
  if known and not same then table.insert(changed, ARGV[at]) end
end
return changed
"""
_MAX_CONFLICTS = 20


@dataclass(frozen=True)
class Records:
    """What the registry holds.

    Attributes:
        sources: those that can be read, by id.
        unreadable: what is wrong with each of the others, and what to do, by id.
    """

    sources: tuple[Source, ...]
    unreadable: Mapping[str, str]


class SourceRegistry:
    """All sources in the broker: the hash `sources` (id → JSON) and the hash `sources:health` (id → JSON)."""

    def __init__(self, connection: RedisConnection) -> None:
        self._client = connection.client
        self._sources = connection.key("sources")
        self._health = connection.key("sources", "health")
        self._replace = connection.script(_REPLACE_HEALTH)

    async def put(self, sources: Iterable[Source]) -> None:
        """Add the sources, or replace those with the same id."""
        values = {source.id: source.model_dump_json(exclude_defaults=True) for source in sources}
        if values:
            await self._client.hset(self._sources, mapping=values)

    async def remove(self, source_ids: Iterable[str]) -> None:
        """Forget the sources and how they were doing; crawlers let go of their visits by and by."""
        if ids := tuple(source_ids):
            async with self._client.pipeline(transaction=True) as both:
                both.hdel(self._sources, *ids).hdel(self._health, *ids)
                await both.execute()

    async def read(self) -> Records:
        """Every source, and every record that is none."""
        values: dict[str, str] = await self._client.hgetall(self._sources)
        sources, unreadable = [], {}
        for source_id, value in sorted(values.items()):
            try:
                sources.append(_decoded(source_id, value))
            except InvalidInput as error:
                unreadable[source_id] = str(error)
        return Records(tuple(sources), unreadable)

    async def all(self) -> tuple[Source, ...]:
        """Every source that can be read, by id."""
        return (await self.read()).sources

    async def get(self, source_id: str) -> Source | None:
        """The source, or None; raises InvalidInput where its record cannot be read."""
        value: str | None = await self._client.hget(self._sources, source_id)
        return None if value is None else _decoded(source_id, value)

    async def health(self, source_id: str) -> SourceHealth:
        """How the source is doing; one never visited, or with a record that cannot be read, has all defaults."""
        return _health_in(await self._client.hget(self._health, source_id))

    async def record_health(self, changes: Mapping[str, Callable[[SourceHealth], SourceHealth]]) -> None:
        """Replace the health of each source by what its change makes of it, again where another did so meanwhile; a
        source that was removed keeps none."""
        left = list(changes)
        for _ in range(_MAX_CONFLICTS):
            if not left:
                return
            records: list[str | int | float] = []
            for source_id, before in zip(left, await self._client.hmget(self._health, left), strict=True):
                after = changes[source_id](_health_in(before)).model_dump_json(exclude_defaults=True)
                records += [source_id, before or "", after]
            left = await self._replace([self._sources, self._health], records)

    async def all_health(self) -> dict[str, SourceHealth]:
        """The health of every source that was visited, by id."""
        values: dict[str, str] = await self._client.hgetall(self._health)
        return {source_id: _health_in(value) for source_id, value in values.items()}

    async def reports(self, now_ms: int) -> tuple[tuple[Source, HealthReport], ...]:
        """Every source that can be read, by id, with how it is doing."""
        sources, health = await self.all(), await self.all_health()
        return tuple((source, _report(source, health.get(source.id, SourceHealth()), now_ms)) for source in sources)

    async def report(self, source_id: str, now_ms: int) -> tuple[Source, HealthReport] | None:
        """The source and how it is doing, or None; raises as `get`."""
        source = await self.get(source_id)
        return None if source is None else (source, _report(source, await self.health(source_id), now_ms))


def _report(source: Source, health: SourceHealth, now_ms: int) -> HealthReport:
    return report_of(health, (url for _, url in source.doors), now_ms)


def _health_in(value: str | None) -> SourceHealth:
    try:
        return SourceHealth() if value is None else SourceHealth.model_validate_json(value)
    except ValidationError:
        # What was remembered is lost; the next visits tell again.
        return SourceHealth()


def _decoded(source_id: str, value: str) -> Source:
    try:
        return Source.model_validate_json(value)
    except ValidationError as error:
        raise InvalidInput(
            f"the record of source {source_id} cannot be read ({in_words(error)}): add the source again"
        ) from error
