import gzip
import json
import re
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree, html
from protego import Protego

from services.newsroom.articles import load_articles
from services.newsroom.outlets import OUTLETS
from shared.urls import canonicalize
from tests.unit.services.newsroom.newsroom_on_trial import SETTINGS, NewsroomOnTrial, the_article

LEDGER, CIRCUIT, MERIDIAN, HARBOUR = (outlet.base_url(SETTINGS) for outlet in OUTLETS)
SITEMAP_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


@pytest.fixture
def newsroom(tmp_path):
    return NewsroomOnTrial(tmp_path)


def locations(document):
    return [node.text for node in etree.fromstring(document, SITEMAP_PARSER).iter("{*}loc")]


def published_already(outlet_id, *, fed=True):
    linked_only = {"regional"} if fed else set()
    return [
        article
        for article in load_articles()
        if article.outlet == outlet_id and article.section not in linked_only and not article.published.startswith("+")
    ]


def dates_on(page):
    tree = html.fromstring(page)
    scripts = [json.loads(node.text) for node in tree.xpath("//script[@type='application/ld+json']")]
    places = {
        "json-ld": any("datePublished" in script for script in scripts),
        "meta": bool(tree.xpath("//meta[@property='article:published_time']")),
        "time": bool(tree.xpath("//time[@datetime]")),
    }
    return {place for place, found in places.items() if found}


@pytest.mark.parametrize(
    ("url", "version", "outlet_id"),
    [(f"{LEDGER}/rss.xml", "rss20", "morning-ledger"), (f"{CIRCUIT}/atom.xml", "atom10", "circuit-and-grid")],
)
async def test_the_feeds_parse_without_complaint_and_name_every_story(newsroom, url, version, outlet_id):
    response = await newsroom.get(url)

    feed = feedparser.parse(response.content)
    stories = published_already(outlet_id)
    assert not feed.bozo
    assert feed.version == version
    assert {canonicalize(entry.link) for entry in feed.entries} == {newsroom.feed_url_of(story) for story in stories}
    assert {entry.title for entry in feed.entries} == {story.title for story in stories}


async def test_the_rss_feed_says_how_long_it_may_be_kept(newsroom):
    feed = feedparser.parse((await newsroom.get(f"{LEDGER}/rss.xml")).content)

    assert feed.feed.ttl == "1"


async def test_a_summary_in_the_atom_feed_is_one_paragraph_of_html(newsroom):
    feed = feedparser.parse((await newsroom.get(f"{CIRCUIT}/atom.xml")).content)

    story = the_article(slug="catl-sodium-cold-test")
    (entry,) = (entry for entry in feed.entries if entry.title == story.title)
    assert html.fromstring(entry.summary).text_content() == story.description


async def test_a_feed_keeps_silent_about_a_date_where_the_story_says_so(newsroom):
    story = the_article(outlet="morning-ledger", dates=frozenset({"meta"}))

    feed = feedparser.parse((await newsroom.get(f"{LEDGER}/rss.xml")).content)

    (entry,) = (entry for entry in feed.entries if entry.title == story.title)
    assert "published" not in entry


async def test_the_json_feed_names_what_is_fed_and_not_what_is_only_linked(newsroom):
    feed = (await newsroom.get(f"{HARBOUR}/feed.json")).json()

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {item["url"] for item in feed["items"]} == {
        newsroom.feed_url_of(story) for story in published_already("harbour-gazette")
    }


async def test_the_sitemap_index_leads_to_compressed_sitemaps_of_every_story(newsroom):
    index = await newsroom.get(f"{MERIDIAN}/sitemap-index.xml")
    news_url, archive_url = locations(index.content)
    news = await newsroom.get(news_url)
    archive = await newsroom.get(archive_url)

    stories = published_already("meridian")
    assert news.headers["content-type"] == "application/gzip"
    assert "content-encoding" not in news.headers
    assert set(locations(gzip.decompress(archive.content))) == {newsroom.feed_url_of(story) for story in stories}
    assert 0 < len(locations(gzip.decompress(news.content))) < len(stories)


async def test_robots_keeps_crawlers_out_of_what_the_feed_links_to(newsroom):
    robots = {url: (await newsroom.get(f"{url}/robots.txt")).text for url in (CIRCUIT, MERIDIAN)}
    feed = feedparser.parse((await newsroom.get(f"{CIRCUIT}/atom.xml")).content)

    rules = Protego.parse(robots[CIRCUIT])
    refused = [entry.link for entry in feed.entries if not rules.can_fetch(entry.link, "newsweir")]
    assert len(refused) == 2
    assert rules.crawl_delay("newsweir") == 0.05
    assert list(Protego.parse(robots[MERIDIAN]).sitemaps) == [f"{MERIDIAN}/sitemap-index.xml"]


async def test_a_page_tells_its_date_in_the_places_of_its_front_matter_and_nowhere_else(newsroom):
    newsroom.clock.advance(120)
    stories = [story for story in load_articles() if story.behaviour in ("ordinary", "slow")]

    for story in stories:
        page = (await newsroom.get(newsroom.url_of(story))).content
        assert dates_on(page) == story.dates - {"feed"}, story.key


