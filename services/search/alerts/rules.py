"""The saved queries and where their notices go, in Redis; each query in the words of the API, read when needed."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlencode

import structlog
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from services.search.parameters.articles import SEARCH, parse
from services.search.parameters.query_string import InvalidParameter, pairs_of_json, pairs_of_query_string
from shared.article_store.bounds import check_bounds
from shared.article_store.query import ArticleQuery
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput, LimitExceeded, PermanentFailure
from shared.events.articles import HttpUrl
from shared.redis_client import RedisConnection

_log = structlog.get_logger()
MAX_ALERTS = 10_000
MAX_CHANNELS = 5
MAX_RECIPIENTS = 20
_FRESH_S = 600.0
_ADDRESS = r"[^\s@<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9.-]{1,190}"
OncePer = Literal["article", "story"]
Digest = Literal["at-once", "hourly", "daily"]


def _as_address(value: str) -> str:
    if not re.fullmatch(_ADDRESS, value):
        raise ValueError(f"{value[:80]!r} is no mail address like desk@news.example")
    return value


Address = Annotated[str, AfterValidator(_as_address), WithJsonSchema({"type": "string", "pattern": f"^{_ADDRESS}$"})]
# What says how to show a page, not what to find.
_OF_THE_PAGE = re.compile(r"cursor|size|sort|recency|highlight|fields|facet(\..*)?")


class UnknownAlert(InvalidInput):
    """No alert has this id."""


class _Kept(BaseModel):
    """A part of an alert as it is kept; unknown fields are ignored, so that older code reads what newer code wrote."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Webhook(_Kept):
    """Notices are posted to a URL, signed with the secret."""

    kind: Literal["webhook"] = "webhook"
    id: str = Field(pattern=r"^[0-9a-f]{8}$")
    url: HttpUrl
    secret: str = Field(min_length=16, max_length=200)


class Mail(_Kept):
    """Notices are sent by e-mail, one for each, or together each hour or day."""

    kind: Literal["email"] = "email"
    id: str = Field(pattern=r"^[0-9a-f]{8}$")
    to: tuple[Address, ...] = Field(min_length=1, max_length=MAX_RECIPIENTS)
    digest: Digest = "at-once"


Channel = Annotated[Webhook | Mail, Field(discriminator="kind")]


class Alert(_Kept):
    """A saved query. Whatever its channels, what fires can be read as a feed and as server-sent events.

    Attributes:
        query: a query string in the names of GET /v1/articles, without what only says how to show a page.
        once_per: whether a story that many articles tell is told once.
        active_since: only what was fetched since then fires: neither the past, nor what is enriched again.
    """

    id: str = Field(pattern=r"^[0-9a-f]{16}$")
    name: str = Field(min_length=1, max_length=200)
    query: str
    once_per: OncePer = "article"
    channels: tuple[Channel, ...] = Field(default=(), max_length=MAX_CHANNELS)
    enabled: bool = True
    created_at: AwareDatetime
    updated_at: AwareDatetime
    active_since: AwareDatetime


@dataclass(frozen=True)
class Rule:
    """An alert that is to be matched, and its query as this code understands it."""

    alert: Alert
    query: ArticleQuery


def query_of(asked: str | Mapping[str, object]) -> str:
    """The query string of what a client sent: one of its own, or a JSON object of the same names.

    Raises:
        InvalidInput: values that no query string can say.
        LimitExceeded: longer than a query string may be.
    """
    if isinstance(asked, str):
        return urlencode(pairs_of_query_string(asked.removeprefix("?")))
    try:
        query = urlencode(pairs_of_json(json.dumps(asked).encode(), one_value=SEARCH.one_value))
    except UnicodeEncodeError as error:
        raise InvalidInput("half of a surrogate pair in a query: send it as UTF-8") from error
    pairs_of_query_string(query)
    return query


def understood(query: str, now: datetime) -> ArticleQuery:
    """What the query of an alert asks at this moment; it neither pages nor counts.

    Raises:
        InvalidInput, LimitExceeded: as `parse` and `check_bounds`; a parameter that only says how to show a page.
    """
    for name, _ in pairs_of_query_string(query):
        if _OF_THE_PAGE.fullmatch(name):
            raise InvalidParameter(name, "says how to show a page, which an alert has not: leave it out")
    asked = replace(
        parse(query, now), facets=(), highlight=False, sort="newest", size=1, cursor=None, prefer=(), fresh=None
    )
    check_bounds(asked)
    return asked


# KEYS: alerts, their version. ARGV: id, JSON, most alerts.
_PUT = """
local new = redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0
if new and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('INCR', KEYS[2])
return 1
"""

