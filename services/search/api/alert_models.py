"""Alerts as the API's JSON: what clients may say of one, and what they are answered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field

from services.search.alerts.deliveries import Delivery, State
from services.search.alerts.rules import MAX_CHANNELS, MAX_RECIPIENTS, Address, Alert, Channel, Digest, OncePer, Webhook
from services.search.api.representation import ArticleItem
from shared.clock import from_ms

ALERTS_PATH = "/v1/alerts"
_Query = Annotated[
    str | dict[str, object],
    Field(
        description="what to find: a query string, or a JSON object, in the names of GET /v1/articles",
        examples=[{"q": "battery", "country": ["US"]}, "q=battery&country=US"],
    ),
]


class _Spec(BaseModel):
    """What a client says; a name that is not known is an error rather than ignored."""

    model_config = ConfigDict(extra="forbid")


class WebhookSpec(_Spec):
    """Notices are posted to a URL, signed after Standard Webhooks."""

    kind: Literal["webhook"]
    id: str | None = Field(default=None, description="of a channel that the alert has: it keeps its secret")
    url: str = Field(max_length=2048)
    secret: str | None = Field(
        default=None, min_length=16, max_length=200, description="to sign with; one is made unless given"
    )


class MailSpec(_Spec):
    """Notices are sent by e-mail."""

    kind: Literal["email"]
    id: str | None = None
    to: tuple[Address, ...] = Field(min_length=1, max_length=MAX_RECIPIENTS)
    digest: Digest = "at-once"


ChannelSpec = Annotated[WebhookSpec | MailSpec, Field(discriminator="kind")]


class AlertSpec(_Spec):
    """A whole alert, as POST and PUT take it."""

    name: str = Field(min_length=1, max_length=200)
    query: _Query
    once_per: OncePer = Field(default="article", description="story: what many articles tell is told once")
    channels: tuple[ChannelSpec, ...] = Field(
        default=(),
        max_length=MAX_CHANNELS,
        description="besides its feed and its events, which are always there",
    )
    enabled: bool = True


class AlertChange(_Spec):
    """The parts of an alert that PATCH changes; what is not given stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    query: _Query | None = None
    once_per: OncePer | None = None
    channels: tuple[ChannelSpec, ...] | None = Field(default=None, max_length=MAX_CHANNELS)
    enabled: bool | None = None


class TestRequest(_Spec):
    """What to try: how far to look back, and whether to send a notice that says that it is a test."""

    days: float = Field(default=7, gt=0, le=366)
    deliver: bool = False


class ChannelView(BaseModel):
    """A channel; a webhook's secret is shown in the answer that made it, and never again."""

    id: str
    kind: Literal["webhook", "email"]
    url: str | None = None
    secret: str | None = None
    to: tuple[str, ...] | None = None
    digest: Digest | None = None

    @classmethod
    def of(cls, channel: Channel, *, secret: bool) -> "ChannelView":
        if isinstance(channel, Webhook):
            return cls(id=channel.id, kind=channel.kind, url=channel.url, secret=channel.secret if secret else None)
        return cls(id=channel.id, kind=channel.kind, to=channel.to, digest=channel.digest)


class AlertView(BaseModel):
    """An alert with its links."""

    id: str
    name: str
    query: str = Field(description="as a query string of GET /v1/articles")
    parameters: dict[str, list[str]] = Field(description="the same, by name")
    once_per: OncePer
    channels: tuple[ChannelView, ...]
    enabled: bool
    created_at: datetime
    updated_at: datetime
    active_since: datetime = Field(description="what was fetched before fires nothing")
    links: dict[str, str]

    @classmethod
    def of(cls, alert: Alert, new_secrets: Mapping[str, str] | None = None) -> "AlertView":
        """The alert; of the channels in `new_secrets` with their secrets."""
        own = f"{ALERTS_PATH}/{alert.id}"
        parameters: dict[str, list[str]] = {}
        for name, value in parse_qsl(alert.query):
            parameters.setdefault(name, []).append(value)
        return cls(
            **alert.model_dump(exclude={"channels"}),
            parameters=parameters,
            channels=tuple(ChannelView.of(c, secret=c.id in (new_secrets or {})) for c in alert.channels),
            links={
                "self": own,
                "feed": f"{own}/feed.xml",
                "live": f"{own}/live",
                "deliveries": f"{own}/deliveries",
                "articles": f"/v1/articles?{alert.query}".rstrip("?"),
            },
        )


class AlertList(BaseModel):
    """All alerts, the newest first."""

    alerts: tuple[AlertView, ...]


class DeliveryView(BaseModel):
    """What became of a notice: pending, delivered, retrying, or failed (given up: `error` says why)."""

    id: str = Field(description="the idempotency key that the receiver got")
    channel_id: str
    state: State
    articles: int
    attempts: int
    fired_at: datetime
    changed_at: datetime
    error: str | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryView":
        return cls(
            **delivery.model_dump(exclude={"fired_ms", "changed_ms"}),
            fired_at=from_ms(delivery.fired_ms),
            changed_at=from_ms(delivery.changed_ms),
        )


class DeliveryList(BaseModel):
    """The latest notices of an alert, the newest first."""

    deliveries: tuple[DeliveryView, ...]


class TestDelivery(BaseModel):
    """Whether a channel took the test."""

    channel_id: str
    delivered: bool
    error: str | None = None


class TestResult(BaseModel):
    """What would have fired, by the articles as they are now, and how the channels took a test."""

    total: int = Field(description="articles of the last days that match; with once_per=story fewer would have fired")
    articles: tuple[ArticleItem, ...] = Field(description="the newest of them")
    deliveries: tuple[TestDelivery, ...]
