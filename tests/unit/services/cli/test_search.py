import json

import pytest

from services.cli.search import search, understand
from shared.article_store.opening import open_writer
from shared.article_store.query import AllOf, FacetFilter, Not, Words
from shared.clock import SystemClock
from shared.errors import InvalidInput
from shared.settings import StoreSettings
from tests.builders import a_stored_article, an_enrichment, an_entity


def test_words_filters_and_size_become_a_query():
    query = understand('"solid state" -toyota', ["organization=org:acme", "source!=a, b"], size=3)

    assert query.where == AllOf((Words("solid state", phrase=True), Not(Words("toyota"))))
    assert query.filters == (
        FacetFilter("organization", include=("org:acme",)),
        FacetFilter("source", exclude=("a, b",)),
    )
    assert query.size == 3


@pytest.mark.parametrize(
    ("facet", "reason"), [("organization", "a facet is NAME=VALUE"), ("colour=red", "unknown facet 'colour'")]
)
def test_a_filter_that_is_none_is_refused(facet, reason):
    with pytest.raises(InvalidInput, match=reason):
        understand("", [facet])


@pytest.fixture
async def store(tmp_path):
    settings = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(settings, SystemClock())
    acme = an_enrichment(entities=(an_entity("org:acme", "Acme"),))
    await writer.put([a_stored_article(1, acme, title="Acme \x1b[31mgrows"), a_stored_article(2)])
    await writer.close()
    return settings


async def test_hits_and_facets_are_shown_without_what_steers_a_terminal(store, capsys):
    await search(understand("", ["organization=org:acme"]), store, as_json=False)

    out = capsys.readouterr().out
    assert "1 found, 1 shown" in out
    assert "organization: *Acme 1 [org:acme]" in out
    assert "grows" in out
    assert "\x1b" not in out


async def test_a_name_that_no_article_has_is_told_with_what_is_near(store, capsysbinary):
    await search(understand("", ["organization=Acmee"]), store, as_json=False)
    await search(understand("", ["organization=Acmee"]), store, as_json=True)

    said = capsysbinary.readouterr()
    assert said.err.decode() == "no article has the organization 'Acmee': is org:acme meant?\n"
    assert json.loads(said.out.splitlines()[-1])["query"]["unknown"][0]["value"] == "Acmee"


async def test_the_answer_as_json_is_that_of_the_api(store, capsysbinary):
    await search(understand("council", []), store, as_json=True)

    answer = json.loads(capsysbinary.readouterr().out)
    assert answer["total"] == {"value": 2, "relation": "eq"}
    assert answer["query"]["q"] == "council"
    assert answer["facets"]["organization"]["buckets"][0]["value"] == "org:acme"
