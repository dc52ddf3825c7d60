"""Answers a StoryQuery from the index of stories, and that of the articles where entities are asked for."""

from collections.abc import Sequence

import tantivy
from tantivy import Occur, Query

from shared.article_store.query import Total
from shared.article_store.stories import MAX_STORIES_OF_ENTITY, StoredStory, StoryQuery, StoryResult
from shared.article_store.story_paging import decode_story_cursor, encode_story_cursor, position_of
from shared.article_store.tantivy.exact import has
from shared.article_store.tantivy.schema import HIDDEN, schema
from shared.article_store.tantivy.stories import matching, story_of_document, story_schema
from shared.article_store.tantivy.walking import Place, Walk
from shared.facets import ENTITY_FIELDS

_ALL_OF_A_SEGMENT = 2**31


def search_stories(articles: tantivy.Searcher, stories: tantivy.Searcher, query: StoryQuery) -> StoryResult:
    """The page of a query that is within its bounds.

    Raises:
        InvalidInput: the cursor is not of this query.
    """
    position = decode_story_cursor(query)
    within = _naming(articles, query.entities, Occur.Must) if query.entities else None
    ruled_out = _naming(articles, query.without, Occur.Should) if query.without else ()
    found = matching(query, within, ruled_out)
    after = None if position is None else (position.order, position.story_id)
    page, more = _walk(query).page(stories, story_schema(), found, query.size, after)
    return StoryResult(
        total=Total(int(stories.search(found, limit=1, count=True).count)),  # type: ignore[attr-defined]
        stories=tuple(page),
        next=encode_story_cursor(query, position_of(query, page[-1])) if more else None,
    )


def _walk(query: StoryQuery) -> Walk[StoredStory]:
    def place(story: StoredStory) -> Place:
        position = position_of(query, story)
        return position.order, position.story_id

    field = "size_order" if query.sort == "largest" else "last_order"
    return Walk(field, upwards=False, read=story_of_document, place=place)


def _naming(articles: tantivy.Searcher, entities: Sequence[str], each: Occur) -> list[str]:
    """The stories with an article that names all of these (each must be there), or any (each should)."""
    named = []
    for entity_id in entities:
        fields = [(Occur.Should, has(schema(), name, entity_id)) for name in ENTITY_FIELDS]
        named.append((each, Query.boolean_query(fields)))
    hidden = (Occur.MustNot, has(schema(), "hidden", HIDDEN))
    parts = [(Occur.Must, Query.boolean_query(named)), hidden]
    terms = {"field": "story_id", "size": MAX_STORIES_OF_ENTITY, "segment_size": _ALL_OF_A_SEGMENT}
    answer = articles.aggregate(Query.boolean_query(parts), {"stories": {"terms": terms}})
    return [str(bucket["key"]) for bucket in answer["stories"]["buckets"]]
