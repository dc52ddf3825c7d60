"""The search service over Tantivy indices; one service for each module whose tests only read."""

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
from shared.settings import HttpSettings, StoreSettings
from tests.fakes import FakeClock
from tests.integration.search.deals import deals
from tests.integration.search.newsroom import articles, asking


@pytest.fixture(scope="module")
def clock_of_module() -> FakeClock:
    return FakeClock()


@pytest.fixture
def clock(clock_of_module: FakeClock) -> FakeClock:
    """A clock that stands still until it is moved, at the same moment for each test; services of the module have it."""
    clock_of_module.set_back()
    return clock_of_module


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> StoreSettings:
    """The articles of `newsroom`, put once; who changes them copies the folder."""
    return asyncio.run(_filled(tmp_path_factory.mktemp("search"), articles(), FakeClock()))


@pytest.fixture(scope="module")
def app(filled_store: StoreSettings, clock_of_module: FakeClock) -> FastAPI:
    """A service over the articles of `newsroom`: making one takes longer than most tests."""
    return asyncio.run(an_app(filled_store, clock_of_module))


@pytest.fixture
async def client(app: FastAPI, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(app) as opened:
        yield opened


@pytest.fixture(scope="module")
def deals_app(tmp_path_factory: pytest.TempPathFactory, clock_of_module: FakeClock) -> FastAPI:
    """A service over the articles of `deals`."""

    async def opened() -> FastAPI:
        store = await _filled(tmp_path_factory.mktemp("deals"), deals(), clock_of_module)
        return await an_app(store, clock_of_module)

    return asyncio.run(opened())


@pytest.fixture
async def deals_client(deals_app: FastAPI, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(deals_app) as opened:
        yield opened


async def an_app(store: StoreSettings, clock: FakeClock) -> FastAPI:
    return create_app(await open_reader(store, clock), store, HttpSettings(), SearchSettings(), clock)


async def _filled(folder: Path, stored: Sequence[StoredArticle], clock: FakeClock) -> StoreSettings:
    settings = StoreSettings(data_dir=folder)
    writer = await open_writer(settings, clock)
    await writer.put(stored)
    await writer.close()
    return settings