@pytest.mark.parametrize("place", ["json-ld", "meta", "time", "feed"])
def test_each_place_is_the_only_one_for_some_story(place):
    on_page = {story.dates - {"feed"} or story.dates for story in load_articles()}

    assert frozenset({place}) in on_page


async def test_the_text_of_every_outlet_is_on_the_page_with_its_canonical_address(newsroom):
    for base_url, slug in (
        (LEDGER, "swiss-re-flood-sensors"),
        (CIRCUIT, "tsmc-arizona-water-loop"),
        (MERIDIAN, "deepseek-xiao-moxing-fabu"),
        (HARBOUR, "rotterdam-shore-power"),
    ):
        story = the_article(slug=slug)
        url = newsroom.url_of(story)

        tree = html.fromstring((await newsroom.get(f"{url}?utm_source=x")).content)

        assert url.startswith(base_url)
        assert tree.xpath("string(//link[@rel='canonical']/@href)") == url
        assert tree.xpath("string(//meta[@property='og:title']/@content)") == story.title
        assert story.body.split("\n\n")[1] in tree.text_content()


async def test_a_paywalled_story_says_so_and_shows_its_beginning_only(newsroom):
    story = the_article(paywalled=True)

    page = (await newsroom.get(newsroom.url_of(story))).text

    assert '"isAccessibleForFree": false' in page
    assert story.body.split("\n\n")[1][:40] in page
    assert story.body.split("\n\n")[-1][:40] not in page


async def test_the_section_without_a_feed_is_found_by_its_links(newsroom):
    regional = [story for story in published_already("harbour-gazette", fed=False) if story.section == "regional"]

    tree = html.fromstring((await newsroom.get(f"{HARBOUR}/regional/")).content)

    linked = set(tree.xpath("//ul[@class='stories']//h2/a/@href"))
    assert len(regional) >= 4
    assert {urlsplit(newsroom.url_of(story)).path for story in regional} == linked


async def test_a_front_page_links_with_and_without_tracking_parameters(newsroom):
    tree = html.fromstring((await newsroom.get(f"{CIRCUIT}/")).content)

    links = tree.xpath("//ul[@class='stories']//h2/a/@href")
    tracked = [link for link in links if "utm_source" in link]
    assert tracked
    assert len(tracked) < len(links)


async def test_every_page_says_that_the_news_is_invented(newsroom):
    for outlet in OUTLETS:
        base_url = outlet.base_url(SETTINGS)
        story = next(s for s in published_already(outlet.id) if s.behaviour == "ordinary")

        for url in (f"{base_url}/", f"{base_url}/about", newsroom.url_of(story)):
            assert "Demonstration newsroom: invented stories" in (await newsroom.get(url)).text


async def test_every_link_on_a_front_page_leads_somewhere(newsroom):
    for outlet in OUTLETS:
        base_url = outlet.base_url(SETTINGS)
        tree = html.fromstring((await newsroom.get(f"{base_url}/")).content)
        broken = {
            urlsplit(newsroom.url_of(story)).path for story in load_articles() if story.behaviour in ("missing", "gone")
        }

        for link in {str(link) for link in tree.xpath("//a/@href | //img/@src")}:
            response = await newsroom.get(base_url + link)
            assert response.status_code < 404 or urlsplit(link).path in broken or response.status_code >= 500, link


async def test_the_second_page_of_a_long_section_goes_on_where_the_first_ends(newsroom):
    first = html.fromstring((await newsroom.get(f"{LEDGER}/companies/")).content)
    (more,) = first.xpath("//a[@rel='next']/@href")

    second = html.fromstring((await newsroom.get(LEDGER + more)).content)

    shown = [page.xpath("count(//li[@class='story'])") for page in (first, second)]
    companies = [story for story in published_already("morning-ledger") if story.section == "companies"]
    assert sum(shown) == len(companies)
    assert not second.xpath("//a[@rel='next']")


@pytest.mark.parametrize("page", ["99", "-1", "0", "two", "1e9", "9" * 30])
async def test_a_page_that_a_section_does_not_have_is_not_found(newsroom, page):
    assert (await newsroom.get(f"{LEDGER}/companies/?page={page}")).status_code == 404


async def test_the_same_wire_story_stands_on_two_outlets_with_small_differences(newsroom):
    originals = [story for story in load_articles() if story.wire and story.outlet != "harbour-gazette"]
    copies = [story for story in load_articles() if story.wire and story.outlet == "harbour-gazette"]

    def sentences(story):
        return set(re.split(r"(?<=\.)\s+", story.body))

    assert len(originals) == len(copies) == 2
    for original in originals:
        nearest = max(len(sentences(original) & sentences(copy)) for copy in copies)
        assert 0.7 * len(sentences(original)) < nearest < len(sentences(original))


async def test_an_unknown_address_is_not_found(newsroom):
    response = await newsroom.get(f"{LEDGER}/nowhere/at/all")

    assert response.status_code == 404
    assert "cannot be found" in response.text
