"""Settings of the search service."""

from pydantic import Field

from shared.settings import Settings


class SearchSettings(Settings):
    """Who may reach the API and the pages."""

    allowed_hosts: tuple[str, ...] = Field(
        default=(),
        description="names that a request may address this service by, besides loopback and NEWSWEIR_HTTP_HOST; "
        "a page elsewhere that points its own name here is refused",
    )
    allow_open_access: bool = Field(
        default=False, description="listen on an address that others can reach, although nobody is asked who they are"
    )
    require_keys: bool = Field(
        default=False, description="answer only requests with an API key (`newsweir keys create`); probes stay open"
    )
    session_hours: int = Field(
        default=12, ge=1, le=720, description="hours after which who logged in with a key must do so again"
    )
    rate_limit_per_minute: int = Field(
        default=600, ge=0, description="requests a minute of one API key, which may come at once; 0 for no limit"
    )
    remote_images: bool = Field(
        default=False,
        description="show the pictures of articles: the reader's browser loads them from the publishers, who learn of "
        "it that somebody reads",
    )
    cors_origins: tuple[str, ...] = Field(
        default=(),
        description="origins (https://host) whose pages may ask from a browser and, with a key that allows it, write; "
        "none unless set",
    )
