"""Forms as browsers send them, and the way on after one."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from shared.errors import InvalidInput

_MAX_FORM_BYTES = 64_000


async def form(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name."""
    return dict(await fields(request))


async def fields(request: Request) -> list[tuple[str, str]]:
    """The fields of a form as a browser sends it; raises InvalidInput for another kind of body, or a longer one."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise InvalidInput("a form is expected: application/x-www-form-urlencoded")
    body = await request.body()
    if len(body) > _MAX_FORM_BYTES:
        raise InvalidInput(f"a form of {len(body)} bytes: at most {_MAX_FORM_BYTES} are read")
    return parse_qsl(body.decode(errors="replace"), max_num_fields=1_000)


def seen(path: str) -> Response:
    """Sends the browser on, so that loading the page again repeats nothing."""
    return RedirectResponse(path, status_code=303)
