import pytest

from services.search.finding.catalogue import Catalogue
from services.search.ui.topic_paths import TopicPaths
from shared.article_store.opening import open_reader
from shared.article_store.query import Bucket, FacetCounts

COUNTED = (FacetCounts("topic", (Bucket("topic:economy", "Economy", 3), Bucket("topic:deals", "Deals", 3)), 0),)


@pytest.fixture
async def reader(filled_store, clock):
    opened = await open_reader(filled_store, clock)
    yield opened
    await opened.close()


class CountingCatalogue(Catalogue):
    """Counts the questions."""

    asked = 0

    async def find(self, query):
        self.asked += 1
        return await super().find(query)


async def test_a_topic_is_below_what_the_store_s_articles_say_even_where_the_page_shows_none_of_them(reader):
    above = await TopicPaths(Catalogue(reader, time_limit_s=10)).above(COUNTED, ())

    assert above["topic:deals"] == ("topic:economy",)
    assert above["topic:economy"] == ()


async def test_each_topic_is_asked_for_once(reader):
    catalogue = CountingCatalogue(reader, time_limit_s=10)
    paths = TopicPaths(catalogue)

    await paths.above((FacetCounts("topic", (*COUNTED[0].buckets, Bucket("topic:gone", "Gone", 1)), 0),), ())
    first = catalogue.asked
    await paths.above(COUNTED, ())

    assert (first, catalogue.asked) == (3, 3)
