"""A source of news, and the YAML documents that hold sources."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Annotated, Any
from unicodedata import normalize
from urllib.parse import urljoin, urlsplit

import yaml
from pydantic import Field, ValidationError, ValidationInfo, field_validator

from shared.errors import ConfigurationError, InvalidInput
from shared.events.articles import HttpUrl
from shared.events.commands import SiteFound
from shared.events.enrichment import Value
from shared.urls import canonicalize, host_of

MAX_DOCUMENT_BYTES = 10_000_000
# Each of them is kept in memory by every crawler, and looked up every few seconds.
MAX_SOURCES = 20_000
MAX_DOORS = 200
_MAX_PATTERNS = 50
# What a pattern is compared with: a path, or a whole URL.
_GLOB = re.compile(r"(/|\*|https?://)\S*")
_LANGUAGE = re.compile(r"([a-z]{2,3})([-_][a-z0-9]+)*", re.IGNORECASE)

_DOORS = {"feed": "feeds", "sitemap": "sitemaps", "listing": "listings"}

Doors = Annotated[tuple[HttpUrl, ...], Field(max_length=MAX_DOORS)]
Patterns = Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=_MAX_PATTERNS)]
Tag = Annotated[str, Field(min_length=1, max_length=60)]


class Source(Value):
    """One publisher, or one part of it, and the doors that lead to its articles.

    Attributes:
        include, exclude: globs; of the articles that the doors lead to, those are wanted that some `include` fits,
            where there is any, and that no `exclude` fits. A glob that begins with a slash is compared with path and
            query, any other with the whole URL; an asterisk stands for any characters, slashes too, and everything else
            for itself.
        crawl_delay_s: between two requests to the source's hosts, where that is longer than what holds for all sources
            and than what the site asks for.
        language, country, section: of its articles, where they do not say so themselves; language as ISO 639,
            country as ISO 3166-1 alpha-2.
        tags: by which people group their sources.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    name: str = Field(min_length=1, max_length=200)
    url: HttpUrl
    feeds: Doors = ()
    sitemaps: Doors = ()
    listings: Doors = ()
    include: Patterns = ()
    exclude: Patterns = ()
    crawl_delay_s: float | None = Field(default=None, gt=0, le=3600, allow_inf_nan=False)
    language: str | None = None
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    section: str | None = Field(default=None, min_length=1, max_length=200)
    tags: tuple[Tag, ...] = Field(default=(), max_length=30)

    @field_validator("url", mode="after")
    @classmethod
    def _one_spelling(cls, url: str) -> str:
        return _canonical(url)

    @field_validator("feeds", "sitemaps", "listings", mode="after")
    @classmethod
    def _one_spelling_each(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        # The same door in another spelling is the same door.
        return tuple(dict.fromkeys(map(_canonical, urls)))

    @field_validator("include", "exclude", mode="after")
    @classmethod
    def _globs(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if not _GLOB.fullmatch(pattern):
                raise ValueError(f"{pattern!r} fits no URL: begin with /, * or https://, and use no blanks")
        return patterns

    @field_validator("language", "country", mode="before")
    @classmethod
    def _code(cls, code: object, info: ValidationInfo) -> object:
        if isinstance(code, bool):
            # Norway and Norwegian, to YAML 1.1.
            raise ValueError("YAML takes yes, no, on and off for true and false: write the code in quotes")
        if not isinstance(code, str):
            return code
        if info.field_name == "country":
            return code.upper()
        if found := _LANGUAGE.fullmatch(code):
            return found[1].lower()
        raise ValueError(f"{code[:40]!r} is no language tag, as en or pt-BR")

    @property
    def doors(self) -> tuple[tuple[str, str], ...]:
        """All places to look for new articles, as (kind, URL)."""
        return (
            *(("feed", url) for url in self.feeds),
            *(("sitemap", url) for url in self.sitemaps),
            *(("listing", url) for url in self.listings),
        )


def source_for(found: SiteFound, known: Iterable[Source]) -> Source:
    """The source that a site becomes: a known one with more doors, where the site is known already, else a new one.

    It is known by a door that both share, or as the same page; a feed that is named by itself is known by its doors
    only, since many publishers share the hosts of some platforms.
    """
    known = tuple(known)
    doors = {kind: tuple(door.url for door in found.doors if door.chosen and door.kind == kind) for kind in _DOORS}
    urls = {url for of_kind in doors.values() for url in of_kind}
    # A door that was given by itself says nothing of the site's other pages.
    url = urljoin(found.url, "/") if found.url in urls - set(doors["listing"]) else found.url
    by_door = max(known, key=lambda source: len(urls & {door for _, door in source.doors}), default=None)
    if by_door and not urls.isdisjoint(door for _, door in by_door.doors):
        return _with_doors(by_door, doors, found)
    if url == found.url and (same := next((source for source in known if _same_page(source.url, url)), None)):
        return _with_doors(same, doors, found)
    source_id = free_id(f"{host_of(url).removeprefix('www.')} {urlsplit(url).path}", {source.id for source in known})
    return _with_doors(Source(id=source_id, name=found.name, url=url), doors, found)


def free_id(wanted: str, taken: Collection[str]) -> str:
    """An id made of the text, with a number where it is taken."""
    plain = normalize("NFKD", wanted.casefold()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "source"
    return next(name for n in count(1) if (name := slug if n == 1 else f"{slug}-{n}") not in taken)


def _with_doors(source: Source, doors: Mapping[str, tuple[str, ...]], found: SiteFound) -> Source:
    before = {kind: tuple(url for of_kind, url in source.doors if of_kind == kind) for kind in _DOORS}
    fields = {field: tuple(dict.fromkeys((*before[kind], *doors[kind])))[:MAX_DOORS] for kind, field in _DOORS.items()}
    return source.model_copy(update={**fields, "language": source.language or found.language})


def _same_page(one: str, other: str) -> bool:
    return _page_name(one) == _page_name(other)


def _page_name(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return host_of(url).removeprefix("www."), parts.path.rstrip("/"), parts.query


def parse_sources(document: str, origin: str) -> tuple[Source, ...]:
    """The sources of a YAML document ``sources: [{id, name, url, feeds, sitemaps, listings, …}]``.

    Raises:
        ConfigurationError: not YAML, not such a list, a source that does not validate, or an id given twice;
            the message names `origin`, the source and the field.
    """
    try:
        data: Any = yaml.safe_load(document)
    # Nesting without end is no YAML of ours, whichever of the two says so.
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError(f"{origin} is not YAML: {error}") from error
    items = data.get("sources") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ConfigurationError(f"{origin} has no list called sources: write `sources:` and one entry for each site")
    if len(items) > MAX_SOURCES:
        raise ConfigurationError(f"{origin} has {len(items)} sources, more than {MAX_SOURCES}: leave some out")
    sources = tuple(_parse_source(item, number, origin) for number, item in enumerate(items, 1))
    counts = Counter(source.id for source in sources)
    if twice := sorted(source_id for source_id, count in counts.items() if count > 1):
        raise ConfigurationError(f"{origin} gives these ids twice: {', '.join(twice)}")
    return sources


def sources_yaml(sources: Iterable[Source]) -> str:
    """The document that `parse_sources` reads back as the same sources."""
    items = [source.model_dump(mode="json", exclude_defaults=True) for source in sources]
    return yaml.safe_dump({"sources": items}, sort_keys=False, allow_unicode=True, width=1000)


def read_sources_file(path: Path) -> tuple[Source, ...]:
    """The sources of a YAML file; raises ConfigurationError as `parse_sources`, or when it cannot be read."""
    try:
        return parse_sources(read_document(path).decode("utf-8"), str(path))
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not in UTF-8: {error}") from error


def read_document(path: Path) -> bytes:
    """The bytes of a file of sources.

    Raises:
        ConfigurationError: it cannot be read, or has more than MAX_DOCUMENT_BYTES.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read the sources file {path}: {error}") from error
    if len(body) > MAX_DOCUMENT_BYTES:
        raise ConfigurationError(f"{path} is larger than {MAX_DOCUMENT_BYTES} bytes: split it")
    return body


def _canonical(url: str) -> str:
    try:
        return canonicalize(url)
    except InvalidInput as error:
        # As pydantic wants it: so the message names the field.
        raise ValueError(str(error)) from error


def _parse_source(item: object, number: int, origin: str) -> Source:
    if unknown := sorted(map(str, set(item) - set(Source.model_fields))) if isinstance(item, dict) else []:
        known = ", ".join(Source.model_fields)
        named = ", ".join(unknown)
        raise ConfigurationError(f"{origin}: source number {number} has unknown {named}; known: {known}")
    try:
        return Source.model_validate(item)
    except ValidationError as error:
        name = item.get("id", f"number {number}") if isinstance(item, dict) else f"number {number}"
        raise ConfigurationError(f"{origin}: source {name}: {in_words(error)}") from error


def in_words(error: ValidationError) -> str:
    """What is wrong with each field, as one line."""
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}".lstrip(": ") for e in error.errors())
