"""Bytes of a page to one tree of elements, read the way browsers read them."""

import re

from lxml import html
from lxml.etree import ElementDefaultClassLookup, LxmlError

from services.crawler.charset import decode
from shared.errors import InvalidInput

_PROLOGUE = 4096
_STRANGE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"<(!doctype|!--|/?[a-z])", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--((?!-->).)*-->\s*)*<(rss|feed|rdf:RDF|urlset|sitemapindex|svg)\b", re.DOTALL
)
_PAGE_TYPES = ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain", "binary/octet-stream",
               "application/octet-stream")  # fmt: skip
# No character of HTML; lxml refuses some of them and a NUL would end the document.
_CONTROLS = bytes((*range(9), 11, *range(14, 32), 127))
# lxml.html's own lookup is a call of Python for each element whenever it is come by; a form is not needed here.
_ONE_CLASS = ElementDefaultClassLookup(element=html.HtmlElement)


def parse(body: bytes, content_type: str | None) -> html.HtmlElement:
    """The tree of a page; an empty page has an empty body.

    Raises:
        InvalidInput: another media type, or bytes that hold no markup.
    """
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type and media_type not in _PAGE_TYPES:
        raise InvalidInput(f"no HTML page: its media type is {media_type[:80]}")
    text = decode(body, content_type)
    if _is_binary(text[:_PROLOGUE]):
        raise InvalidInput("no HTML page: it is binary data")
    if text.strip() and not _MARKUP.search(text):
        raise InvalidInput("no HTML page: there is no markup in it")
    if _NO_PAGE.match(text[:_PROLOGUE]):
        raise InvalidInput("no HTML page: it is a feed, a sitemap or a picture")
    return _tree(text)


def _is_binary(start: str) -> bool:
    # Pages hold stray control characters, but not one in twenty; random bytes hold one in ten.
    strange = len(_STRANGE.findall(start))
    return strange > 16 and 20 * strange > len(start)


def _tree(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_ONE_CLASS)
    # In UTF-8 a control character is one byte: 60 times as fast as translating the characters.
    clean = text.encode("utf-8", errors="replace").translate(None, _CONTROLS)
    try:
        tree = html.document_fromstring(clean, parser=parser)
    except (LxmlError, ValueError):
        tree = None
    return tree if tree is not None else html.document_fromstring("<html><body></body></html>")
