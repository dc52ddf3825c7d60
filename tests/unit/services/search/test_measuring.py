import httpx
import pytest
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.search.measuring import Measured
from shared import tracing
from shared.settings import TelemetrySettings
from tests.otlp import receiving


def seen(route, status):
    labels = {"route": route, "status": status}
    return {
        name: REGISTRY.get_sample_value(f"newsweir_search_request_seconds_{name}", labels) or 0
        for name in ("count", "sum")
    }


@pytest.fixture
def client(clock):
    async def slow(request: Request) -> Response:
        clock.advance(2)
        return PlainTextResponse("done")

    async def broken(request: Request) -> Response:
        raise RuntimeError

    app = Starlette(routes=[Route("/measured/{number}", slow), Route("/measured-broken", broken)])
    transport = httpx.ASGITransport(Measured(app, clock), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


async def test_a_request_is_timed_under_the_template_of_its_route(client):
    before = seen("/measured/{number}", "200")

    await client.get("/measured/1")
    await client.get("/measured/2")

    after = seen("/measured/{number}", "200")
    assert (after["count"] - before["count"], after["sum"] - before["sum"]) == (2, 4)


async def test_paths_that_nobody_knows_share_one_series(client):
    before = seen("unmatched", "404")["count"]

    await client.get("/measured-nowhere/1")
    await client.get("/measured-nowhere/2")

    assert seen("unmatched", "404")["count"] - before == 2


async def test_a_request_that_broke_is_timed_too(client):
    before = seen("/measured-broken", "500")["count"]

    await client.get("/measured-broken")

    assert seen("/measured-broken", "500")["count"] - before == 1


async def test_a_request_is_a_span_under_its_route_and_goes_on_with_the_callers_trace(client):
    trace_id, caller = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    with receiving() as receiver:
        with tracing.sending("search", TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url)):
            await client.get("/measured/1", headers={"traceparent": f"00-{trace_id}-{caller}-01"})
            await client.get("/measured-broken")

        [span], [broken] = receiver.named("GET /measured/{number}"), receiver.named("GET /measured-broken")
    assert (span.trace_id, span.parent) == (trace_id, caller)
    assert (span.attributes["http.response.status_code"], span.attributes["url.path"]) == (200, "/measured/1")
    assert (broken.parent, broken.failed) == ("", True)


@pytest.mark.parametrize("traceparent", ["nonsense", "00-" + "z" * 32 + "-00f067aa0ba902b7-01", "\xe9"])
async def test_a_caller_who_sends_no_trace_that_can_be_read_gets_an_answer_and_a_trace_of_its_own(client, traceparent):
    with receiving() as receiver:
        with tracing.sending("search", TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url)):
            answer = await client.get("/measured/1", headers={"traceparent": traceparent.encode("latin-1")})

        assert answer.status_code == 200
        assert [span.parent for span in receiver.spans] == [""]
