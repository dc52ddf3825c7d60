"""Asks for one page of articles: by relevance in a point in time, and without those facets that cannot be counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from elasticsearch import ApiError, AsyncElasticsearch, ConnectionTimeout

from shared.article_store.cursors import Position, RankPosition
from shared.article_store.elasticsearch import counting, results
from shared.article_store.elasticsearch.points_in_time import PointsInTime
from shared.article_store.elasticsearch.queries import Body
from shared.article_store.facet_counts import COUNTING_SHARE, REFUSED, not_counted, too_slow
from shared.article_store.query import ArticleQuery, FacetCounts, SearchResult
from shared.clock import Clock

_log = structlog.get_logger()
# Who asks may not, or nothing is there: counting less does not help.
_ABOUT_ALL = frozenset({401, 403, 404})


@dataclass(frozen=True)
class Page:
    """The answer to `counting.search`, and why the facets that it does not hold could not be counted."""

    answer: results.Answer
    failed: Mapping[str, str] = field(default_factory=dict)

    def counted(self, query: ArticleQuery) -> ArticleQuery:
        """The question without the facets that failed."""
        if not self.failed:
            return query
        return replace(query, facets=tuple(r for r in query.facets if r.facet not in self.failed))

    def with_failed(self, query: ArticleQuery, found: SearchResult) -> SearchResult:
        """The result with every facet in the order asked for."""
        counts: dict[str, FacetCounts] = {facet.facet: facet for facet in found.facets}
        every = (counts.get(r.facet) or not_counted(r, self.failed.get(r.facet, REFUSED)) for r in query.facets)
        return replace(found, facets=tuple(every))


class PageSearch:
    """Searches of one reader. Raises what the client raises, and Expired for a page that is not kept any more."""

    def __init__(self, client: AsyncElasticsearch, index: str, clock: Clock, time_limit_s: float) -> None:
        self._client = client
        self._index = index
        self._counting_s = COUNTING_SHARE * time_limit_s
        self._points = PointsInTime(client, clock, self._counting_s)
        self._hasty = client.options(request_timeout=self._counting_s)

    async def ask(self, query: ArticleQuery, position: Position | None, found: counting.Found) -> Page:
        """The answer for a page; `found` as `counting.search` takes it."""
        if query.effective_sort != "relevance" or query.size == 0:
            return await self._counting(query, position, found, view=None)
        if isinstance(position, RankPosition):
            page = await self._counting(query, position, found, view=position.view)
            self._keep_for_more(query, page, position.view)
            return page
        view = await self._points.open(self._index)
        try:
            page = await self._counting(query, position, found, view=view)
            self._keep_for_more(query, page, view)
        finally:
            self._points.let_go(view)
        return page

    def _keep_for_more(self, query: ArticleQuery, page: Page, view: str) -> None:
        if results.has_more(query, page.answer):
            # It may be called by another name from now on, which may stand for the same.
            for name in (view, page.answer["pit_id"]):
                self._points.keep(name)

    async def finish(self) -> None:
        """Return when nothing is under way any more."""
        await self._points.finish()

    async def _counting(
        self, query: ArticleQuery, position: Position | None, found: counting.Found, *, view: str | None
    ) -> Page:
        try:
            body, hasty = counting.search(query, position, found), bool(query.facets)
            answer = await self._search(body, view, hasty=hasty, kept=counting.worth_keeping(query))
            if doubtful := results.in_doubt(query, answer):
                deeper = await self._search(counting.deeper(query, doubtful), view, hasty=hasty)
                answer = results.with_more(answer, deeper)
            return Page(answer)
        except (ApiError, ConnectionTimeout) as error:
            if not query.facets or (isinstance(error, ApiError) and error.status_code in _ABOUT_ALL):
                raise
            # With one facet that fails everything does: the page is asked for without any, and each facet alone.
            answer = await self._search(counting.search(replace(query, facets=()), position), view)
            if isinstance(error, ConnectionTimeout):
                return Page(answer, {request.facet: too_slow(self._counting_s) for request in query.facets})
            return await self._each(query, found, answer, view)

    async def _each(self, query: ArticleQuery, found: counting.Found, answer: results.Answer, view: str | None) -> Page:
        alone = [replace(query, facets=(request,), size=0) for request in query.facets]
        header: dict[str, Any] = {} if view else {"index": self._index, "ignore_unavailable": True}
        header["allow_partial_search_results"] = False
        within = {"pit": {"id": view}} if view else {}
        bodies = [{**counting.search(one, None, found), **within} for one in alone]
        asked = [part for body in bodies for part in (header, body)]
        answers = (await self._client.msearch(searches=asked))["responses"]
        counts: dict[str, Any] = {}
        failed: dict[str, str] = {}
        for request, one in zip(query.facets, answers, strict=True):
            if "error" in one:
                _log.warning("a facet could not be counted", facet=request.facet, error=str(one["error"])[:2_000])
                failed[request.facet] = REFUSED
            else:
                # Within a filter of its own it stands under the same name in every answer.
                own = one.get("aggregations", {}).items()
                counts |= {f"{n} {request.facet}" if n.startswith(counting.AMONG) else n: c for n, c in own}
        return Page({**answer, "aggregations": counts}, failed)

    async def _search(self, body: Body, view: str | None, *, hasty: bool = False, kept: bool = False) -> results.Answer:
        if view is not None:
            return await self._points.ask(view, body, hasty=hasty)
        client = self._hasty if hasty else self._client
        # Without a part of the indices the answer would be short of hits and counts.
        answer = await client.search(
            index=self._index,
            body=body,
            ignore_unavailable=True,
            allow_partial_search_results=False,
            # Left to itself it keeps no answer with hits. Each refresh that changes the index drops what it kept.
            request_cache=True if kept else None,
        )
        return dict(answer)
