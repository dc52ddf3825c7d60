"""The search service over a Tantivy index of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.opening import open_reader, open_writer
from shared.settings import HttpSettings, StoreSettings
from tests.fakes import FakeClock
from tests.integration.search.deals import deals
from tests.integration.search.newsroom import articles, asking


@pytest.fixture(scope="module")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("search")


@pytest.fixture
async def filled_store(filled_folder: Path, clock: FakeClock) -> StoreSettings:
    """The articles of `newsroom`, put once for a module."""
    settings = StoreSettings(data_dir=filled_folder)
    if not (filled_folder / "articles").exists():
        writer = await open_writer(settings, clock)
        await writer.put(articles())
        await writer.close()
    return settings


async def an_app(store: StoreSettings, clock: FakeClock) -> FastAPI:
    return create_app(await open_reader(store, clock), store, HttpSettings(), SearchSettings(), clock)


@pytest.fixture
async def client(filled_store: StoreSettings, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(await an_app(filled_store, clock)) as opened:
        yield opened


@pytest.fixture
async def deals_client(tmp_path_factory: pytest.TempPathFactory, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    """A service over the articles of `deals`."""
    settings = StoreSettings(data_dir=tmp_path_factory.mktemp("deals"))
    writer = await open_writer(settings, clock)
    await writer.put(deals())
    await writer.close()
    async with asking(await an_app(settings, clock)) as opened:
        yield opened
