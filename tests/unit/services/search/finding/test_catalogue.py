import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.search.finding.catalogue import Catalogue, UnknownArticle
from shared.errors import DependencyUnavailable
from tests.unit.services.search.asking import parse


class StalledReader:
    """A store that took the question and never answers."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def stall(*arguments: object) -> None:
            await asyncio.Event().wait()

        return stall


@pytest.fixture
def catalogue():
    return Catalogue(StalledReader(), time_limit_s=0.01)


async def test_a_search_that_takes_too_long_ends_as_an_absent_store(catalogue):
    with pytest.raises(DependencyUnavailable, match=r"no answer within 0\.01 s"):
        await catalogue.find(parse("q=battery"))


async def test_an_article_that_takes_too_long_ends_as_an_absent_store(catalogue):
    with pytest.raises(DependencyUnavailable, match="no answer"):
        await catalogue.one("ab" * 32)


async def test_a_check_that_takes_too_long_ends_as_an_absent_store(catalogue):
    with pytest.raises(DependencyUnavailable, match="no answer"):
        await catalogue.check()


@pytest.mark.parametrize("article_id", ["", "1", "AB" * 32, "../" * 30, "g" * 64])
async def test_what_cannot_be_an_id_is_unknown_without_asking_the_store(catalogue, article_id):
    with pytest.raises(UnknownArticle, match="no article has the id"):
        await catalogue.one(article_id)
