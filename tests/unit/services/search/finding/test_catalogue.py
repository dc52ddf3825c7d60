import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.search.finding.catalogue import Catalogue, UnknownArticle
from services.search.finding.exports import begin
from shared.article_store.opening import open_reader, open_writer
from shared.errors import DependencyUnavailable
from shared.events.enrichment import Evidence
from shared.settings import StoreSettings
from tests.builders import a_relation, a_stored_article, an_enrichment, an_entity
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


async def test_what_a_search_finds_is_shown_as_far_as_its_page_may_show_it(tmp_path, clock):
    settings = StoreSettings(data_dir=tmp_path)
    text = "Acme grows. " * 100 + "It invests $5 million in Widgets."
    told = Evidence(start=text.index("It invests"), end=len(text), text="It invests $5 million in Widgets.")
    deal = an_enrichment(entities=(an_entity("org:acme", "Acme"),), relations=(a_relation(evidence=told),))
    writer = await open_writer(settings, clock)
    await writer.put([a_stored_article(1, deal, text=text, rights=("noarchive",))])
    await writer.close()
    reader = await open_reader(settings, clock)
    catalogue = Catalogue(reader, time_limit_s=5)

    [hit] = (await catalogue.find(parse("q=grows"))).hits
    exported = [stored async for stored in (await begin(catalogue, parse("q=grows"))).articles]

    assert (hit.stored.enrichment.relations, hit.stored.article.text_truncated) == ((), True)
    assert [hit.stored] == exported == [await catalogue.one(hit.stored.article_id)]
    await reader.close()
