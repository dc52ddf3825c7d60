"""Questions as routes: by GET with a query string, or by POST with the same names as one JSON object."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request

from services.search.api.openapi import described, json_body
from services.search.parameters.form import Form, Given
from services.search.parameters.query_string import InvalidParameter, pairs_of_json, pairs_of_query_string
from shared.clock import Clock, from_ms

Endpoint = Callable[..., Coroutine[Any, Any, Any]]


async def given(form: Form, request: Request, clock: Clock) -> Given:
    """What the request gives of the form, in its query string and, where it has one, its body.

    Raises:
        InvalidParameter: an unknown name.
        InvalidInput, LimitExceeded: as `pairs_of_query_string` and `pairs_of_json`.
    """
    pairs = list(pairs_of_query_string(request.url.query))
    if request.method == "POST":
        pairs += pairs_of_json(await request.body(), one_value=form.one_value)
    return form.read(pairs, from_ms(clock.now_ms()))


async def asks_nothing(request: Request) -> None:
    """For routes without parameters: a name that means nothing is refused, as everywhere, rather than ignored.

    Raises:
        InvalidParameter: there is one.
    """
    for name, _ in pairs_of_query_string(request.url.query):
        raise InvalidParameter(name[:80], "unknown: this address takes no parameters")


def add_question(
    router: APIRouter,
    path: str,
    endpoint: Endpoint,
    form: Form,
    summary: str,
    *,
    by_post: str | None = None,
    example: dict[str, Any] | None = None,
    **more: Any,  # noqa: ANN401 (whatever FastAPI takes)
) -> None:
    """The routes of a question that may be long.

    Args:
        by_post: the path that takes it as JSON, where that is another one.
        example: of the JSON.
        more: as `add_api_route` takes it.
    """
    router.add_api_route(
        path, endpoint, summary=summary, openapi_extra={"parameters": described(form.parameters)}, **more
    )
    router.add_api_route(
        by_post or path,
        endpoint,
        methods=["POST"],
        summary=f"{summary}, with a long question",
        openapi_extra={"requestBody": json_body(form.parameters, example or {"q": "battery"})},
        **more,
    )
