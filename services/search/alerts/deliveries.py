"""What became of each notice of an alert: waiting, delivered, to be tried again, or given up; the latest of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.redis_client import RedisConnection

MAX_KEPT = 200
State = Literal["pending", "delivered", "retrying", "failed"]

# For the scripts that put a notice into the outbox. `prefix` ends as all keys of alerts begin.
LUA = f"""
local function delivery_noted(prefix, alert, id, note, now)
  local notes, order = prefix .. 'deliveries:' .. alert, prefix .. 'delivery-order:' .. alert
  redis.call('HSETNX', notes, id, note)
  redis.call('ZADD', order, 'NX', now, id)
  local surplus = redis.call('ZCARD', order) - {MAX_KEPT}
  if surplus > 0 then
    local oldest = redis.call('ZPOPMIN', order, surplus)
    for at = 1, #oldest, 2 do redis.call('HDEL', notes, oldest[at]) end
  end
end
"""

# KEYS: notes. ARGV: id, note. What was dropped as too old, or went with its alert, does not come back.
_UPDATE = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class Delivery(BaseModel):
    """The state of one notice; times in ms."""

    model_config = ConfigDict(frozen=True)

    id: str
    channel_id: str
    articles: int
    state: State = "pending"
    attempts: int = 0
    fired_ms: int
    changed_ms: int
    error: str | None = None


@dataclass(frozen=True)
class Deliveries:
    """Reads and changes the notes of all alerts."""

    connection: RedisConnection

    async def of(self, alert_id: str) -> list[Delivery]:
        """The latest notices of an alert, the newest first."""
        ids = await self.connection.client.zrevrange(self._key("delivery-order", alert_id), 0, MAX_KEPT - 1)
        values = await self.connection.client.hmget(self._key("deliveries", alert_id), ids) if ids else []
        return [Delivery.model_validate_json(value) for value in values if value is not None]

    async def newest_of_each(self, alert_ids: Sequence[str]) -> dict[str, Delivery]:
        """The latest notice of each alert that has any, in two questions."""
        async with self.connection.client.pipeline(transaction=False) as pipeline:
            for alert_id in alert_ids:
                pipeline.zrevrange(self._key("delivery-order", alert_id), 0, 0)
            newest = {
                alert_id: ids[0] for alert_id, ids in zip(alert_ids, await pipeline.execute(), strict=True) if ids
            }
            for alert_id, delivery_id in newest.items():
                pipeline.hget(self._key("deliveries", alert_id), delivery_id)
            values = await pipeline.execute() if newest else []
        found = zip(newest, values, strict=True)
        return {alert_id: Delivery.model_validate_json(value) for alert_id, value in found if value is not None}

    async def one(self, alert_id: str, delivery_id: str) -> Delivery | None:
        """The state of one notice."""
        value = await self.connection.client.hget(self._key("deliveries", alert_id), delivery_id)
        return None if value is None else Delivery.model_validate_json(value)

    async def update(self, alert_id: str, delivery: Delivery) -> None:
        """Say what became of a notice."""
        keys = [self._key("deliveries", alert_id)]
        await self.connection.script(_UPDATE)(keys, [delivery.id, delivery.model_dump_json()])

    def _key(self, kind: str, alert_id: str) -> str:
        return self.connection.key("alerts", kind, alert_id)
