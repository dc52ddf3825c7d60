"""GET /v1/export: every article that a search finds, streamed as JSON lines, CSV, RSS or Atom."""

from typing import Any, get_args

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.search.api.openapi import described
from services.search.catalogue import Catalogue
from services.search.export_formats import FORMATS, Channel, Format
from services.search.exports import begin
from services.search.parameter import Parameter
from services.search.parameters import PARAMETERS, to_url, understand
from services.search.problems import OPENAPI_RESPONSES
from services.search.query_language.writing import write
from services.search.query_string import apart, one_of, pairs_of_query_string
from services.search.streaming import Streamed, Turns
from shared.clock import Clock, from_ms

EXPORT_PATH = "/v1/export"
# Each walks through the whole store; more at once would leave nothing for those who search.
MAX_EXPORTS = 8
_FORMATS: tuple[Format, ...] = get_args(Format)
# Taken, so that the address of a search becomes one of an export, and of no account.
_OF_PAGES = frozenset({"size", "highlight", "facet"})
_OWN = (
    Parameter(
        "format",
        "What to write. " + "; ".join(f"{name}: {writing.description}" for name, writing in FORMATS.items()) + ".",
        {"type": "string", "enum": list(_FORMATS), "default": "jsonl"},
    ),
    Parameter(
        "after",
        "The id of the last article that came through, to take up an export that broke off.",
        {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    ),
)
_NAMES = frozenset(parameter.name for parameter in _OWN)
EXPORT_PARAMETERS = (
    *_OWN,
    *(p for p in PARAMETERS if p.name not in _OF_PAGES and not p.name.endswith((".size", ".sort"))),
)


def export_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The route of the resource."""
    resource = _Exports(catalogue, clock)
    streamed: dict[str, Any] = {"content": {writing.media_type.partition(";")[0]: {} for writing in FORMATS.values()}}
    router = APIRouter(tags=["articles"], responses={**OPENAPI_RESPONSES, 200: streamed})
    router.add_api_route(
        EXPORT_PATH,
        resource.export,
        response_class=Response,
        summary="Every article of a search",
        openapi_extra={"parameters": described(EXPORT_PARAMETERS)},
    )
    return router


class _Exports:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._turns = Turns("exports", MAX_EXPORTS)

    async def export(self, request: Request) -> Response:
        """As many articles as the search has in total, newest first or, with sort=oldest, oldest first.

        X-Total-Count says how many. An export that breaks off is taken up by `after`, or by a cursor of the same search
        with sort=newest. Where nothing tells the end of a stream that broke, count its articles.
        """
        own, asked = apart(pairs_of_query_string(request.url.query), _NAMES)
        form = own.one("format", one_of(_FORMATS)) or "jsonl"
        query = understand(asked, from_ms(self._clock.now_ms())).query
        turn = self._turns.take()
        try:
            found = await begin(self._catalogue, query, own.one("after", str))
        except BaseException:
            turn.give_back()
            raise
        base = str(request.base_url).rstrip("/")
        text = write(query.where)
        channel = Channel(
            title=f"Newsweir: {text}" if text else "Newsweir",
            link=base + to_url("/", query),
            own_link=base + to_url(EXPORT_PATH, query, more=[("format", form)]),
        )
        headers = {
            "X-Total-Count": str(found.total.value),
            "Content-Disposition": f'attachment; filename="newsweir.{form}"' if form in ("jsonl", "csv") else "inline",
        }
        pieces = FORMATS[form].pieces(found.articles, channel)
        return Streamed(pieces, turn, media_type=FORMATS[form].media_type, headers=headers)
