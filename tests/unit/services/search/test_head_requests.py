import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from services.search.head_requests import HeadAsGet


class Site:
    """An application with an answer that ends, one that never does, and one that fails."""

    def __init__(self):
        self.left = asyncio.Event()

    async def ends(self, request):
        return JSONResponse({"method": request.method}, headers={"X-Total-Count": "3"})

    async def lasts(self, _):
        async def pieces():
            try:
                while True:
                    yield b": here\n\n"
                    await asyncio.sleep(0.01)
            finally:
                self.left.set()

        return StreamingResponse(pieces(), media_type="text/event-stream")

    async def fails(self, _):
        raise ZeroDivisionError

    def client(self):
        routes = [
            Route("/ends", self.ends, methods=["GET"]),
            Route("/lasts", self.lasts),
            Route("/fails", self.fails),
            Route("/posted", self.ends, methods=["POST"]),
        ]
        app = HeadAsGet(Starlette(routes=routes))
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://site")


async def test_head_says_what_get_says_without_the_body():
    async with Site().client() as client:
        got, head = await client.get("/ends"), await client.head("/ends")

    assert head.status_code == 200
    assert head.headers == got.headers
    assert (got.content, head.content) == (b'{"method":"GET"}', b"")


async def test_an_answer_that_never_ends_is_left_once_its_headers_are_out():
    site = Site()
    async with site.client() as client, asyncio.timeout(5):
        head = await client.head("/lasts")
        await site.left.wait()

    assert head.headers["content-type"].startswith("text/event-stream")


async def test_what_fails_fails_as_before():
    async with Site().client() as client:
        with pytest.raises(ZeroDivisionError):
            await client.head("/fails")


@pytest.mark.parametrize(("path", "allowed"), [("/ends", "GET, HEAD"), ("/posted", "POST")])
async def test_what_takes_get_is_said_to_take_head(path, allowed):
    async with Site().client() as client:
        refused = await client.put(path)

    assert (refused.status_code, sorted(refused.headers["allow"].split(", "))) == (405, allowed.split(", "))
