"""Firing: the fired-set decides, and what it lets pass goes into outbox, history and digests, in one script."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.search.alerts import deliveries
from services.search.alerts.deliveries import Delivery
from services.search.alerts.rules import Alert, Channel, Digest, Mail, alerts_key, digests_due_key
from services.search.finding.rights import as_permitted
from shared.article_store.document import StoredArticle
from shared.article_store.snippets import shortened
from shared.bus.envelope import encode
from shared.clock import Clock, from_ms, to_ms
from shared.events.alerts import AlertFired, FiredArticle
from shared.redis_client import RedisConnection
from shared.topology import ALERTS_OUTBOX

HISTORY = 200
MAX_IN_DIGEST = 100
_FIRINGS_PER_SCRIPT = 100
_MAX_TITLE = 500

# KEYS: alerts, outbox, digests that are due. ARGV: prefix, now_ms, forget what fired before ms, entries of a history,
# articles of a digest; then for each firing: alert, subject, article_id, JSON of the article, number of channels, and
# for each channel: its id, due_ms of its digest or 0, delivery_id, note, number of strings that follow, and those of
# the event.
_LUA = (
    deliveries.LUA
    + """
local prefix, now, before = ARGV[1], ARGV[2], ARGV[3]
local at, fired = 6, 0
while at <= #ARGV do
  local alert, subject, article_id, article = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local channels = tonumber(ARGV[at + 4])
  at = at + 5
  local new = 0
  if redis.call('HEXISTS', KEYS[1], alert) == 1 then
    local set = prefix .. 'fired:' .. alert
    redis.call('ZREMRANGEBYSCORE', set, '-inf', before)
    new = redis.call('ZADD', set, 'NX', now, subject)
    if new == 0 then redis.call('ZADD', set, 'XX', 'GT', now, subject) end
  end
  if new == 1 then
    fired = fired + 1
    redis.call('XADD', prefix .. 'history:' .. alert, 'MAXLEN', ARGV[4], '*', 'article_id', article_id)
  end
  for _ = 1, channels do
    local channel, due, id, note = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
    local first = at + 5
    at = first + tonumber(ARGV[at + 4])
    if new == 1 and due == '0' then
      redis.call('XADD', KEYS[2], '*', unpack(ARGV, first, at - 1))
      delivery_noted(prefix, alert, id, note, now)
    elseif new == 1 then
      local name = alert .. '|' .. channel
      redis.call('ZADD', KEYS[3], 'NX', due, name)
      if redis.call('LLEN', prefix .. 'digest:' .. name) < tonumber(ARGV[5]) then
        redis.call('RPUSH', prefix .. 'digest:' .. name, article)
      else
        redis.call('INCR', prefix .. 'left-out:' .. name)
      end
    end
  end
end
return fired
"""
)


@dataclass(frozen=True)
class Firing:
    """An alert that found an article.

    Attributes:
        traceparent: of the span under which it did; what comes of the notice belongs to the same trace.
    """

    alert: Alert
    stored: StoredArticle
    traceparent: str = ""

    @property
    def subject(self) -> str:
        """What fires once: the article, or its story where the alert wants that and the story is known."""
        if self.alert.once_per == "article":
            return self.stored.article_id
        enrichment = self.stored.enrichment
        return enrichment.story_id or enrichment.copy_of or self.stored.article_id


class Trigger:
    """Fires alerts; any number of replicas may fire the same, once."""

    def __init__(self, connection: RedisConnection, clock: Clock, *, remember_days: float, daily_hour: int) -> None:
        self._connection = connection
        self._clock = clock
        self._remember_ms = round(remember_days * 86_400_000)
        self._daily_hour = daily_hour
        self._fire = connection.script(_LUA)
        self._keys = [alerts_key(connection), connection.key(ALERTS_OUTBOX.name), digests_due_key(connection)]

    def may_fire(self, firing: Firing) -> bool:
        """Whether the article is new to the alert, rather than older than it, or than what is remembered."""
        fetched_at = firing.stored.article.fetched_at
        return fetched_at >= firing.alert.active_since and to_ms(fetched_at) >= self._clock.now_ms() - self._remember_ms

    async def fire(self, firings: Sequence[Firing]) -> int:
        """Fire what did not fire before; how many did."""
        wanted = [firing for firing in firings if self.may_fire(firing)]
        fired = 0
        for start in range(0, len(wanted), _FIRINGS_PER_SCRIPT):
            now_ms = self._clock.now_ms()
            arguments: list[str | int | float] = [
                self._connection.key("alerts", ""), now_ms, now_ms - self._remember_ms, HISTORY, MAX_IN_DIGEST
            ]  # fmt: skip
            for firing in wanted[start : start + _FIRINGS_PER_SCRIPT]:
                arguments += self._arguments(firing, now_ms)
            fired += int(await self._fire(self._keys, arguments))
        return fired

    def _arguments(self, firing: Firing, now_ms: int) -> list[str | int | float]:
        article = fired_article(firing.stored)
        alert = firing.alert
        arguments: list[str | int | float] = [
            alert.id, firing.subject, article.article_id, collected(article, firing.traceparent), len(alert.channels)
        ]  # fmt: skip
        for channel in alert.channels:
            event = AlertFired(
                delivery_id=delivery_id(alert.id, channel.id, firing.subject, to_ms(firing.stored.article.fetched_at)),
                alert_id=alert.id,
                channel_id=channel.id,
                articles=(article,),
                fired_at=from_ms(now_ms),
            )
            due_ms = due_at(_digest_of(channel), now_ms, self._daily_hour)
            fields: list[str] = []
            if due_ms == 0:
                fields = [part for pair in encode(event, firing.traceparent).items() for part in pair]
            arguments += [channel.id, due_ms, event.delivery_id, note_of(event), len(fields), *fields]
        return arguments


class Collected(FiredArticle):
    """An article as it waits for its digest; `traceparent` as of its firing."""

    traceparent: str = ""


def collected(article: FiredArticle, traceparent: str) -> str:
    """The JSON of an article that waits for its digest."""
    return Collected(**article.model_dump(), traceparent=traceparent).model_dump_json()


def fired_article(stored: StoredArticle) -> FiredArticle:
    """An article as notices show it."""
    permitted = as_permitted(stored)
    article = permitted.article
    return FiredArticle(
        article_id=article.article_id,
        url=article.url,
        title=article.title[:_MAX_TITLE],
        site_name=article.site_name,
        published_at=article.published.at,
        snippet=shortened(permitted.enrichment.summary or article.text),
        story_id=permitted.enrichment.story_id,
    )


def delivery_id(*parts: object) -> str:
    """The key by which a receiver tells that it has a notice already: equal for the same parts."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def note_of(event: AlertFired) -> str:
    """The note of a notice that waits in the outbox."""
    fired_ms = to_ms(event.fired_at)
    return Delivery(
        id=event.delivery_id,
        channel_id=event.channel_id,
        articles=len(event.articles),
        fired_ms=fired_ms,
        changed_ms=fired_ms,
    ).model_dump_json()


def due_at(digest: Digest, now_ms: int, daily_hour: int) -> int:
    """When what fires now is sent, in ms; 0 for at once. Hours begin on the hour, days at `daily_hour` (UTC)."""
    if digest == "at-once":
        return 0
    now = from_ms(now_ms)
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if digest == "hourly":
        return to_ms(hour)
    return to_ms(hour + timedelta(hours=(daily_hour - hour.hour) % 24))


def _digest_of(channel: Channel) -> Digest:
    return channel.digest if isinstance(channel, Mail) else "at-once"
