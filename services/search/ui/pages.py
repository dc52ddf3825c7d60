"""The pages of the search service: what each is asked, and the template that shows the answer."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.search.finding.catalogue import Catalogue
from services.search.finding.entities import Window, graph, profile
from services.search.finding.labels import entities_among, filtered_values, labels_of
from services.search.finding.unknown_values import Question, unknown_values
from services.search.finding.values import facet_values, facts_by_id, filtered_by_id, search, stories_by_id
from services.search.live import LiveFeed
from services.search.parameters.articles import SEARCH, asked_by_people
from services.search.parameters.facts import FACT_FORMS, asked_of_facts
from services.search.parameters.form import Form, Given
from services.search.parameters.query_string import pairs_of_query_string
from services.search.parameters.stories import STORY_FORM, asked_of_stories
from services.search.problems import KINDS, Problem
from services.search.starting_again import starting_again_at
from services.search.ui.article_view import article_view
from services.search.ui.entity_view import entity_view
from services.search.ui.facet_boxes import uncounted
from services.search.ui.fact_views import facts_view
from services.search.ui.filter_chips import labels_in
from services.search.ui.links import DEALS_PATH, LIVE_PATH, QUOTES_PATH, SEARCH_PATH, STORIES_PATH, search_page
from services.search.ui.reference_view import operations, schemas
from services.search.ui.rendering import Renderer
from services.search.ui.search_view import result_row, search_view
from services.search.ui.story_views import originals, revision_rows, stories_view, story_view
from services.search.ui.topic_paths import TopicPaths
from shared.article_store.bounds import MAX_FILTER_VALUES
from shared.article_store.document import StoredArticle
from shared.article_store.fact_query import FactQuery
from shared.article_store.facts import FactKind
from shared.article_store.query import ArticleQuery, FacetCounts, FacetRequest
from shared.article_store.stories import StoredStory
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput
from shared.facets import FACETS_BY_NAME

_HERE = Path(__file__).parent
STATIC_FILES = _HERE / "static"
_SIMILAR = 5
_STORY_FACTS = 10
_WITHIN_VALUES = 30
_NEWEST = ArticleQuery(sort="newest", size=30)
_DEALS = {
    "here": DEALS_PATH,
    "title": "Deals",
    "words_label": "Words in the evidence",
    "nothing_yet": "Deals appear here as soon as an article tells of one: who invests in, buys, supplies or sues whom.",
}
_QUOTES = {
    "here": QUOTES_PATH,
    "title": "Quotes",
    "words_label": "Words in the quote",
    "nothing_yet": "Quotes appear here as soon as an article lets somebody speak.",
}
_FACET_PARAMETERS = frozenset(parameter.name for parameter in SEARCH.parameters if parameter.facet)


class Pages:
    """Answers requests of people with HTML."""

    def __init__(
        self,
        catalogue: Catalogue,
        feed: LiveFeed,
        openapi: Callable[[], dict[str, Any]],
        clock: Clock,
        renderer: Renderer,
    ) -> None:
        self._catalogue = catalogue
        self._feed = feed
        self._topics = TopicPaths(catalogue)
        self._openapi = openapi
        self._clock = clock
        self._renderer = renderer

    def routes(self) -> APIRouter:
        """Every page."""
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.add_api_route("/", self.search)
        router.add_api_route("/articles/{article_id}", self.article)
        router.add_api_route("/articles/{article_id}/revisions", self.revisions)
        router.add_api_route("/entities/{entity_id}", self.entity)
        router.add_api_route(STORIES_PATH, self.stories)
        router.add_api_route(f"{STORIES_PATH}/{{story_id}}", self.story)
        router.add_api_route(LIVE_PATH, self.live)
        router.add_api_route(DEALS_PATH, self.deals)
        router.add_api_route(QUOTES_PATH, self.quotes)
        router.add_api_route("/docs", self.reference)
        return router

    async def search(self, request: Request) -> Response:
        """Search box, sidebar of facets, results."""
        now = from_ms(self._clock.now_ms())
        asked = asked_by_people(self._given(SEARCH, request))
        # What is looked for within a box is a question of its own: the box without it shows what is selected, too.
        typed = {r.facet: r.query for r in asked.query.facets if r.query and FACETS_BY_NAME[r.facet].has_terms}
        query = await filtered_by_id(self._catalogue, asked.query)
        question = replace(asked, query=replace(query, facets=tuple(replace(r, query="") for r in query.facets)))
        with starting_again_at(search_page(question.query)):
            result, within = await asyncio.gather(
                search(self._catalogue, question.query), self._within(question.query, typed)
            )
        shown = replace(result, facets=tuple(within.get(counts.facet, counts) for counts in result.facets))
        named = labels_in(shown.facets)
        above, labels, unknown = await asyncio.gather(
            self._topics.above(shown.facets, (hit.stored for hit in result.hits)),
            labels_of(self._catalogue, (value for value in filtered_values(question.query) if value not in named)),
            unknown_values(self._catalogue, query, found_nothing=not result.total.value),
        )
        by_meaning = self._catalogue.finds_by_meaning
        page = search_view(question.query, shown, now, typed, labels, above, by_meaning=by_meaning)
        return self._render(
            "search.html",
            here=SEARCH_PATH,
            page=page,
            notes=(*question.notes, *(value.said for value in unknown), *uncounted(shown.facets)),
        )

    async def _within(self, query: ArticleQuery, typed: Mapping[str, str]) -> dict[str, FacetCounts]:
        """The values that were looked for by their labels, by facet."""
        wanted = [(FacetRequest(facet, _WITHIN_VALUES), words) for facet, words in typed.items()]
        found = await asyncio.gather(*(facet_values(self._catalogue, query, asked, words) for asked, words in wanted))
        return {counts.facet: counts for counts in found}

    async def article(self, article_id: str) -> Response:
        """One article, and what was understood of it."""
        stored = await self._catalogue.one(article_id)
        similar, story = await asyncio.gather(self._catalogue.similar(article_id, _SIMILAR), self._story(stored))
        return self._render("article.html", page=article_view(stored, similar, story))

    async def revisions(self, article_id: str) -> Response:
        """What an article said before, and what changed."""
        stored, found = await asyncio.gather(self._catalogue.one(article_id), self._catalogue.revisions(article_id))
        # Comparing long texts takes its time; other requests are answered meanwhile.
        rows = await asyncio.to_thread(revision_rows, found)
        return self._render("revisions.html", article=stored.article, rows=rows)

    async def stories(self, request: Request) -> Response:
        """What several articles report on."""
        query = await stories_by_id(self._catalogue, asked_of_stories(self._given(STORY_FORM, request)))
        result = await self._catalogue.stories(query)
        labels, notes = await self._named(query, (*query.entities, *query.without), found_nothing=not result.stories)
        return self._render("stories.html", here=STORIES_PATH, page=stories_view(query, result, labels), notes=notes)

    async def story(self, story_id: str) -> Response:
        """One story: its timeline, and the outlets that carry it."""
        story = await self._catalogue.story(story_id)
        told = FactQuery(articles=originals(story)[:MAX_FILTER_VALUES], size=_STORY_FACTS)
        deals, quotes = await asyncio.gather(
            self._catalogue.facts(replace(told, kinds=("relation",))),
            self._catalogue.facts(replace(told, kinds=("quote",))),
        )
        # Without articles all facts would be asked for.
        page = story_view(story, deals.facts, quotes.facts) if told.articles else story_view(story)
        return self._render("story.html", page=page)

    async def live(self) -> Response:
        """The newest articles; a script puts those on top that are indexed from now on."""
        # Before the articles are asked for: what is indexed until the script listens would be in neither.
        after = await self._feed.begin_at_a_page()
        result = await self._catalogue.find(replace(_NEWEST, highlight=False))
        rows = [result_row(hit) for hit in result.hits]
        return self._render("live.html", here=LIVE_PATH, rows=rows, after=after)

    async def _story(self, stored: StoredArticle) -> StoredStory | None:
        """The story that the article shares with others; one that is gone meanwhile is none."""
        membership = stored.standing.story
        if membership is None or (membership.size < 2 and membership.copy_of is None):
            return None
        try:
            return await self._catalogue.story(membership.story_id)
        except InvalidInput:
            return None

    async def entity(self, request: Request, entity_id: str) -> Response:
        """Someone or something: mentions over time, deals, quotes, and what is named with it."""
        everything = Window()
        found, around = await asyncio.gather(
            profile(self._catalogue, entity_id, everything), graph(self._catalogue, entity_id, everything)
        )
        return self._render("entity.html", page=entity_view(found, around))

    async def deals(self, request: Request) -> Response:
        """Who invests in, buys, supplies or sues whom: a table, and the amounts over time."""
        return await self._facts("relation", request, _DEALS)

    async def quotes(self, request: Request) -> Response:
        """Who said what."""
        return await self._facts("quote", request, _QUOTES)

    async def _facts(self, kind: FactKind, request: Request, wording: Mapping[str, str]) -> Response:
        query = await facts_by_id(self._catalogue, asked_of_facts(kind, self._given(FACT_FORMS[kind], request)))
        result = await self._catalogue.facts(replace(query, sums="auto") if kind == "relation" else query)
        asked = [value for _, values in (*query.terms.items(), *query.without) for value in values]
        labels, notes = await self._named(query, asked, found_nothing=not result.facts)
        page = facts_view(kind, query, result, labels)
        return self._render("facts.html", page=page, kind=kind, notes=notes, **wording)

    async def _named(
        self, query: Question, values: Iterable[str], *, found_nothing: bool
    ) -> tuple[dict[str, str], tuple[str, ...]]:
        """What people read for the entities among some values, and what to say of those that stand for nothing."""
        labels, unknown = await asyncio.gather(
            labels_of(self._catalogue, entities_among(values)),
            unknown_values(self._catalogue, query, found_nothing=found_nothing),
        )
        return {value: label for (_, value), label in labels.items()}, tuple(value.said for value in unknown)

    async def reference(self) -> Response:
        """The API, described from its OpenAPI document."""
        openapi = self._openapi()
        return self._render(
            "reference.html",
            here="/docs",
            operations=operations(openapi),
            schemas=schemas(openapi),
            problems=KINDS,
            facet_parameters=_FACET_PARAMETERS,
        )

    def problem(self, problem: Problem) -> Response:
        """What went wrong, as a page."""
        response = self._render("problem.html", problem=problem)
        response.status_code = problem.kind.status.value
        response.headers.update(problem.headers)
        return response

    def _given(self, form: Form, request: Request) -> Given:
        return form.read(pairs_of_query_string(request.url.query), from_ms(self._clock.now_ms()))

    def _render(self, template: str, **values: object) -> Response:
        return self._renderer.page(template, **values)
