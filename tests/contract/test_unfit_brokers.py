"""Brokers that cannot be worked with, as they are: services end at once, and say what to use instead."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from shared.settings import environment_for
from tests.e2e.running import free_ports

pytestmark = [pytest.mark.redis_server, pytest.mark.slow]
SERVICES = ("crawler", "enrichment", "indexing", "search")


@contextmanager
def broker(binary: Path, folder: Path, *options: str) -> Iterator[str]:
    """The URL of a redis-server with these options, once it answers."""
    port = str(free_ports(1))
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen([binary, "--port", port, "--save", "", *options], cwd=folder, stdout=log)
    url = f"redis://127.0.0.1:{port}/0"
    try:
        while not _answers(url):
            assert server.poll() is None, (folder / "server.log").read_text()
            time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False


@pytest.fixture
def started(tmp_path: Path) -> Callable[[str, str], subprocess.CompletedProcess[str]]:
    """Runs a service over a broker until it ends, a minute at most."""

    def run(service: str, url: str) -> subprocess.CompletedProcess[str]:
        settings = {"redis_url": url, "elasticsearch_url": None, "data_dir": tmp_path, "http_port": free_ports(4)}
        command = [sys.executable, "-m", "services.cli.main", "service", service]
        return subprocess.run(command, env=environment_for(settings), capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.parametrize("service", SERVICES)
def test_a_redis_cluster_ends_each_service_at_its_start(started, redis_server_binary: Path, tmp_path: Path, service):
    # Unless told, its bus listens 10,000 above its port, where outgoing connections of other tests may be.
    options = ("--cluster-enabled", "yes", "--cluster-port", str(free_ports(1)))
    with broker(redis_server_binary, tmp_path, *options) as url:
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
