"""The body text of a page, without what surrounds it."""

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document


def body_text(tree: HtmlElement, url: str) -> str:
    """Paragraphs, headings and list items, one to a line; "" where nothing was found. The tree is left as it is."""
    # What the balanced rules find nothing in, the generous ones sometimes do.
    return _text(tree, url, favor_recall=False) or _text(tree, url, favor_recall=True)


def _text(tree: HtmlElement, url: str, favor_recall: bool) -> str:
    # fast: F1 .962 against .960 with the fallback extractors, at a third more pages per second.
    # No deduplication: it remembers segments of other pages.
    document = bare_extraction(
        tree, url=url, fast=True, include_comments=False, deduplicate=False, favor_recall=favor_recall
    )
    return (document.text or "").strip() if isinstance(document, Document) else ""
