"""A batch in memory finds what the stores find: the same articles and questions, asked of both."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random

import pytest
import pytest_asyncio
from hypothesis import given, settings

from shared.article_store.matching import Batch
from shared.article_store.query import ArticleQuery
from tests.contract.article_store.stores import Store
from tests.contract.article_store.test_large_oracle import generated, questions, thorough, told_in_stories

ARTICLES = 200

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Filled:
    store: Store
    batch: Batch


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled(shared_store: Store) -> AsyncIterator[Filled]:
    """A store with articles in stories, and a batch of what it gives to those who match alerts."""
    rng = Random(13)
    articles, stories = told_in_stories(rng, [generated(rng, number) for number in range(ARTICLES)])
    await shared_store.put(*articles)
    await shared_store.change_stories(*stories)
    outlines = await shared_store.reader.outlines([stored.article_id for stored in articles])
    yield Filled(shared_store, Batch(list(outlines.values())))


@pytest.mark.slow
@given(query=questions)
@settings(thorough, max_examples=200)
async def test_a_batch_in_memory_answers_as_the_store_does(filled: Filled, query: ArticleQuery):
    stored = {hit.stored.article_id for hit in (await filled.store.reader.search(query)).hits}

    assert filled.batch.found_by(query) == stored
