"""Reads the scenarios of a YAML file: the articles of a small newsroom, what is asked of it, what it answers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from shared.article_store.document import StoredArticle
from shared.article_store.query import (
    AllOf,
    AnyOf,
    ArticleQuery,
    DealBetween,
    Expression,
    FacetCounts,
    FacetFilter,
    FacetRequest,
    HasValue,
    Not,
    OnSite,
    PublishedBetween,
    RangeFilter,
    Words,
)
from shared.events.enrichment import Language
from tests.builders import a_relation, a_stored_article, a_topic, an_enrichment, an_entity


@dataclass(frozen=True)
class Scenario:
    """A question and its answer. Counts are written `value label count`, a selected value with a plus before it."""

    it: str
    query: ArticleQuery
    found: list[str] | None = None
    in_order: list[str] | None = None
    counts: dict[str, list[str]] = field(default_factory=dict)
    other: dict[str, int] = field(default_factory=dict)
    only: str | None = None
    because: str | None = None


@dataclass(frozen=True)
class Newsroom:
    """The articles of a file by name, and its scenarios."""

    articles: dict[str, StoredArticle]
    scenarios: list[Scenario]


def newsroom(path: Path) -> Newsroom:
    """Read a file; unknown keys are refused."""
    content = yaml.safe_load(path.read_text())
    articles = {
        name: _article(number, dict(fields)) for number, (name, fields) in enumerate(content["articles"].items())
    }
    return Newsroom(articles, [_scenario(dict(fields)) for fields in content["scenarios"]])


def written(counts: FacetCounts) -> list[str]:
    """The buckets as scenarios write them."""
    return [f"{'+' if b.selected else ''}{b.value} {b.label} {b.count}" for b in counts.buckets]


def _article(number: int, fields: dict[str, Any]) -> StoredArticle:
    entities = {**fields.pop("organizations", {}), **fields.pop("people", {})}
    topics, chain = [], ()
    for topic_id, label in fields.pop("topics", []):
        topics.append(a_topic(topic_id, label, chain))
        chain = (*chain, (topic_id, label))
    relations = [a_relation(type=name, dollars=dollars) for name, dollars in fields.pop("relations", ())]
    enrichment = an_enrichment(
        relations=tuple(relations),
        entities=tuple(an_entity(entity_id, name) for entity_id, name in entities.items()),
        topics=tuple(topics[-1:]),
        language=Language(code=fields.pop("language", "en"), confidence=1.0),
    )
    if "source" in fields:
        fields["source_id"] = fields.pop("source")
    if "published" in fields:
        fields["published_at"] = datetime.fromisoformat(fields.pop("published"))
    return a_stored_article(number, enrichment, **fields)


def _scenario(fields: dict[str, Any]) -> Scenario:
    query = ArticleQuery(
        where=AllOf((*_words(fields), *_where(fields.pop("where", ())))),
        filters=tuple(_filter(f) for f in fields.pop("filters", ())),
        ranges=tuple(RangeFilter(**r) for r in fields.pop("ranges", ())),
        published_from=_moment(fields.pop("from", None)),
        published_to=_moment(fields.pop("to", None)),
        sort=fields.pop("sort", "relevance"),
        facets=tuple(FacetRequest(name, size) for name, size in fields.pop("facets", {}).items()),
    )
    return Scenario(query=query, **fields)


def _words(fields: dict[str, Any]) -> Iterator[Expression]:
    for kind, phrase, negated in (
        ("words", False, False),
        ("phrases", True, False),
        ("not_words", False, True),
        ("not_phrases", True, True),
    ):
        for text in fields.pop(kind, ()):
            yield Not(Words(text, phrase)) if negated else Words(text, phrase)


def _where(parts: list[dict[str, Any]]) -> Iterator[Expression]:
    """Expressions, each a mapping of its one kind to what it consists of."""
    for part in parts:
        ((kind, content),) = part.items()
        match kind:
            case "all":
                yield AllOf(tuple(_where(content)))
            case "any":
                yield AnyOf(tuple(_where(content)))
            case "not":
                yield Not(AllOf(tuple(_where(content))))
            case "words":
                yield Words(**(content if isinstance(content, dict) else {"text": content}))
            case "value":
                yield HasValue(content["facet"], tuple(content["values"]))
            case "site":
                yield OnSite(content)
            case "deal":
                yield DealBetween(**content)
            case "published":
                yield PublishedBetween(_moment(content.get("from")), _moment(content.get("to")))
            case _:
                raise ValueError(f"no expression {kind!r}")


def _filter(fields: dict[str, Any]) -> FacetFilter:
    return FacetFilter(
        fields["facet"], tuple(fields.get("include", ())), tuple(fields.get("exclude", ())), fields.get("mode", "any")
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
