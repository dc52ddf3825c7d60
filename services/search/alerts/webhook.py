"""Posts a notice to a webhook, signed after Standard Webhooks, so that its receiver knows from whom it is and when."""

import base64
import hashlib
import hmac
import json
import secrets

from services.search.alerts.rules import Alert, Webhook
from shared.clock import Clock
from shared.errors import PermanentFailure, TemporaryFailure
from shared.events.alerts import AlertFired
from shared.http_client import GuardedClient, Response

_PREFIX = "whsec_"
_SECRET_BYTES = 24
_SUCCESS = range(200, 300)
_REDIRECT = range(300, 400)
# The receiver asks to be asked again; any other 4xx says that the notice itself is wrong.
_ASK_AGAIN = frozenset({408, 409, 425, 429})
_CLIENT_ERROR = range(400, 500)
_LONGEST_WAIT_S = 3600.0


class WebhookFailed(TemporaryFailure):
    """The receiver did not take the notice; it may do so later."""


class WebhookRefused(PermanentFailure):
    """The receiver will never take this notice."""


def new_secret() -> str:
    """A secret to sign with, in the form of Standard Webhooks."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def body_of(alert: Alert, event: AlertFired, *, test: bool = False) -> bytes:
    """The JSON that a webhook gets."""
    return json.dumps(
        {
            "type": "alert.test" if test else "alert.fired",
            "id": event.delivery_id,
            "timestamp": event.fired_at.isoformat(),
            "data": {
                "alert": {"id": alert.id, "name": alert.name, "query": alert.query},
                "articles": [article.model_dump(mode="json") for article in event.articles],
                "left_out": event.left_out,
            },
        },
        ensure_ascii=False,
    ).encode()


def signature(secret: str, delivery_id: str, timestamp: int, body: bytes) -> str:
    """What the header webhook-signature says: HMAC-SHA256 over id, time (s) and body, in base64."""
    key = _key(secret)
    signed = f"{delivery_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


async def post(client: GuardedClient, channel: Webhook, delivery_id: str, body: bytes, clock: Clock) -> None:
    """Return when the receiver has taken the notice.

    Raises:
        WebhookFailed: it has not, and may later; with the wait that it asked for.
        WebhookRefused: it says that it never will, or redirects.
        FetchFailed, AddressRefused, InvalidInput: as `GuardedClient.post`.
    """
    timestamp = clock.now_ms() // 1000
    headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": delivery_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(channel.secret, delivery_id, timestamp, body),
    }
    # What it says beside its status would only make a notice that was taken look like one that was not.
    response = await client.post(channel.url, body, headers, status_only=True)
    if response.status in _SUCCESS:
        return
    said = f"the receiver answered {response.status}"
    if response.status in _REDIRECT:
        raise WebhookRefused(f"{said}: it redirects, which notices do not follow; name the new address")
    if response.status in _CLIENT_ERROR and response.status not in _ASK_AGAIN:
        raise WebhookRefused(said)
    raise WebhookFailed(said, retry_after_s=_asked_wait_s(response))


def _key(secret: str) -> bytes:
    """The bytes that a secret stands for; one of another form is its own bytes."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except ValueError:
            pass
    return secret.encode()


def _asked_wait_s(response: Response) -> float | None:
    value = response.headers.get("retry-after", "").strip()
    return min(float(value), _LONGEST_WAIT_S) if value.isascii() and value.isdigit() and len(value) < 9 else None
