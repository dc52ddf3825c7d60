"""The search service over Tantivy indices; one service for all tests that only read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_reader, open_writer
from shared.clock import SystemClock
from shared.redis_client import RedisConnection
from shared.settings import HttpSettings, StoreSettings
from tests.fakes import FakeClock
from tests.integration.search.deals import deals
from tests.integration.search.newsroom import articles, asking


@pytest.fixture(scope="session")
def shared_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def clock(shared_clock: FakeClock) -> FakeClock:
    """A clock that stands still until it is moved, at the same moment for each test; shared services have it."""
    shared_clock.set_back()
    return shared_clock


@pytest.fixture(scope="module")
def clock_of_module(shared_clock: FakeClock) -> FakeClock:
    """The same, for services that a module has for itself."""
    shared_clock.set_back()
    return shared_clock


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> StoreSettings:
    """The articles of `newsroom`, put once; who changes them copies the folder."""
    return asyncio.run(_filled(tmp_path_factory.mktemp("search"), articles(), FakeClock()))


@pytest.fixture(scope="session")
def app(filled_store: StoreSettings, shared_clock: FakeClock) -> FastAPI:
    """A service over the articles of `newsroom`: making one takes longer than most tests."""
    return asyncio.run(an_app(filled_store, shared_clock))


@pytest.fixture
async def client(app: FastAPI, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(app) as opened:
        yield opened


@pytest.fixture(scope="session")
def deals_app(tmp_path_factory: pytest.TempPathFactory, shared_clock: FakeClock) -> FastAPI:
    """A service over the articles of `deals`."""

    async def opened() -> FastAPI:
        store = await _filled(tmp_path_factory.mktemp("deals"), deals(), FakeClock())
        return await an_app(store, shared_clock)

    return asyncio.run(opened())


@pytest.fixture
async def deals_client(deals_app: FastAPI, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(deals_app) as opened:
        yield opened


@pytest.fixture
async def operator(filled_store: StoreSettings, connection: RedisConnection) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service over the articles of `newsroom` with a broker, in real time."""
    clock = SystemClock()
    reader = await open_reader(filled_store, clock)
    async with asking(create_app(reader, filled_store, HttpSettings(), SearchSettings(), clock, connection)) as client:
        yield client
    await reader.close()


async def an_app(store: StoreSettings, clock: FakeClock) -> FastAPI:
    return create_app(await open_reader(store, clock), store, HttpSettings(), SearchSettings(), clock)


async def _filled(folder: Path, stored: Sequence[StoredArticle], clock: FakeClock) -> StoreSettings:
    settings = StoreSettings(data_dir=folder)
    writer = await open_writer(settings, clock)
    await writer.put(stored)
    await writer.close()
    return settings
