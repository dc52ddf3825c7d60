"""The image: the four services run from it, without root, over a read-only root file system."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from services.newsroom.outlets import sources_yaml
from services.newsroom.settings import NewsroomSettings
from tests.deploy.conftest import docker
from tests.e2e.running import free_ports, until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(900)]
SERVICES = ("crawler", "enrichment", "indexing", "search")


@pytest.fixture
async def settings(redis_server_binary: Path, tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """What the containers are told; a broker of their own listens on loopback."""
    broker, http, newsroom = free_ports(1), free_ports(4), free_ports(4)
    server = await asyncio.create_subprocess_exec(
        redis_server_binary, "--port", str(broker), "--save", "", "--dir", tmp_path, stdout=asyncio.subprocess.DEVNULL
    )
    yield {
        "REDIS_URL": f"redis://127.0.0.1:{broker}/0",
        "NEWSWEIR_HTTP_HOST": "127.0.0.1",
        "NEWSWEIR_HTTP_PORT": str(http),
        "NEWSWEIR_NEWSROOM_PORT": str(newsroom),
        "NEWSWEIR_ALLOW_LOOPBACK": "true",
        "NEWSWEIR_HOST_DELAY_S": "0.01",
    }
    server.terminate()
    await server.wait()


@contextmanager
def containers(image: str, names: tuple[str, ...], settings: dict[str, str], data: Path) -> Iterator[dict[str, str]]:
    """A container for each service, by the service's name, over one data folder; gone afterwards."""
    environment = [part for name, value in settings.items() for part in ("--env", f"{name}={value}")]
    running: dict[str, str] = {}
    try:
        for name in names:
            running[name] = docker(
                "run", "--detach", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL",
                "--security-opt", "no-new-privileges", "--network", "host", "--volume", f"{data}:/data",
                *environment, image, "service", name,
            )  # fmt: skip
        yield running
    except AssertionError as failure:
        for name, container in running.items():
            failure.add_note(f"{name}: {said_by(container)}")
        raise
    finally:
        for container in running.values():
            docker("rm", "--force", container, check=False)


async def test_the_four_services_run_from_the_image_without_root_and_write_only_where_they_may(
    image: str, settings: dict[str, str], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 10001, 10001)
    newsroom = NewsroomSettings(newsroom_port=int(settings["NEWSWEIR_NEWSROOM_PORT"]))
    (data / "sources.yaml").write_text(sources_yaml(newsroom))

    with containers(image, ("newsroom", *SERVICES), settings, data) as running:
        docker("exec", running["crawler"], "newsweir", "sources", "add", "--file", "/data/sources.yaml")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings['NEWSWEIR_HTTP_PORT']}") as api:
            await until(lambda: _searchable(api, 40), 180, "40 stories are searchable")

        for name in SERVICES:
            await until(lambda name=name: _healthy(running[name]), 120, f"docker calls {name} healthy")  # type: ignore[misc]
        assert docker("exec", running["search"], "id", "-u") == "10001"
        stopped = {name: _stopped(running[name]) for name in SERVICES}

    assert stopped == dict.fromkeys(SERVICES, 0)


def test_the_image_says_how_it_is_used(image: str) -> None:
    assert "newsweir demo" in docker("run", "--rm", "--read-only", image)


def test_the_image_stays_within_its_size(image: str) -> None:
    """A third is Python's and the system's, the model for names and its library are the next."""
    size = int(json.loads(docker("image", "inspect", image))[0]["Size"])

    assert size < 900_000_000


def said_by(container: str) -> str:
    """The end of its log, and what docker's health check saw last."""
    log = subprocess.run(["docker", "logs", "--tail", "20", container], capture_output=True, text=True)
    return f"{log.stdout}{log.stderr}\nhealth: {docker('inspect', '--format', '{{json .State.Health}}', container)}"


async def _searchable(api: httpx.AsyncClient, count: int) -> bool:
    try:
        answer = await api.get("/v1/articles", params={"facet": "none"})
    except httpx.TransportError:
        return False
    return answer.is_success and answer.json()["total"]["value"] >= count


async def _healthy(container: str) -> bool:
    return docker("inspect", "--format", "{{.State.Health.Status}}", container) == "healthy"


def _stopped(container: str) -> int:
    docker("stop", "--time", "20", container)
    return int(docker("inspect", "--format", "{{.State.ExitCode}}", container))
