"""GET /v1/stories, what several outlets report on, and GET /v1/stories/{id}, who reported when and who copied whom."""

from datetime import datetime
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from services.search import values
from services.search.api.openapi import described
from services.search.api.representation import ARTICLES_PATH, Total
from services.search.catalogue import Catalogue
from services.search.moments import since, until, written
from services.search.parameter import Parameter
from services.search.parameters import DEFAULT_PAGE_SIZE
from services.search.problems import OPENAPI_RESPONSES
from services.search.query_string import Given, join_list, number, one_of, pairs_of_query_string
from services.search.story_outlets import Outlet, outlets
from shared.article_store.query import MAX_CURSOR_CHARACTERS, MAX_PAGE_SIZE
from shared.article_store.stories import MAX_ENTITIES, MAX_STORY_WORDS, StoredStory, StoryQuery, StorySort
from shared.clock import Clock, from_ms
from shared.events.stories import StoryMember

STORIES_PATH = "/v1/stories"
_SORTS: tuple[StorySort, ...] = get_args(StorySort)
_MOST_ARTICLES = 10_000
STORY_PARAMETERS = (
    Parameter(
        "q",
        "Words that must all occur in its headline or the titles of its articles.",
        {"type": "string", "maxLength": MAX_STORY_WORDS},
    ),
    Parameter(
        "entity",
        "Its articles name all of these, by entity id or name.",
        {"type": "array", "items": {"type": "string"}, "maxItems": MAX_ENTITIES},
    ),
    Parameter(
        "not_entity",
        "None of its articles names any of these.",
        {"type": "array", "items": {"type": "string"}, "maxItems": MAX_ENTITIES},
    ),
    Parameter("from", "It has an article published since; as of a search.", {"type": "string"}),
    Parameter("to", "It has an article published until; as of a search.", {"type": "string"}),
    Parameter(
        "articles_from",
        "It has at least so many articles.",
        {"type": "integer", "minimum": 1, "maximum": _MOST_ARTICLES, "default": 1},
    ),
    Parameter(
        "sort", "By its latest article, or by size.", {"type": "string", "enum": [*_SORTS], "default": _SORTS[0]}
    ),
    Parameter(
        "size",
        "Stories on a page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
    ),
    Parameter("cursor", "Where the page before ended.", {"type": "string", "maxLength": MAX_CURSOR_CHARACTERS}),
)
_StoryId = Annotated[str, Path(description="as an article or a list of stories has it")]


class StoryItem(BaseModel):
    """A story as it stands in a list."""

    id: str
    headline: str = Field(description="the title of the article that was published first")
    original: str = Field(description="the id of that article")
    articles: int
    outlets: int = Field(description="how many sources they are from, as far as they are listed")
    first_at: datetime
    last_at: datetime
    link: str

    @classmethod
    def of(cls, story: StoredStory) -> "StoryItem":
        return cls(
            id=story.story_id,
            headline=story.headline,
            original=story.original,
            articles=story.size,
            outlets=len(outlets(story.members)),
            first_at=story.first_at,
            last_at=story.last_at,
            link=f"{STORIES_PATH}/{story.story_id}",
        )


class StoryList(BaseModel):
    """A page of stories."""

    query: str = Field(description="the question as it was understood, as a link")
    total: Total
    stories: tuple[StoryItem, ...]
    next: str | None


class StoryArticle(BaseModel):
    """An article of a story."""

    id: str
    title: str
    source_id: str
    site_name: str | None
    published_at: datetime
    copy_of: str | None = Field(description="the article whose text this one has, where it copies one")
    link: str

    @classmethod
    def of(cls, member: StoryMember) -> "StoryArticle":
        return cls(
            id=member.article_id,
            title=member.title,
            source_id=member.source_id,
            site_name=member.site_name,
            published_at=member.published_at,
            copy_of=member.copy_of,
            link=f"{ARTICLES_PATH}/{member.article_id}",
        )


