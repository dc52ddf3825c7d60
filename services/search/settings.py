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
