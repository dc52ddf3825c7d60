import asyncio
import csv
import io
import json

import pytest
from lxml import etree

from services.search.api.export import MAX_EXPORTS
from services.search.export_formats import CSV_COLUMNS
from shared.article_store.opening import open_writer
from shared.settings import StoreSettings
from tests.builders import a_stored_article
from tests.integration.search.conftest import an_app
from tests.integration.search.newsroom import articles, asking

MANY = 450


@pytest.fixture(scope="module")
def large_app(tmp_path_factory, clock_of_module):
    """A service over more articles than fit on a page, pairs of them published at the same instant."""
    return asyncio.run(over_many(StoreSettings(data_dir=tmp_path_factory.mktemp("large")), clock_of_module))


async def over_many(settings, clock):
    writer = await open_writer(settings, clock)
    published = a_stored_article(1).article.published
    twins = [a_stored_article(number, published=published) for number in range(1, 21)]
    await writer.put([*twins, *(a_stored_article(number) for number in range(21, MANY + 1))])
    await writer.close()
    return await an_app(settings, clock)


@pytest.fixture
async def large(large_app, clock):
    async with asking(large_app) as opened:
        yield opened


def ids(text):
    return [json.loads(line)["id"] for line in text.splitlines()]


async def test_an_export_is_as_long_as_the_total_of_its_search_and_holds_each_article_once(large):
    total = (await large.get("/v1/articles?q=council&facet=none")).json()["total"]["value"]

    response = await large.get("/v1/export?q=council")

    assert response.headers["Content-Type"] == "application/x-ndjson"
    assert int(response.headers["X-Total-Count"]) == len(set(ids(response.text))) == len(ids(response.text)) == total
    assert total == MANY


@pytest.mark.parametrize("sort", ["newest", "oldest"])
@pytest.mark.parametrize(
    "broken_after", [10, *(pytest.param(after, marks=pytest.mark.slow) for after in (1, 200, 449))]
)
async def test_an_export_that_broke_is_taken_up_where_it_broke(large, sort, broken_after):
    whole = ids((await large.get(f"/v1/export?sort={sort}")).text)

    rest = ids((await large.get(f"/v1/export?sort={sort}&after={whole[broken_after - 1]}")).text)

    assert whole[:broken_after] + rest == whole


async def test_an_export_may_begin_at_the_cursor_of_a_search(large):
    page = (await large.get("/v1/articles?sort=newest&size=100&facet=none")).json()
    cursor = page["next"].partition("cursor=")[2]

    rest = ids((await large.get(f"/v1/export?sort=newest&cursor={cursor}")).text)

    assert [item["id"] for item in page["articles"]] + rest == ids((await large.get("/v1/export")).text)


async def test_filters_and_the_query_language_narrow_an_export(client):
    response = await client.get("/v1/export", params={"q": "battery -title:plant OR harbour", "not_language": "de"})

    assert len(ids(response.text)) == 1


async def test_a_csv_has_a_row_for_each_article_and_no_cell_that_a_spreadsheet_runs(client):
    response = await client.get("/v1/export?format=csv")

    rows = list(csv.reader(io.StringIO(response.text, newline="")))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert len(rows) == len(articles()) + 1
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    assert "attachment" in response.headers["Content-Disposition"]


@pytest.mark.parametrize(("form", "tag"), [("rss", "item"), ("atom", "{http://www.w3.org/2005/Atom}entry")])
async def test_a_feed_of_a_search_names_the_search(client, form, tag):
    response = await client.get(f"/v1/export?format={form}&q=battery")

    feed = etree.fromstring(response.content)
    assert len(list(feed.iter(tag))) == 8
    assert f"http://127.0.0.1:8000/v1/export?q=battery&amp;format={form}" in response.text
    assert "Newsweir: battery" in response.text


async def test_what_may_not_be_copied_is_exported_as_a_snippet(client):
    assert "Secret ending" not in (await client.get("/v1/export?q=harbour")).text


@pytest.mark.parametrize(
    ("query_string", "status"),
    [("format=pdf", 400), ("page=5", 400), ("q=a)", 400), (f"after={'0' * 64}", 404), ("cursor=nonsense", 400)],
)
async def test_a_question_that_does_not_fit_is_a_problem_before_anything_is_sent(client, query_string, status):
    response = await client.get(f"/v1/export?{query_string}")

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


async def test_every_export_gives_its_place_back(client):
    for _ in range(MAX_EXPORTS + 1):
        assert (await client.get("/v1/export?format=csv")).status_code == 200
        assert (await client.get("/v1/export?cursor=nonsense")).status_code == 400
