import csv
import io
import json
from collections.abc import AsyncIterator

import pytest
from lxml import etree

from services.cli.export import CSV_COLUMNS, export, open_output, write_csv, write_jsonl, write_rss
from services.cli.search import understand
from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_reader, open_writer
from shared.clock import SystemClock
from shared.errors import ConfigurationError
from shared.settings import StoreSettings
from tests.builders import a_stored_article, a_topic, an_enrichment, an_entity


async def some(*articles: StoredArticle) -> AsyncIterator[StoredArticle]:
    for article in articles:
        yield article


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
async def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(start):
    out = io.BytesIO()

    await write_csv(some(a_stored_article(title=f"{start}cmd|' /C calc'!A0")), out)

    row = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))[1]
    assert row[CSV_COLUMNS.index("title")] == f"'{start}cmd|' /C calc'!A0"


async def test_a_row_holds_the_labels_of_each_facet():
    enrichment = an_enrichment(
        entities=(an_entity("org:acme", "Acme"), an_entity("org:initech", "Initech")),
        topics=(a_topic("topic:energy", "Energy"),),
    )
    out = io.BytesIO()

    count = await write_csv(some(a_stored_article(enrichment=enrichment, text='A "quoted"\ntext; with, signs')), out)

    (row,) = csv.DictReader(io.StringIO(out.getvalue().decode(), newline=""))
    assert count == 1
    assert row["organization"] == "Acme; Initech"
    assert row["topic"] == "Energy"
    assert row["text"] == 'A "quoted"\ntext; with, signs'


async def test_a_json_line_is_the_whole_article():
    out = io.BytesIO()

    count = await write_jsonl(some(a_stored_article(1), a_stored_article(2)), out)

    first, second = map(json.loads, out.getvalue().splitlines())
    assert count == 2
    assert first["url"] == "https://news.example/articles/1"
    assert second["enrichment"]["language"]["code"] == "en"


async def test_a_feed_is_well_formed_whatever_the_titles_hold():
    out = io.BytesIO()

    count = await write_rss(some(a_stored_article(title="<b>A & B</b>\x00\x1b]]>", text="word " * 200)), out)

    (item,) = etree.fromstring(out.getvalue()).iter("item")
    assert count == 1
    assert item.findtext("title") == "<b>A & B</b>  ]]>"
    assert len(item.findtext("description") or "") <= 301
    assert item.findtext("pubDate") == "Mon, 02 Mar 2026 12:01:00 +0000"


@pytest.fixture
async def store(tmp_path):
    settings = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(settings, SystemClock())
    await writer.put(
        [
            *(a_stored_article(number, text=f"A battery plant, number {number}.") for number in range(1, 31)),
            a_stored_article(31, text="Shipping."),
            a_stored_article(32, text="Secret battery. " * 100, rights=("noarchive",)),
        ]
    )
    await writer.close()
    return settings


async def test_the_export_is_as_long_as_the_total_of_the_search(store, tmp_path, capsys):
    output = tmp_path / "out.jsonl"
    query = understand("battery", [])
    reader = await open_reader(store)
    total = (await reader.search(query)).total.value
    await reader.close()

    await export(query, store, "jsonl", output)

    assert len(output.read_text().splitlines()) == total == 31
    assert "31 articles exported" in capsys.readouterr().err


async def test_an_article_that_forbids_copies_leaves_as_a_snippet(store, tmp_path):
    output = tmp_path / "out.jsonl"

    await export(understand("secret", []), store, "jsonl", output)

    (article,) = map(json.loads, output.read_text().splitlines())
    assert len(article["text"]) <= 301
    assert article["text_truncated"]


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path):
    seen: list[str] = []

    with open_output(tmp_path / "out.csv") as out:
        out.write(b"half")
        seen += [path.name for path in tmp_path.iterdir()]

    assert seen == ["out.csv.part"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_nothing_is_left_of_an_export_that_failed(tmp_path):
    with pytest.raises(RuntimeError), open_output(tmp_path / "out.csv"):
        raise RuntimeError

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with (
        pytest.raises(ConfigurationError, match=r"cannot write .*nowhere"),
        open_output(tmp_path / "nowhere" / "out.csv"),
    ):
        pass