class StoryOutlet(BaseModel):
    """A source that reported."""

    source_id: str
    name: str
    articles: int
    copies: int
    first_at: datetime

    @classmethod
    def of(cls, outlet: Outlet) -> "StoryOutlet":
        return cls(
            source_id=outlet.source_id,
            name=outlet.name,
            articles=outlet.articles,
            copies=outlet.copies,
            first_at=outlet.first_at,
        )


class Story(StoryItem):
    """A story with its articles in the order of their publication."""

    version: int
    changed_at: datetime
    merged_into: str | None = Field(description="the story that took its articles over; it has none of its own then")
    timeline: tuple[StoryArticle, ...]
    reported_by: tuple[StoryOutlet, ...] = Field(description="who came first stands first")

    @classmethod
    def of_story(cls, story: StoredStory) -> "Story":
        return cls(
            **StoryItem.of(story).model_dump(),
            version=story.version,
            changed_at=story.changed_at,
            merged_into=story.merged_into,
            timeline=tuple(map(StoryArticle.of, story.members)),
            reported_by=tuple(map(StoryOutlet.of, outlets(story.members))),
        )


def story_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The routes of the resource."""
    resource = _Stories(catalogue, clock)
    router = APIRouter(tags=["stories"], responses=OPENAPI_RESPONSES)
    router.add_api_route(
        STORIES_PATH,
        resource.all,
        summary="What several articles report on",
        openapi_extra={"parameters": described(STORY_PARAMETERS)},
    )
    router.add_api_route(f"{STORIES_PATH}/{{story_id}}", resource.one, summary="One story, article by article")
    return router


class _Stories:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def all(self, request: Request) -> StoryList:
        """Stories of more than one article, those with the latest news first."""
        query = understand_stories(request.url.query, self._clock)
        found = await values.stories(self._catalogue, query)
        return StoryList(
            query=story_url(query, cursor=query.cursor),
            total=Total(value=found.total.value, relation=found.total.relation),
            stories=tuple(map(StoryItem.of, found.stories)),
            next=story_url(query, cursor=found.next) if found.next else None,
        )

    async def one(self, story_id: _StoryId) -> Story:
        """Who reported when, from whom, and who copied whom."""
        return Story.of_story(await self._catalogue.story(story_id))


def story_url(query: StoryQuery, *, cursor: str | None = None, path: str = STORIES_PATH) -> str:
    """A link to the first page of the question, or to the page that `cursor` names."""
    pairs = [
        ("q", query.words),
        ("entity", join_list(query.entities)),
        ("not_entity", join_list(query.without)),
        ("from", written(query.published_from) if query.published_from else ""),
        ("to", written(query.published_to, end=True) if query.published_to else ""),
        ("articles_from", "" if query.size_from == 1 else str(query.size_from)),
        ("sort", "" if query.sort == _SORTS[0] else query.sort),
        ("size", "" if query.size == DEFAULT_PAGE_SIZE else str(query.size)),
        ("cursor", cursor or ""),
    ]
    said = [(name, value) for name, value in pairs if value]
    return f"{path}?{urlencode(said, safe=':,', errors='surrogatepass')}" if said else path


def understand_stories(query_string: str, clock: Clock) -> StoryQuery:
    """The question that a query string asks; raises InvalidParameter."""
    names = [parameter.name for parameter in STORY_PARAMETERS]
    given, now = Given.of(pairs_of_query_string(query_string), names), from_ms(clock.now_ms())
    return StoryQuery(
        words=given.one("q", str) or "",
        entities=given.many("entity"),
        without=given.many("not_entity"),
        published_from=given.one("from", lambda value: since(value, now)),
        published_to=given.one("to", lambda value: until(value, now)),
        size_from=given.one("articles_from", number(_MOST_ARTICLES)) or 1,
        sort=given.one("sort", one_of(_SORTS)) or _SORTS[0],
        size=given.one("size", number(MAX_PAGE_SIZE)) or DEFAULT_PAGE_SIZE,
        cursor=given.one("cursor", str),
    )
