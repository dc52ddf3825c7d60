import asyncio
from datetime import timedelta

import pytest

from shared.article_store.opening import open_writer
from shared.settings import StoreSettings
from tests.builders import NOON, a_stored_article, a_story_changed, a_withdrawal, an_enrichment, an_entity
from tests.integration.search.conftest import an_app
from tests.integration.search.newsroom import asking

ACME = an_enrichment(entities=(an_entity("org:acme", "Acme"),))


@pytest.fixture(scope="module")
def app(tmp_path_factory, clock_of_module):
    """A service over two stories: one of three articles, the second of which copies the first, and one of two."""
    return asyncio.run(two_stories(StoreSettings(data_dir=tmp_path_factory.mktemp("stories")), clock_of_module))


async def two_stories(settings, clock):
    writer = await open_writer(settings, clock)
    await writer.put([a_stored_article(number, ACME if number < 4 else None) for number in range(1, 7)])
    large = a_story_changed(1, 2, 3, size=3, first_at=NOON, last_at=NOON + timedelta(minutes=3))
    first, second, third = large.members
    copy = second.model_copy(update={"copy_of": first.article_id, "source_id": "paper"})
    await writer.change_stories([large.model_copy(update={"members": (first, copy, third)}), a_story_changed(4, 5)])
    await writer.close()
    return await an_app(settings, clock)


async def ask(client, path):
    response = await client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


async def test_stories_are_listed_with_their_size_and_lead_on(client):
    answer = await ask(client, "/v1/stories?sort=largest")

    assert answer["total"] == {"value": 2, "relation": "eq"}
    assert [(story["articles"], story["outlets"]) for story in answer["stories"]] == [(3, 2), (2, 1)]
    assert (await ask(client, answer["stories"][0]["link"]))["headline"] == "Council discusses matter 1"


@pytest.mark.parametrize(
    ("query_string", "sizes"),
    [
        ("entity=org:acme", [3]),
        ("entity=Acme", [3]),
        ("entity=Nobody", []),
        ("articles_from=3", [3]),
        ("q=matter+4", [2]),
        ("q=nothing", []),
        ("from=2030", []),
    ],
)
async def test_stories_are_narrowed(client, query_string, sizes):
    answer = await ask(client, f"/v1/stories?{query_string}")

    assert [story["articles"] for story in answer["stories"]] == sizes


async def test_what_stands_for_nobody_is_said_with_what_is_near(client):
    [named] = (await ask(client, "/v1/stories?entity=Acmee"))["unknown"]
    [by_id] = (await ask(client, "/v1/stories?entity=org:acmee"))["unknown"]

    assert (named["parameter"], named["near"][0]["value"]) == ("entity", "org:acme")
    assert by_id["message"] == "no article has the entity 'org:acmee': is org:acme meant?"
    assert (await ask(client, "/v1/stories?entity=Acme"))["unknown"] == []


async def test_a_name_of_several_is_said_to_be_one_where_all_would_have_to_be_there(tmp_path, clock):
    namesakes = [an_enrichment(entities=(an_entity(f"person:ada-{number}", "Ada Roe"),)) for number in (1, 2)]
    settings = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(settings, clock)
    await writer.put([a_stored_article(number, enrichment) for number, enrichment in enumerate(namesakes, 1)])
    await writer.change_stories([a_story_changed(1, 3)])
    await writer.close()

    async with asking(await an_app(settings, clock)) as asked:
        named = await ask(asked, "/v1/stories?entity=Ada+Roe")
        without = await ask(asked, "/v1/stories?not_entity=Ada+Roe")
        one = await ask(asked, "/v1/stories?entity=person:ada-1")

    assert named["unknown"][0]["message"] == "several are called 'Ada Roe': name the id of the one that is meant"
    assert [answer["total"]["value"] for answer in (named, without, one)] == [0, 0, 1]


