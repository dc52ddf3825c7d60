"""Brokers that cannot be worked with, as they are: services end at once, and say what to use instead."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.settings import environment_for
from tests.e2e.running import free_ports

pytestmark = [pytest.mark.redis_server, pytest.mark.slow]
SERVICES = ("crawler", "enrichment", "indexing", "search")


@contextmanager
def broker(binary: Path, folder: Path, *options: str) -> Iterator[str]:
    """The URL of a redis-server with these options."""
    port = str(free_ports(1))
    command = [binary, "--port", port, "--save", "", *options]
    server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def started(tmp_path: Path) -> Callable[[str, str], subprocess.CompletedProcess[str]]:
    """Runs a service over a broker until it ends, half a minute at most."""

    def run(service: str, url: str) -> subprocess.CompletedProcess[str]:
        settings = {"redis_url": url, "elasticsearch_url": None, "data_dir": tmp_path, "http_port": free_ports(4)}
        command = [sys.executable, "-m", "services.cli.main", "service", service]
        return subprocess.run(command, env=environment_for(settings), capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.parametrize("service", SERVICES)
def test_a_redis_cluster_ends_each_service_at_its_start(started, redis_server_binary: Path, tmp_path: Path, service):
    with broker(redis_server_binary, tmp_path, "--cluster-enabled", "yes") as url:
        ended = started(service, url)

    assert ended.returncode != 0
    assert "REDIS_URL names a Redis Cluster" in ended.stderr
    assert "use one primary or Sentinel" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_so_does_one_that_deletes_keys_when_it_is_full(started, redis_server_binary: Path, tmp_path: Path, service):
    options = ("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
    with broker(redis_server_binary, tmp_path, *options) as url:
        ended = started(service, url)

    assert ended.returncode != 0
    assert "set its maxmemory-policy to noeviction" in ended.stderr
    assert "Traceback" not in ended.stderr
