"""What a page says of its article besides the text: JSON-LD is trusted first, then OpenGraph, meta, HTML."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from services.crawler import rights
from services.crawler.characters import readable
from services.crawler.discovery.link import absolute_url, language_of
from services.crawler.extraction.authors import persons
from services.crawler.extraction.head import Head
from services.crawler.extraction.json_ld import LinkedData, text_of
from services.crawler.extraction.outline import Outline
from services.crawler.politeness import PRODUCT_TOKEN
from shared.events.articles import Access, Right
from shared.urls import MAX_URL_CHARACTERS

_MAX_TITLE = 500
_MAX_DESCRIPTION = 2000
_MAX_NAME = 120
_MAX_TAGS = 30
_MAX_HEADINGS = 20
_MAX_LISTED = 10_000
_WORD = re.compile(r"\w+")
_SEPARATOR = re.compile(r"\s+[-–—|·•»:]\s+|\s*[|»]\s*")


@dataclass(frozen=True)
class Metadata:
    """Fields of the same names in Extraction."""

    title: str
    authors: tuple[str, ...]
    site_name: str | None
    description: str | None
    image_url: str | None
    section: str | None
    tags: tuple[str, ...]
    language_hint: str | None
    declared_canonical: str | None
    access: Access
    rights: tuple[Right, ...]
    noindex: bool


def read(outline: Outline, data: LinkedData, head: Head, url: str) -> Metadata:
    """The metadata of the page at `url`."""
    site_name = _line(data.text("publisher") or head.first("og:site_name", "application-name"), _MAX_NAME)
    directives = {part.strip().lower() for content in head.all("robots", PRODUCT_TOKEN) for part in content.split(",")}
    return Metadata(
        title=_title(outline, data, head, site_name),
        authors=persons(outline, data, head, site_name),
        site_name=site_name,
        description=_line(
            data.text("description") or head.first("og:description", "description", "twitter:description"),
            _MAX_DESCRIPTION,
        ),
        image_url=_image(data, head, url),
        section=_line(data.text("articleSection") or head.first("article:section", "section"), _MAX_NAME),
        tags=_tags(data, head),
        language_hint=_language(outline.tree, data, head),
        declared_canonical=_canonical(outline, head, url),
        access=_access(data, head),
        rights=rights.together(rights.of_rules(directives, head.first("tdm-reservation"))),
        noindex=not rights.NOINDEX.isdisjoint(directives),
    )


def _line(text: str | None, limit: int) -> str | None:
    # Twice escaped text is common in JSON-LD.
    line = " ".join(readable(html.unescape(text or "")[: 4 * limit]).split())
    return (line if len(line) <= limit else line[: limit - 1].rstrip() + "…") or None


def _title(outline: Outline, data: LinkedData, head: Head, site_name: str | None) -> str:
    headings = _lines(heading.text_content() for heading in islice(outline.all("h1"), _MAX_HEADINGS))
    titles = [element.text_content() for element in outline.all("title") if _is_in_head(element)]
    only = headings[0] if len(headings) == 1 else None
    said = _lines((
        data.text("headline"), data.text("name"), head.first("og:title", "twitter:title"), only,
        head.first("dc.title", "parsely-title", "title"), *titles[:1], *headings[:1],
    ))  # fmt: skip
    if only and said and _says_the_same(only, said[0], site_name):
        # What readers see; the others are cut, lengthened or reworded for search engines and share buttons.
        return only
    if not said:
        return ""
    # A headline that was cut for a search engine is written out elsewhere.
    start = re.sub(r"\s*(…|\.\.\.)$", "", said[0])
    longer = (line for line in said if start != said[0] and line.startswith(start) and len(line) > len(said[0]))
    return _without_site(next(longer, said[0]), site_name)


def _is_in_head(title: HtmlElement) -> bool:
    """Whether it is the page's; pictures have titles, too."""
    around = title.getparent()
    return around is not None and around.tag == "head"


def _lines(texts: Iterable[str | None]) -> list[str]:
    return [line for text in texts if (line := _line(text, _MAX_TITLE))]


def _says_the_same(heading: str, title: str, site_name: str | None) -> bool:
    """Whether the heading shares half of its words with the title, and is not the name of the site."""
    words = set(_WORD.findall(heading.casefold()))
    shared = words & set(_WORD.findall(title.casefold()))
    return 2 * len(shared) >= len(words) > 1 and heading.casefold() != (site_name or "").casefold()


def _without_site(title: str, site_name: str | None) -> str:
    parts = list(_SEPARATOR.finditer(title))
    if not parts or not site_name:
        return title
    site = site_name.casefold()
    if title[parts[-1].end() :].casefold() == site:
        return title[: parts[-1].start()]
    return title[parts[0].end() :] if title[: parts[0].start()].casefold() == site else title


def _image(data: LinkedData, head: Head, url: str) -> str | None:
    images: list[object] = [*data.values("image"), *data.values("thumbnailUrl")]
    said = [image.get("url") or image.get("contentUrl") if isinstance(image, dict) else image for image in images]
    said += head.all("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
    for address in said:
        if isinstance(address, str) and (found := _absolute(address.strip(), url)):
            return found
    return None


def _absolute(address: str, url: str) -> str | None:
    # Not canonicalized: a signed image address must stay as it is.
    if readable(address) != address:
        return None
    try:
        found = urljoin(url, address)
        usable = urlsplit(found).scheme in ("http", "https") and bool(urlsplit(found).hostname)
    except ValueError:
        return None
    return found if usable and address and len(found) <= MAX_URL_CHARACTERS and not re.search(r"\s", found) else None


def _tags(data: LinkedData, head: Head) -> tuple[str, ...]:
    linked = [text for value in data.values("keywords") if (text := text_of(value))]
    listed = linked or head.all("article:tag") or head.all("news_keywords") or head.all("keywords", "parsely-tags")
    found: dict[str, str] = {}
    for tag in (_line(tag, _MAX_NAME) for text in listed for tag in re.split(r"[,;]", text[:_MAX_LISTED])):
        if tag:
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:_MAX_TAGS]


def _language(tree: HtmlElement, data: LinkedData, head: Head) -> str | None:
    said: Iterable[str | None] = (
        data.text("inLanguage"), tree.get("lang"), tree.get("xml:lang"),
        head.first("content-language", "language", "dc.language"), head.first("og:locale"),
    )  # fmt: skip
    return next((code for text in said if (code := language_of(text))), None)


def _canonical(outline: Outline, head: Head, url: str) -> str | None:
    for link in outline.all("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and (found := absolute_url(link.get("href"), url)):
            return found
    return absolute_url(head.first("og:url"), url)


def _access(data: LinkedData, head: Head) -> Access:
    free = [str(value).rpartition("/")[2].lower() for value in data.values("isAccessibleForFree")]
    locked = "false" in free or (head.first("article:content_tier") or "").lower() == "locked"
    return "paywall" if locked else "free"
