import pytest

from services.search.finding.catalogue import Catalogue
from services.search.finding.values import facts_by_id, filtered_by_id, search, stories_by_id
from shared.article_store.fact_query import FactQuery
from shared.article_store.opening import open_reader
from shared.article_store.query import AllOf, ArticleQuery, FacetFilter, HasValue
from shared.article_store.stories import StoryQuery
from shared.errors import LimitExceeded
from shared.settings import StoreSettings

NAMES = tuple(f"Nobody {number}" for number in range(2_000))


class CountedCatalogue(Catalogue):
    """Counts the questions that the store is asked for articles and their values, and how many at once."""

    asked = under_way = at_once = 0

    async def find(self, query):
        self.asked += 1
        self.under_way += 1
        self.at_once = max(self.at_once, self.under_way)
        try:
            return await super().find(query)
        finally:
            self.under_way -= 1


@pytest.fixture
async def catalogue(tmp_path, clock):
    reader = await open_reader(StoreSettings(data_dir=tmp_path), clock)
    yield CountedCatalogue(reader, time_limit_s=5)
    await reader.close()


@pytest.mark.parametrize(
    "question",
    [
        lambda catalogue: filtered_by_id(catalogue, ArticleQuery(filters=(FacetFilter("person", NAMES),))),
        lambda catalogue: search(catalogue, ArticleQuery(where=AllOf((HasValue("person", NAMES),)))),
        lambda catalogue: facts_by_id(catalogue, FactQuery(parties=NAMES)),
        lambda catalogue: facts_by_id(catalogue, FactQuery(without=(("speaker", NAMES),))),
        lambda catalogue: stories_by_id(catalogue, StoryQuery(entities=NAMES)),
    ],
)
async def test_a_question_with_too_many_names_is_refused_before_any_is_looked_up(catalogue, question):
    with pytest.raises(LimitExceeded):
        await question(catalogue)

    assert catalogue.asked == 0


async def test_many_names_are_not_all_looked_up_at_once(catalogue):
    names = NAMES[:60]

    await filtered_by_id(catalogue, ArticleQuery(filters=(FacetFilter("person", names),)))
    await facts_by_id(catalogue, FactQuery(parties=names))

    assert catalogue.asked == 2 * len(names)
    assert 1 < catalogue.at_once <= 8
