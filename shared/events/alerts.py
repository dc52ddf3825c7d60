"""What leaves when a saved query found something: one notice to one channel, as frozen values."""

from pydantic import AwareDatetime, Field

from shared.events.articles import HttpUrl
from shared.events.enrichment import Value


class FiredArticle(Value):
    """An article as a notice shows it, with no more of its text than its publisher permits to be shown.

    Attributes:
        story_id: the story that it belongs to; None where it is not known.
    """

    article_id: str
    url: HttpUrl
    title: str
    site_name: str | None = None
    published_at: AwareDatetime
    snippet: str = ""
    story_id: str | None = None


class AlertFired(Value):
    """An alert has something to say to one of its channels.

    Attributes:
        delivery_id: the same whenever this notice is sent again: receivers tell by it what they know already.
        articles: one, or for a digest all since the one before.
        left_out: articles of a digest beyond those it names.
    """

    delivery_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    alert_id: str
    channel_id: str
    articles: tuple[FiredArticle, ...]
    left_out: int = 0
    fired_at: AwareDatetime
