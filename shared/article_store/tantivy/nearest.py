"""The articles nearest to a vector among those that a query leaves: rows by falling cosine, and what the index says of
them."""

from itertools import islice
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from shared.article_store.query import Hit, NearestQuery
from shared.article_store.tantivy.counting import count_of
from shared.article_store.tantivy.queries import any_of, matching
from shared.article_store.tantivy.schema import article_id_of
from shared.article_store.tantivy.source import source_of
from shared.article_store.tantivy.vectors import VectorReader

# Where fewer articles than these are left, only they are compared; else the nearest of all are looked at in steps.
_FEW = 1_000
_STEPS = (400, 1_600, 8_000)


def search_nearest(searcher: tantivy.Searcher, schema: tantivy.Schema, folder: Path, query: NearestQuery) -> list[Hit]:
    """The hits, the nearest first. Where more than _FEW are left, those beyond the 10,000 nearest of all are missed."""
    vectors = VectorReader(folder)
    found = matching(schema, query.among)
    if count_of(searcher, found) <= _FEW:
        near = vectors.among(_ids(searcher, found, _FEW), query.vector, query.least_cosine)
        return _hits(searcher, schema, near[: query.size])
    hits: list[Hit] = []
    ranked = iter(vectors.nearest(query.vector, query.least_cosine))
    for step in _STEPS:
        near = list(islice(ranked, step))
        left = set(_ids(searcher, _both(found, any_of(schema, [i for i, _ in near])), step)) if near else set()
        wanted = [one for one in near if one[0] in left]
        hits += _hits(searcher, schema, wanted[: query.size - len(hits)])
        if len(near) < step or len(hits) >= query.size:
            break
    return hits


def _both(one: Query, other: Query) -> Query:
    return Query.boolean_query([(Occur.Must, one), (Occur.Must, other)])


def _ids(searcher: tantivy.Searcher, found: Query, most: int) -> list[str]:
    hits = searcher.search(found, limit=most, count=False).hits
    return [article_id_of(searcher.doc(address)) for _, address in hits]


def _hits(searcher: tantivy.Searcher, schema: tantivy.Schema, near: list[tuple[str, float]]) -> list[Hit]:
    if not near:
        return []
    hits = searcher.search(any_of(schema, [article_id for article_id, _ in near]), limit=len(near), count=False).hits
    stored = {article.article_id: article for article in (source_of(searcher.doc(address)) for _, address in hits)}
    return [Hit(stored[article_id], cosine) for article_id, cosine in near if article_id in stored]
