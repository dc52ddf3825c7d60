"""Which of many saved queries match these few articles: an index of them in memory, asked as the store is.

Asking the store itself for each query costs with its size; the index of a batch is made in milliseconds and asked in
microseconds. It has the store's own schema and queries, so that a query means the same here and there, on both stacks.
"""

from collections.abc import Sequence
from functools import lru_cache

import tantivy

from shared.article_store.document import StoredArticle
from shared.article_store.query import ArticleQuery, FacetFilter, HasValue
from shared.article_store.tantivy.building import open_article_writer
from shared.article_store.tantivy.queries import matching
from shared.article_store.tantivy.schema import article_id_of, found_by_what, prepare, schema
from shared.article_store.wording import Asked, Bag, Either, Every, Said, asked
from shared.facets import FACETS_BY_NAME

# Building a query takes as long as asking it; saved ones are asked of each batch again.
_REMEMBERED_QUERIES = 20_000


class Batch:
    """Some articles, and what finds them."""

    def __init__(self, articles: Sequence[StoredArticle]) -> None:
        index = prepare(tantivy.Index(schema()))
        writer = open_article_writer(index)
        for article in articles:
            writer.add_document(found_by_what(article))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self._searcher = index.searcher()
        self._held: dict[tuple[str, str], bool] = {}
        everything = self._searcher.search(tantivy.Query.all_query(), limit=max(1, len(articles)), count=False).hits
        self._ids = {
            (address.segment_ord, address.doc): article_id_of(self._searcher.doc(address)) for _, address in everything
        }

    def found_by(self, query: ArticleQuery) -> frozenset[str]:
        """The ids of the articles that the query finds; its order, page and facets are of no account."""
        # Most saved queries ask for a word or a value that none of the articles has: a look at the terms says so in a
        # tenth of the time.
        if not self._may_find(query):
            return frozenset()
        hits = self._searcher.search(_compiled(query), limit=max(1, len(self._ids)), count=False).hits
        return frozenset(self._ids[address.segment_ord, address.doc] for _, address in hits)

    def _may_find(self, query: ArticleQuery) -> bool:
        """Whether every term that an article must have is there; no is certain, yes is not."""
        where = _asked(query)
        return (where is None or self._may_hold(where)) and all(map(self._may_pass, query.filters))

    def _may_hold(self, part: Asked) -> bool:
        match part:
            case Bag(parts, needed):
                return sum(map(self._may_be_said, parts)) >= needed
            case Every(parts):
                return all(map(self._may_hold, parts))
            case Either(parts):
                return any(map(self._may_hold, parts))
            case HasValue(facet, values):
                return any(self._may_have(facet, value) for value in values)
            case _:
                return True

    def _may_be_said(self, said: Said) -> bool:
        return any(all(self._holds(field, term) for term in said.terms) for field in said.fields)

    def _may_pass(self, narrowed: FacetFilter) -> bool:
        wanted = (self._may_have(narrowed.facet, value) for value in narrowed.include)
        return all(wanted) if narrowed.mode == "all" or not narrowed.include else any(wanted)

    def _may_have(self, facet: str, value: str) -> bool:
        definition = FACETS_BY_NAME[facet]
        # A period of time is no term, and a span of numbers need not be one.
        return definition.kind in ("date", "range") or self._holds(definition.field, value)

    def _holds(self, field: str, term: str) -> bool:
        """Whether any article has the term in the field."""
        key = (field, term)
        if key not in self._held:
            self._held[key] = self._searcher.doc_freq(field, term) > 0
        return self._held[key]


@lru_cache(maxsize=_REMEMBERED_QUERIES)
def _compiled(query: ArticleQuery) -> tantivy.Query:
    return matching(_schema(), query)


@lru_cache(maxsize=_REMEMBERED_QUERIES)
def _asked(query: ArticleQuery) -> Asked | None:
    return asked(query.where)


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    return schema()
