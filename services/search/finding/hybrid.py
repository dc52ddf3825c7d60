"""Fuses what has the words of a question with what is about the same, by reciprocal rank."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.article_store.cursors import RankPosition, decode, encode
from shared.article_store.highlighting import highlight
from shared.article_store.query import AllOf, AnyOf, ArticleQuery, Expression, Hit, SearchResult, Words

# Of each ranking so many first places are fused.
WINDOW = 100
# As in the paper that proposed it: a first place in one ranking is worth little more than a tenth.
_RANK_OFFSET = 60
_VIEW = "hybrid"


@dataclass(frozen=True)
class Parts:
    """A question taken apart.

    Attributes:
        words: the page of what has the words, as long as is fused, with all counts.
        meant: the text that neighbours are looked for by.
        among: what holds of neighbours: everything but the plain words, whose meaning stands for them.
    """

    words: ArticleQuery
    meant: str
    among: ArticleQuery


def is_hybrid(query: ArticleQuery) -> bool:
    """Whether the question asks for fused ranks; an order by time, or a count alone, has none."""
    return query.mode == "hybrid" and query.effective_sort == "relevance" and query.size > 0


def apart(query: ArticleQuery) -> Parts:
    """The two questions that the store is asked."""
    plain = replace(query, mode="words", cursor=None)
    meant = " ".join(words.text for words in query.wanted_words())
    among = replace(plain, where=_without_plain_words(query.where), prefer=(), facets=(), highlight=False)
    return Parts(replace(plain, size=WINDOW), meant, among)


def fused(query: ArticleQuery, found: SearchResult, near: Sequence[Hit]) -> SearchResult:
    """A page of the fused ranking; total and facets are those of the articles that have the words.

    Raises:
        InvalidInput: a cursor that does not belong to the query.
    """
    position = decode(query)
    start = position.offset if isinstance(position, RankPosition) else 0
    ranked = _ranked(found.hits, near)
    page = ranked[start : start + query.size]
    if query.highlight:
        page = [h if h.highlights else replace(h, highlights=highlight(h.stored, query.wanted_words())) for h in page]
    end = start + query.size
    following = encode(query, RankPosition(end, _VIEW)) if end < len(ranked) else None
    return replace(found, hits=tuple(page), next=following)


def _ranked(*rankings: Sequence[Hit]) -> list[Hit]:
    """The hits of several rankings, those with the best places first; of equals the newest."""
    hits: dict[str, Hit] = {}
    scores: dict[str, float] = {}
    for ranking in rankings:
        for place, hit in enumerate(ranking, start=1):
            article_id = hit.stored.article_id
            hits.setdefault(article_id, hit)
            scores[article_id] = scores.get(article_id, 0.0) + 1 / (_RANK_OFFSET + place)
    best = sorted(hits, key=lambda i: (-scores[i], -hits[i].stored.published_order, i))
    return [replace(hits[article_id], score=scores[article_id]) for article_id in best]


def _without_plain_words(part: Expression | None) -> Expression | None:
    """What remains to be held to: phrases, words of a field, what is excluded, and conditions."""
    match part:
        case Words(phrase=False, field="any"):
            return None
        case AllOf(parts):
            kept = tuple(one for one in map(_without_plain_words, parts) if one is not None)
            return AllOf(kept) if kept else None
        case AnyOf(parts):
            either = tuple(map(_without_plain_words, parts))
            return None if None in either else AnyOf(tuple(one for one in either if one is not None))
        case _:
            return part
