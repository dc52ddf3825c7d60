import pytest

from services.crawler.extraction.extract import extract
from shared.errors import InvalidInput
from tests.unit.services.crawler.extraction.pages import FETCHED_AT, PARAGRAPHS, URL, a_page, linked_data


def extraction(body, content_type="text/html; charset=utf-8"):
    return extract(body, URL, content_type=content_type, fetched_at=FETCHED_AT)


def test_text_and_metadata_of_an_article_are_extracted():
    data = linked_data(
        '{"@type": "NewsArticle", "headline": "Mill sells weir", "datePublished": "2026-03-01T10:00:00Z", '
        '"dateModified": "2026-03-01T11:00:00Z", "author": {"@type": "Person", "name": "Jane Doe"}, '
        '"publisher": {"name": "The Example"}}'
    )

    found = extraction(a_page(data).encode())

    assert all(paragraph in found.text for paragraph in PARAGRAPHS)
    assert "Home" not in found.text
    assert (found.title, found.authors, found.site_name) == ("Mill sells weir", ("Jane Doe",), "The Example")
    assert found.published is not None and found.published.at.isoformat() == "2026-03-01T10:00:00+00:00"
    assert found.updated_at is not None and found.updated_at.isoformat() == "2026-03-01T11:00:00+00:00"
    assert found.quality.score == 1.0


def test_the_same_page_gives_the_same_text_however_often_it_is_seen():
    texts = {extraction(a_page().encode()).text for _ in range(4)}

    assert len(texts) == 1


def test_pages_in_old_encodings_are_read():
    page = a_page("<title>Größe</title>").replace("mill", "Mühle").encode("windows-1252")

    found = extraction(page, "text/html; charset=windows-1252")

    assert "the Mühle should keep" in found.text


FIVE_MEGABYTES = [
    b'<div class="card"><article>' * 200_000,
    b'<div class="' + b"a-b_c " * 800_000 + b'">x</div>',
    b'<p class="by-' + b"author-" * 700_000 + b'">x</p>',
    b'<div style="' + b"display " * 600_000 + b'">x</div>',
    b'<p class="byline">' + b"By " * 1_600_000 + b"</p>",
    b"<p>" + b"By (image: " * 450_000,
    b"<p>" + b'{"a' * 1_600_000,
    b"<h1>x</h1>" + b"<p>1 January</p>" * 100_000,
    b'<div class="article-body"><p>A sentence that is long enough to be text.</p></div>' * 60_000,
]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n ",
        b"<",
        b"<html>\x00<body><p>a\x00b",
        b"<div>" * 50_000 + b"<p>deep</p>",
        b"<b><i>" * 20_000,
        b"<!--" * 10_000,
        b"<!---->" * 10_000 + b"<p>x",
        b"<p " + b"a" * 1_000_000 + b">x",
        b"<title>&#xD800;&#0;&#x110000;</title>",
        b'<script type="application/ld+json">' + b'{"@type":"Article","author":' * 5000,
        b'<base href="http://["><link rel=canonical href="http://[::1"><a href="http://[">x</a>',
        b"\xff\xfe<\x00p\x00>\x00x\x00",
        # Nothing may be quadratic.
        *(pytest.param(body, marks=pytest.mark.slow) for body in FIVE_MEGABYTES),
    ],
)
def test_broken_markup_is_borne(body):
    try:
        found = extraction(body)
    except InvalidInput:
        return

    assert isinstance(found.text, str)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html></html>", "image/png"),
        (b"<html></html>", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "text/html"),
        (b"words and words", "text/plain"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', "text/xml"),
    ],
)
def test_what_is_no_page_is_refused(body, content_type):
    with pytest.raises(InvalidInput, match="no HTML page"):
        extraction(body, content_type)


def test_no_half_of_a_pair_and_no_control_reaches_what_is_said_of_an_article():
    hostile = r"\ud83d \u0000\u0007\u202e"
    data = linked_data(
        f'{{"@type": "NewsArticle", "headline": "Mill sells weir{hostile}", "author": {{"name": "Jane {hostile}Doe"}}, '
        f'"publisher": {{"name": "The Example{hostile}"}}, "description": "All of it{hostile}", '
        f'"keywords": ["weir{hostile}"], "articleSection": "Towns{hostile}", '
        f'"image": "https://news.example/{hostile}.jpg", '
        f'"datePublished": "2026-03-01{hostile}"}}'
    )
    body = "".join(f"<p>{paragraph}&#7;&#x202e;&#150;</p>" for paragraph in PARAGRAPHS)

    found = extraction(a_page(data, f"<article><h2>Mill sells weir</h2>{body}</article>").encode())

    assert (found.title, found.authors, found.site_name) == ("Mill sells weir", ("Jane Doe",), "The Example")
    assert (found.description, found.tags, found.section) == ("All of it", ("weir",), "Towns")
    assert found.image_url is None
    assert found.published is not None and found.published.raw == "2026-03-01"
    assert f"{PARAGRAPHS[0]}–\n" in found.text
