import asyncio
import contextlib
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator
from importlib.metadata import version

import httpx
import pytest
import structlog.testing
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

from shared import metrics, process
from shared.errors import ConfigurationError, DependencyUnavailable
from shared.process import Probe, probe_app, run_together, run_until_signalled


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def well() -> None:
    return None


async def ill() -> None:
    raise DependencyUnavailable("the broker is away")


async def ask(path: str, **probes: list[Probe]) -> httpx.Response:
    app = probe_app("enrichment", liveness=probes.get("liveness", []), readiness=probes.get("readiness", []))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        return await client.get(path)


async def test_a_service_whose_dependency_is_away_is_alive_but_not_ready():
    probes = {"liveness": [Probe("consumer", well)], "readiness": [Probe("broker", ill)]}

    alive, ready = await ask("/healthz", **probes), await ask("/readyz", **probes)

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["failing"] == {"broker": "the broker is away"}


async def test_a_service_that_cannot_go_on_is_neither_alive_nor_ready():
    probes = {"liveness": [Probe("consumer", ill)], "readiness": []}

    assert (await ask("/healthz", **probes)).status_code == 503
    assert (await ask("/readyz", **probes)).status_code == 503


async def test_a_probe_that_hangs_fails(monkeypatch):
    monkeypatch.setattr(process, "_PROBE_TIMEOUT_S", 0.01)

    answer = await ask("/readyz", readiness=[Probe("store", lambda: asyncio.sleep(60))])

    assert answer.status_code == 503
    assert "no answer" in answer.json()["failing"]["store"]


async def test_metrics_are_in_the_format_of_prometheus():
    metrics.STAGE_WAITING.labels("enrichment").set(0)

    answer = await ask("/metrics")

    assert 'newsweir_stage_waiting{stage="enrichment"} 0.0' in answer.text


async def run(body) -> int:
    app = probe_app("enrichment", liveness=[], readiness=[])
    return await run_until_signalled("enrichment", body, app, host="127.0.0.1", port=free_port())


async def test_a_signal_ends_the_service_after_it_has_finished_what_it_held():
    finished = []

    async def body(stop: asyncio.Event) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()
        await asyncio.sleep(0.01)
        finished.append(True)

    assert await run(body) == 0
    assert finished


async def test_what_a_service_has_loaded_is_walked_by_no_collection_of_garbage():
    loaded, made = ["before"], []

    async def body(stop: asyncio.Event) -> None:
        made.append(["meanwhile"])
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()

    assert await run(body) == 0

    walked = {id(one) for one in gc.get_objects()}
    assert id(loaded) not in walked
    assert id(made[0]) in walked


async def test_a_service_says_when_it_starts_and_when_it_was_told_to_stop():
    async def body(stop: asyncio.Event) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()

    with structlog.testing.capture_logs() as lines:
        assert await run(body) == 0

    assert [line["event"] for line in lines] == ["starting", "told to stop, finishing what is in hand"]
    assert lines[0]["version"] == version("newsweir")


async def test_a_body_that_ends_by_itself_ends_the_process_non_zero():
    async def body(stop: asyncio.Event) -> None:
        return None

    assert await run(body) == 1


async def test_a_body_that_raises_ends_the_process_non_zero():
    async def body(stop: asyncio.Event) -> None:
        raise DependencyUnavailable("lost the consumer group")

    assert await run(body) == 1


async def test_a_body_that_finds_a_setting_wrong_says_so_to_whoever_would_start_it_again():
    async def body(stop: asyncio.Event) -> None:
        raise ConfigurationError("set NEWSWEIR_CONTACT")

    with pytest.raises(ConfigurationError, match="NEWSWEIR_CONTACT"):
        await run(body)


async def test_a_body_that_does_not_finish_is_cancelled_after_the_drain(monkeypatch):
    monkeypatch.setattr(process, "DRAIN_S", 0.01)
    cancelled = []

    async def body(stop: asyncio.Event) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    assert await run(body) == 0
    assert cancelled


async def test_a_port_that_is_taken_is_an_error_that_names_the_setting():
    async def body(stop: asyncio.Event) -> None:
        await stop.wait()

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        with pytest.raises(ConfigurationError, match="NEWSWEIR_HTTP_PORT"):
            await run_until_signalled(
                "search", body, probe_app("search", liveness=[], readiness=[]), host="127.0.0.1",
                port=int(listener.getsockname()[1]),
            )  # fmt: skip


async def test_an_application_that_does_not_start_is_no_matter_of_the_port():
    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        raise RuntimeError("its templates are missing")
        yield

    worker = Worker()

    assert (
        await run_until_signalled(
            "search", worker.run, Starlette(lifespan=lifespan), host="127.0.0.1", port=free_port()
        )
        == 1
    )
    assert worker.finished


async def test_a_client_that_does_not_take_its_answer_does_not_keep_the_process(monkeypatch):
    monkeypatch.setattr(process, "_FAREWELL_S", 0.1)
    port, asked, clients = free_port(), asyncio.Event(), []

    async def endless(request: Request) -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            asked.set()
            while True:
                yield b"." * 65_536
                await asyncio.sleep(0)

        return StreamingResponse(pieces())

    async def body(stop: asyncio.Event) -> None:
        async with asyncio.timeout(5):
            while True:
                with contextlib.suppress(OSError):
                    clients.append(await asyncio.open_connection("127.0.0.1", port))
                    break
                await asyncio.sleep(0.01)
        clients[0][1].write(b"GET /endless HTTP/1.1\r\nHost: service\r\n\r\n")
        await asked.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()

    app = Starlette(routes=[Route("/endless", endless)])
    async with asyncio.timeout(10):
        assert await run_until_signalled("search", body, app, host="127.0.0.1", port=port) == 0
    clients[0][1].close()


class Worker:
    """Runs until told to stop, then finishes what it has in hand."""

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.finished = False

    async def run(self, stop: asyncio.Event) -> None:
        self.started.set()
        await stop.wait()
        await asyncio.sleep(0)
        self.finished = True


async def failing(stop: asyncio.Event) -> None:
    raise DependencyUnavailable("its group is gone")


async def test_all_workers_finish_what_they_have_when_told_to_stop():
    workers, stop = (Worker(), Worker()), asyncio.Event()
    together = asyncio.create_task(run_together([worker.run for worker in workers], stop))
    for worker in workers:
        await worker.started.wait()

    stop.set()
    await together

    assert all(worker.finished for worker in workers)


async def test_when_one_cannot_go_on_the_others_finish_and_its_reason_is_told():
    worker = Worker()

    with pytest.raises(DependencyUnavailable, match="its group is gone"):
        await run_together([worker.run, failing], asyncio.Event())

    assert worker.finished


async def test_workers_that_are_cancelled_together_finish_too():
    worker = Worker()
    together = asyncio.create_task(run_together([worker.run], asyncio.Event()))
    await worker.started.wait()

    together.cancel()
    with pytest.raises(asyncio.CancelledError):
        await together

    assert worker.finished
