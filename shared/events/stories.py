"""What a story is, as it leaves enrichment: its members, which of them are copies, and its headline."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from shared.events.articles import SCHEMA_VERSION
from shared.events.enrichment import Value

# A story lists so many members: its originals, and the earliest of their copies. Further copies belong to it, are
# counted in its size, and know their story and their original by their own enrichment.
MAX_MEMBERS = 500
MAX_TITLE_CHARACTERS = 300
ArticleId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
StoryId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class StoryMember(Value):
    """An article of a story, as far as a timeline and a list of its outlets need it.

    Attributes:
        copy_of: the article that this one copies: the earliest published with the same text; None for an original.
    """

    article_id: ArticleId
    copy_of: ArticleId | None = None
    published_at: AwareDatetime
    source_id: str
    site_name: str | None = None
    title: str = Field(max_length=MAX_TITLE_CHARACTERS)


class StoryChanged(Value):
    """A story has another membership, original or headline than before; says the whole of it.

    The same version may be said again: it says the same. Members of a story that they leave are named by the story that
    they are in from then on. A story of one article that was never larger is not said at all.

    Attributes:
        version: of the membership. One row of numbers over all stories, about milliseconds since the epoch: of two
            stories that name the same article, the one with the higher version holds it.
        headline: the title of `original`.
        original: the earliest published article of the story; the last one that it had where it has no members.
        members: the earliest published first; at most MAX_MEMBERS, and none of a story that was merged into another.
        size: how many articles belong to it, those that are not listed included.
        merged_into: the story that took its members over.
        first_at, last_at: publication of its earliest and its latest member.
    """

    schema_version: int = SCHEMA_VERSION
    story_id: StoryId
    version: int = Field(gt=0)
    headline: str = Field(max_length=MAX_TITLE_CHARACTERS)
    original: ArticleId
    members: tuple[StoryMember, ...] = Field(max_length=MAX_MEMBERS)
    size: int = Field(ge=0)
    merged_into: StoryId | None = None
    first_at: AwareDatetime
    last_at: AwareDatetime
    changed_at: AwareDatetime
