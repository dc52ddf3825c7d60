"""GET /v1/export: every article that a search finds, streamed as JSON lines, CSV, RSS or Atom."""

from typing import Any, get_args

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.search.api.asking import add_question, given
from services.search.export_formats import FORMATS, Channel, Format
from services.search.finding.catalogue import Catalogue
from services.search.finding.exports import begin
from services.search.parameters.articles import SORT, asked_of_articles, to_url, within_search
from services.search.parameters.parameter import CURSOR, choice, single
from services.search.problems import OPENAPI_RESPONSES
from services.search.query_language.writing import write
from services.search.streaming import Streamed, Turns
from shared.clock import Clock

EXPORT_PATH = "/v1/export"
# Each walks through the whole store; more at once would leave nothing for those who search.
MAX_EXPORTS = 8
_FORMATS: tuple[Format, ...] = get_args(Format)
_FORMAT = choice(
    "format",
    "What to write. " + "; ".join(f"{name}: {writing.description}" for name, writing in FORMATS.items()) + ".",
    _FORMATS,
    _FORMATS[0],
)
_AFTER = single(
    "after",
    "The id of the last article that came through, to take up an export that broke off.",
    {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    lambda value, _: value,
    None,
)
EXPORT_FORM = within_search(_FORMAT, _AFTER, keeping=(SORT, CURSOR))


def export_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The route of the resource."""
    resource = _Exports(catalogue, clock)
    streamed: dict[str, Any] = {"content": {writing.media_type.partition(";")[0]: {} for writing in FORMATS.values()}}
    router = APIRouter(tags=["articles"], responses={**OPENAPI_RESPONSES, 200: streamed})
    add_question(
        router, EXPORT_PATH, resource.export, EXPORT_FORM, "Every article of a search", response_class=Response
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
        asked = await given(EXPORT_FORM, request, self._clock)
        form, query = asked[_FORMAT], asked_of_articles(asked)
        turn = self._turns.take()
        try:
            found = await begin(self._catalogue, query, asked[_AFTER])
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
