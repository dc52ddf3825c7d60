import pytest

from services.crawler.extraction.extract import extract
from services.crawler.extraction.quality import drop_reason
from tests.unit.services.crawler.extraction.pages import FETCHED_AT, PARAGRAPHS, URL, a_page, linked_data

STORY = linked_data('{"@type": "NewsArticle", "headline": "Mill sells weir"}')
CONSENT = """<h1>We value your privacy</h1><p>We and our 812 partners store and/or access information on a device,
  such as cookies, and process personal data.</p><p>You may accept or manage your choices, including your right
  to object where legitimate interest is used.</p>
  <p>You can withdraw your consent at any time in our privacy policy.</p>
  <button>Accept all</button>"""


def extraction(page, url=URL):
    return extract(page.encode(), url, content_type="text/html; charset=utf-8", fetched_at=FETCHED_AT)


def reason(page, url=URL):
    return drop_reason(extraction(page, url))


def test_an_article_is_kept():
    assert reason(a_page()) is None


def test_a_page_that_asks_not_to_be_indexed_is_dropped_and_its_text_extracted():
    found = extraction(a_page('<meta name="robots" content="noindex">'))

    assert drop_reason(found) == "noindex"
    assert PARAGRAPHS[0] in found.text


@pytest.mark.parametrize("body", ["", "<div id='root'></div>", "<p>Loading…</p>"])
def test_a_page_without_text_is_dropped(body):
    assert reason(a_page(body=body)) == "no-text"


def test_a_brief_of_a_few_sentences_is_kept_with_a_flag():
    found = extraction(a_page(STORY, f"<article><h1>Mill sells weir</h1><p>{PARAGRAPHS[0]}</p></article>"))

    assert drop_reason(found) is None
    assert "short" in found.quality.flags


def test_a_brief_in_chinese_counts_by_what_it_says():
    text = (
        "市议会周一开会讨论了磨坊主出售旧水坝的计划，居民们表示反对，"
        "因为水坝后面的池塘多年来一直为镇上的花园供水，没有人愿意看到它在夏天之前被抽干。"
    )

    assert reason(a_page(STORY, f"<article><h1>磨坊出售水坝</h1><p>{text}</p></article>", "zh")) is None


def test_a_consent_page_is_dropped():
    assert reason(a_page("<title>Before you continue</title>", CONSENT)) == "consent"


def test_an_article_about_cookies_is_kept():
    about = (
        "<p>Regulators fined the company on Monday because its cookie banner made it hard to reject all cookies. The "
        "banner said that users could withdraw consent, but the button for it led nowhere, the watchdog found.</p>"
        "<p>The firm said it would appeal. Its shares fell by three percent, and two rivals changed their own notices "
        "within the hour, according to people at both of them.</p>"
    )

    assert reason(a_page(STORY, f"<article><h1>Fine for cookie banner</h1>{about}</article>")) is None


def test_an_article_below_a_consent_notice_is_kept():
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)

    assert reason(a_page(body=f"<article><h1>Mill sells weir</h1>{paragraphs}</article><div>{CONSENT}</div>")) is None


@pytest.mark.parametrize(
    "title",
    [
        "404 Not Found",
        "Page not found | The Example",
        "Error 503",
        "Access Denied",
        "Just a moment...",
        "Seite nicht gefunden",
    ],
)
def test_an_error_page_served_as_a_page_is_dropped(title):
    text = "<p>Try the search, or go back to the front page, where all the news of the day is waiting.</p>"

    page = a_page(f'<meta property="og:site_name" content="The Example"><title>{title}</title>', text * 2)

    assert reason(page) == "error-page"


@pytest.mark.parametrize(
    "title", ["404 Media raises money", "Access denied: how the archive shut its doors", "Not found guilty"]
)
def test_an_article_with_such_words_in_its_title_is_kept(title):
    assert reason(a_page(f"<title>{title}</title>").replace("Mill sells weir", title)) is None


def test_a_list_of_headlines_is_dropped():
    teasers = "".join(
        f'<div><h2><a href="/story-{n}">The {n}th story of a long day at the mill</a></h2><p>{PARAGRAPHS[0]}</p></div>'
        for n in range(8)
    )

    assert reason(a_page("<title>Business</title>", f"<main>{teasers}</main>")) == "listing"


def test_a_long_guide_with_many_links_to_titles_is_kept():
    parts = "".join(
        f'<h2><a href="/tool-{n}">The {n}th tool of a good miller</a></h2>'
        f"<p>{PARAGRAPHS[n % 6]}</p><p>{n}: {PARAGRAPHS[0]}</p>"
        for n in range(8)
    )

    assert reason(a_page("<title>Tools</title>", f"<main>{parts}</main>")) is None


def test_the_front_page_is_a_listing_unless_it_declares_an_article():
    root = "https://news.example/"

    assert reason(a_page(), root) == "listing"
    assert reason(a_page(STORY), root) is None


def test_the_score_falls_with_each_doubt():
    sure = extraction(a_page(STORY + '<meta name="author" content="Jane Doe"><meta property="og:title" content="x">'))
    paid = extraction(a_page(linked_data('{"@type": "NewsArticle", "headline": "x", "isAccessibleForFree": false}')))

    assert sure.quality.score > paid.quality.score > 0
    assert "paywall" in paid.quality.flags
