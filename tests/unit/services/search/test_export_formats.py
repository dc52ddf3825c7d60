import csv
import io
import json
from collections.abc import AsyncIterator

import pytest
from lxml import etree

from services.search.export_formats import CSV_COLUMNS, FORMATS, Channel
from shared.article_store.document import StoredArticle
from tests.builders import a_stored_article, a_topic, an_enrichment, an_entity

ATOM = "{http://www.w3.org/2005/Atom}"
CHANNEL = Channel('Search for "a & b"', "https://news.internal/?q=a", "https://news.internal/v1/export?q=a&format=rss")


async def some(*articles: StoredArticle) -> AsyncIterator[StoredArticle]:
    for article in articles:
        yield article


async def whole(form, *articles, channel=CHANNEL):
    return b"".join([piece async for piece in FORMATS[form].pieces(some(*articles), channel)]).decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
async def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(start):
    written = await whole("csv", a_stored_article(title=f"{start}cmd|' /C calc'!A0"))

    row = list(csv.reader(io.StringIO(written, newline="")))[1]
    assert row[CSV_COLUMNS.index("title")] == f"'{start}cmd|' /C calc'!A0"


async def test_a_row_holds_the_labels_of_each_facet():
    enrichment = an_enrichment(
        entities=(an_entity("org:acme", "Acme"), an_entity("org:initech", "Initech")),
        topics=(a_topic("topic:energy", "Energy"),),
    )

    written = await whole("csv", a_stored_article(enrichment=enrichment, text='A "quoted"\ntext; with, signs'))

    (row,) = csv.DictReader(io.StringIO(written, newline=""))
    assert row["organization"] == "Acme; Initech"
    assert row["topic"] == "Energy"
    assert row["text"] == 'A "quoted"\ntext; with, signs'


async def test_a_json_line_is_the_whole_article():
    written = await whole("jsonl", a_stored_article(1), a_stored_article(2))

    first, second = map(json.loads, written.splitlines())
    assert first["url"] == "https://news.example/articles/1"
    assert second["enrichment"]["language"]["code"] == "en"


async def test_a_feed_is_well_formed_whatever_the_titles_hold():
    written = await whole("rss", a_stored_article(title="<b>A & B</b>\x00\x1b]]>", text="word " * 200))

    (item,) = etree.fromstring(written.encode()).iter("item")
    assert item.findtext("title") == "<b>A & B</b>  ]]>"
    assert len(item.findtext("description") or "") <= 301
    assert item.findtext("pubDate") == "Mon, 02 Mar 2026 12:01:00 +0000"


async def test_an_atom_feed_is_well_formed_and_names_its_authors():
    article = a_stored_article(title="<b>A & B</b>\x00", text="word " * 200, authors=("Ada & Tom",))

    feed = etree.fromstring((await whole("atom", article)).encode())

    (entry,) = feed.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "<b>A & B</b> "
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Ada & Tom"
    assert entry.find(f"{ATOM}link").get("href") == article.article.url
    assert feed.findtext(f"{ATOM}id") == CHANNEL.own_link
    assert feed.findtext(f"{ATOM}updated") == article.ingested_at.isoformat()


@pytest.mark.parametrize("form", ["rss", "atom"])
async def test_a_feed_without_articles_is_a_feed(form):
    feed = etree.fromstring((await whole(form)).encode())

    assert not [*feed.iter("item"), *feed.iter(f"{ATOM}entry")]


async def test_a_feed_says_which_search_it_is():
    feed = etree.fromstring((await whole("rss", a_stored_article())).encode())

    assert feed.findtext("channel/title") == 'Search for "a & b"'
    assert feed.findtext("channel/link") == "https://news.internal/?q=a"


async def test_half_a_character_does_not_break_a_line():
    line = await whole("jsonl", a_stored_article(authors=("\ud800",)))

    assert json.loads(line)["authors"] == ["\ud800"]
