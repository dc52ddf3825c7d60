"""Real brokers for tests: an embedded Valkey and Debian's redis-server, each once a session; time that stands still."""

import asyncio
import gc
import shutil
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import hypothesis
import pytest
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from shared.clock import SystemClock
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, StoreSettings, load
from tests.fakes import FakeClock

# Of each property a hundred examples, or as many as it says, and new ones each time. How long one takes says more of
# what else the machine does than of the code: neither an example nor the making of one has a deadline.
_UNTIMED = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("explore", _UNTIMED)
# What `make test` takes, and what the gate takes of everything else: the same each time, so that a change is refused
# for what it does, and never for an example that was found that day.
hypothesis.settings.register_profile("quick", _UNTIMED, max_examples=25, derandomize=True, database=None)
hypothesis.settings.register_profile("steady", _UNTIMED, derandomize=True, database=None)
hypothesis.settings.load_profile("explore")


# Importing and collecting leaves no garbage worth looking for, and what stays of it is not looked at again: a third of
# the time of collecting, and seconds at the end.
gc.disable()


# Tests leave little: what is left is looked for a tenth as often as Python does, which took one second in twenty.
@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    gc.enable()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--require-redis-server", action="store_true", help="fail where redis-server is not on the PATH")
    parser.addoption("--require-elasticsearch", action="store_true", help="fail where ELASTICSEARCH_URL is not set")
    parser.addoption("--require-browser", action="store_true", help="fail where Chromium is not on the PATH")
    parser.addoption("--chromium", help="the browser, where it is not on the PATH")
    parser.addoption("--require-docker", action="store_true", help="fail where no Docker daemon answers")
    parser.addoption(
        "--require-deploy-tools",
        default="",
        help="fail where one of these is missing: --require-deploy-tools=go,promtool,helm",
    )


@contextmanager
def running_server(binary: Path, folder: Path) -> Iterator[str]:
    """The URL of a server over `folder`, for the block's duration."""
    clock = SystemClock()
    server = asyncio.run(start_server(binary, folder, new_socket(), clock, log=folder / "server.log"))
    try:
        yield server.url
    finally:
        asyncio.run(server.stop(clock))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[RedisConnection]:
    """A connection under a key prefix of its own, whose keys are deleted afterwards."""
    opened = open_connection(BusSettings(redis_url=url, key_prefix=f"test-{uuid.uuid4().hex}:"))
    try:
        yield opened
        async for key in opened.client.scan_iter(match=f"{opened.prefix}*", count=1000):
            await opened.client.delete(key)
    finally:
        await opened.close()


# As structlog writes unless it is told otherwise, but for tracebacks: coloured ones take half a second each.
_WRITTEN = [
    *structlog.get_config()["processors"][:-1],
    structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
]


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Lines go to standard error, as those of services do; whatever a test set up for logging ends with it."""
    structlog.configure(_WRITTEN, logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One embedded Valkey for the whole session; tests keep apart by their key prefix."""
    with running_server(bundled_binary(), tmp_path_factory.mktemp("valkey")) as url:
        yield url


@pytest.fixture(scope="session")
def redis_server_binary(request: pytest.FixtureRequest) -> Path:
    """Debian's redis-server; skipped where it is absent, unless --require-redis-server."""
    binary = shutil.which("redis-server")
    if binary is None:
        if request.config.getoption("--require-redis-server"):
            pytest.fail("no redis-server on the PATH: apt-get install redis-server")
        pytest.skip("no redis-server on the PATH")
    return Path(binary)


@pytest.fixture(scope="session")
def redis_server_url(redis_server_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running redis-server for the whole session."""
    with running_server(redis_server_binary, tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_url(request: pytest.FixtureRequest) -> str:
    """A real Elasticsearch; skipped where ELASTICSEARCH_URL is not set, unless --require-elasticsearch."""
    url = load(StoreSettings).elasticsearch_url
    if url is None:
        if request.config.getoption("--require-elasticsearch"):
            pytest.fail("ELASTICSEARCH_URL is not set: see `make elasticsearch`")
        pytest.skip("ELASTICSEARCH_URL is not set: see `make elasticsearch`")
    return url


@pytest.fixture
async def connection(valkey_url: str) -> AsyncIterator[RedisConnection]:
    """The embedded Valkey under a key prefix of the test's own, whose keys are deleted afterwards."""
    async with connected(valkey_url) as opened:
        yield opened


@pytest.fixture
async def away(tmp_path: Path) -> AsyncIterator[RedisConnection]:
    """A connection to a broker that nobody started, asked once: elsewhere the client asks for three seconds."""
    opened = open_connection(BusSettings(redis_url=f"unix://{tmp_path}/nobody.sock"))
    opened.client.set_retry(Retry(NoBackoff(), 0))
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still until it is moved."""
    return FakeClock()
