"""GET /v1/stories, what several outlets report on, and GET /v1/stories/{id}, who reported when and who copied whom."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from services.search.api.asking import add_question, asks_nothing, given
from services.search.api.representation import ARTICLES_PATH, Total
from services.search.api.understood import UnknownFilter, UnknownFilters
from services.search.finding.catalogue import Catalogue
from services.search.finding.story_outlets import Outlet, outlets
from services.search.finding.unknown_values import unknown_values
from services.search.finding.values import stories_by_id
from services.search.parameters.stories import STORY_FORM, asked_of_stories, story_url
from services.search.problems import OPENAPI_RESPONSES
from shared.article_store.stories import StoredStory
from shared.clock import Clock
from shared.events.stories import StoryMember

STORIES_PATH = "/v1/stories"
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
    unknown: UnknownFilters = ()


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
    add_question(
        router,
        STORIES_PATH,
        resource.all,
        STORY_FORM,
        "What several articles report on",
        by_post=f"{STORIES_PATH}/search",
        example={"entity": ["org:acme"], "articles_from": 3, "sort": "largest"},
    )
    one, plain = f"{STORIES_PATH}/{{story_id}}", [Depends(asks_nothing)]
    router.add_api_route(one, resource.one, summary="One story, article by article", dependencies=plain)
    return router


class _Stories:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def all(self, request: Request) -> StoryList:
        """Stories of more than one article, those with the latest news first."""
        asked = asked_of_stories(await given(STORY_FORM, request, self._clock))
        query = await stories_by_id(self._catalogue, asked)
        found = await self._catalogue.stories(query)
        unknown = await unknown_values(self._catalogue, query, found_nothing=not found.total.value)
        return StoryList(
            query=story_url(STORIES_PATH, query, cursor=query.cursor),
            total=Total(value=found.total.value, relation=found.total.relation),
            stories=tuple(map(StoryItem.of, found.stories)),
            next=story_url(STORIES_PATH, query, cursor=found.next) if found.next else None,
            unknown=tuple(map(UnknownFilter.of, unknown)),
        )

    async def one(self, story_id: _StoryId) -> Story:
        """Who reported when, from whom, and who copied whom."""
        return Story.of_story(await self._catalogue.story(story_id))
