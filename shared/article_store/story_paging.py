"""Where the next page of stories starts, as an opaque string that fits one query only."""

from dataclasses import dataclass, replace

from shared.article_store.sealing import open_cursor, sealed_cursor
from shared.article_store.stories import StoredStory, StoryQuery


@dataclass(frozen=True)
class StoryPosition:
    """After the story with this order key (of the query's sort) and id."""

    order: int
    story_id: str


def position_of(query: StoryQuery, story: StoredStory) -> StoryPosition:
    """The position of a story in the query's order."""
    return StoryPosition(story.size_order if query.sort == "largest" else story.last_order, story.story_id)


def encode_story_cursor(query: StoryQuery, position: StoryPosition) -> str:
    """A cursor for the page of the query that follows the position."""
    return sealed_cursor(_asked(query), position.order, position.story_id)


def decode_story_cursor(query: StoryQuery) -> StoryPosition | None:
    """The position of the query's cursor, None where it has none.

    Raises:
        InvalidInput: not a cursor, or one of another query.
    """
    return None if query.cursor is None else StoryPosition(*open_cursor(_asked(query), query.cursor))


def _asked(query: StoryQuery) -> StoryQuery:
    """What is found and in which order; the page size may differ between pages."""
    return replace(query, size=0, cursor=None)
