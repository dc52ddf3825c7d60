"""The filters of a question for stories that are on, each in words and with the link that takes it off."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from services.search.parameters.stories import story_url
from services.search.ui import wording
from services.search.ui.search_view import Link
from shared.article_store.stories import StoryQuery


def story_chips(path: str, query: StoryQuery, names: Mapping[str, str]) -> Iterator[Link]:
    """Every filter of the question; an entity without a name is shown by its id."""
    for label, without in _filters(query, names):
        yield Link(label, story_url(path, without))


def _filters(query: StoryQuery, names: Mapping[str, str]) -> Iterator[tuple[str, StoryQuery]]:
    for value in query.entities:
        left = tuple(other for other in query.entities if other != value)
        yield f"Who: {names.get(value, value)}", replace(query, entities=left)
    for value in query.without:
        left = tuple(other for other in query.without if other != value)
        yield f"Who: not {names.get(value, value)}", replace(query, without=left)
    if query.size_from > 1:
        yield f"Articles: at least {query.size_from:,}", replace(query, size_from=1)
    first, last = wording.published_between(query.published_from, query.published_to)
    if first is not None:
        yield first, replace(query, published_from=None)
    if last is not None:
        yield last, replace(query, published_to=None)
