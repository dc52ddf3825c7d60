"""Alerts for tests: every field has a plausible value, a test names only those it is about."""

from datetime import timedelta
from typing import Any

from services.search.alerts.rules import Alert, AlertBook, Mail, Webhook
from shared.bus.envelope import Entry, Readable, decode
from shared.events.alerts import AlertFired, FiredArticle
from shared.redis_client import RedisConnection
from shared.topology import ALERTS_OUTBOX
from tests.builders import NOON, an_article
from tests.fakes import FakeClock

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"


def an_alert(number: int = 1, **fields: Any) -> Alert:
    """An alert on every article that is fetched after noon, with no channel."""
    values: dict[str, Any] = {
        "id": f"{number:016x}",
        "name": f"Alert {number}",
        "query": "",
        "created_at": NOON,
        "updated_at": NOON,
        "active_since": NOON,
    }
    return Alert(**{**values, **fields})


def a_webhook_channel(url: str = "https://hooks.example/in", channel_id: str = "c0ffee00") -> Webhook:
    return Webhook(id=channel_id, url=url, secret=SECRET)


def a_mail_channel(digest: Any = "at-once") -> Mail:
    return Mail(id="0000a11e", to=("ada@desk.example",), digest=digest)


def a_fired_article(number: int = 1, **fields: Any) -> FiredArticle:
    article = an_article(number)
    values: dict[str, Any] = {
        "article_id": article.article_id,
        "url": article.url,
        "title": article.title,
        "site_name": article.site_name,
        "published_at": article.published.at,
        "snippet": article.text,
    }
    return FiredArticle(**{**values, **fields})


def a_notice(number: int = 1, **fields: Any) -> AlertFired:
    values: dict[str, Any] = {
        "delivery_id": f"{number:032x}",
        "alert_id": an_alert().id,
        "channel_id": "c0ffee00",
        "articles": (a_fired_article(number),),
        "fired_at": NOON + timedelta(minutes=10),
    }
    return AlertFired(**{**values, **fields})


def a_book(connection: RedisConnection) -> AlertBook:
    return AlertBook(connection, FakeClock())


async def outbox(connection: RedisConnection) -> list[AlertFired]:
    """What waits to be delivered."""
    entries = await connection.client.xrange(connection.key(ALERTS_OUTBOX.name))
    readable = [decode(Entry(entry_id, fields), AlertFired) for entry_id, fields in entries]
    return [item.event for item in readable if isinstance(item, Readable)]
