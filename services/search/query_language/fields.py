"""The fields of the query language: what `name:value` asks of an article."""

import re
from datetime import datetime

from services.search.query_language.moments import after, before
from shared.article_store.query import AnyOf, Expression, HasValue, OnSite, PublishedBetween, TextField, Words
from shared.events.enrichment import ENTITY_ID_PATTERN, EntityType
from shared.facets import FACETS_BY_NAME

TEXT_FIELDS: dict[str, TextField] = {"title": "title", "text": "text", "author": "author"}
ENTITY_FACETS: tuple[EntityType, ...] = ("organization", "person", "product", "technology", "location")
# What people know by name and the store by id.
NAMED_FACETS = (*ENTITY_FACETS, "topic", "source")
_SHORTER = {"org": "organization", "lang": "language", "tech": "technology", "place": "location"}
# A facet under its own name, where that is no field of text.
FACET_FIELDS: dict[str, str] = {
    **{name: name for name in FACETS_BY_NAME if name not in TEXT_FIELDS},
    **{short: name for short, name in _SHORTER.items() if name in FACETS_BY_NAME},
}
FIELDS = tuple(sorted({*TEXT_FIELDS, *FACET_FIELDS, "entity", "site", "before", "after"}))
_ID = re.compile(ENTITY_ID_PATTERN)
_SOURCE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_FACET_OF_PREFIX: dict[str, EntityType] = {
    "org": "organization", "person": "person", "product": "product", "tech": "technology", "place": "location",
}  # fmt: skip
_HOST = re.compile(r"[^\s/:@?#]{1,253}")


def asked(field: str, value: str, now: datetime, *, phrase: bool) -> Expression:
    """What `field:value` asks; a name stands for an entity as well as its id does, and is looked up later.

    Raises:
        ValueError: the value does not fit the field; says what would.
    """
    if field in TEXT_FIELDS:
        return Words(value, phrase=phrase, field=TEXT_FIELDS[field])
    if field in FACET_FIELDS:
        facet = FACET_FIELDS[field]
        return HasValue(facet, (FACETS_BY_NAME[facet].value_of(value),))
    if field == "entity":
        return _entity(value)
    if field == "site":
        return OnSite(_host(value))
    return PublishedBetween(end=before(value, now)) if field == "before" else PublishedBetween(start=after(value, now))


def entity_named(value: str) -> AnyOf:
    """An entity of any type that has this id or name."""
    return AnyOf(tuple(HasValue(facet, (value,)) for facet in ENTITY_FACETS))


def is_name(facet: str, value: str) -> bool:
    """Whether the value is what people call something rather than its id."""
    return facet in NAMED_FACETS and not _ID.fullmatch(value)


def is_filtered_name(facet: str, value: str) -> bool:
    """The same of a value in a filter, where the ids of sources, which have no prefix, are written as often."""
    return is_name(facet, value) and not (facet == "source" and _SOURCE_ID.fullmatch(value))


def facet_of(entity_id: str) -> EntityType | None:
    """The facet whose values are such ids, which is the type of the entity; None where it is no id, or of no facet."""
    return _FACET_OF_PREFIX.get(entity_id.partition(":")[0]) if _ID.fullmatch(entity_id) else None


def _entity(value: str) -> Expression:
    facet = facet_of(value)
    return HasValue(facet, (value,)) if facet else entity_named(value)


def _host(value: str) -> str:
    # People paste addresses.
    host = re.sub(r"^https?://", "", value.strip().lower()).partition("/")[0].strip(".")
    if not _HOST.fullmatch(host):
        raise ValueError(f"{value[:60]!r} is no host like news.example")
    return host
