import re
from html.parser import HTMLParser

import pytest

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.opening import open_reader
from shared.settings import HttpSettings
from tests.integration.search.newsroom import articles, asking

ALL = articles()
# Without a broker these say that it is away: see test_operator_pages.
ASKS_THE_BROKER = {"/sources", "/pipeline", "/alerts"}


class Outline(HTMLParser):
    """What matters of a page: its links, its elements' names and attributes, its ids."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def links(self):
        return [attributes["href"] for attributes in self.all("a")]


async def page(client, path, status=200):
    response = await client.get(path)
    assert response.status_code == status, response.text
    assert response.headers["Content-Type"].startswith("text/html")
    return response.text


PAGES = ["/", "/?q=mallory", "/?person=person:ada&not_language=de", "/docs", f"/articles/{ALL[9].article_id}"]


async def test_the_front_page_shows_all_articles_with_their_facets(client):
    html = await page(client, "/")

    assert "10 articles" in html
    assert "Ada Brandt opens battery plant 1" in html
    assert "/?person=person:ada" in Outline(html).links


@pytest.mark.slow
async def test_every_link_of_a_result_page_that_stays_here_works(client):
    html = await page(client, "/?q=battery&person=person:ada&not_language=de&size=2")

    for link in {link for link in Outline(html).links if link.startswith("/")} - ASKS_THE_BROKER:
        assert (await client.get(link)).status_code == 200, link


async def test_pages_follow_each_other_by_cursor(client):
    first = await page(client, "/?q=battery&size=5")
    following = next(attributes["href"] for attributes in Outline(first).all("a") if attributes.get("rel") == "next")

    second = await page(client, following)

    assert len(re.findall(r'class="result"', second)) == 3
    assert "First page" in second


async def test_the_search_box_keeps_the_filters_that_are_on(client):
    html = await page(client, "/?q=battery&person=person:ada&not_language=de")

    hidden = {(i["name"], i["value"]) for i in Outline(html).all("input") if i["type"] == "hidden"}
    assert {("person", "person:ada"), ("not_language", "de")} <= hidden
    assert next(i["value"] for i in Outline(html).all("input") if i.get("id") == "q") == "battery"


async def test_nothing_found_comes_with_advice(client):
    html = await page(client, "/?q=unicorn&person=person:ada")

    assert "Nothing matches" in html
    assert "use fewer words" in html


async def test_an_article_is_shown_in_paragraphs_with_what_was_found_marked(client):
    html = await page(client, f"/articles/{ALL[0].article_id}")

    assert '<a class="mark organization" href="/entities/org:acme" title="Acme (organization)">Acme</a>' in html
    assert '<span class="mark money" title="$3 million">$3 million</span>' in html
    assert "2 March 2026" in html
    assert "<dt>Date</dt><dd>from the feed</dd>" in html
    assert ALL[0].article.url in Outline(html).links


async def test_an_article_that_may_not_be_archived_leads_to_its_publisher(client):
    html = await page(client, f"/articles/{ALL[8].article_id}")

    assert "Secret ending" not in html
    assert "Read on at" in html


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_loads_anything_from_elsewhere_or_runs_what_an_article_says(client, path):
    outline = Outline(await page(client, path))

    loaded = [
        attributes.get("src") or attributes.get("href")
        for tag in ("script", "link", "use")
        for attributes in outline.all(tag)
    ]
    assert all(address.startswith("/static/") for address in loaded)
    assert outline.all("img") == []
    assert not any(
        name.startswith("on") or name == "style" for _, attributes in outline.elements for name in attributes
    )


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_can_be_used_without_eyes_or_mouse(client, path):
    html = await page(client, path)

    outline = Outline(html)
    assert outline.all("html")[0]["lang"] == "en"
    assert [len(outline.all(tag)) for tag in ("main", "h1", "title")] == [1, 1, 1]
    assert outline.links[0] == "#main"
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    labelled = {attributes["for"] for attributes in outline.all("label") if "for" in attributes}
    visible = [i for i in outline.all("input") if i["type"] != "hidden"]
    assert all(
        i.get("id") in labelled or i.get("aria-label") or re.search(rf'<label>[^<]*<input[^>]*name="{i["name"]}"', html)
        for i in visible
    )


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/?persn=x", 400, "is person meant?"),
        ("/?from=yesterday", 400, "no day like"),
        (f"/articles/{'0' * 64}", 404, "There is no such article"),
        ("/nowhere", 404, "There is nothing at this address"),
    ],
)
async def test_a_mistake_is_answered_by_a_page_that_says_what_to_do(client, path, status, said):
    html = await page(client, path, status)

    assert said in html
    assert "/" in Outline(html).links


async def test_the_reference_describes_every_parameter_and_problem(client):
    html = await page(client, "/docs")

    assert "<code>not_person</code>" in html
    assert 'id="invalid-parameter"' in html
    targets = {attributes["id"] for _, attributes in Outline(html).elements if "id" in attributes}
    assert {link[1:] for link in Outline(html).links if link.startswith("#")} <= targets


async def test_the_files_that_pages_load_are_served(client):
    outline = Outline(await page(client, "/"))

    for address in [outline.all("script")[0]["src"], *(link["href"] for link in outline.all("link"))]:
        assert (await client.get(address)).status_code == 200


async def test_a_file_that_is_not_there_and_one_outside_are_problems(client):
    for path in ("/static/none.css", "/static/../pages.py", "/static/%2e%2e/pages.py"):
        assert (await client.get(path)).status_code == 404


async def test_the_values_of_a_facet_are_looked_for_within_the_search(client):
    html = await page(client, "/?q=battery&facet.person.q=bra")

    fields = {field.get("name"): field for field in Outline(html).all("input")}
    assert fields["facet.person.q"]["value"] == "bra"
    assert "/?q=battery&person=person:ada" in Outline(html).links


async def test_words_that_no_value_begins_with_are_answered_in_words(client):
    assert "Nothing here begins with these words" in await page(client, "/?facet.person.q=zzzz")


async def test_what_is_looked_for_within_a_facet_is_bounded(client):
    await page(client, f"/?facet.person.q={'a' * 101}", status=400)


async def test_the_front_page_with_all_it_loads_is_light_and_needs_few_requests(client):
    response = await client.get("/")
    outline = Outline(response.text)
    loaded = [
        *(script["src"] for script in outline.all("script")),
        *(link["href"] for link in outline.all("link") if link["rel"] in ("stylesheet", "icon")),
    ]
    answers = [response, *[await client.get(path) for path in loaded]]

    assert response.headers["Content-Encoding"] == "gzip"
    assert sum(answer.num_bytes_downloaded for answer in answers) < 100_000
    assert len(answers) <= 12


async def test_an_excluded_value_is_named_on_its_chip(client):
    html = await page(client, "/?not_person=person:ada")

    assert re.search(r"Person not</span> Ada Brandt\s", html)


async def test_amounts_are_asked_for_in_the_box_of_deal_sizes(client):
    html = await page(client, "/?q=battery&amount_from=1m")

    fields = {field["name"]: field.get("value") for field in Outline(html).all("input") if "name" in field}
    assert (fields["amount_from"], fields["amount_to"]) == ("1000000", "")
    assert "from $1 million" in html


async def test_pictures_of_articles_are_shown_only_where_the_setting_says_so(filled_store, clock):
    shown = {}
    for wanted in (False, True):
        reader = await open_reader(filled_store, clock)
        app = create_app(reader, filled_store, HttpSettings(), SearchSettings(remote_images=wanted), clock)
        async with asking(app) as asked:
            answer = await asked.get(f"/articles/{ALL[9].article_id}")
        await reader.close()
        shown[wanted] = (answer.text.count("<img"), "img-src" in answer.headers["Content-Security-Policy"])

    assert shown == {False: (0, False), True: (1, True)}


@pytest.mark.parametrize("path", ["/", "/deals", "/quotes", "/stories"])
async def test_a_time_before_all_others_is_a_filter_like_any_other(client, path):
    response = await client.get(f"{path}?to=0001-01-01T00:00Z")

    assert response.status_code == 200
    assert "until 1 January 1" in response.text
