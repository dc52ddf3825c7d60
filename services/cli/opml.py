"""OPML, the list of feeds that every feed reader imports and exports: outlines into sources and back."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from lxml import etree
from pydantic import ValidationError

from services.crawler.charset import decode
from shared.errors import ConfigurationError, InvalidInput
from shared.sources import MAX_SOURCES, Source, free_id
from shared.urls import canonicalize

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#?\w{2,31};)?")
_DOCUMENT_TYPE = re.compile(r"<!\s*(doctype|entity)", re.IGNORECASE)
# Not read here. Programs put HTML into it, quotes included: it ends where another attribute begins.
_DESCRIPTION = re.compile(r"""\sdescription\s{0,9}=\s{0,9}["']""", re.IGNORECASE)
_AFTER_IT = re.compile(
    r"""["'](?=\s+(?:text|title|type|version|language|category|xmlUrl|htmlUrl)\s{0,9}=|\s*/?>\s*<)"""
)
_LONGEST_DESCRIPTION = 20_000
_DEEPEST = 20
_MAX_TAGS = 30
_MAX_TAG = 60
_MAX_NAME = 200


@dataclass(frozen=True)
class Outlines:
    """What an OPML file holds.

    Attributes:
        sources: one for each site and name; the folders that an outline lies in, and its categories, are its tags.
        left_out: what could not be used, in words.
    """

    sources: tuple[Source, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Feed:
    """An outline with a feed."""

    url: str
    site: str
    name: str
    tags: tuple[str, ...]
    language: str | None


def parse_opml(body: bytes, origin: str, known: Sequence[Source] = ()) -> Outlines:
    """The sources of an OPML document. A feed that a known source has keeps that source's id, and all it is.

    Raises:
        ConfigurationError: no OPML, a document type or entities in it, or more than MAX_SOURCES feeds.
    """
    feeds, left_out = [], []
    for outline, folders in _outlines(_root(body, origin)):
        if not (outline.get("xmlUrl") or "").strip():
            continue
        try:
            feeds.append(_feed(outline, folders))
        except InvalidInput as error:
            left_out.append(f"{_text(outline) or 'an outline without a name'}: {error}")
        if len(feeds) > MAX_SOURCES:
            raise ConfigurationError(f"{origin} has more than {MAX_SOURCES} feeds: split it")
    sources, refused = _sources(feeds, known)
    return Outlines(tuple(sources), (*left_out, *refused))


def to_opml(sources: Iterable[Source]) -> bytes:
    """The feeds of the sources as OPML 2.0: each in the folder of its source's first tag, other tags as categories.

    Sitemaps, listings and options have no place in OPML, and sources without feeds none either.
    """
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Newsweir"
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {}
    for source in sources:
        folder = body
        if source.tags and source.feeds:
            name = source.tags[0]
            if name not in folders:
                folders[name] = etree.SubElement(body, "outline", text=_xml(name), title=_xml(name))
            folder = folders[name]
        for feed in source.feeds:
            etree.SubElement(folder, "outline", _attributes(source, feed))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _attributes(source: Source, feed: str) -> dict[str, str]:
    name = _xml(source.name)
    said = {"type": "rss", "text": name, "title": name, "xmlUrl": feed, "htmlUrl": source.url}
    if source.language:
        said["language"] = source.language
    if categories := ",".join(f"/{_xml(tag)}" for tag in source.tags[1:] if not set("/,") & set(tag)):
        said["category"] = categories
    return said


def _xml(text: str) -> str:
    """The text without what XML cannot hold."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def _root(body: bytes, origin: str) -> etree._Element:
    # As text first: in another encoding a document type would pass unseen.
    text = _XML_DECLARATION.sub("", decode(body, None).lstrip("\ufeff"))
    if _DOCUMENT_TYPE.search(text):
        raise ConfigurationError(f"{origin} has a document type or entities, which OPML needs none of: take them out")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    text = _AMPERSAND.sub(_mended, _without_descriptions(text))
    try:
        root = etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or str(root.tag).rpartition("}")[2].lower() != "opml":
        raise ConfigurationError(f"{origin} is not OPML: export it again from the program that it comes from")
    return root


def _without_descriptions(text: str) -> str:
    parts: list[str] = []
    at = 0
    while begin := _DESCRIPTION.search(text, at):
        end = _AFTER_IT.search(text, begin.end(), begin.end() + _LONGEST_DESCRIPTION)
        if end is None:
            # From here on it is for the parser to make sense of.
            break
        parts.append(text[at : begin.start()])
        at = end.end()
    return "".join((*parts, text[at:]))


def _mended(ampersand: re.Match[str]) -> str:
    """An ampersand as careless programs write it: alone, or with a name of HTML or a number, be it half of a pair."""
    return html.escape(html.unescape(ampersand[0]))


def _outlines(root: etree._Element) -> Iterator[tuple[etree._Element, tuple[str, ...]]]:
    """Every outline with the names of the folders it lies in, from the outermost, in the order of the file."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(child, ()) for child in reversed(list(root))]
    while waiting:
        element, folders = waiting.pop()
        is_outline = isinstance(element.tag, str) and element.tag.rpartition("}")[2] == "outline"
        if is_outline:
            yield element, folders
        name = _text(element) if is_outline and not element.get("xmlUrl") else None
        inside = (*folders, name) if name else folders
        if len(inside) <= _DEEPEST:
            waiting.extend((child, inside) for child in reversed(list(element)))


def _feed(outline: etree._Element, folders: tuple[str, ...]) -> _Feed:
    written = re.sub(r"^feed:(//)?(?=https?:)", "", (outline.get("xmlUrl") or "").strip())
    url = canonicalize(re.sub(r"^feed://", "http://", written))
    try:
        site = canonicalize((outline.get("htmlUrl") or "").strip())
    except InvalidInput:
        site = urljoin(url, "/")
    categories = [part for path in (outline.get("category") or "").split(",") for part in path.split("/")]
    tags = (" ".join(tag.split())[:_MAX_TAG].strip() for tag in (*folders, *categories))
    return _Feed(
        url=url,
        site=site,
        name=_text(outline) or site,
        tags=tuple(islice(dict.fromkeys(tag for tag in tags if tag), _MAX_TAGS)),
        language=outline.get("language"),
    )


def _text(outline: etree._Element) -> str | None:
    said = outline.get("title") or outline.get("text") or ""
    return " ".join(said.split())[:_MAX_NAME].strip() or None


def _sources(feeds: Iterable[_Feed], known: Sequence[Source]) -> tuple[list[Source], list[str]]:
    """A source for each site and name, and what cannot be one."""
    by_door = {url: source for source in known for _, url in source.doors}
    found: dict[str, Source] = {}
    ids: dict[tuple[str, str], str] = {}
    refused: list[str] = []
    taken = {source.id for source in known}
    for feed in feeds:
        before = by_door.get(feed.url)
        if before is None:
            source_id = ids.get((feed.site, feed.name)) or free_id(feed.name, taken)
            before = found.get(source_id) or Source(id=source_id, name=feed.name, url=feed.site)
        before = found.get(before.id, before)
        try:
            source = _with(before, feed)
        except ValidationError as error:
            refused.append(f"{feed.name}: {error.errors()[0]['msg']}")
            continue
        found[source.id] = source
        ids.setdefault((feed.site, feed.name), source.id)
        taken.add(source.id)
    return list(found.values()), refused


def _with(source: Source, feed: _Feed) -> Source:
    """The source with one more feed; what is known of it already stays."""
    feeds = tuple(dict.fromkeys((*source.feeds, *([feed.url] if feed.url not in dict(source.doors).values() else []))))
    tags = tuple(islice(dict.fromkeys((*source.tags, *feed.tags)), _MAX_TAGS))
    fields = {**source.model_dump(), "feeds": feeds, "tags": tags}
    language = source.language or feed.language
    try:
        return Source.model_validate({**fields, "language": language})
    except ValidationError:
        # Programs write what they like there.
        return Source.model_validate({**fields, "language": source.language})
