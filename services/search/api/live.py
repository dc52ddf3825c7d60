"""GET /v1/live: what is indexed from now on, as server-sent events."""

import re
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.search.api.asking import given
from services.search.api.openapi import described
from services.search.live import LiveFeed
from services.search.parameters.articles import asked_of_articles, within_search
from services.search.parameters.parameter import single
from services.search.parameters.query_string import InvalidParameter
from services.search.problems import OPENAPI_RESPONSES
from services.search.streaming import Streamed, Turns
from shared.clock import Clock

# Each holds a connection to the broker.
MAX_CLIENTS = 50
_EVENT_ID = re.compile(r"[0-9]{1,19}-[0-9]{1,19}")


def _event_id(value: str, _: datetime) -> str:
    if not _EVENT_ID.fullmatch(value):
        raise ValueError("no id of an event that came from here")
    return value


_AFTER = single(
    "after",
    "As Last-Event-ID, which goes before it: where a client that comes for the first time begins.",
    {"type": "string", "pattern": f"^{_EVENT_ID.pattern}$"},
    _event_id,
    None,
)
LIVE_FORM = within_search(_AFTER)
_LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event that was seen: what came since is sent first, where it is still there.",
    "schema": {"type": "string", "pattern": f"^{_EVENT_ID.pattern}$"},
}


def live_routes(feed: LiveFeed, clock: Clock) -> APIRouter:
    """The route of the resource."""
    resource = _Live(feed, clock)
    streamed: dict[str, Any] = {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
    router = APIRouter(tags=["articles"], responses={**OPENAPI_RESPONSES, 200: streamed})
    router.add_api_route(
        "/v1/live",
        resource.live,
        response_class=Response,
        summary="What is indexed from now on",
        openapi_extra={"parameters": [*described(LIVE_FORM.parameters), _LAST_EVENT_ID]},
    )
    return router


class _Live:
    def __init__(self, feed: LiveFeed, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock
        self._turns = Turns("live feeds", MAX_CLIENTS)

    async def live(self, request: Request) -> Response:
        """Each article that matches, as `event: article` with the article as a search lists it, when it was indexed.

        A comment comes every 15 seconds where nothing does. A client that comes back names the last id it saw.
        """
        asked = await given(LIVE_FORM, request, self._clock)
        query = asked_of_articles(asked)
        last_id = request.headers.get("last-event-id")
        if last_id is not None and not _EVENT_ID.fullmatch(last_id):
            raise InvalidParameter("Last-Event-ID", "no id of an event that came from here")
        turn = self._turns.take()
        try:
            after = await self._feed.begin(last_id or asked[_AFTER])
        except BaseException:
            turn.give_back()
            raise
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return Streamed(self._feed.events(query, after), turn, media_type="text/event-stream", headers=headers)
