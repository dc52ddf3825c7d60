"""Small pages for the tests of extraction."""

from datetime import UTC, datetime

from lxml import html

URL = "https://news.example/2026/03/mill-sells-weir"
FETCHED_AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PARAGRAPHS = tuple(
    f"{number} residents told the council on Monday that the mill should keep its weir, because the pond behind it has "
    f"fed the town's gardens for {number + 40} years and nobody wants to see it drained before summer."
    for number in range(20, 26)
)


def a_page(head="", body=None, language="en"):
    """A page with a real article; `body` replaces it."""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    article = f"<article><h1>Mill sells weir</h1>{paragraphs}</article>" if body is None else body
    navigation = '<nav><a href="/">Home</a> <a href="/news">News</a></nav>'
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body>{navigation}{article}</body></html>'


def linked_data(json):
    return f'<script type="application/ld+json">{json}</script>'


def a_tree(head="", body=None, language="en"):
    return html.document_fromstring(a_page(head, body, language))
