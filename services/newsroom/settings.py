"""What the demonstration newsroom can be told."""

from pydantic import Field

from shared.settings import Settings

HOST = "127.0.0.1"
OUTLET_COUNT = 4


class NewsroomSettings(Settings):
    """Where the outlets listen; always on HOST, since they serve hostile pages too."""

    newsroom_port: int = Field(
        default=8100,
        ge=1024,
        le=65535 - OUTLET_COUNT + 1,
        description="of the first demonstration outlet; the other three take the ports that follow",
    )
