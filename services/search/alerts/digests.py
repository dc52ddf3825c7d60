"""Sends digests when their hour has come: what was collected becomes one notice in the outbox."""

from collections.abc import Sequence

from services.search.alerts import deliveries
from services.search.alerts.fire import Collected, delivery_id, note_of
from services.search.alerts.rules import digests_due_key
from shared import tracing
from shared.bus.envelope import encode
from shared.clock import Clock, from_ms
from shared.events.alerts import AlertFired, FiredArticle
from shared.redis_client import RedisConnection
from shared.spans import NOTHING, Attributes, Span
from shared.topology import ALERTS_OUTBOX

_AT_ONCE = 50

# KEYS: digests that are due, outbox, the digest's articles, how many were left out. ARGV: name of the digest, due_ms
# as it was read, number of articles taken, prefix, alert, delivery_id, note, now_ms, then the event's fields. Whoever
# comes second finds another due time, or none.
_LUA = (
    deliveries.LUA
    + """
if redis.call('ZSCORE', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('LTRIM', KEYS[3], ARGV[3], -1)
redis.call('DEL', KEYS[4])
if redis.call('LLEN', KEYS[3]) == 0 then redis.call('ZREM', KEYS[1], ARGV[1]) end
if #ARGV > 8 then
  redis.call('XADD', KEYS[2], '*', unpack(ARGV, 9))
  delivery_noted(ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8])
end
return 1
"""
)


class Digests:
    """What is collected for mailboxes; any number of replicas may look after it."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._send = connection.script(_LUA)

    async def send_due(self) -> int:
        """Put every digest whose time has come into the outbox; how many."""
        due = await self._connection.client.zrangebyscore(
            digests_due_key(self._connection), "-inf", self._clock.now_ms(), start=0, num=_AT_ONCE, withscores=True
        )
        return sum([await self._send_one(name, round(due_ms)) for name, due_ms in due])

    async def _send_one(self, name: str, due_ms: int) -> int:
        key = self._connection.key
        articles_key, left_out_key = key("alerts", "digest", name), key("alerts", "left-out", name)
        values = await self._connection.client.lrange(articles_key, 0, -1)
        alert_id, _, channel_id = name.partition("|")
        articles = tuple(FiredArticle.model_validate_json(value) for value in values)
        event = AlertFired(
            # Its articles, too: what fires while a digest is sent follows it as another one of the same hour.
            delivery_id=delivery_id(name, due_ms, *(article.article_id for article in articles)),
            alert_id=alert_id,
            channel_id=channel_id,
            articles=articles,
            left_out=int(await self._connection.client.get(left_out_key) or 0),
            fired_at=from_ms(self._clock.now_ms()),
        )
        keys = [digests_due_key(self._connection), key(ALERTS_OUTBOX.name), articles_key, left_out_key]
        with _span(values) as span:
            fields = [part for pair in encode(event, span.traceparent).items() for part in pair] if values else []
            arguments: list[str | int | float] = [
                name, due_ms, len(values), key("alerts", ""), alert_id, event.delivery_id, note_of(event),
                self._clock.now_ms(), *fields,
            ]  # fmt: skip
            sent = int(await self._send(keys, arguments))
        return sent if values else 0


def _span(values: Sequence[str]) -> Span:
    """The first of a trace that is linked to those of all articles; for none, there is nothing to tell of."""
    if not values or not tracing.enabled():
        return NOTHING
    links = [Collected.model_validate_json(value).traceparent for value in values]
    attributes: Attributes = {"messaging.destination.name": ALERTS_OUTBOX.name, "newsweir.articles": len(values)}
    return tracing.span("send digest", attributes, kind="producer", links=links)
