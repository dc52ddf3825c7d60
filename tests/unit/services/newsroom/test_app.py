import asyncio
import socket
from email.utils import parsedate_to_datetime

import httpx
import pytest

from services.newsroom.app import serve
from services.newsroom.misbehaviour import SLOW_PAGE_S
from services.newsroom.outlets import OUTLETS
from services.newsroom.settings import HOST, OUTLET_COUNT, NewsroomSettings
from shared.clock import SystemClock, to_ms
from shared.errors import ConfigurationError
from tests.e2e.running import free_ports
from tests.unit.services.newsroom.newsroom_on_trial import SETTINGS, NewsroomOnTrial, the_article

LEDGER, CIRCUIT, MERIDIAN, HARBOUR = (outlet.base_url(SETTINGS) for outlet in OUTLETS)
DOORS = [f"{LEDGER}/rss.xml", f"{CIRCUIT}/atom.xml", f"{MERIDIAN}/sitemap-index.xml", f"{HARBOUR}/feed.json"]


@pytest.fixture
def newsroom(tmp_path):
    return NewsroomOnTrial(tmp_path)


@pytest.fixture
def free_port():
    """The first of as many in a row as there are outlets."""
    return free_ports(OUTLET_COUNT)


@pytest.mark.parametrize("url", DOORS)
@pytest.mark.parametrize(("said", "asked"), [("etag", "if-none-match"), ("last-modified", "if-modified-since")])
async def test_what_has_not_changed_is_not_sent_again(newsroom, url, said, asked):
    first = await newsroom.get(url)

    second = await newsroom.get(url, headers={asked: first.headers[said]})

    assert second.status_code == 304
    assert second.content == b""
    assert second.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("said", ['W/"something-else"', "*nonsense*"])
async def test_another_etag_gets_the_whole_answer_even_beside_a_fitting_date(newsroom, said):
    first = await newsroom.get(DOORS[0])

    second = await newsroom.get(
        DOORS[0], headers={"if-none-match": said, "if-modified-since": first.headers["last-modified"]}
    )

    assert second.status_code == 200


@pytest.mark.parametrize("said", ["yesterday", "Mon, 01 Jan 2001 00:00:00 GMT", ""])
async def test_an_early_or_senseless_date_gets_the_whole_answer(newsroom, said):
    response = await newsroom.get(DOORS[0], headers={"if-modified-since": said})

    assert response.status_code == 200


async def test_an_article_says_when_it_changed_and_answers_conditionally(newsroom):
    url = newsroom.url_of(the_article(slug="siemens-nvidia-amberg-line"))
    first = await newsroom.get(url)

    second = await newsroom.get(url, headers={"if-none-match": first.headers["etag"]})

    assert second.status_code == 304
    assert to_ms(parsedate_to_datetime(first.headers["last-modified"])) < newsroom.memory.epoch_ms


async def test_answers_are_compressed_for_those_who_can_read_it(newsroom):
    compressed = await newsroom.get(DOORS[0], headers={"accept-encoding": "gzip"})
    plain = await newsroom.get(DOORS[0], headers={"accept-encoding": "identity"})

    assert compressed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert compressed.content == plain.content


async def test_a_new_story_changes_the_feed_when_its_time_comes(newsroom):
    story = the_article(outlet="morning-ledger", published="+20s")
    before = await newsroom.get(DOORS[0])
    page_before = await newsroom.get(newsroom.url_of(story))

    newsroom.clock.advance(20)
    after = await newsroom.get(DOORS[0], headers={"if-none-match": before.headers["etag"]})
    page_after = await newsroom.get(newsroom.url_of(story))

    assert story.title not in before.text
    assert page_before.status_code == 404
    assert after.status_code == 200
    assert story.title in after.text
    assert page_after.status_code == 200


async def test_dates_stay_the_same_over_a_restart(newsroom):
    first = await newsroom.get(DOORS[0])

    newsroom.clock.advance(10)
    newsroom.restart()
    second = await newsroom.get(DOORS[0])

    assert second.content == first.content


async def test_a_broken_page_heals_and_stays_healed_over_a_restart(newsroom):
    url = newsroom.url_of(the_article(behaviour="broken-at-first"))

    statuses = [(await newsroom.get(url)).status_code for _ in range(3)]
    newsroom.restart()
    statuses.append((await newsroom.get(url)).status_code)

    assert statuses == [500, 500, 200, 200]


async def test_a_busy_page_says_when_to_come_again(newsroom):
    url = newsroom.url_of(the_article(behaviour="busy-at-first"))

    first = await newsroom.get(url)
    second = await newsroom.get(url)

    assert (first.status_code, first.headers["retry-after"]) == (503, "1")
    assert second.status_code == 200


async def test_a_correction_shows_from_the_second_visit_on_and_in_the_feed(newsroom):
    story = the_article(slug="byd-szeged-suppliers")
    url = newsroom.url_of(story)
    feed_before = await newsroom.get(DOORS[0])

    first = await newsroom.get(url)
    newsroom.clock.advance(60)
    second = await newsroom.get(url, headers={"if-none-match": first.headers["etag"]})
    feed_after = await newsroom.get(DOORS[0], headers={"if-none-match": feed_before.headers["etag"]})

    assert story.correction.wrong in first.text
    assert "dateModified" not in first.text
    assert second.status_code == 200
    assert story.correction.wrong not in second.text
    assert story.correction.note in second.text
    assert "dateModified" in second.text
    assert feed_after.status_code == 200


async def test_a_slow_page_is_whole_after_three_seconds(newsroom):
    story = the_article(behaviour="slow")

    response = await newsroom.get(newsroom.url_of(story))

    assert sum(newsroom.clock.slept) == pytest.approx(SLOW_PAGE_S)
    assert response.text.rstrip().endswith("</html>")


async def test_only_reading_a_page_counts_as_a_visit(newsroom):
    url = newsroom.url_of(the_article(behaviour="broken-at-first"))

    await newsroom.get(LEDGER + "/")
    async with httpx.AsyncClient(transport=newsroom.transport_of(url)) as client:
        await client.head(url)

    assert newsroom.memory.visits == {}


@pytest.mark.parametrize("name", ["unknown-charset", "redirect-loop", "redirect-private"])
async def test_hostile_pages_answer_on_every_outlet(newsroom, name):
    for base_url in (LEDGER, CIRCUIT, MERIDIAN, HARBOUR):
        response = await newsroom.get(f"{base_url}/hostile/{name}")

        assert response.status_code in (200, 302)


async def test_all_outlets_serve_on_their_ports_until_they_are_stopped(tmp_path, free_port):
    settings = NewsroomSettings(newsroom_port=free_port)
    stop = asyncio.Event()

    async with asyncio.TaskGroup() as group:
        group.create_task(serve(settings, tmp_path, SystemClock(), stop))
        await asyncio.sleep(0)  # one step of the loop: the ports are open before the first wait
        async with httpx.AsyncClient() as client:
            pages = [await client.get(f"{outlet.base_url(settings)}/about") for outlet in OUTLETS]
        stop.set()

    assert [page.status_code for page in pages] == [200] * len(OUTLETS)


async def test_a_taken_port_is_told_with_the_setting_to_change(tmp_path, free_port):
    with socket.socket() as neighbour:
        neighbour.bind((HOST, free_port + 1))
        neighbour.listen()

        with pytest.raises(ConfigurationError, match=rf"port {free_port + 1} .*NEWSWEIR_NEWSROOM_PORT"):
            await serve(NewsroomSettings(newsroom_port=free_port), tmp_path, SystemClock(), asyncio.Event())