# KEYS: alerts, their version, the digests that are due, then what is kept of channels that go. ARGV: id, JSON as it was
# read, JSON, the channels that go.
_REPLACE = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('INCR', KEYS[2])
for at = 4, #KEYS do redis.call('DEL', KEYS[at]) end
for at = 4, #ARGV do redis.call('ZREM', KEYS[3], ARGV[1] .. '|' .. ARGV[at]) end
return 1
"""

# KEYS: alerts, their version, the digests that are due, then what is kept of this alert. ARGV: id, its channels.
_DELETE = """
local there = redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('INCR', KEYS[2])
for at = 4, #KEYS do redis.call('DEL', KEYS[at]) end
for at = 2, #ARGV do redis.call('ZREM', KEYS[3], ARGV[1] .. '|' .. ARGV[at]) end
return there
"""


class AlertBook:
    """All alerts. What cannot be read, or asks what nobody understands any more, is logged and left out."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._put = connection.script(_PUT)
        self._replace = connection.script(_REPLACE)
        self._delete = connection.script(_DELETE)
        self._known_version: str | None = None
        self._known_since_s: float | None = None
        self._rules: tuple[Rule, ...] = ()

    async def all(self) -> list[Alert]:
        """Every alert, the newest first."""
        values = await self._connection.client.hgetall(alerts_key(self._connection))
        alerts = [alert for alert_id, value in values.items() if (alert := _read(alert_id, value))]
        return sorted(alerts, key=lambda alert: (alert.created_at, alert.id), reverse=True)

    async def get(self, alert_id: str) -> Alert | None:
        """The alert, or None."""
        _, alert = await self.kept(alert_id)
        return alert

    async def kept(self, alert_id: str) -> tuple[str, Alert | None]:
        """The alert, or None, and how it is written: `replace` takes it."""
        value = await self._connection.client.hget(alerts_key(self._connection), alert_id) or ""
        return value, _read(alert_id, value) if value else None

    async def replace(self, written: str, before: Alert, alert: Alert) -> bool:
        """Replace an alert that is still as it was written, and drop what was collected for channels that it has no
        more; false where somebody else changed or deleted it."""
        left = {channel.id for channel in alert.channels}
        gone = [channel.id for channel in before.channels if channel.id not in left]
        keys = [*self._shared_keys(), *self._collected_keys(alert.id, gone)]
        return bool(await self._replace(keys, [alert.id, written, alert.model_dump_json(), *gone]))

    async def put(self, alert: Alert) -> None:
        """Add or replace an alert; matching notices with its next batch.

        Raises:
            LimitExceeded: there are MAX_ALERTS already.
        """
        keys = [alerts_key(self._connection), self._version_key()]
        if not await self._put(keys, [alert.id, alert.model_dump_json(), MAX_ALERTS]):
            raise LimitExceeded(f"there are {MAX_ALERTS} alerts already: delete some")

    async def delete(self, alert: Alert) -> bool:
        """Remove an alert with all that is kept of it; whether it was there. What is in the outbox is dropped there."""
        channels = [channel.id for channel in alert.channels]
        key, kinds = self._connection.key, ("fired", "history", "deliveries", "delivery-order")
        kept = [key("alerts", kind, alert.id) for kind in kinds]
        keys = [*self._shared_keys(), *kept, *self._collected_keys(alert.id, channels)]
        return bool(await self._delete(keys, [alert.id, *channels]))

    async def rules(self) -> tuple[Rule, ...]:
        """What is to be matched; read anew when something changed, and now and then, as "30d" ends elsewhere then."""
        version = await self._connection.client.get(self._version_key())
        now_s = self._clock.monotonic_s()
        if version != self._known_version or self._known_since_s is None or now_s - self._known_since_s >= _FRESH_S:
            now = from_ms(self._clock.now_ms())
            self._rules = tuple(filter(None, [_rule(alert, now) for alert in await self.all() if alert.enabled]))
            self._known_version, self._known_since_s = version, now_s
        return self._rules

    def _shared_keys(self) -> list[str]:
        return [alerts_key(self._connection), self._version_key(), digests_due_key(self._connection)]

    def _collected_keys(self, alert_id: str, channels: Sequence[str]) -> list[str]:
        names = [f"{alert_id}|{channel_id}" for channel_id in channels]
        return [self._connection.key("alerts", kind, name) for name in names for kind in ("digest", "left-out")]

    def _version_key(self) -> str:
        return self._connection.key("alerts", "version")


def alerts_key(connection: RedisConnection) -> str:
    """The hash id → alert."""
    return connection.key("alerts")


def digests_due_key(connection: RedisConnection) -> str:
    """The sorted set ``alert|channel`` → when its digest is due, in ms."""
    return connection.key("alerts", "digests-due")


def _read(alert_id: str, value: str) -> Alert | None:
    try:
        return Alert.model_validate_json(value)
    except ValidationError as error:
        _log.error("an alert that cannot be read is left out", alert_id=alert_id, error=str(error)[:300])
        return None


def _rule(alert: Alert, now: datetime) -> Rule | None:
    try:
        return Rule(alert, understood(alert.query, now))
    except PermanentFailure as error:
        _log.error("an alert whose query is not understood is left out", alert_id=alert.id, error=str(error))
        return None
