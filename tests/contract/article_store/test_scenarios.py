"""Every scenario of the YAML files beside this one, on both stores."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.article_store.conftest import BOTH, settings_for
from tests.contract.article_store.scenarios import Newsroom, Scenario, newsroom, written
from tests.contract.article_store.stores import Store, opened
from tests.indices import removed_afterwards

FILES = sorted(Path(__file__).parent.glob("*.yaml"))
NEWSROOMS = {path.stem: newsroom(path) for path in FILES}
SCENARIOS = [
    pytest.param(name, scenario, id=f"{name}: {scenario.it}")
    for name, room in NEWSROOMS.items()
    for scenario in room.scenarios
]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(params=BOTH, scope="module", loop_scope="module")
async def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, Store]]:
    """A store for each newsroom, by its name."""
    async with AsyncExitStack() as stack:
        filled = {}
        for name, room in NEWSROOMS.items():
            settings = settings_for(request.param, tmp_path_factory.mktemp(name), request)
            await stack.enter_async_context(removed_afterwards(settings.elasticsearch_url, settings.index_prefix))
            filled[name] = await stack.enter_async_context(opened(settings))
            await filled[name].put(*room.articles.values())
        yield filled


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
async def test_a_store(stores: dict[str, Store], name: str, scenario: Scenario):
    if scenario.only not in (None, stores[name].name):
        pytest.skip(f"only on {scenario.only}: {scenario.because}")

    result = await stores[name].reader.search(scenario.query)

    found = names(NEWSROOMS[name], [hit.stored.article_id for hit in result.hits])
    counts = {facet.facet: facet for facet in result.facets}
    assert found == scenario.in_order if scenario.in_order is not None else True
    assert sorted(found) == sorted(scenario.found) if scenario.found is not None else True
    assert result.total.value == len(found)
    assert {facet: written(counts[facet]) for facet in scenario.counts} == scenario.counts
    assert {facet: counts[facet].other for facet in scenario.other} == scenario.other


def names(room: Newsroom, article_ids: list[str]) -> list[str]:
    by_id = {stored.article_id: name for name, stored in room.articles.items()}
    return [by_id[article_id] for article_id in article_ids]
