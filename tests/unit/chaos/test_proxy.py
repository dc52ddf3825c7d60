"""The proxy does to requests what its mode says."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.chaos.proxy import Proxy
from tests.e2e.running import free_ports


@dataclass
class Bench:
    proxy: Proxy
    client: httpx.AsyncClient
    carried_out: list[str] = field(default_factory=list)

    async def ask(self, body: str) -> httpx.Response:
        return await self.client.post("/index/_bulk?refresh=true", content=body, headers={"content-type": "text/x"})


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async def answer(request: web.Request) -> web.Response:
        made.carried_out.append(f"{request.path_qs} {request.headers['content-type']} {await request.text()}")
        return web.json_response({"took": 1}, headers={"X-Elastic-Product": "Elasticsearch"})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as upstream:
        proxy = Proxy(str(upstream.make_url("")), free_ports(1))
        async with proxy.served(), httpx.AsyncClient(base_url=proxy.url, trust_env=False) as client:
            made = Bench(proxy, client)
            yield made


async def test_a_request_passes_with_all_that_it_says_and_so_does_its_answer(bench):
    answer = await bench.ask("one")

    assert bench.carried_out == ["/index/_bulk?refresh=true text/x one"]
    assert answer.json() == {"took": 1}
    assert answer.headers["x-elastic-product"] == "Elasticsearch"


@pytest.mark.parametrize("mode", ["429", "503"])
async def test_every_second_request_is_refused_and_not_carried_out(bench, mode):
    bench.proxy.mode = mode

    statuses = [(await bench.ask(body)).status_code for body in "abcd"]

    assert sorted(statuses) == [200, 200, int(mode), int(mode)]
    assert len(bench.carried_out) == 2
    assert bench.proxy.hit == {mode: 2}


async def test_while_it_is_away_the_connection_is_cut_and_nothing_is_carried_out(bench):
    bench.proxy.mode = "away"

    with pytest.raises(httpx.TransportError):
        await bench.ask("one")

    assert bench.carried_out == []


async def test_a_deaf_store_carries_out_what_it_never_answers(bench):
    bench.proxy.mode = "deaf"

    with pytest.raises(httpx.TransportError):
        await bench.ask("one")

    assert len(bench.carried_out) == 1
