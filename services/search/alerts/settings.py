"""Settings of alerts, which the search service matches and delivers."""

from typing import Literal

from pydantic import Field

from shared.settings import FORM, SECRET, Settings

Security = Literal["starttls", "tls", "none"]


class AlertSettings(Settings):
    """How alerts are remembered and delivered."""

    alert_memory_days: float = Field(
        default=30.0, gt=0, le=366, description="what fired is remembered so long; older articles fire nothing"
    )
    alert_daily_hour: int = Field(default=7, ge=0, le=23, description="hour (UTC) at which daily digests are sent")
    alert_outbox_limit: int = Field(
        default=10_000, gt=0, description="notices that may wait for delivery before matching waits, too"
    )
    webhook_timeout_s: float = Field(default=10.0, gt=0, le=60, description="for one notice")
    webhook_origins: tuple[str, ...] = Field(
        default=(),
        description="as http://hooks.internal:9000: webhooks there may be posted to although their address is private",
    )
    smtp_host: str | None = Field(default=None, description="mail server for notices; none unless set")
    smtp_port: int = Field(default=587, gt=0, le=65535, description="587 for starttls, 465 for tls")
    smtp_security: Security = Field(
        default="starttls", description="starttls, tls, or none for a server on this machine"
    )
    smtp_user: str | None = Field(default=None, description="name to log in with, where the server wants one")
    smtp_password: str | None = Field(default=None, description="of that user", json_schema_extra=SECRET)
    smtp_sender: str | None = Field(
        default=None,
        pattern=r"^[^\s@<>]+@[A-Za-z0-9.-]+$",
        json_schema_extra={FORM: "a mail address without a name, like newsweir@news.example"},
        description="address that notices come from",
    )
