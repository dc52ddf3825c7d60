"""The index of facts, derived from the document: mapping, and the document of a fact."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from shared.article_store.bigrams import spread
from shared.article_store.elasticsearch.mapping import ANALYZER, analysis
from shared.article_store.elasticsearch.operations import Operation, Target
from shared.article_store.facts import FACTS_LAYOUT_VERSION, StoredFact, counted_values, labels
from shared.article_store.indexed import bounded_value, label_term
from shared.facets import FacetValue

CONTENT = "content"
TEXT = "text"
_COUNTED = ("kind", "type", "status", "subject", "object", "party", "speaker", "source", "language")
_NUMBERS = ("amount", "published_ms", "published_order", "amount_order")


def fact_alias(prefix: str) -> str:
    """What readers and writers ask; it stands for the index in use."""
    return f"{prefix}-facts"


def fact_index_name(prefix: str) -> str:
    """The index of this code's mapping."""
    return f"{fact_alias(prefix)}-{fact_fingerprint()}"


def fact_fingerprint() -> str:
    """Changes when an index of the code before would answer differently."""
    definition = json.dumps([FACTS_LAYOUT_VERSION, analysis(), _properties()], sort_keys=True)
    return hashlib.sha256(definition.encode()).hexdigest()[:12]


def fact_definition() -> dict[str, Any]:
    """Settings and mappings of the index; one shard, as that of the articles."""
    return {
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "refresh_interval": "1s",
            "analysis": analysis(),
        },
        "mappings": {
            "dynamic": "strict",
            "_meta": {"fingerprint": fact_fingerprint()},
            "_source": {"excludes": [TEXT]},
            "properties": _properties(),
        },
    }


def placed_fact(fact: StoredFact, version: int, target: Target | None = None) -> Operation:
    """Write a fact of this version of its article, unless that of a newer one is there."""
    document: dict[str, Any] = {
        "fact_id": fact.fact_id,
        "article_id": fact.article_id,
        "hidden": fact.hidden,
        "of_copy": fact.of_copy,
        **counted_values(fact),
        **{f"{name}_label": list(_label_terms(values)) for name, values in labels(fact).items()},
        "amount": fact.amount_cents,
        "published_ms": fact.published_ms,
        "published_order": fact.published_order,
        "amount_order": fact.amount_order,
        "published_at": fact.published_at.isoformat(),
        TEXT: spread(fact.evidence.text),
        CONTENT: fact,
    }
    return Operation("index", fact.fact_id, document, version=version, target=target)


def fact_of(found: Mapping[str, Any]) -> StoredFact:
    """The fact as it was put, from a document found with CONTENT of its source."""
    return StoredFact.model_validate(found["_source"][CONTENT])


def _label_terms(values: Mapping[str, str]) -> Iterator[str]:
    return (label_term(bounded_value(FacetValue(value, label))) for value, label in values.items())


def _properties() -> dict[str, Any]:
    keyword = {"type": "keyword"}
    return {
        "fact_id": keyword,
        "article_id": keyword,
        "hidden": {"type": "boolean"},
        "of_copy": {"type": "boolean"},
        **dict.fromkeys(_COUNTED, keyword),
        **{f"{name}_label": keyword for name in ("party", "source")},
        **{name: {"type": "long"} for name in _NUMBERS},
        # The time field of dashboards; questions of this program use the order above.
        "published_at": {"type": "date"},
        TEXT: {"type": "text", "analyzer": ANALYZER},
        CONTENT: {"type": "object", "enabled": False},
    }
