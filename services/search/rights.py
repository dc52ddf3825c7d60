"""What may be shown of an article whose publisher does not want copies kept on show."""

from shared.article_store.document import StoredArticle, StoredRevision
from shared.events.enrichment import Enrichment, Entity

SNIPPET_CHARACTERS = 300


def shortened(text: str, limit: int = SNIPPET_CHARACTERS) -> str:
    """The beginning of a text, cut after a word and with an ellipsis; a text within the limit as it is."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    blank = max(cut.rfind(" "), cut.rfind("\n"))
    # Chinese, Japanese and Thai have no blanks to cut at.
    return (cut[:blank] if blank > limit // 2 else cut).rstrip(" \n.,;:") + "…"


def as_permitted(stored: StoredArticle) -> StoredArticle:
    """The article, or where it says noarchive its snippet, with nothing that quotes from beyond the snippet."""
    if "noarchive" not in stored.article.rights:
        return stored
    text = shortened(stored.article.text)
    article = stored.article.model_copy(update={"text": text, "text_truncated": text != stored.article.text})
    enrichment = _within(stored.enrichment, len(text) - text.endswith("…"))
    return stored.model_copy(update={"article": article, "enrichment": enrichment})


def revision_as_permitted(revision: StoredRevision, stored: StoredArticle) -> StoredRevision:
    """The revision of an article, or its snippet where it or the article as it is now says noarchive; then both do."""
    if "noarchive" not in (*revision.rights, *stored.article.rights):
        return revision
    rights = tuple(dict.fromkeys((*revision.rights, "noarchive")))
    return revision.model_copy(update={"text": shortened(revision.text), "rights": rights})


def _within(enrichment: Enrichment, end: int) -> Enrichment:
    return enrichment.model_copy(
        update={
            "entities": tuple(_mentions_within(entity, end) for entity in enrichment.entities),
            "relations": tuple(item for item in enrichment.relations if item.evidence.end <= end),
            "money": tuple(item for item in enrichment.money if item.end <= end),
            "quotes": tuple(item for item in enrichment.quotes if item.end <= end),
            "events": tuple(item for item in enrichment.events if item.evidence.end <= end),
            "summary": shortened(enrichment.summary) if enrichment.summary else None,
        }
    )


def _mentions_within(entity: Entity, end: int) -> Entity:
    mentions = tuple(mention for mention in entity.mentions if mention.field == "title" or mention.end <= end)
    return entity.model_copy(update={"mentions": mentions})