async def test_following_next_finds_each_story_once(client):
    link, found = "/v1/stories?size=1", []
    while link:
        page = await ask(client, link)
        found += [story["id"] for story in page["stories"]]
        link = page["next"]

    assert len(found) == len(set(found)) == 2


async def test_a_story_tells_who_reported_when_and_who_copied_whom(client):
    story = await ask(client, (await ask(client, "/v1/stories?articles_from=3"))["stories"][0]["link"])

    assert [item["copy_of"] is not None for item in story["timeline"]] == [False, True, False]
    assert [(o["source_id"], o["articles"], o["copies"]) for o in story["reported_by"]] == [
        ("example", 2, 0),
        ("paper", 1, 1),
    ]
    article = await ask(client, story["timeline"][1]["link"])
    assert (article["story_id"], article["copy_of"]) == (story["id"], story["original"])


async def test_a_copy_is_found_only_where_copies_are_asked_for_and_counts_with_its_original(client):
    hidden = await ask(client, "/v1/articles?organization=org:acme&sort=oldest")
    shown = await ask(client, "/v1/articles?organization=org:acme&copies=show")
    exported = (await client.get("/v1/export?organization=org:acme")).text

    assert (hidden["total"]["value"], shown["total"]["value"], len(exported.splitlines())) == (2, 3, 2)
    assert [item["copies"] for item in hidden["articles"]] == [1, 0]
    assert hidden["facets"]["organization"]["buckets"][0]["count"] == 2


async def test_days_are_counted_as_a_facet(client):
    answer = await ask(client, "/v1/articles?facet=published&facet.published.interval=month")

    assert [(b["value"], b["count"]) for b in answer["facets"]["published"]["buckets"]] == [("2026-03", 5)]


async def test_an_article_that_was_taken_back_is_in_no_story(tmp_path, clock):
    settings = StoreSettings(data_dir=tmp_path)
    app = await two_stories(settings, clock)
    async with asking(app) as client:
        link = (await ask(client, "/v1/stories?articles_from=3"))["stories"][0]["link"]
        writer = await open_writer(settings, clock)
        await writer.withdraw([a_withdrawal(3, reason="retired")])
        await writer.close()
        clock.advance(1)

        story = await ask(client, link)

    assert len(story["timeline"]) == story["articles"] == 2


async def test_a_story_that_nobody_is_in_any_more_is_unknown(tmp_path, clock):
    settings = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(settings, clock)
    await writer.put([a_stored_article(1)])
    story = a_story_changed(1)
    await writer.change_stories([story])
    await writer.withdraw([a_withdrawal(1, reason="retired")])
    await writer.close()

    async with asking(await an_app(settings, clock)) as client:
        response = await client.get(f"/v1/stories/{story.story_id}")

    assert (response.status_code, response.json()["type"]) == (404, "/docs#unknown-story")


@pytest.mark.parametrize("story_id", ["0" * 16, "nonsense", "%00"])
async def test_an_unknown_story_is_a_problem(client, story_id):
    response = await client.get(f"/v1/stories/{story_id}")

    assert (response.status_code, response.json()["type"]) == (404, "/docs#unknown-story")


@pytest.mark.parametrize("query_string", ["sort=best", "size=0", "cursor=x", "articles_from=0", "colour=red"])
async def test_what_does_not_fit_is_refused(client, query_string):
    assert (await client.get(f"/v1/stories?{query_string}")).status_code == 400


async def test_stories_that_name_somebody_are_ruled_out(client):
    everything = await ask(client, "/v1/stories")
    with_acme = await ask(client, "/v1/stories?entity=Acme")

    without = await ask(client, "/v1/stories?not_entity=Acme")

    assert {s["id"] for s in without["stories"]} == {s["id"] for s in everything["stories"]} - {
        s["id"] for s in with_acme["stories"]
    }
    assert with_acme["total"]["value"] > 0
    assert "not_entity=" in without["query"]
