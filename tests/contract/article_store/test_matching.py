"""A batch in memory finds what the stores find: the same articles and questions, asked of both."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings

from shared.article_store.matching import Batch
from shared.article_store.query import ArticleQuery
from tests.contract.article_store.stores import Store
from tests.contract.article_store.test_oracle import fifty_articles, questions

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled(shared_store: Store) -> AsyncIterator[Store]:
    await shared_store.put(*fifty_articles())
    yield shared_store


@pytest.fixture(scope="module")
def batch() -> Batch:
    return Batch(fifty_articles())


@pytest.mark.slow
@given(query=questions)
@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_a_batch_in_memory_answers_as_the_store_does(filled: Store, batch: Batch, query: ArticleQuery):
    stored = {hit.stored.article_id for hit in (await filled.reader.search(query)).hits}

    assert batch.found_by(query) == stored
