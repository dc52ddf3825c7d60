import pytest

from services.search.finding.catalogue import Catalogue
from services.search.finding.labels import filtered_values, labels_of
from shared.article_store.opening import open_reader
from tests.unit.services.search.asking import parse


@pytest.fixture
async def catalogue(filled_store, clock):
    reader = await open_reader(filled_store, clock)
    yield Catalogue(reader, time_limit_s=10)
    await reader.close()


async def test_ids_get_the_names_that_articles_give_them(catalogue):
    values = [("person", "person:ada"), ("organization", "org:acme"), ("person", "person:nobody"), ("language", "de")]

    found = await labels_of(catalogue, values)

    assert found["person", "person:ada"] == "Ada Brandt"
    assert found["organization", "org:acme"] == "Acme"
    assert ("language", "de") not in found


async def test_without_values_the_store_is_not_asked():
    assert await labels_of(Catalogue(None, time_limit_s=1), []) == {}


def test_what_is_excluded_is_named_as_what_is_selected():
    assert list(filtered_values(parse("person=a&not_topic=b"))) == [("topic", "b"), ("person", "a")]
