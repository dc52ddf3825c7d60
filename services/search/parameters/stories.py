"""The parameters of a question for stories, understood as a StoryQuery, and written back into a URL."""

from typing import get_args

from services.search.parameters.articles import link
from services.search.parameters.form import Form, Given
from services.search.parameters.parameter import CURSOR, DEFAULT_PAGE_SIZE, choice, page_size, several, text, whole
from services.search.parameters.query_string import join_list
from services.search.parameters.times import times
from shared.article_store.stories import MAX_ENTITIES, MAX_STORY_WORDS, StoryQuery, StorySort

_SORTS: tuple[StorySort, ...] = get_args(StorySort)
_MOST_ARTICLES = 10_000
_Q = text("q", "Words that must all occur in its headline or the titles of its articles.", MAX_STORY_WORDS)
_ENTITY = several("entity", "Its articles name all of these, by entity id or name.", most=MAX_ENTITIES)
_NOT_ENTITY = several("not_entity", "None of its articles names any of these.", most=MAX_ENTITIES)
_TIMES = times(
    "It has an article published since; as of a search.", "It has an article published until; as of a search."
)
_ARTICLES_FROM = whole("articles_from", "It has at least so many articles.", _MOST_ARTICLES, 1)
_SORT = choice("sort", "By its latest article, or by size.", _SORTS, _SORTS[0])
_SIZE = page_size("Stories")
STORY_FORM = Form((_Q, _ENTITY, _NOT_ENTITY, *_TIMES.parameters, _ARTICLES_FROM, _SORT, _SIZE, CURSOR))


def asked_of_stories(given: Given) -> StoryQuery:
    """The question that is given in STORY_FORM; raises InvalidParameter."""
    published_from, published_to = _TIMES.of(given)
    return StoryQuery(
        words=given[_Q],
        entities=given[_ENTITY],
        without=given[_NOT_ENTITY],
        published_from=published_from,
        published_to=published_to,
        size_from=given[_ARTICLES_FROM],
        sort=given[_SORT],
        size=given[_SIZE],
        cursor=given[CURSOR],
    )


def story_url(path: str, query: StoryQuery, *, cursor: str | None = None) -> str:
    """A link to the first page of the question, or to the page that `cursor` names."""
    return link(
        path,
        [
            ("q", query.words),
            ("entity", join_list(query.entities)),
            ("not_entity", join_list(query.without)),
            *_TIMES.pairs(query.published_from, query.published_to),
            ("articles_from", "" if query.size_from == 1 else str(query.size_from)),
            ("sort", "" if query.sort == _SORTS[0] else query.sort),
            ("size", "" if query.size == DEFAULT_PAGE_SIZE else str(query.size)),
            ("cursor", cursor or ""),
        ],
    )
