import time

import pytest

from services.search.finding.catalogue import Catalogue
from services.search.finding.unknown_values import UnknownValue, unknown_values
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.query import ArticleQuery, Bucket, FacetFilter
from shared.settings import StoreSettings
from tests.builders import a_stored_article, an_enrichment, an_entity

PEOPLE = (("person:ada-brandt", "Ada Brandt"), ("person:ada-brand", "Ada Brand"), ("person:adam-smith", "Adam Smith"))


def a_question(*people, mode="any"):
    return ArticleQuery(filters=(FacetFilter("person", people, (), mode), FacetFilter("language", ("xx",))))


@pytest.fixture
async def asking(tmp_path, clock):
    """Puts an article for each of some people, and tells what is unknown of a question."""
    settings = StoreSettings(data_dir=tmp_path)

    async def unknown(query, people=PEOPLE, *, found_nothing=True):
        writer = await open_writer(settings, clock)
        await writer.put(
            [
                a_stored_article(number, enrichment=an_enrichment(entities=[an_entity(*person)]))
                for number, person in enumerate(people)
            ]
        )
        await writer.close()
        reader = await open_reader(settings, clock)
        try:
            return await unknown_values(Catalogue(reader, time_limit_s=5), query, found_nothing=found_nothing)
        finally:
            await reader.close()

    return unknown


async def test_what_is_likest_comes_first_and_what_is_not_like_it_is_left_out(asking):
    [found] = await asking(a_question("Ada Brandtt"))

    assert [bucket.value for bucket in found.near] == ["person:ada-brandt", "person:ada-brand"]


async def test_an_id_is_compared_by_what_it_is_made_of(asking):
    [found] = await asking(a_question("person:ada-brandtt", "person:ada-brandt"))

    assert (found.value, found.near[0].value) == ("person:ada-brandtt", "person:ada-brandt")


async def test_ids_are_left_alone_where_something_is_found(asking):
    assert await asking(a_question("person:nobody"), found_nothing=False) == ()


async def test_a_name_of_several_is_known_as_such(asking):
    namesakes = (("person:ada", "Ada Brandt"), ("person:ada-2", "Ada Brandt"))

    [found] = await asking(a_question("Ada Brandt", mode="all"), namesakes, found_nothing=False)

    assert found.several
    assert "several are called 'Ada Brandt'" in found.said


async def test_a_name_without_end_is_compared_at_once(asking):
    towns = tuple((f"person:ada-{number}", f"Ada Brandt of the town number {number}") for number in range(200))
    endless = tuple(f"{'ada brandt ' * 700}{number}" for number in range(10))
    began_s = time.process_time()

    found = await asking(a_question(*endless), towns)

    assert time.process_time() - began_s < 5
    assert len(found) == 10


async def test_no_more_than_ten_values_are_looked_up(asking):
    assert len(await asking(a_question(*(f"Nobody {n}" for n in range(40))))) == 10


@pytest.mark.parametrize(
    ("near", "said"),
    [
        (
            (Bucket("person:ada-brandt", "Ada Brandt", 3),),
            "no article has the person 'Ada': is person:ada-brandt meant?",
        ),
        ((), "no article has the person 'Ada': /v1/facets/person lists those there are"),
    ],
)
def test_what_is_unknown_is_said_with_a_remedy(near, said):
    assert UnknownValue("person", "Ada", several=False, near=near, facets=("person",)).said == said
