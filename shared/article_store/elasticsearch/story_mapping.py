"""The index of stories: mapping, the document of a story, and the requests that find stories."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shared.article_store.bigrams import spread
from shared.article_store.document import bounded_ms
from shared.article_store.elasticsearch.mapping import ANALYZER, analysis
from shared.article_store.elasticsearch.operations import Operation
from shared.article_store.stories import MAX_STORIES_OF_ENTITY, StoredStory, StoryQuery
from shared.article_store.story_paging import StoryPosition
from shared.facets import ENTITY_FIELDS

CONTENT = "content"
WORDS = "words"
# Raise it when the same story would be indexed differently, though no field changed its definition.
_LAYOUT_VERSION = 1
_NUMBERS = ("size", "first_ms", "last_ms", "last_order", "size_order")
Body = dict[str, Any]


def story_alias(prefix: str) -> str:
    """What readers and writers ask; it stands for the index in use."""
    return f"{prefix}-stories"


def story_index_name(prefix: str) -> str:
    """The index of this code's mapping."""
    return f"{story_alias(prefix)}-{story_fingerprint()}"


def story_fingerprint() -> str:
    """Changes when an index of the code before would answer differently."""
    definition = json.dumps([_LAYOUT_VERSION, analysis(), _properties()], sort_keys=True)
    return hashlib.sha256(definition.encode()).hexdigest()[:12]


def story_definition() -> Body:
    """Settings and mappings of the index."""
    return {
        "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1", "analysis": analysis()},
        "mappings": {
            "dynamic": "strict",
            "_meta": {"fingerprint": story_fingerprint()},
            "_source": {"includes": [CONTENT]},
            "properties": _properties(),
        },
    }


def placed_story(story: StoredStory) -> Operation:
    """Write a story, unless a newer version is there."""
    document = {
        "story_id": story.story_id,
        "member": [member.article_id for member in story.members],
        "listed": story.listed,
        **{name: getattr(story, name) for name in _NUMBERS},
        WORDS: [spread(title) for title in story.titles],
        CONTENT: story,
    }
    return Operation("index", story.story_id, document, version=story.version)


def story_of_found(found: Mapping[str, Any]) -> StoredStory:
    """The story as it was said, from a document found with CONTENT of its source."""
    return StoredStory.model_validate(found["_source"][CONTENT])


def naming(article_ids: Collection[str], story_ids: Collection[str]) -> Body:
    """The query for the stories that name one of these articles, and these stories."""
    wanted = [{"terms": {"member": list(article_ids)}}, {"terms": {"story_id": list(story_ids)}}]
    return {"bool": {"filter": [{"bool": {"should": wanted}}]}}


def search_stories(
    query: StoryQuery, within: Sequence[str] | None, ruled_out: Sequence[str], position: StoryPosition | None
) -> Body:
    """The request for a page with one story more than it holds, among these stories where they are not None, and
    without those ruled out."""
    parts: list[Body] = [{"range": {"size": {"gte": query.size_from}}}]
    if not query.unlisted:
        parts.append({"term": {"listed": True}})
    if within is not None:
        parts.append({"terms": {"story_id": list(within)}})
    if query.words:
        parts.append({"match": {WORDS: {"query": spread(query.words), "operator": "and", "zero_terms_query": "all"}}})
    if query.published_from is not None:
        parts.append({"range": {"last_ms": {"gte": bounded_ms(query.published_from)}}})
    if query.published_to is not None:
        parts.append({"range": {"first_ms": {"lt": bounded_ms(query.published_to)}}})
    field = "size_order" if query.sort == "largest" else "last_order"
    body: Body = {
        "size": query.size + 1 if query.size else 0,
        "track_total_hits": True,
        "query": {"bool": {"filter": parts, "must_not": [{"terms": {"story_id": list(ruled_out)}}]}},
        "sort": [{field: "desc"}, {"story_id": "desc"}],
    }
    if position is not None:
        body["search_after"] = [position.order, position.story_id]
    return body


def stories_of_entities(entities: Sequence[str], least: int) -> Body:
    """The request, to the articles, for the stories with an article that names at least so many of these entities."""
    named = [{"bool": {"should": [{"term": {name: entity_id}} for name in ENTITY_FIELDS]}} for entity_id in entities]
    parts = [{"bool": {"should": named, "minimum_should_match": least}}]
    terms = {"field": "story_id", "size": MAX_STORIES_OF_ENTITY}
    found = {"bool": {"filter": parts, "must_not": [{"term": {"hidden": True}}]}}
    return {"size": 0, "query": found, "aggs": {"stories": {"terms": terms}}}


def _properties() -> Body:
    keyword = {"type": "keyword"}
    return {
        "story_id": keyword,
        "member": keyword,
        "listed": {"type": "boolean"},
        **{name: {"type": "long"} for name in _NUMBERS},
        WORDS: {"type": "text", "analyzer": ANALYZER},
        CONTENT: {"type": "object", "enabled": False},
    }
