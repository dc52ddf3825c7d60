"""Settings of the command line's own connections."""

from pydantic import Field

from shared.settings import SECRET, WEB_ADDRESS, Settings


class KibanaSettings(Settings):
    """Where dashboards are imported."""

    kibana_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s]",
        json_schema_extra=WEB_ADDRESS,
        description="of Kibana, with its base path; `newsweir kibana import` needs it; may hold user:password@",
    )
    kibana_api_key: str | None = Field(
        default=None, json_schema_extra=SECRET, description="instead of a user in the URL: the encoded form"
    )
