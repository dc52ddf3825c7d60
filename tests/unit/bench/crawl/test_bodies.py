from datetime import UTC, datetime

from services.crawler.extraction.extract import extract
from tests.bench.crawl.bodies import archive_in, bodies_of, real_sentences


def test_without_an_archive_no_two_pages_are_the_same_and_each_is_the_same_again():
    first, second = bodies_of(None), bodies_of(None)

    assert len({first(number) for number in range(20)}) == 20
    assert first(3) == second(3)


def test_a_made_page_is_an_article_with_all_that_articles_have():
    page = bodies_of(None)(7)

    found = extract(
        page, "http://127.0.0.2/news/7", content_type="text/html", fetched_at=datetime(2026, 6, 1, tzinfo=UTC)
    )

    assert found.title.endswith("(7)")
    assert len(found.text.split()) > 400
    assert found.authors == ("Ada Byron",)
    assert found.published is not None and found.quality.score == 1


def test_sentences_of_real_pages_are_those_of_their_articles_each_once():
    said = "The harbour of Halden was closed for a week. Nobody said why it had to be closed."
    page = f"<html><head><title>Closed</title></head><body><article><h1>Closed</h1><p>{said}</p><p>Read on.</p>" + (
        "<p>Ships waited outside for days, and their crews waited with them.</p></article></body></html>"
    )

    found = real_sentences([page.encode(), page.encode()])

    assert found == [
        "The harbour of Halden was closed for a week.",
        "Nobody said why it had to be closed.",
        "Ships waited outside for days, and their crews waited with them.",
    ]


def test_a_folder_without_the_archive_has_none(tmp_path):
    assert archive_in(tmp_path) is None
