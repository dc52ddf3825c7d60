"""Both stores, each with a writer and a reader over a folder or index of its own that is gone afterwards."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from shared.settings import StoreSettings
from tests.contract.article_store.stores import Store, opened
from tests.indices import removed_afterwards

BOTH = ("tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch))


def settings_for(name: str, folder: Path, request: pytest.FixtureRequest) -> StoreSettings:
    """Settings of a store that nobody else uses; skips where there is no Elasticsearch, unless it is required."""
    if name == "tantivy":
        return StoreSettings(data_dir=folder)
    url = request.getfixturevalue("elasticsearch_url")
    return StoreSettings(data_dir=folder, elasticsearch_url=url, index_prefix=f"test-{uuid.uuid4().hex[:12]}")


@pytest.fixture(params=BOTH)
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    """Settings of either store, with nothing in it."""
    return settings_for(request.param, tmp_path, request)


@pytest.fixture
async def store(store_settings: StoreSettings) -> AsyncIterator[Store]:
    """Either store, empty."""
    async with (
        removed_afterwards(store_settings.elasticsearch_url, store_settings.index_prefix),
        opened(store_settings) as store,
    ):
        yield store


@pytest.fixture
def tantivy_settings(tmp_path: Path) -> StoreSettings:
    """Settings of an empty Tantivy store."""
    return StoreSettings(data_dir=tmp_path)


@pytest.fixture
async def elasticsearch_settings(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[StoreSettings]:
    """Settings of an empty Elasticsearch store."""
    settings = settings_for("elasticsearch", tmp_path, request)
    async with removed_afterwards(settings.elasticsearch_url, settings.index_prefix):
        yield settings


@pytest_asyncio.fixture(params=BOTH, scope="module", loop_scope="module")
async def shared_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Store]:
    """Either store, once for a module whose tests only read what they share."""
    settings = settings_for(request.param, tmp_path_factory.mktemp("store"), request)
    async with removed_afterwards(settings.elasticsearch_url, settings.index_prefix), opened(settings) as store:
        yield store
