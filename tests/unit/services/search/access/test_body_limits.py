import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.search.access.body_limits import MAX_BODY_BYTES, BodyLimits, BodyTooLarge, BodyTooSlow


async def echo(request: Request) -> Response:
    return Response(await request.body())


def a_client(timeout_s=5.0):
    app = BodyLimits(Starlette(routes=[Route("/", echo, methods=["GET", "POST"])]), timeout_s=timeout_s)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_a_body_arrives_as_it_was_sent():
    async with a_client() as client:
        response = await client.post("/", content=b"x" * MAX_BODY_BYTES)

    assert response.content == b"x" * MAX_BODY_BYTES


async def test_a_larger_body_is_refused_before_it_is_whole():
    sent = []

    async def endless():
        while True:
            sent.append(1)
            yield b"x" * 65536

    async with a_client() as client:
        with pytest.raises(BodyTooLarge):
            await client.post("/", content=endless())

    assert len(sent) <= MAX_BODY_BYTES // 65536 + 2


async def test_a_body_that_does_not_come_is_not_waited_for_for_ever():
    async def dripping():
        yield b"x"
        await asyncio.sleep(60)

    async with a_client(timeout_s=0.05) as client:
        with pytest.raises(BodyTooSlow):
            await client.post("/", content=dripping())


async def test_whoever_goes_away_before_the_end_is_not_answered():
    answered = []

    async def gone():
        return {"type": "http.disconnect"}

    async def send(message):
        answered.append(message)

    await BodyLimits(Starlette())({"type": "http", "method": "POST"}, gone, send)

    assert answered == []
