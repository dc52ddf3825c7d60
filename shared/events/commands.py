"""What one service asks of another, and what it answers, as frozen values."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.events.articles import HttpUrl
from shared.events.enrichment import Value
from shared.events.stories import MAX_MEMBERS, MAX_TITLE_CHARACTERS, ArticleId, StoryId

MAX_FOUND_DOORS = 60
_LONGEST_REASON = 1_000


class Discover(Value):
    """Find the doors of a site: its feeds, news sitemaps or listing pages."""

    kind: Literal["discover"] = "discover"
    url: HttpUrl


class VisitNow(Value):
    """Make the doors of a source due, so that they are visited at their hosts' next turns."""

    kind: Literal["visit-now"] = "visit-now"
    source_id: str = Field(min_length=1, max_length=64)


class SplitStory(Value):
    """Make members of a story a story of their own."""

    kind: Literal["split-story"] = "split-story"
    story_id: StoryId
    article_ids: tuple[ArticleId, ...] = Field(min_length=1, max_length=MAX_MEMBERS)


class MergeStories(Value):
    """Let the story `into` take over the members of another."""

    kind: Literal["merge-stories"] = "merge-stories"
    into: StoryId
    story_id: StoryId


class ForgetArticle(Value):
    """Take an article out of its story, as if it had never been in one."""

    kind: Literal["forget-article"] = "forget-article"
    article_id: ArticleId


class Command(Value):
    """A question to any one process of a service.

    Attributes:
        command_id: names the key of the answer.
        expires_at: after it nobody waits for the answer, and the command is left undone.
    """

    command_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    asked_at: AwareDatetime
    expires_at: AwareDatetime


class CrawlerCommand(Command):
    """A question to any one crawler."""

    ask: Annotated[Discover | VisitNow, Field(discriminator="kind")]


class EnrichmentCommand(Command):
    """A question to any one process of enrichment."""

    ask: Annotated[SplitStory | MergeStories | ForgetArticle, Field(discriminator="kind")]


class FoundDoor(Value):
    """A feed, sitemap or listing page that was found on a site.

    Attributes:
        articles: links to articles that it has now.
        articles_a_day: new ones, from their dates; None where they have none.
        chosen: it belongs to the smallest set that leads to what is new.
    """

    kind: Literal["feed", "sitemap", "listing"]
    url: HttpUrl
    articles: int
    articles_a_day: float | None = None
    newest_at: AwareDatetime | None = None
    chosen: bool = False


class SiteFound(Value):
    """What was found on a site.

    Attributes:
        url: that was asked for, canonical.
        doors: at least one, the chosen ones first.
    """

    kind: Literal["site-found"] = "site-found"
    url: HttpUrl
    name: str
    language: str | None = None
    doors: tuple[FoundDoor, ...] = Field(min_length=1, max_length=MAX_FOUND_DOORS)


class VisitsDue(Value):
    """The doors of a source are due now; how many they are."""

    kind: Literal["visits-due"] = "visits-due"
    doors: int


class StoryStands(Value):
    """A story as it is after a command; one that was merged into another has no articles."""

    story_id: StoryId
    headline: str = Field(max_length=MAX_TITLE_CHARACTERS)
    size: int


class StoriesRearranged(Value):
    """The stories that a command changed: the one that was named first comes first."""

    kind: Literal["stories-rearranged"] = "stories-rearranged"
    stories: tuple[StoryStands, ...]


class Refusal(Value):
    """Why a command was not carried out, in words for people."""

    kind: Literal["refusal"] = "refusal"
    reason: str = Field(max_length=_LONGEST_REASON)

    @classmethod
    def of(cls, error: Exception) -> "Refusal":
        """What the error says, cut where that is long."""
        return cls(reason=str(error)[:_LONGEST_REASON])


class CommandAnswer(Value):
    """The answer to a command."""

    command_id: str
    result: Annotated[SiteFound | VisitsDue | StoriesRearranged | Refusal, Field(discriminator="kind")]
