"""A source of news, how it is doing, and the registry of both: the crawler writes, search and command line read."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, field_validator

from shared.errors import ConfigurationError, InvalidInput
from shared.events.articles import HttpUrl
from shared.events.enrichment import Value
from shared.redis_client import RedisConnection
from shared.urls import canonicalize


class Source(Value):
    """One publisher, or one part of it, and the doors that lead to its articles."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    name: str = Field(min_length=1, max_length=200)
    url: HttpUrl
    feeds: tuple[HttpUrl, ...] = ()
    sitemaps: tuple[HttpUrl, ...] = ()
    listings: tuple[HttpUrl, ...] = ()
    language: str | None = None
    country: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()

    @field_validator("url", mode="after")
    @classmethod
    def _one_spelling(cls, url: str) -> str:
        return canonicalize(url)

    @field_validator("feeds", "sitemaps", "listings", mode="after")
    @classmethod
    def _one_spelling_each(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(canonicalize(url) for url in urls)

    @property
    def doors(self) -> tuple[tuple[str, str], ...]:
        """All places to look for new articles, as (kind, URL)."""
        return (
            *(("feed", url) for url in self.feeds),
            *(("sitemap", url) for url in self.sitemaps),
            *(("listing", url) for url in self.listings),
        )


class SourceHealth(Value):
    """How a source is doing, as the crawler last saw it; times in ms since the epoch, 0 for never."""

    last_visit_ms: int = 0
    last_success_ms: int = 0
    last_new_article_ms: int = 0
    next_visit_ms: int = 0
    articles_found: int = 0
    consecutive_failures: int = 0
    last_error: str | None = None


def parse_sources(document: str, origin: str) -> tuple[Source, ...]:
    """The sources of a YAML document ``sources: [{id, name, url, feeds, sitemaps, listings, …}]``.

    Raises:
        ConfigurationError: not YAML, not such a list, a source that does not validate, or an id given twice;
            the message names `origin` and the source.
    """
    try:
        data: Any = yaml.safe_load(document)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{origin} is not YAML: {error}") from error
    items = data.get("sources") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise ConfigurationError(f"{origin} has no list called sources: write `sources:` and one entry for each site")
    sources = tuple(_parse_source(item, number, origin) for number, item in enumerate(items, 1))
    ids = [source.id for source in sources]
    if twice := sorted({source_id for source_id in ids if ids.count(source_id) > 1}):
        raise ConfigurationError(f"{origin} gives these ids twice: {', '.join(twice)}")
    return sources


def read_sources_file(path: Path) -> tuple[Source, ...]:
    """The sources of a YAML file; raises ConfigurationError as `parse_sources`, or when it cannot be read."""
    try:
        return parse_sources(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the sources file {path}: {error}") from error


def _parse_source(item: object, number: int, origin: str) -> Source:
    if unknown := sorted(map(str, set(item) - set(Source.model_fields))) if isinstance(item, dict) else []:
        known = ", ".join(Source.model_fields)
        named = ", ".join(unknown)
        raise ConfigurationError(f"{origin}: source number {number} has unknown {named}; known: {known}")
    try:
        return Source.model_validate(item)
    except (ValidationError, InvalidInput) as error:
        name = item.get("id", f"number {number}") if isinstance(item, dict) else f"number {number}"
        reasons = error.errors() if isinstance(error, ValidationError) else ()
        text = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in reasons) or str(error)
        raise ConfigurationError(f"{origin}: source {name}: {text}") from error


class SourceRegistry:
    """All sources in the broker: the hash `sources` (id → JSON) and the hash `sources:health` (id → JSON)."""

    def __init__(self, connection: RedisConnection) -> None:
        self._client = connection.client
        self._sources = connection.key("sources")
        self._health = connection.key("sources", "health")

    async def put(self, sources: Iterable[Source]) -> None:
        """Add the sources, or replace those with the same id."""
        values = {source.id: source.model_dump_json(exclude_defaults=True) for source in sources}
        if values:
            await self._client.hset(self._sources, mapping=values)

    async def all(self) -> tuple[Source, ...]:
        """Every source, by id."""
        values: dict[str, str] = await self._client.hgetall(self._sources)
        return tuple(Source.model_validate_json(value) for _, value in sorted(values.items()))

    async def get(self, source_id: str) -> Source | None:
        """The source, or None."""
        value: str | None = await self._client.hget(self._sources, source_id)
        return None if value is None else Source.model_validate_json(value)

    async def health(self, source_id: str) -> SourceHealth:
        """How the source is doing; one never visited has all defaults."""
        value: str | None = await self._client.hget(self._health, source_id)
        return SourceHealth() if value is None else SourceHealth.model_validate_json(value)

    async def record_health(self, source_id: str, health: SourceHealth) -> None:
        """Replace what is known of the source's health; only the crawler that visits it writes."""
        await self._client.hset(self._health, source_id, health.model_dump_json())

    async def all_health(self) -> dict[str, SourceHealth]:
        """The health of every source that was visited, by id."""
        values: dict[str, str] = await self._client.hgetall(self._health)
        return {source_id: SourceHealth.model_validate_json(value) for source_id, value in values.items()}
