"""What else reads like an article: the question that finds it."""

from collections.abc import Iterable

from shared.article_store.document import StoredArticle
from shared.article_store.query import MAX_WORDS, AllOf, AnyOf, ArticleQuery, Expression, HasValue, Hit, Words
from shared.facets import FACETS_BY_NAME

# Of what an article names, those that it is about tell it from others.
_ENTITIES = 6
_PHRASES = 8


def resembling(stored: StoredArticle, size: int) -> ArticleQuery:
    """Articles that share words of the title and keyphrases, or whom and what it is about; ranked by how much of it."""
    enrichment = stored.enrichment
    ranked = sorted(enrichment.entities, key=lambda entity: -entity.salience)[:_ENTITIES]
    texts = (stored.article.title, *(phrase.text for phrase in enrichment.keyphrases[:_PHRASES]))
    words = tuple(dict.fromkeys(_words(texts)))[: MAX_WORDS // 2]
    named = tuple(HasValue(entity.type, (entity.id,)) for entity in ranked if entity.type in FACETS_BY_NAME)
    parts: list[Expression] = [Words(" ".join(words), match="any")] if words else []
    names = tuple(Words(entity.name) for entity in ranked)
    where = AnyOf((*parts, *named)) if parts or named else AllOf(())
    # One more than asked for: the article resembles itself most.
    return ArticleQuery(where=where, prefer=names, size=size + 1)


def others(stored: StoredArticle, hits: Iterable[Hit], size: int) -> tuple[Hit, ...]:
    """The hits without the article itself and what has the same text."""
    article = stored.article
    own = (article.article_id, article.content_hash)
    different = (h for h in hits if not {h.stored.article.article_id, h.stored.article.content_hash} & {*own})
    return tuple(different)[:size]


def _words(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        yield from text.split()
