"""The index, derived from the document and FACETS: analysis, mapping, and the document of an article."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from shared.article_store.document import Standing, StoredArticle
from shared.article_store.elasticsearch.operations import ARTICLE_WEIGHT, Operation
from shared.article_store.indexed import (
    LAYOUT_VERSION,
    NUMBER_FIELDS,
    TERM_FACETS,
    TEXT_BOOSTS,
    TREE_FACETS,
    below_terms,
    facet_values,
    label_term,
    numbers,
    published_day,
    sites,
    texts,
)
from shared.article_store.outline import OUTLINE_FIELDS, Outline
from shared.article_store.stories import Claim
from shared.events.articles import first_version
from shared.events.embedding import DIMENSIONS

SOURCE = "stored_article"
# Part of the fingerprint: programs before months kept all articles in one index.
_BY_MONTH = "by month"
ANALYZER = "article_text"
VECTOR_MODEL = "vector_model"
# Porter2 is the English stemmer of Tantivy too. The pairs of Han, Kana and Hangul come from `bigrams.spread`; the
# standard tokenizer takes them apart again, and cjk_bigram puts them together, also for who asks past this program.
TOKENIZER = "standard"
STEMMER = {"type": "stemmer", "language": "porter2"}
FILTERS = ("lowercase", "asciifolding", "cjk_bigram")


def alias(prefix: str) -> str:
    """What readers ask; it stands for the indices in use, one a month."""
    return f"{prefix}-articles"


def fingerprint() -> str:
    """Changes when an index of the code before would answer differently."""
    definition = json.dumps([LAYOUT_VERSION, _BY_MONTH, analysis(), _properties()], sort_keys=True)
    return hashlib.sha256(definition.encode()).hexdigest()[:12]


def definition() -> dict[str, Any]:
    """Settings and mappings of the index of a month.

    One shard: a month of millions of articles fits, and each shard more costs every search. A refresh each second
    bounds how long a put is not yet seen, and stating it keeps an idle index refreshing, so that polling sees what
    arrived.
    """
    return {
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "refresh_interval": "1s",
            "analysis": analysis(),
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"fingerprint": fingerprint()},
            # The whole article is kept once, in SOURCE: what is only analysed from it need not be kept again.
            "_source": {"excludes": [*TEXT_BOOSTS, *map(vector_field, DIMENSIONS)]},
            "properties": _properties(),
        },
    }


def to_document(stored: StoredArticle) -> dict[str, Any]:
    """The document of an article."""
    document: dict[str, Any] = {
        "article_id": stored.article_id,
        "hidden": stored.hidden,
        "published_order": stored.published_order,
        "story_id": stored.story_id,
        "copy_of": stored.copy_of,
        "published_at": stored.article.published.at.isoformat(),
        "first_seen_at": stored.article.first_seen_at.isoformat(),
        "searchable_after_s": _searchable_after_s(stored),
        **texts(stored),
        "site": list(sites(stored)),
        "published_day": published_day(stored),
        **numbers(stored),
        **_vector(stored),
        SOURCE: stored,
    }
    for facet in TERM_FACETS:
        values = facet_values(facet, stored)
        document[facet.field] = [value.value for value in values]
        if facet.has_terms:
            document[facet.label_field] = [label_term(value) for value in values]
    document |= {facet.below_field: list(below_terms(facet, stored)) for facet in TREE_FACETS}
    return document


def _searchable_after_s(stored: StoredArticle) -> float:
    """From the article's first fetch to its first being in the store; clocks of two machines may differ."""
    return max(0.0, (stored.ingested_at - stored.article.first_seen_at).total_seconds())


def placed(stored: StoredArticle) -> Operation:
    """Write an article, unless a newer version is there."""
    return Operation("index", stored.article_id, to_document(stored), version=stored.version, weight=ARTICLE_WEIGHT)


def taken_away(article_id: str, revision: int) -> Operation:
    """Delete an article, unless a revision newer than this one is there."""
    return Operation("delete", article_id, version=first_version(revision + 1) - 1)


def source_of(found: Mapping[str, Any]) -> StoredArticle:
    """The article as it was put, from a document found with SOURCE of its source."""
    return StoredArticle.model_validate(found["_source"][SOURCE])


OUTLINE = tuple(f"{SOURCE}.{field}" for field in OUTLINE_FIELDS)


def outline_of(found: Mapping[str, Any]) -> Outline:
    """The article without its passages, from a document found with OUTLINE of its source."""
    return Outline.model_validate(found["_source"][SOURCE])


_CLAIM = ("story_id", "copy_of", "story_version")
STANDING_FIELDS = (
    f"{SOURCE}.version",
    f"{SOURCE}.article.revision",
    f"{SOURCE}.standing",
    *(f"{SOURCE}.enrichment.{name}" for name in _CLAIM),
)
STATE_FIELDS = (f"{SOURCE}.version", f"{SOURCE}.standing")
State = tuple[int, Standing]


def standing_of(found: Mapping[str, Any]) -> tuple[int, Standing, Claim]:
    """The revision, the standing and the claim of an article, from a document found with STANDING_FIELDS."""
    source = found["_source"][SOURCE]
    said = source.get("enrichment", {})
    claim = Claim(said.get("story_id"), said.get("copy_of"), int(said.get("story_version") or 0))
    return int(source["article"]["revision"]), Standing.model_validate(source.get("standing", {})), claim


def state_of(found: Mapping[str, Any]) -> State:
    """The version and the standing of an article, from a document found with STATE_FIELDS of its source."""
    source = found["_source"][SOURCE]
    return int(source["version"]), Standing.model_validate(source.get("standing", {}))


def analysis() -> dict[str, Any]:
    """The analysis settings of an index with text in it."""
    return {
        "filter": {"porter2": STEMMER},
        "analyzer": {ANALYZER: {"type": "custom", "tokenizer": TOKENIZER, "filter": [*FILTERS, "porter2"]}},
    }


def vector_field(length: int) -> str:
    """Holds the vectors of this length, whichever model made them."""
    return f"vector_{length}"


def _vector(stored: StoredArticle) -> dict[str, Any]:
    if stored.embedding is None:
        return {}
    numbers = list(stored.embedding.numbers)
    return {VECTOR_MODEL: stored.embedding.model, vector_field(len(numbers)): numbers}


def _properties() -> dict[str, Any]:
    keyword = {"type": "keyword"}
    return {
        "article_id": keyword,
        "hidden": {"type": "boolean"},
        "published_order": {"type": "long"},
        "story_id": keyword,
        "copy_of": keyword,
        # For dashboards alone; questions of this program use the order above.
        "published_at": {"type": "date"},
        "first_seen_at": {"type": "date"},
        "searchable_after_s": {"type": "double"},
        **{name: {"type": "text", "analyzer": ANALYZER} for name in TEXT_BOOSTS},
        "site": keyword,
        "published_day": {"type": "integer"},
        VECTOR_MODEL: keyword,
        **{
            vector_field(n): {"type": "dense_vector", "dims": n, "element_type": "byte", "similarity": "cosine"}
            for n in DIMENSIONS
        },
        **{name: {"type": "double"} for name in NUMBER_FIELDS},
        **{facet.field: keyword for facet in TERM_FACETS},
        **{facet.label_field: keyword for facet in TERM_FACETS if facet.has_terms},
        **{facet.below_field: keyword for facet in TREE_FACETS},
        SOURCE: {"type": "object", "enabled": False},
    }
